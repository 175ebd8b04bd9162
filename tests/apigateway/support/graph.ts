import type { Resource, ResourceGraph } from "../../../harness/pulumi/resource-graph.ts";
import { resourceGraph } from "../../../harness/pulumi/resource-graph.ts";

export const REGION = "eu-west-1";
export const ACCOUNT = "123456789012";
export const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:echo-1a2b3c4`;
export const INVOKE_ARN = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;
export const ISSUER = `https://cognito-idp.${REGION}.amazonaws.com/${REGION}_AbCdEf123`;
export const LOG_GROUP_ARN = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:api-0a0b0c0`;

type Inputs = Readonly<Record<string, unknown>>;

function resource(type: string, name: string, id: string, inputs: Inputs, arn?: string): Resource {
  const outputs = { name, ...inputs };
  return { type, name, id, inputs, outputs, ...(arn === undefined ? {} : { arn }) };
}

/** Inputs laid over those of the small API below; `null` takes a resource or an input away. */
export interface Changes {
  readonly api?: Inputs;
  readonly stage?: Inputs | null;
  readonly route?: Inputs | null;
  readonly integration?: Inputs | null;
  readonly authorizer?: Inputs | null;
  readonly more?: readonly Resource[];
}

export const make = {
  api: (name: string, inputs: Inputs) => resource("aws:apigatewayv2/api:Api", name, `${name}id`, inputs),
  route: (name: string, inputs: Inputs) =>
    resource("aws:apigatewayv2/route:Route", name, `${name}id`, {
      apiId: "apiid",
      target: "integrations/echoid",
      ...inputs,
    }),
  stage: (name: string, inputs: Inputs) =>
    resource("aws:apigatewayv2/stage:Stage", name, String(inputs.name), { apiId: "apiid", ...inputs }),
  authorizer: (name: string, inputs: Inputs) =>
    resource("aws:apigatewayv2/authorizer:Authorizer", name, `${name}id`, { apiId: "apiid", ...inputs }),
  other: resource,
};

/** An API `api` with stage `$default`, route `GET /todos/{todoId}`, JWT authorizer `jwt` and Lambda integration `echo`. */
export function httpApiGraph(changes: Changes = {}): ResourceGraph {
  const part = (change: Inputs | null | undefined, made: (inputs: Inputs) => Resource, base: Inputs) =>
    change === null ? [] : [made({ ...base, ...change })];
  return resourceGraph([
    resource("aws:lambda/function:Function", "echo", "echo-1a2b3c4", { runtime: "nodejs24.x" }, FUNCTION_ARN),
    make.api("api", { protocolType: "HTTP", ...changes.api }),
    ...part(changes.stage, (inputs) => make.stage("stage", inputs), { name: "$default", autoDeploy: true }),
    ...part(changes.route, (inputs) => make.route("route", inputs), {
      routeKey: "GET /todos/{todoId}",
      authorizationType: "JWT",
      authorizerId: "jwtid",
      authorizationScopes: ["todos/read"],
    }),
    ...part(
      changes.integration,
      (inputs) => resource("aws:apigatewayv2/integration:Integration", "echo", "echoid", inputs),
      { apiId: "apiid", integrationType: "AWS_PROXY", integrationUri: INVOKE_ARN, payloadFormatVersion: "2.0" },
    ),
    ...part(changes.authorizer, (inputs) => make.authorizer("jwt", inputs), {
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration: { issuer: ISSUER, audiences: ["client-1"] },
    }),
    ...(changes.more ?? []),
  ]);
}
