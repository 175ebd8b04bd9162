import type { FaultCollector } from "../faults.ts";
import type { Archive, Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { archiveFaults } from "./archive.ts";
import { functionProperties, nodeRuntimes } from "./function-properties.ts";
import { readLogging } from "./logging-configuration.ts";
import { readVariables } from "./variables.ts";

export type LogFormat = "Text" | "JSON";

/** Levels in rising order.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
export type ApplicationLogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";
export type SystemLogLevel = "DEBUG" | "INFO" | "WARN";

export interface LoggingConfiguration {
  readonly logFormat: LogFormat;
  readonly logGroup: string;
  /** The function's own group, or one that was chosen: the name of the log stream follows. */
  readonly customLogGroup: boolean;
  /** Set with JSON only; `undefined` lets everything through. */
  readonly applicationLogLevel: ApplicationLogLevel | undefined;
  readonly systemLogLevel: SystemLogLevel | undefined;
}

/** What a function is, read from the graph: everything that a sandbox needs, and nothing of the host. */
export interface LambdaFunction {
  /** `aws:lambda/function:Function logical-name`, for messages. */
  readonly declaredBy: string;
  /** The physical name. */
  readonly functionName: string;
  readonly functionArn: string;
  readonly handler: string;
  /** `nodejs24.x`: what `AWS_EXECUTION_ENV` says. */
  readonly runtime: string;
  /** Callbacks, `context.done` and waiting for an empty event loop: Node.js 22 and before. */
  readonly callbackHandlers: boolean;
  readonly roleArn: string;
  readonly code: Archive;
  readonly timeoutSeconds: number;
  readonly memorySizeMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  /** `undefined`: no reservation. 0: every invocation is throttled. */
  readonly reservedConcurrentExecutions: number | undefined;
  readonly logging: LoggingConfiguration;
  /** Where this function runs otherwise than on AWS: sentences for the user, no reason to refuse. */
  readonly warnings: readonly string[];
}

type Report = (rule: string) => void;

const ROLE = "aws:iam/role:Role";
const FIRST_WITHOUT_CALLBACKS = 24;

/** Reads every function of the program. What CreateFunction would refuse, or the harness does not emulate, is a fault;
 * such a function is left out. `hostNodeMajor` is the Node.js that functions will run on.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export function readFunctions(
  graph: ResourceGraph,
  faults: FaultCollector,
  hostNodeMajor = Number.parseInt(process.versions.node, 10),
): readonly LambdaFunction[] {
  const functions: LambdaFunction[] = [];
  for (const resource of graph.ofType("aws:lambda/function:Function")) {
    const report: Report = (rule) => faults.add(resource, rule);
    const lambdaFunction = readFunction(resource, graph, report, hostNodeMajor);
    if (lambdaFunction === undefined) continue;
    if (functions.some((other) => other.functionName === lambdaFunction.functionName))
      report(`Another function of the program is named ${lambdaFunction.functionName} too.`);
    else functions.push(lambdaFunction);
  }
  return functions;
}

function readFunction(
  resource: Resource,
  graph: ResourceGraph,
  report: Report,
  hostNodeMajor: number,
): LambdaFunction | undefined {
  const { inputs } = resource;
  reportProperties(inputs, report);
  const functionName = readName(resource, report);
  const functionArn = resource.arn ?? missing(report, "Has no ARN.");
  const runtime = readRuntime(inputs.runtime, report);
  const handler = readHandler(inputs.handler, report);
  const roleArn = readRole(inputs.role, graph, report);
  const code = readCode(inputs.code, report);
  const environment = readVariables(inputs.environment, report);
  const timeoutSeconds = readInteger(inputs.timeout, { name: "timeout", minimum: 1, maximum: 900 }, report) ?? 3;
  const memory = readInteger(inputs.memorySize, { name: "memorySize", minimum: 128, maximum: 10_240 }, report) ?? 128;
  const logging = readLogging(inputs.loggingConfig, functionName ?? "", report);
  const reserved = readReservation(inputs.reservedConcurrentExecutions, report);
  if (functionName === undefined || functionArn === undefined || runtime === undefined) return undefined;
  if (handler === undefined || roleArn === undefined || code === undefined) return undefined;
  const nodeMajor = nodeRuntimes.get(runtime) ?? hostNodeMajor;
  return {
    declaredBy: `${resource.type} ${resource.name}`,
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
    warnings: nodeMajor === hostNodeMajor ? [] : [otherNode(resource, runtime, hostNodeMajor)],
  };
}

function otherNode(resource: Resource, runtime: string, hostNodeMajor: number): string {
  return `${resource.type} ${resource.name}: the runtime is ${runtime}, but here it runs on Node.js ${hostNodeMajor}.`;
}

function missing(report: Report, rule: string): undefined {
  report(rule);
  return undefined;
}

function reportProperties(inputs: Readonly<Record<string, unknown>>, report: Report): void {
  for (const [name, value] of Object.entries(inputs)) {
    if (value === undefined || value === null || isEmpty(value)) continue;
    const handling = functionProperties.get(name);
    if (handling === undefined) report(`The property ${name} is not known to the harness.`);
    else if (handling.kind === "refused") report(`The property ${name} is not emulated: ${handling.because}.`);
  }
  if (inputs.packageType !== undefined && inputs.packageType !== "Zip")
    report("The property packageType must be Zip: container images are not run.");
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function readName(resource: Resource, report: Report): string | undefined {
  const name = resource.outputs.name ?? resource.inputs.name ?? resource.id;
  if (typeof name === "string" && /^[a-zA-Z0-9-_]{1,64}$/.test(name)) return name;
  return missing(report, "The name must be 1 to 64 letters, digits, hyphens and underscores.");
}

function readRuntime(runtime: unknown, report: Report): string | undefined {
  if (typeof runtime === "string" && nodeRuntimes.has(runtime)) return runtime;
  const served = [...nodeRuntimes.keys()].join(", ");
  if (runtime === undefined) return missing(report, `Has no runtime; the harness runs ${served}.`);
  return missing(report, `The runtime ${JSON.stringify(runtime)} is not emulated; the harness runs ${served}.`);
}

function readHandler(handler: unknown, report: Report): string | undefined {
  if (typeof handler === "string" && /^[^\s]{1,128}$/.test(handler)) return handler;
  return missing(report, "The handler must be 1 to 128 characters without spaces, such as index.handler.");
}

function readRole(role: unknown, graph: ResourceGraph, report: Report): string | undefined {
  if (typeof role === "string" && graph.byArn(role)?.type === ROLE) return role;
  return missing(
    report,
    `The role ${JSON.stringify(role)} is not the ARN of a role of this program, so what the function may do is unknown.`,
  );
}

function readCode(code: unknown, report: Report): Archive | undefined {
  if (code === undefined) return missing(report, "Has no code.");
  const faults = archiveFaults(code);
  for (const fault of faults) report(fault);
  return faults.length === 0 ? (code as Archive) : undefined;
}

interface IntegerRange {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
}

function readInteger(value: unknown, { name, minimum, maximum }: IntegerRange, report: Report): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  return missing(report, `The property ${name} must be a whole number from ${minimum} to ${maximum}.`);
}

/** The provider's −1 stands for no reservation. */
function readReservation(value: unknown, report: Report): number | undefined {
  if (value === -1) return undefined;
  return readInteger(value, { name: "reservedConcurrentExecutions", minimum: 0, maximum: 1_000_000 }, report);
}
