/** The inside of a sandbox: runs on a thread or in a process of its own, loads one handler, and answers one event at a time.
 * What it does is what AWS's own Node.js runtime does between Lambda and the handler.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */

import { flushCompileCache } from "node:module";
import { getHeapStatistics } from "node:v8";
import { errorText } from "../logs.ts";
import { captureOutput } from "./captured-output.ts";
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
import type { HostChannel, NextInvocation, RuntimeSettings } from "./runtime-messages.ts";
import { confinePaths } from "./task-root.ts";

/** An error's text may be as long as a handler likes; nobody reads more. */
const MAXIMUM_ERROR_CHARACTERS = 262_144;

/** Exit statuses of AWS's runtime. */
const FAILED_INIT_STATUS = 1;
const UNSETTLED_TOP_LEVEL_AWAIT_STATUS = 13;
const UNHANDLED_REJECTION_STATUS = 128;
const UNCAUGHT_EXCEPTION_STATUS = 129;

const CALLBACK_WARNING =
  "AWS Lambda plans to remove support for callback-based function handlers starting with Node.js 24. You will need to update this function to use an async handler to use Node.js 24 or later. For more information and to provide feedback on this change, see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/137. To disable this warning, set the AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING environment variable.";

/** One sandbox's runtime and what it is doing now. */
interface Runtime {
  readonly settings: RuntimeSettings;
  readonly channel: HostChannel;
  /** The handler is loaded and events may come. */
  ready: boolean;
  /** The event that is being answered; `undefined` between two events. */
  requestId: string | undefined;
  /** The handler's run on it, once its first synchronous part has returned. */
  run: HandlerRun | undefined;
}

/** Loads the handler and answers the events that come through the channel, until the thread or process ends. */
export function startRuntime(settings: RuntimeSettings, channel: HostChannel): void {
  const runtime: Runtime = { settings, channel, ready: false, requestId: undefined, run: undefined };
  confinePaths(settings);
  captureOutput({
    settings,
    requestId: () => runtime.requestId,
    say: (message) => channel.say(message),
    now: () => new Date(),
  });
  provideAwsLambdaGlobal();
  reportCrashes(runtime);
  onEmptyEventLoop(runtime);
  initialize(runtime);
}

/** The init phase: load the handler, then say that events may come. A failure ends the sandbox. */
async function initialize(runtime: Runtime): Promise<void> {
  const { settings, channel } = runtime;
  try {
    const handler = await loadHandler(settings.taskRoot, settings.handler);
    if (!settings.callbackHandlers) refuseCallbackHandler(handler);
    else warnOfCallbacks(handler);
    channel.onNext((next) => invoke(runtime, handler, next));
    runtime.ready = true;
    channel.say({ kind: "ready" });
    flushCompileCache();
  } catch (error) {
    logError("Init Error", error);
    sayFailed(channel, error, { phase: "init", fatal: true });
    process.exit(FAILED_INIT_STATUS);
  }
}

function warnOfCallbacks(handler: Handler): void {
  const silenced = process.env.AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING !== undefined;
  if (!silenced && handler.length === 3 && handler.constructor.name !== "AsyncFunction") console.warn(CALLBACK_WARNING);
}

/** The invoke phase: runs the handler on one event. Its outcome may come at once or at any time later. */
function invoke(runtime: Runtime, handler: Handler, next: NextInvocation): void {
  const { settings, channel } = runtime;
  // Only what the handler itself waits for may keep the runtime busy; an empty event loop is then an answer.
  channel.unref();
  runtime.requestId = next.awsRequestId;
  setTraceId(next.traceId);
  const settle = (outcome: HandlerOutcome) => {
    answer(channel, outcome);
    runtime.requestId = undefined;
    runtime.run = undefined;
    channel.ref();
  };
  const start = settings.callbackHandlers ? runCallbackHandler : runHandler;
  const run = start(handler, JSON.parse(next.payload), handlerContext(next, process.env, Date.now), settle);
  const settledAtOnce = runtime.requestId === undefined;
  if (!settledAtOnce) runtime.run = run;
}

/** The X-Ray SDK reads it from there.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function setTraceId(traceId: string | undefined): void {
  if (traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
  else process.env._X_AMZN_TRACE_ID = traceId;
}

/** Tells the host how an invocation ended. A result that is too large or no JSON is a failed invocation. */
function answer(channel: HostChannel, outcome: HandlerOutcome): void {
  if (outcome.kind === "error") {
    failInvocation(channel, outcome.error);
    return;
  }
  try {
    const payload = serializeResult(outcome.value);
    if (exceedsBytes(payload, MAXIMUM_RESPONSE_BYTES)) sayTooLarge(channel);
    else channel.say({ kind: "returned", payload, memoryBytes: memoryBytes() });
  } catch (error) {
    failInvocation(channel, error);
  }
}

function failInvocation(channel: HostChannel, error: unknown): void {
  logError("Invoke Error", error);
  sayFailed(channel, error, { phase: "invoke", fatal: false });
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
function sayTooLarge(channel: HostChannel): void {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAXIMUM_RESPONSE_BYTES} bytes).`;
  const errorType = "Function.ResponseSizeTooLarge";
  channel.say({ kind: "failed", phase: "invoke", fatal: false, errorType, errorMessage, memoryBytes: memoryBytes() });
}

interface FailedPhase {
  readonly phase: "init" | "invoke";
  /** The thread or process ends right after. */
  readonly fatal: boolean;
}

function sayFailed(channel: HostChannel, error: unknown, failed: FailedPhase): void {
  const { errorType, errorMessage } = errorPayload(error);
  const cut = (text: string) => text.slice(0, MAXIMUM_ERROR_CHARACTERS);
  channel.say({
    kind: "failed",
    ...failed,
    errorType: cut(errorType),
    errorMessage: cut(errorMessage),
    memoryBytes: memoryBytes(),
  });
}

function memoryBytes(): number {
  const heap = getHeapStatistics();
  return heap.used_heap_size + heap.external_memory;
}

/** An error that nobody caught ends the sandbox, and whatever it was doing has failed. */
function reportCrashes(runtime: Runtime): void {
  const crash = (title: string, error: unknown, status: number): never => {
    logError(title, error);
    sayFailed(runtime.channel, error, { phase: runtime.ready ? "invoke" : "init", fatal: true });
    process.exit(status);
  };
  process.on("uncaughtException", (error) => crash("Uncaught Exception", error, UNCAUGHT_EXCEPTION_STATUS));
  process.on("unhandledRejection", (reason) => {
    const error = runtimeError("UnhandledPromiseRejection", reasonText(reason), { reason });
    crash("Unhandled Promise Rejection", error, UNHANDLED_REJECTION_STATUS);
  });
}

/** Nothing is left that could wake the handler: an init that waits has failed, and a run ends with what it has. */
function onEmptyEventLoop(runtime: Runtime): void {
  process.on("beforeExit", () => {
    if (!runtime.ready) process.exit(UNSETTLED_TOP_LEVEL_AWAIT_STATUS);
    runtime.run?.drained();
    runtime.channel.ref();
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

function provideAwsLambdaGlobal(): void {
  const streamifyResponse = () => {
    throw new Error("awslambda.streamifyResponse is not emulated: HTTP APIs buffer responses.");
  };
  Object.assign(globalThis, { awslambda: { streamifyResponse } });
}
