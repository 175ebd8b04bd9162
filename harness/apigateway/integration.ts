import { parseArn } from "../arn.ts";
import type { FaultCollector } from "../faults.ts";
import type { ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { INTEGRATION_TYPE } from "../resources/types/apigatewayv2.ts";
import { FUNCTION_TYPE } from "../resources/types/lambda.ts";
import type { PayloadFormatVersion, RouteTarget } from "./http-api.ts";

type LambdaTarget = Extract<RouteTarget, { readonly kind: "lambda" }>;
export type Integration = LambdaTarget & { readonly apiId: string };

const MAXIMUM_TIMEOUT_MILLISECONDS = 30_000;
const MINIMUM_TIMEOUT_MILLISECONDS = 50;
const INVOKE_ARN = /^arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** The Lambda proxy integrations by id; those with a fault are left out.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function readIntegrations(graph: ResourceGraph, faults: FaultCollector): ReadonlyMap<string, Integration> {
  const integrations = new Map<string, Integration>();
  for (const resource of graph.ofType(INTEGRATION_TYPE)) {
    const integration = readIntegration(graph, inputsOf(resource, faults));
    if (integration !== undefined) integrations.set(resource.id, integration);
  }
  return integrations;
}

function readIntegration(graph: ResourceGraph, inputs: Inputs): Integration | undefined {
  // Refused by the property: what a function needs is nothing that another service lacks.
  if (inputs.text("integrationType") !== "AWS_PROXY" || inputs.text("integrationSubtype") !== undefined)
    return undefined;
  const functionArn = functionOf(graph, inputs, "integrationUri");
  const timeoutMilliseconds = readTimeout(inputs);
  const payloadFormatVersion = readFormat(inputs);
  if (payloadFormatVersion === undefined || functionArn === undefined) return undefined;
  return {
    kind: "lambda",
    apiId: inputs.text("apiId") ?? "",
    functionArn,
    payloadFormatVersion,
    timeoutMilliseconds,
    declaredBy: inputs.declaredBy,
  };
}

/** The provider sends 1.0 for an integration that does not say: claims then stand elsewhere in the event. */
function readFormat(inputs: Inputs): PayloadFormatVersion | undefined {
  const version = inputs.text("payloadFormatVersion") ?? "1.0";
  if (version === "1.0" || version === "2.0") return version;
  inputs.report(`\`payloadFormatVersion\` is ${JSON.stringify(version)}: it must be \`1.0\` or \`2.0\`.`);
  return undefined;
}

function readTimeout(inputs: Inputs): number {
  const timeout = inputs.number("timeoutMilliseconds") ?? MAXIMUM_TIMEOUT_MILLISECONDS;
  const inRange = timeout >= MINIMUM_TIMEOUT_MILLISECONDS && timeout <= MAXIMUM_TIMEOUT_MILLISECONDS;
  if (!inRange || !Number.isInteger(timeout)) {
    const range = `${MINIMUM_TIMEOUT_MILLISECONDS} to ${MAXIMUM_TIMEOUT_MILLISECONDS}`;
    inputs.report(`\`timeoutMilliseconds\` must be a whole number from ${range}.`);
  }
  return timeout;
}

/** The ARN of the program's function that a URI names: its invoke ARN, or its plain ARN. Anything else is a fault. */
export function functionOf(graph: ResourceGraph, inputs: Inputs, property: string): string | undefined {
  const uri = inputs.text(property) ?? "";
  const functionArn = INVOKE_ARN.exec(uri)?.[1] ?? uri;
  const arn = parseArn(functionArn);
  if (arn?.service !== "lambda" || !/^function:[^:]+(:[^:]+)?$/.test(arn.resource)) {
    inputs.report(`\`${property}\` must be a function's \`invokeArn\` or \`arn\`: AWS refuses anything else.`);
    return undefined;
  }
  if (graph.byArn(functionArn)?.type !== FUNCTION_TYPE) {
    inputs.report(`\`${property}\` names ${functionArn}, which is not an unqualified function of this program.`);
    return undefined;
  }
  return functionArn;
}

/** Quick create makes the integration by itself, with format 2.0 and the longest timeout. */
export function quickCreateTarget(graph: ResourceGraph, inputs: Inputs): LambdaTarget | undefined {
  const functionArn = functionOf(graph, inputs, "target");
  if (functionArn === undefined) return undefined;
  return {
    kind: "lambda",
    functionArn,
    payloadFormatVersion: "2.0",
    timeoutMilliseconds: MAXIMUM_TIMEOUT_MILLISECONDS,
    declaredBy: inputs.declaredBy,
  };
}
