import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { LambdaFunction } from "./function.ts";
import { exitMessage } from "./logs.ts";
import type { NextInvocation, RuntimeMessage, RuntimeSettings } from "./runtime/runtime-messages.ts";
import { utilizationSince } from "./utilization.ts";

/** Turns on the compile cache before anything is loaded: it also keeps the runtime's stripped types, which would
 * otherwise cost each thread 40 ms. */
const BOOTSTRAP =
  'const { workerData } = require("node:worker_threads"); const { compileCache, entry } = workerData; if (compileCache) require("node:module").enableCompileCache(compileCache); require(entry);';

const ENTRY = fileURLToPath(new URL("./runtime/execution-environment.ts", import.meta.url));

/** A young generation of this size keeps an idle sandbox small; it only changes how often short-lived objects are collected. */
const MAXIMUM_YOUNG_GENERATION_MEGABYTES = 4;

/** Node itself and the SDK need this much heap whatever the function asks for. */
const MINIMUM_HEAP_MEGABYTES = 96;

/** How long a killed thread is waited for; it can only be late inside a native call. */
const KILL_GRACE_MILLISECONDS = 1_000;

export interface SandboxOptions {
  readonly lambdaFunction: LambdaFunction;
  readonly taskRoot: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A folder for V8's code cache, shared by all sandboxes. */
  readonly compileCache: string;
  readonly onLog: (requestId: string | undefined, line: string) => void;
}

/** How one run ended inside the sandbox. */
export type SandboxOutcome =
  | { readonly kind: "ready" }
  | { readonly kind: "returned"; readonly payload: string; readonly memoryBytes: number }
  | {
      readonly kind: "failed";
      readonly errorType: string;
      readonly errorMessage: string;
      readonly memoryBytes: number;
      /** The runtime died of it. */
      readonly fatal: boolean;
    }
  | { readonly kind: "timed-out" };

/** One execution environment: a thread with one function loaded, which answers one event at a time.
 * A thread is not frozen between events: timers that a handler left behind fire while it waits. */
export interface Sandbox {
  /** Waits for the init phase, at most so long. Not ready in time, or failed: the sandbox is dead. `requestId` is that of
   * the invocation in which init happens, if any. */
  initialize(timeoutMilliseconds: number, requestId?: string): Promise<SandboxOutcome>;
  /** Gives the next event. Timed out or died: the sandbox is dead. */
  invoke(next: NextInvocation, timeoutMilliseconds: number): Promise<SandboxOutcome>;
  readonly isAlive: () => boolean;
  /** The share of the time since it was last asked, 0 to 1, in which the sandbox had work for the processor. */
  utilization(): number;
  /** Called when the thread has ended, by whatever cause. */
  onExit(listener: () => void): void;
  kill(): Promise<void>;
}

export function startSandbox(options: SandboxOptions): Sandbox {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(BOOTSTRAP, workerOptions(options, port2));
  const state = newState();
  const exited = new Promise<void>((resolve) => state.exitListeners.push(resolve));
  const receive = (message: RuntimeMessage) => {
    if (message.kind === "log") options.onLog(message.requestId, message.line);
    else settle(state, message.kind === "failed" && message.fatal ? dead(state, message) : message);
  };
  port1.on("message", receive);
  worker.on("error", (error) => {
    state.outOfMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  });
  worker.on("exit", (status) => {
    drain(port1, receive);
    port1.close();
    state.alive = false;
    settle(state, exitOutcome(state, status));
    for (const listener of state.exitListeners) listener();
  });
  ignoreNativeOutput(worker);
  const kill = async () => {
    state.alive = false;
    const grace = new Promise<void>((resolve) => setTimeout(resolve, KILL_GRACE_MILLISECONDS).unref());
    await Promise.race([worker.terminate().then(() => exited), grace]);
  };
  const waitFor = (requestId: string | undefined, timeoutMilliseconds: number) =>
    waitForOutcome(state, requestId, timeoutMilliseconds, kill);
  return {
    initialize: (timeoutMilliseconds, requestId) => waitFor(requestId, timeoutMilliseconds),
    invoke(next, timeoutMilliseconds) {
      const outcome = waitFor(next.awsRequestId, timeoutMilliseconds);
      port1.postMessage(next);
      return outcome;
    },
    isAlive: () => state.alive,
    utilization: utilizationSince((earlier) => worker.performance.eventLoopUtilization(earlier)),
    onExit: (listener) => void state.exitListeners.push(listener),
    kill,
  };
}

