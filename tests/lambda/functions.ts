import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { systemClock } from "../../harness/clock.ts";
import { type Fault, faultCollector } from "../../harness/faults.ts";
import type { LambdaFunction } from "../../harness/lambda/function.ts";
import { type FunctionSettings, readFunctions } from "../../harness/lambda/function-reader.ts";
import type { InvocationResult } from "../../harness/lambda/invocation-types.ts";
import type { LogLine } from "../../harness/lambda/logs.ts";
import { createLambda, type Lambda, type LambdaOptions } from "../../harness/lambda/runner.ts";
import type { Isolation } from "../../harness/lambda/sandbox.ts";
import { type Resource, resourceGraph } from "../../harness/pulumi/resource-graph.ts";
import { refuseResources } from "../../harness/resources/refusal.ts";

export const ACCOUNT = "123456789012";
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/f-role`;

export function functionArn(name: string): string {
  return `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
}

export const role: Resource = {
  type: "aws:iam/role:Role",
  name: "f-role",
  id: "f-role",
  arn: ROLE_ARN,
  inputs: {},
  outputs: {},
};

export function functionResource(name: string, inputs: Readonly<Record<string, unknown>>): Resource {
  const arn = functionArn(name);
  return { type: "aws:lambda/function:Function", name, id: name, arn, inputs, outputs: { ...inputs, arn, name } };
}

export function textArchive(files: Readonly<Record<string, string>>) {
  const entries = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, { kind: "text", text }]));
  return { kind: "archive", entries };
}

/** Inputs that CreateFunction would take. */
export const soundInputs = {
  code: textArchive({ "index.js": "exports.handler = async () => 1;" }),
  handler: "index.handler",
  role: ROLE_ARN,
  runtime: "nodejs24.x",
};

export function readOne(
  inputs: Readonly<Record<string, unknown>>,
  settings: FunctionSettings = {},
): {
  readonly lambdaFunction: LambdaFunction | undefined;
  readonly faults: readonly Fault[];
} {
  const faults = faultCollector();
  const graph = resourceGraph([role, functionResource("f", inputs)]);
  refuseResources(graph, faults);
  const [lambdaFunction] = readFunctions(graph, faults, { hostNodeMajor: 24, ...settings });
  return { lambdaFunction, faults: faults.faults };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lambda-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A function to run: CommonJS source, or files, with further inputs. */
export type Source = string | { readonly files: Readonly<Record<string, string>>; readonly [input: string]: unknown };

export interface Running {
  readonly lambda: Lambda;
  readonly root: string;
  readonly lines: LogLine[];
  readonly revoked: string[];
  /** The request ids that role sessions see, by access key. */
  readonly sessions: Map<string, () => string | undefined>;
  invoke(name: string, event?: unknown, requestId?: string): Promise<InvocationResult>;
  /** The function's JSON, parsed; throws if it did not return. */
  value(name: string, event?: unknown, requestId?: string): Promise<unknown>;
}

/** Starts real sandboxes for the functions; they end with the test. */
export async function run(
  sources: Readonly<Record<string, Source>>,
  options: Partial<LambdaOptions> = {},
): Promise<Running> {
  const root = await temporaryFolder();
  const lines: LogLine[] = [];
  const revoked: string[] = [];
  const sessions = new Map<string, () => string | undefined>();
  const lambda = await createLambda({
    functions: readSources(sources),
    root,
    region: "eu-west-1",
    awsEndpointUrl: "http://127.0.0.1:4566",
    issueRoleSession({ sessionName, currentRequestId }) {
      const accessKeyId = `ASIA${sessionName}${sessions.size}`;
      sessions.set(accessKeyId, currentRequestId);
      return { accessKeyId, secretAccessKey: "secret", sessionToken: "token" };
    },
    revoke: (accessKeyId) => revoked.push(accessKeyId),
    clock: systemClock,
    logSink: (line) => lines.push(line),
    layerFrom: resolve(import.meta.dirname, "../.."),
    compileCache: join(tmpdir(), "lambda-test-compile-cache"),
    ...options,
  });
  onTestFinished(() => lambda.close(0));
  const invoke: Running["invoke"] = (name, event = {}, requestId = "gateway-request=") =>
    lambda.invoke({ functionArn: functionArn(name), payload: JSON.stringify(event), requestId, traceId: "Root=1-5-6" });
  const value: Running["value"] = async (name, event, requestId) => {
    const result = await invoke(name, event, requestId);
    if (result.kind !== "returned") throw new Error(JSON.stringify(result));
    return JSON.parse(result.payload);
  };
  return { lambda, root, lines, revoked, sessions, invoke, value };
}

function readSources(sources: Readonly<Record<string, Source>>): readonly LambdaFunction[] {
  const faults = faultCollector();
  const resources = Object.entries(sources).map(([name, source]) => functionResource(name, inputsOf(source)));
  const functions = readFunctions(resourceGraph([role, ...resources]), faults, { hostNodeMajor: 24 });
  if (faults.faults.length > 0) throw new Error(JSON.stringify(faults.faults));
  return functions;
}

function inputsOf(source: Source): Readonly<Record<string, unknown>> {
  if (typeof source === "string") return { ...soundInputs, code: textArchive({ "index.js": source }) };
  const { files, ...inputs } = source;
  return { ...soundInputs, code: textArchive(files), ...inputs };
}

export const ISOLATIONS = ["thread", "process"] as const satisfies readonly Isolation[];

/** For handlers that wait for a file beside them, so that the test decides when they go on. */
export const WAIT_FOR_FILE = `
  const fs = require("fs");
  const appears = (file) => new Promise((resolve) => {
    const look = () => (fs.existsSync(file) ? resolve() : setTimeout(look, 2));
    look();
  });`;

export async function task(root: string, functionName: string): Promise<string> {
  const [folder] = (await readdir(root)).filter((name) => name.startsWith("lambda-"));
  return join(root, folder ?? "", functionName, "task");
}

/** Waits until a handler has logged the text. */
export async function logged({ lines }: Running, text: string): Promise<void> {
  while (!lines.some(({ line }) => line.endsWith(text))) await new Promise((resolve) => setImmediate(resolve));
}
