/** The inside of a sandbox: runs on a thread or in a process of its own, loads one handler, and answers one event at a time.
 * What it does is what AWS's own Node.js runtime does between Lambda and the handler.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */

import { flushCompileCache } from "node:module";
import { getHeapStatistics } from "node:v8";
import type { ApplicationLogLevel } from "../function.ts";
import { applicationLogLine, errorText, keepsApplicationLog } from "../logs.ts";
import { handlerContext } from "./context.ts";
import { type Handler, loadHandler, refuseCallbackHandler } from "./handler.ts";
import {
  type HandlerOutcome,
  type HandlerRun,
  runCallbackHandler,
  runHandler,
  serializeResult,
} from "./handler-result.ts";
import { exceedsBytes, MAXIMUM_RESPONSE_BYTES } from "./payload-limits.ts";
import { errorPayload, intoError, runtimeError } from "./runtime-errors.ts";
import type { HostChannel, NextInvocation, RuntimeMessage, RuntimeSettings } from "./runtime-messages.ts";
import { confinePaths } from "./task-root.ts";

const MAXIMUM_ERROR_CHARACTERS = 262_144;

/** Exit statuses of AWS's runtime. */
const UNHANDLED_REJECTION_STATUS = 128;
const UNCAUGHT_EXCEPTION_STATUS = 129;
const UNSETTLED_TOP_LEVEL_AWAIT_STATUS = 13;

const CALLBACK_WARNING =
  "AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.";

/** The state of one runtime: what it works on now. */
interface Current {
  requestId: string | undefined;
  run: HandlerRun | undefined;
  ready: boolean;
}

type Say = (message: RuntimeMessage) => void;

/** Loads the handler and answers the events that come through the channel, until the thread or process ends. */
export function startRuntime(settings: RuntimeSettings, channel: HostChannel): void {
  const current: Current = { requestId: undefined, run: undefined, ready: false };
  const say: Say = (message) => channel.say(message);
  confinePaths(settings);
  patchConsole(settings, current, say);
  patchStreams(current, say);
  provideAwsLambdaGlobal();
  listenForDeath(channel, current, say);
  initialize({ settings, channel, current, say });
}

interface Runtime {
  readonly settings: RuntimeSettings;
  readonly channel: HostChannel;
  readonly current: Current;
  readonly say: Say;
}

async function initialize(runtime: Runtime): Promise<void> {
  const { settings, channel, current, say } = runtime;
  try {
    const handler = await loadHandler(settings.taskRoot, settings.handler);
    if (!settings.callbackHandlers) refuseCallbackHandler(handler);
    else warnOfCallbacks(handler);
    channel.onNext((next) => invoke(runtime, handler, next));
    current.ready = true;
    say({ kind: "ready" });
    flushCompileCache();
  } catch (error) {
    logError("Init Error", error);
    fail(say, error, { phase: "init", fatal: true });
    process.exit(1);
  }
}

function warnOfCallbacks(handler: Handler): void {
  const silenced = process.env.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING !== undefined;
  if (!silenced && handler.length === 3 && handler.constructor.name !== "AsyncFunction") console.warn(CALLBACK_WARNING);
}

