import type { FaultCollector } from "../faults.ts";
import type { Archive, ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { ROLE_TYPE } from "../resources/types/iam.ts";
import { FUNCTION_TYPE } from "../resources/types/lambda.ts";
import { archiveFaults } from "./archive.ts";
import type { LambdaFunction } from "./function.ts";
import { readLogging } from "./logging-configuration.ts";
import { DEPRECATED_NODE_RUNTIMES, type Deprecation, NODE_RUNTIMES, RETIRED_NODE_RUNTIMES } from "./runtimes.ts";
import { readVariables } from "./variables.ts";

const FIRST_WITHOUT_CALLBACKS = 24;

export interface FunctionSettings {
  /** The Node.js that functions will run on. Default: this one. */
  readonly hostNodeMajor?: number;
  /** Take also a runtime that AWS has retired, with a warning. Default: refuse it. */
  readonly retiredRuntimes?: boolean;
}

/** Reads every function of the program. What CreateFunction would refuse, or the harness does not emulate, is a fault;
 * such a function is left out.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export function readFunctions(
  graph: ResourceGraph,
  faults: FaultCollector,
  { hostNodeMajor = Number.parseInt(process.versions.node, 10), retiredRuntimes = false }: FunctionSettings = {},
): readonly LambdaFunction[] {
  const functions: LambdaFunction[] = [];
  for (const resource of graph.ofType(FUNCTION_TYPE)) {
    const inputs = inputsOf(resource, faults);
    const lambdaFunction = readFunction(inputs, graph, { hostNodeMajor, retiredRuntimes });
    if (lambdaFunction === undefined) continue;
    if (functions.some((other) => other.functionName === lambdaFunction.functionName))
      inputs.report(`Another function of the program is named ${lambdaFunction.functionName} too.`);
    else functions.push(lambdaFunction);
  }
  return functions;
}

function readFunction(
  inputs: Inputs,
  graph: ResourceGraph,
  { hostNodeMajor, retiredRuntimes }: Required<FunctionSettings>,
): LambdaFunction | undefined {
  const functionName = readName(inputs);
  const functionArn = inputs.resource.arn ?? missing(inputs, "The function has no ARN.");
  const runtime = readRuntime(inputs, retiredRuntimes);
  const handler = readHandler(inputs);
  const roleArn = readRole(inputs, graph);
  const code = readCode(inputs);
  const environment = readVariables(inputs);
  const timeoutSeconds = readInteger(inputs, "timeout", { minimum: 1, maximum: 900 }) ?? 3;
  const memory = readInteger(inputs, "memorySize", { minimum: 128, maximum: 10_240 }) ?? 128;
  const logging = readLogging(inputs, functionName ?? "");
  const reserved = readReservation(inputs);
  if (functionName === undefined || functionArn === undefined || runtime === undefined) return undefined;
  if (handler === undefined || roleArn === undefined || code === undefined) return undefined;
  const nodeMajor = NODE_RUNTIMES.get(runtime) ?? RETIRED_NODE_RUNTIMES.get(runtime)?.nodeMajor ?? hostNodeMajor;
  return {
    declaredBy: inputs.declaredBy,
    functionName,
    functionArn,
    handler,
    runtime,
    callbackHandlers: nodeMajor < FIRST_WITHOUT_CALLBACKS,
    roleArn,
    code,
    timeoutSeconds,
    memorySizeMegabytes: memory,
    environment,
    reservedConcurrentExecutions: reserved,
    logging,
    warnings: nodeMajor === hostNodeMajor ? [] : [otherNode(inputs, runtime, hostNodeMajor)],
  };
}

function otherNode({ declaredBy }: Inputs, runtime: string, hostNodeMajor: number): string {
  const otherwise = `${declaredBy}: the runtime is ${runtime}, but here it runs on Node.js ${hostNodeMajor}`;
  const retired = RETIRED_NODE_RUNTIMES.get(runtime);
  const deprecation = DEPRECATED_NODE_RUNTIMES.get(runtime);
  if (retired === undefined) return `${otherwise}.${deprecation === undefined ? "" : ` ${retirement(deprecation)}`}`;
  const without = retired.bringsSdkVersion2 ? " without the aws-sdk package that the runtime brings" : "";
  return `${otherwise}${without}. ${retirement(retired)}`;
}

function retirement({ deprecated, noNewFunctions }: Deprecation): string {
  return `AWS retired it on ${deprecated} and announced to refuse new functions with it from ${noNewFunctions}.`;
}

function missing(inputs: Inputs, sentence: string): undefined {
  inputs.report(sentence);
  return undefined;
}

function readName(inputs: Inputs): string | undefined {
  const name = inputs.resource.outputs.name ?? inputs.text("name") ?? inputs.resource.id;
  if (typeof name === "string" && /^[a-zA-Z0-9-_]{1,64}$/.test(name)) return name;
  return missing(inputs, "The name must be 1 to 64 letters, digits, hyphens and underscores.");
}

function readRuntime(inputs: Inputs, retiredRuntimes: boolean): string | undefined {
  const runtime = inputs.text("runtime");
  const retired = RETIRED_NODE_RUNTIMES.get(runtime ?? "");
  if (runtime !== undefined && (NODE_RUNTIMES.has(runtime) || (retiredRuntimes && retired !== undefined)))
    return runtime;
  const served = [...NODE_RUNTIMES.keys()].join(", ");
  if (runtime === undefined) return missing(inputs, `The function has no runtime; the harness runs ${served}.`);
  if (retired === undefined)
    return missing(inputs, `The runtime ${JSON.stringify(runtime)} is not emulated; the harness runs ${served}.`);
  return missing(
    inputs,
    `The runtime is ${runtime}. ${retirement(retired)} Use one of ${served}, or try it with --retired-runtimes.`,
  );
}

function readHandler(inputs: Inputs): string | undefined {
  const handler = inputs.text("handler") ?? "";
  if (/^[^\s]{1,128}$/.test(handler)) return handler;
  return missing(inputs, "The handler must be 1 to 128 characters without spaces, such as index.handler.");
}

function readRole(inputs: Inputs, graph: ResourceGraph): string | undefined {
  const role = inputs.text("role");
  if (role !== undefined && graph.byArn(role)?.type === ROLE_TYPE) return role;
  return missing(
    inputs,
    `The role ${JSON.stringify(role)} is not the ARN of a role of this program, so what the function may do is unknown.`,
  );
}

function readCode(inputs: Inputs): Archive | undefined {
  const code = inputs.value("code");
  if (code === undefined) return missing(inputs, "The function has no code.");
  const faults = archiveFaults(code);
  for (const fault of faults) inputs.report(fault);
  return faults.length === 0 ? (code as Archive) : undefined;
}

interface IntegerRange {
  readonly minimum: number;
  readonly maximum: number;
}

function readInteger(inputs: Inputs, name: string, { minimum, maximum }: IntegerRange): number | undefined {
  const value = inputs.number(name);
  if (value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum)) return value;
  inputs.fault(name, `must be a whole number from ${minimum} to ${maximum}`);
  return undefined;
}

/** The provider's −1 stands for no reservation. */
function readReservation(inputs: Inputs): number | undefined {
  const name = "reservedConcurrentExecutions";
  return inputs.number(name) === -1 ? undefined : readInteger(inputs, name, { minimum: 0, maximum: 1_000_000 });
}
