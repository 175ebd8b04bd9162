import { parseArn } from "../arn.ts";
import type { RouteKey } from "./route-key.ts";

/** The source ARN with which API Gateway asks Lambda for an invocation: the matched route, as configured. ANY is `*`, and
 * the default route has one part in place of method and path.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html */
export function executeApiArn(source: {
  readonly functionArn: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly key: RouteKey;
}): string {
  const { region, accountId, apiId, stage, key } = source;
  const partition = parseArn(source.functionArn)?.partition ?? "aws";
  const route = key.kind === "default" ? "$default" : `${key.method === "ANY" ? "*" : key.method}${key.path}`;
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stage}/${route}`;
}