function invoke({ settings, channel, current, say }: Runtime, handler: Handler, next: NextInvocation): void {
  // Only what the handler itself waits for may keep the runtime busy; an empty event loop is then an answer.
  channel.unref();
  current.requestId = next.awsRequestId;
  if (next.traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = next.traceId;
  const context = handlerContext(next, process.env, Date.now);
  const settle = (outcome: HandlerOutcome) => {
    answer(say, outcome);
    current.requestId = undefined;
    current.run = undefined;
    channel.ref();
  };
  const run = settings.callbackHandlers ? runCallbackHandler : runHandler;
  const started = run(handler, JSON.parse(next.payload), context, settle);
  if (current.requestId !== undefined) current.run = started;
}

function answer(say: Say, outcome: HandlerOutcome): void {
  if (outcome.kind === "error") {
    logError("Invoke Error", outcome.error);
    fail(say, outcome.error, { phase: "invoke", fatal: false });
    return;
  }
  try {
    const payload = serializeResult(outcome.value);
    if (exceedsBytes(payload, MAXIMUM_RESPONSE_BYTES)) failTooLarge(say);
    else say({ kind: "returned", payload, memoryBytes: memoryBytes() });
  } catch (error) {
    logError("Invoke Error", error);
    fail(say, error, { phase: "invoke", fatal: false });
  }
}

function failTooLarge(say: Say): void {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAXIMUM_RESPONSE_BYTES} bytes).`;
  const errorType = "Function.ResponseSizeTooLarge";
  say({ kind: "failed", phase: "invoke", fatal: false, errorType, errorMessage, memoryBytes: memoryBytes() });
}

function fail(say: Say, error: unknown, how: { readonly phase: "init" | "invoke"; readonly fatal: boolean }): void {
  const { errorType, errorMessage } = errorPayload(error);
  const told = { errorType: cut(errorType), errorMessage: cut(errorMessage) };
  say({ kind: "failed", ...how, ...told, memoryBytes: memoryBytes() });
}

/** An error's text may be as long as a handler likes; nobody reads more. */
function cut(text: string): string {
  return text.length > MAXIMUM_ERROR_CHARACTERS ? text.slice(0, MAXIMUM_ERROR_CHARACTERS) : text;
}

function memoryBytes(): number {
  const heap = getHeapStatistics();
  return heap.used_heap_size + heap.external_memory;
}

function listenForDeath(channel: HostChannel, current: Current, say: Say): void {
  const dying = () => ({ phase: current.ready ? ("invoke" as const) : ("init" as const), fatal: true });
  process.on("uncaughtException", (error) => {
    logError("Uncaught Exception", error);
    fail(say, error, dying());
    process.exit(UNCAUGHT_EXCEPTION_STATUS);
  });
  process.on("unhandledRejection", (reason) => {
    const error = runtimeError("UnhandledPromiseRejection", reasonText(reason), { reason });
    logError("Unhandled Promise Rejection", error);
    fail(say, error, dying());
    process.exit(UNHANDLED_REJECTION_STATUS);
  });
  process.on("beforeExit", () => {
    if (!current.ready) process.exit(UNSETTLED_TOP_LEVEL_AWAIT_STATUS);
    current.run?.drained();
    channel.ref();
  });
}

function reasonText(reason: unknown): string {
  try {
    return String(reason);
  } catch {
    return "a value that cannot be printed";
  }
}

/** Logs an error the way the runtime does: through `console`, so that format and level filtering hold. */
function logError(title: string, thrown: unknown): void {
  const error = intoError(thrown);
  if (process.env.AWS_LAMBDA_LOG_FORMAT === "JSON") console.error(error);
  else console.error(title, errorText(error));
}

function patchConsole(settings: RuntimeSettings, current: Current, say: Say): void {
  const { logFormat, applicationLogLevel } = settings;
  const log =
    (level: ApplicationLogLevel) =>
    (...parameters: unknown[]) => {
      if (!keepsApplicationLog(level, applicationLogLevel)) return;
      const timestamp = new Date().toISOString();
      const requestId = current.requestId ?? (settings.callbackHandlers ? "undefined" : "-");
      const line = applicationLogLine({ logFormat, timestamp, requestId, level, parameters });
      say({ kind: "log", requestId: current.requestId, line });
    };
  const info = log("INFO");
  const methods = { trace: log("TRACE"), debug: log("DEBUG"), info, log: info, warn: log("WARN"), error: log("ERROR") };
  Object.assign(console, methods, { fatal: log("FATAL") });
}

/** Raw writes join the log at their place among the `console` lines, which a thread's own streams do not promise. */
function patchStreams(current: Current, say: Say): void {
  const write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    say({ kind: "log", requestId: current.requestId, line: text.endsWith("\n") ? text.slice(0, -1) : text });
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  Object.assign(process.stdout, { write });
  Object.assign(process.stderr, { write });
}

function provideAwsLambdaGlobal(): void {
  const streamifyResponse = () => {
    throw new Error("awslambda.streamifyResponse is not emulated: HTTP APIs buffer responses.");
  };
  Object.assign(globalThis, { awslambda: { streamifyResponse } });
}
