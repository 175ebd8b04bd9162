/** The inside of a sandbox: runs on a thread of its own, loads one handler, and answers one event at a time.
 * What it does is what AWS's own Node.js runtime does between Lambda and the handler.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */

import { flushCompileCache } from "node:module";
import { getHeapStatistics } from "node:v8";
import { workerData } from "node:worker_threads";
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
import { errorPayload, intoError, runtimeError } from "./runtime-errors.ts";
import type { NextInvocation, RuntimeMessage, RuntimeSettings } from "./runtime-messages.ts";
import { confineRelativePaths } from "./task-root.ts";

/** 6 MiB and the envelope that Lambda allows around it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAXIMUM_RESPONSE_BYTES = 6_291_556;

/** Exit statuses of AWS's runtime. */
const UNHANDLED_REJECTION_STATUS = 128;
const UNCAUGHT_EXCEPTION_STATUS = 129;
const UNSETTLED_TOP_LEVEL_AWAIT_STATUS = 13;

const CALLBACK_WARNING =
  "AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.";

/** The state of one thread: what it works on now. */
interface Current {
  requestId: string | undefined;
  run: HandlerRun | undefined;
  ready: boolean;
}

type Say = (message: RuntimeMessage) => void;

start({ ...workerData });

function start(settings: RuntimeSettings): void {
  const { port } = settings;
  // The port is the harness's: a handler that reads `workerData` finds nothing.
  for (const key of Object.keys(workerData)) delete workerData[key];
  const current: Current = { requestId: undefined, run: undefined, ready: false };
  const say: Say = (message) => port.postMessage(message);
  confineRelativePaths(settings.taskRoot);
  patchConsole(settings, current, say);
  patchStreams(current, say);
  provideAwsLambdaGlobal();
  listenForDeath(settings, current, say);
  initialize(settings, current, say);
}

async function initialize(settings: RuntimeSettings, current: Current, say: Say): Promise<void> {
  try {
    const handler = await loadHandler(settings.taskRoot, settings.handler);
    if (!settings.callbackHandlers) refuseCallbackHandler(handler);
    else warnOfCallbacks(handler);
    settings.port.on("message", (next: NextInvocation) => invoke(settings, handler, current, say, next));
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

function invoke(settings: RuntimeSettings, handler: Handler, current: Current, say: Say, next: NextInvocation): void {
  // Only what the handler itself waits for may keep the thread busy; an empty event loop is then an answer.
  settings.port.unref();
  current.requestId = next.awsRequestId;
  if (next.traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = next.traceId;
  const context = handlerContext(next, process.env, Date.now);
  const settle = (outcome: HandlerOutcome) => {
    answer(say, outcome);
    current.requestId = undefined;
    current.run = undefined;
    settings.port.ref();
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
    if (tooLarge(payload)) failTooLarge(say);
    else say({ kind: "returned", payload, memoryBytes: memoryBytes() });
  } catch (error) {
    logError("Invoke Error", error);
    fail(say, error, { phase: "invoke", fatal: false });
  }
}

function tooLarge(payload: string): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8: most payloads need no count.
  return payload.length * 3 > MAXIMUM_RESPONSE_BYTES && Buffer.byteLength(payload) > MAXIMUM_RESPONSE_BYTES;
}

function failTooLarge(say: Say): void {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAXIMUM_RESPONSE_BYTES} bytes).`;
  const errorType = "Function.ResponseSizeTooLarge";
  say({ kind: "failed", phase: "invoke", fatal: false, errorType, errorMessage, memoryBytes: memoryBytes() });
}

function fail(say: Say, error: unknown, how: { readonly phase: "init" | "invoke"; readonly fatal: boolean }): void {
  const { errorType, errorMessage } = errorPayload(error);
  say({ kind: "failed", ...how, errorType, errorMessage, memoryBytes: memoryBytes() });
}

function memoryBytes(): number {
  const heap = getHeapStatistics();
  return heap.used_heap_size + heap.external_memory;
}

function listenForDeath(settings: RuntimeSettings, current: Current, say: Say): void {
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
    settings.port.ref();
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