interface SandboxState {
  alive: boolean;
  outOfMemory: boolean;
  requestId: string | undefined;
  settle: ((outcome: SandboxOutcome) => void) | undefined;
  /** An outcome that came before anybody waited for it: init that ended early. */
  early: SandboxOutcome | undefined;
  readonly exitListeners: (() => void)[];
}

function newState(): SandboxState {
  return {
    alive: true,
    outOfMemory: false,
    requestId: undefined,
    settle: undefined,
    early: undefined,
    exitListeners: [],
  };
}

function settle(state: SandboxState, outcome: SandboxOutcome): void {
  if (state.settle === undefined) state.early ??= outcome;
  else state.settle(outcome);
}

function dead<T>(state: SandboxState, value: T): T {
  state.alive = false;
  return value;
}

/** One wait at a time; the first of message, exit and timeout decides. A timeout is answered after the thread is gone,
 * so that nothing of the function runs on behind its answer. */
function waitForOutcome(
  state: SandboxState,
  requestId: string | undefined,
  timeoutMilliseconds: number,
  kill: () => Promise<void>,
): Promise<SandboxOutcome> {
  return new Promise((resolve) => {
    const finish = (outcome: SandboxOutcome) => {
      clearTimeout(timer);
      state.settle = undefined;
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      state.settle = () => {};
      kill().then(() => finish({ kind: "timed-out" }));
    }, timeoutMilliseconds);
    state.requestId = requestId;
    state.settle = finish;
    if (!state.alive) finish(state.early ?? exitOutcome(state, 0));
    else if (state.early !== undefined) finish(state.early);
    state.early = undefined;
  });
}

function exitOutcome(state: SandboxState, status: number): SandboxOutcome {
  const how = state.outOfMemory ? "signal: killed" : status === 0 ? undefined : `exit status ${status}`;
  const errorMessage = exitMessage(state.requestId ?? "unknown", how);
  return { kind: "failed", errorType: "Runtime.ExitError", errorMessage, memoryBytes: 0, fatal: true };
}

function workerOptions(
  options: SandboxOptions,
  port: RuntimeSettings["port"],
): ConstructorParameters<typeof Worker>[1] {
  const { lambdaFunction, taskRoot, compileCache } = options;
  const settings: RuntimeSettings = {
    port,
    taskRoot,
    handler: lambdaFunction.handler,
    callbackHandlers: lambdaFunction.callbackHandlers,
    logFormat: lambdaFunction.logging.logFormat,
    applicationLogLevel: lambdaFunction.logging.applicationLogLevel,
  };
  return {
    eval: true,
    name: lambdaFunction.functionName,
    argv: [],
    execArgv: [],
    env: { ...options.environment },
    stdin: false,
    stdout: true,
    stderr: true,
    workerData: { ...settings, compileCache, entry: ENTRY },
    transferList: [port],
    resourceLimits: {
      maxOldGenerationSizeMb: Math.max(MINIMUM_HEAP_MEGABYTES, lambdaFunction.memorySizeMegabytes),
      maxYoungGenerationSizeMb: MAXIMUM_YOUNG_GENERATION_MEGABYTES,
    },
  };
}

/** What a thread's own streams still carry are Node's notices (deprecations, the report of a fatal error): the runtime
 * reports what matters of them itself. */
function ignoreNativeOutput(worker: Worker): void {
  worker.stdout.resume();
  worker.stderr.resume();
}

/** Messages that were sent before the thread ended may still be in the port when its end is announced. */
function drain(port: RuntimeSettings["port"], receive: (message: RuntimeMessage) => void): void {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    receive(next.message);
  }
}
