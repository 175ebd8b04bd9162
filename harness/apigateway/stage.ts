import { parseArn } from "../arn.ts";
import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import type { AccessLogSettings, Stage, ThrottleLimits } from "./http-api.ts";
import { type Inputs, inputsOf } from "./inputs.ts";
import { DEPLOYMENT_TYPE, isAbsent, STAGE_TYPE } from "./resource-properties.ts";

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
    inputs.fault("`name` must be `$default`, or letters, digits, hyphens and underscores.");
  }
  const stageVariables = readStageVariables(inputs);
  const defaultThrottle = readDefaultThrottle(inputs);
  const accessLog = readAccessLog(inputs);
  return {
    name: String(name),
    declaredBy: `${resource.type} ${resource.name}`,
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
  if (deploymentId === undefined) return inputs.flag("autoDeploy");
  const deployment = graph.byId(DEPLOYMENT_TYPE, deploymentId);
  const sameApi = deployment !== undefined && deployment.inputs.apiId === inputs.text("apiId");
  if (!sameApi) inputs.fault("`deploymentId` names no deployment of this API.");
  return sameApi;
}

function readStageVariables(inputs: Inputs): Readonly<Record<string, string>> | undefined {
  const variables = inputs.textMap("stageVariables");
  if (variables === undefined || isAbsent(variables)) return undefined;
  const entries = Object.entries(variables);
  if (entries.length > MAXIMUM_STAGE_VARIABLES) {
    inputs.fault(`\`stageVariables\` are ${entries.length}: AWS takes at most ${MAXIMUM_STAGE_VARIABLES}.`);
  }
  for (const problem of entries.flatMap(stageVariableProblems)) inputs.fault(`\`stageVariables\`: ${problem}.`);
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
  refuseRouteSettings(block);
  const limits = {
    rateLimit: block.number("throttlingRateLimit") ?? 0,
    burstLimit: block.number("throttlingBurstLimit") ?? 0,
  };
  if (limits.rateLimit < 0 || limits.burstLimit < 0 || !Number.isInteger(limits.burstLimit)) {
    block.fault("throttling limits must not be negative, and the burst limit is a whole number.");
  }
  return limits;
}

const ROUTE_SETTINGS: ReadonlySet<string> = new Set([
  "routeKey",
  "throttlingRateLimit",
  "throttlingBurstLimit",
  "detailedMetricsEnabled",
]);
/** For WebSocket APIs; these values are what an HTTP API has anyway. */
const HARMLESS_SETTINGS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["dataTraceEnabled", false],
  ["loggingLevel", "OFF"],
]);

function refuseRouteSettings(block: Inputs): void {
  for (const key of block.keys()) {
    if (ROUTE_SETTINGS.has(key)) continue;
    const value = key === "dataTraceEnabled" ? block.flag(key) : block.text(key);
    if (!HARMLESS_SETTINGS.has(key) || HARMLESS_SETTINGS.get(key) !== value) {
      block.fault(`the route setting \`${key}\` is not emulated: HTTP APIs have throttling and metrics only.`);
    }
  }
}

function readDefaultThrottle(inputs: Inputs): ThrottleLimits | undefined {
  const block = inputs.block("defaultRouteSettings");
  return block === undefined || block.keys().length === 0 ? undefined : readThrottle(block);
}

function readRouteThrottles(inputs: Inputs): ReadonlyMap<string, ThrottleLimits> {
  return new Map(
    inputs.blocks("routeSettings").map((block) => [block.text("routeKey") ?? "", readThrottle(block)] as const),
  );
}

function readAccessLog(inputs: Inputs): AccessLogSettings | undefined {
  const block = inputs.block("accessLogSettings");
  if (block === undefined) return undefined;
  const destinationArn = block.text("destinationArn") ?? "";
  const format = block.text("format") ?? "";
  if (parseArn(destinationArn)?.service !== "logs") {
    inputs.fault("`accessLogSettings.destinationArn` must be a log group's ARN: other destinations are not emulated.");
  }
  if (format === "" || /[\r\n]/.test(format)) inputs.fault("`accessLogSettings.format` must be a single line of text.");
  const bytes = Buffer.byteLength(format);
  if (bytes > MAXIMUM_ACCESS_LOG_FORMAT_BYTES) {
    inputs.fault(`\`accessLogSettings.format\` has ${bytes} bytes; AWS takes ${MAXIMUM_ACCESS_LOG_FORMAT_BYTES}.`);
  }
  return { destinationArn, format };
}
