import { parseArn } from "../arn.ts";
import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { DEPLOYMENT_TYPE, STAGE_TYPE } from "../resources/types/apigatewayv2.ts";
import type { AccessLogSettings, Stage, ThrottleLimits } from "./http-api.ts";

const STAGE_NAME = /^(\$default|[A-Za-z0-9_-]{1,128})$/;
const STAGE_VARIABLE_NAME = /^[A-Za-z0-9_]{1,64}$/;

/** AWS's quotas of a stage that no account can have raised.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAXIMUM_STAGE_VARIABLES = 100;
const MAXIMUM_STAGE_VARIABLE_CHARACTERS = 512;
const MAXIMUM_ACCESS_LOG_FORMAT_BYTES = 3_072;

/** The stages of every API, by API id.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html */
export function readStages(graph: ResourceGraph, faults: FaultCollector): ReadonlyMap<string, readonly Stage[]> {
  const stages = new Map<string, Stage[]>();
  for (const resource of graph.ofType(STAGE_TYPE)) {
    const inputs = inputsOf(resource, faults);
    const apiId = inputs.text("apiId") ?? "";
    const siblings = stages.get(apiId) ?? [];
    stages.set(apiId, siblings);
    siblings.push(readStage(graph, resource, inputs));
  }
  return stages;
}

function readStage(graph: ResourceGraph, resource: Resource, inputs: Inputs): Stage {
  const name = resource.outputs.name;
  if (typeof name !== "string" || !STAGE_NAME.test(name)) {
    inputs.report("`name` must be `$default`, or letters, digits, hyphens and underscores.");
  }
  const stageVariables = readStageVariables(inputs);
  const defaultThrottle = readDefaultThrottle(inputs);
  const accessLog = readAccessLog(inputs);
  return {
    name: String(name),
    declaredBy: inputs.declaredBy,
    deployed: isDeployed(graph, inputs),
    routeThrottles: readRouteThrottles(inputs),
    ...(stageVariables === undefined ? {} : { stageVariables }),
    ...(defaultThrottle === undefined ? {} : { defaultThrottle }),
    ...(accessLog === undefined ? {} : { accessLog }),
  };
}

/** The order in which a deployment and the routes are made is not in the graph: a deployment holds all of them. */
function isDeployed(graph: ResourceGraph, inputs: Inputs): boolean {
  const deploymentId = inputs.text("deploymentId");
  if (deploymentId === undefined) return inputs.flag("autoDeploy") === true;
  const deployment = graph.byId(DEPLOYMENT_TYPE, deploymentId);
  const sameApi = deployment !== undefined && deployment.inputs.apiId === inputs.text("apiId");
  if (!sameApi) inputs.report("`deploymentId` names no deployment of this API.");
  return sameApi;
}

function readStageVariables(inputs: Inputs): Readonly<Record<string, string>> | undefined {
  const variables = inputs.textMap("stageVariables");
  if (variables === undefined) return undefined;
  const entries = Object.entries(variables);
  if (entries.length > MAXIMUM_STAGE_VARIABLES) {
    inputs.report(`\`stageVariables\` are ${entries.length}: AWS takes at most ${MAXIMUM_STAGE_VARIABLES}.`);
  }
  for (const problem of entries.flatMap(stageVariableProblems)) inputs.report(`\`stageVariables\`: ${problem}.`);
  return variables;
}

function stageVariableProblems([name, value]: readonly [string, string]): readonly string[] {
  const quoted = JSON.stringify(name);
  const named = STAGE_VARIABLE_NAME.test(name);
  const fits = value.length <= MAXIMUM_STAGE_VARIABLE_CHARACTERS;
  return [
    ...(named ? [] : [`${quoted} is no name for one: use letters, digits and underscores, at most 64 characters`]),
    ...(fits ? [] : [`the value of ${quoted} must have at most ${MAXIMUM_STAGE_VARIABLE_CHARACTERS} characters`]),
  ];
}

/** Pulumi sends each block with zeroes for the limits that it leaves out, and then AWS answers every request with 429.
 * @see https://github.com/pulumi/pulumi-aws/issues/2363 */
function readThrottle(block: Inputs): ThrottleLimits {
  const limits = {
    rateLimit: block.number("throttlingRateLimit") ?? 0,
    burstLimit: block.number("throttlingBurstLimit") ?? 0,
  };
  if (limits.rateLimit < 0 || limits.burstLimit < 0 || !Number.isInteger(limits.burstLimit)) {
    block.report("throttling limits must not be negative, and the burst limit is a whole number.");
  }
  return limits;
}

function readDefaultThrottle(inputs: Inputs): ThrottleLimits | undefined {
  return inputs.has("defaultRouteSettings") ? readThrottle(inputs.block("defaultRouteSettings")) : undefined;
}

function readRouteThrottles(inputs: Inputs): ReadonlyMap<string, ThrottleLimits> {
  return new Map(
    inputs.blocks("routeSettings").map((block) => [block.text("routeKey") ?? "", readThrottle(block)] as const),
  );
}

function readAccessLog(inputs: Inputs): AccessLogSettings | undefined {
  if (!inputs.has("accessLogSettings")) return undefined;
  const block = inputs.block("accessLogSettings");
  const destinationArn = block.text("destinationArn") ?? "";
  const format = block.text("format") ?? "";
  if (parseArn(destinationArn)?.service !== "logs") {
    inputs.report("`accessLogSettings.destinationArn` must be a log group's ARN: other destinations are not emulated.");
  }
  if (format === "" || /[\r\n]/.test(format))
    inputs.report("`accessLogSettings.format` must be a single line of text.");
  const bytes = Buffer.byteLength(format);
  if (bytes > MAXIMUM_ACCESS_LOG_FORMAT_BYTES) {
    inputs.report(`\`accessLogSettings.format\` has ${bytes} bytes; AWS takes ${MAXIMUM_ACCESS_LOG_FORMAT_BYTES}.`);
  }
  return { destinationArn, format };
}
