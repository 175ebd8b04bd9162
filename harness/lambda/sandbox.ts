import { exitMessage } from "./logs.ts";
import type { NextInvocation, RuntimeMessage } from "./runtime/runtime-messages.ts";
import { KILLED, type RuntimeHost, type SandboxOptions, type StartRuntimeHost } from "./runtime-host.ts";
import { startRuntimeProcess } from "./runtime-process.ts";
import { startRuntimeThread } from "./runtime-thread.ts";
import { readRuntimeMessage } from "./sandbox-messages.ts";
import { utilizationSince } from "./utilization.ts";

/** A thread is quick; a process keeps the function's code away from the harness and from the developer's files. */
export type Isolation = "thread" | "process";

const HOSTS: Readonly<Record<Isolation, StartRuntimeHost>> = {
  thread: startRuntimeThread,
  process: startRuntimeProcess,
};

/** How long a killed sandbox is waited for; it can only be late inside a native call. */
const KILL_GRACE_MILLISECONDS = 1_000;

const MEMORY_LOOK_MILLISECONDS = 50;
const MEBIBYTE = 1_048_576;

/** What Node.js takes beside its heap and the function's buffers, and the heap beside its old generation. */
const OWN_MEMORY_MEGABYTES = 64;

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

/** One execution environment: a thread or process with one function loaded, which answers one event at a time.
 * It is not frozen between events: timers that a handler left behind fire while it waits. */
export interface Sandbox {
  /** Waits for the init phase, at most so long. Not ready in time, or failed: the sandbox is dead. `requestId` is that of
   * the invocation in which init happens, if any. */
  initialize(timeoutMilliseconds: number, requestId?: string): Promise<SandboxOutcome>;
  /** Gives the next event. Timed out or died: the sandbox is dead. */
  invoke(next: NextInvocation, timeoutMilliseconds: number): Promise<SandboxOutcome>;
  readonly isAlive: () => boolean;
  /** The share of the time since it was last asked, 0 to 1, in which the sandbox had work for the processor. */
  utilization(): number;
  /** Called when it has ended, by whatever cause. */
  onExit(listener: () => void): void;
  kill(): Promise<void>;
}

export function startSandbox(options: SandboxOptions, isolation: Isolation): Sandbox {
  const state = newState(options);
  const exited = new Promise<void>((resolve) => state.exitListeners.push(resolve));
  const host = HOSTS[isolation](options, {
    onMessage: (sent) => receive(state, sent),
    onOutput: (text) => options.onLog(state.requestId, text.endsWith("\n") ? text.slice(0, -1) : text),
    onEnd(how) {
      state.alive = false;
      settle(state, exitOutcome(state, how));
      for (const listener of state.exitListeners) listener();
    },
  });
  state.host = host;
  const kill = async () => {
    state.alive = false;
    const grace = new Promise<void>((resolve) => setTimeout(resolve, KILL_GRACE_MILLISECONDS).unref());
    await Promise.race([host.end().then(() => exited), grace]);
  };
  const waitFor = (phase: Phase, requestId: string | undefined, timeoutMilliseconds: number) =>
    waitForOutcome(state, { phase, requestId, timeoutMilliseconds, kill });
  return {
    initialize: (timeoutMilliseconds, requestId) => waitFor("init", requestId, timeoutMilliseconds),
    invoke(next, timeoutMilliseconds) {
      const outcome = waitFor("invoke", next.awsRequestId, timeoutMilliseconds);
      if (state.alive) host.send(next);
      return outcome;
    },
    isAlive: () => state.alive,
    utilization: utilizationSince(host.utilization),
    onExit: (listener) => void state.exitListeners.push(listener),
    kill,
  };
}

type Phase = "init" | "invoke" | "idle";

interface SandboxState {
  readonly options: SandboxOptions;
  readonly memoryBoundBytes: number;
  readonly exitListeners: (() => void)[];
  host: RuntimeHost | undefined;
  phase: Phase;
  alive: boolean;
  /** It broke the rules and is being ended: nothing that it still says counts. */
  condemned: boolean;
  requestId: string | undefined;
  settle: ((outcome: SandboxOutcome) => void) | undefined;
  /** An outcome that came before anybody waited for it: init that ended early. */
  early: SandboxOutcome | undefined;
}

function newState(options: SandboxOptions): SandboxState {
  return {
    options,
    memoryBoundBytes: (options.lambdaFunction.memorySizeMegabytes + OWN_MEMORY_MEGABYTES) * MEBIBYTE,
    exitListeners: [],
    host: undefined,
    phase: "init",
    alive: true,
    condemned: false,
    requestId: undefined,
    settle: undefined,
    early: undefined,
  };
}

/** Takes what a sandbox sent. What its runtime would not have sent, or not now, is a function's own doing. */
function receive(state: SandboxState, sent: unknown): void {
  if (state.condemned) return;
  const message = readRuntimeMessage(sent);
  if (message === undefined || !isDue(state.phase, message)) {
    condemn(state, "The function wrote to Lambda's own channel; its environment was ended.");
    return;
  }
  if (message.kind === "log") {
    // Lines of another request than the one at work are nobody's.
    state.options.onLog(message.requestId === state.requestId ? message.requestId : undefined, message.line);
    return;
  }
  if (message.kind === "ready") settle(state, message);
  else if (!exceedsMemory(state)) settleMeasured(state, message);
}

function isDue(phase: Phase, message: RuntimeMessage): boolean {
  if (message.kind === "log" || (message.kind === "failed" && message.fatal)) return true;
  return phase === (message.kind === "ready" ? "init" : "invoke");
}

function settleMeasured(state: SandboxState, message: Exclude<RuntimeMessage, { kind: "ready" | "log" }>): void {
  if (message.kind === "failed" && message.fatal) state.alive = false;
  settle(state, { ...message, memoryBytes: state.host?.peakMemoryBytes?.() ?? message.memoryBytes });
}

function settle(state: SandboxState, outcome: SandboxOutcome): void {
  state.phase = "idle";
  if (state.settle === undefined) state.early ??= outcome;
  else state.settle(outcome);
}

function condemn(state: SandboxState, reason: string): void {
  state.condemned = true;
  state.alive = false;
  state.options.onLog(state.requestId, reason);
  void state.host?.end();
}

function lookAtMemory(state: SandboxState): void {
  if (!state.condemned) exceedsMemory(state);
}

/** Where the operating system counts what a sandbox takes, more than the function's memory ends it, as on Lambda. */
function exceedsMemory(state: SandboxState): boolean {
  const peak = state.host?.peakMemoryBytes?.() ?? 0;
  if (peak <= state.memoryBoundBytes) return false;
  const { memorySizeMegabytes } = state.options.lambdaFunction;
  condemn(state, `Out of memory: ${Math.round(peak / MEBIBYTE)} MB at a memory size of ${memorySizeMegabytes} MB.`);
  return true;
}

interface Wait {
  readonly phase: Phase;
  readonly requestId: string | undefined;
  readonly timeoutMilliseconds: number;
  readonly kill: () => Promise<void>;
}

/** One wait at a time; the first of message, exit and timeout decides. A timeout is answered after the sandbox is gone,
 * so that nothing of the function runs on behind its answer. */
function waitForOutcome(state: SandboxState, wait: Wait): Promise<SandboxOutcome> {
  return new Promise((resolve) => {
    const finish = (outcome: SandboxOutcome) => {
      clearTimeout(timer);
      clearInterval(look);
      state.settle = undefined;
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      state.settle = () => {};
      wait.kill().then(() => finish({ kind: "timed-out" }));
    }, wait.timeoutMilliseconds);
    const look = state.host?.peakMemoryBytes && setInterval(lookAtMemory, MEMORY_LOOK_MILLISECONDS, state);
    state.requestId = wait.requestId;
    state.settle = finish;
    if (!state.alive) finish(state.early ?? exitOutcome(state, undefined));
    else if (state.early !== undefined) finish(state.early);
    else state.phase = wait.phase;
    state.early = undefined;
  });
}

function exitOutcome(state: SandboxState, how: string | undefined): SandboxOutcome {
  const errorMessage = exitMessage(state.requestId ?? "unknown", state.condemned ? KILLED : how);
  const memoryBytes = state.condemned ? state.memoryBoundBytes : 0;
  return { kind: "failed", errorType: "Runtime.ExitError", errorMessage, memoryBytes, fatal: true };
}

/** What a report calls the error: a runtime is killed for its memory alone, and only the report says so. `undefined` for
 * what is no error. */
export function reportedErrorType(outcome: SandboxOutcome): string | undefined {
  if (outcome.kind !== "failed") return undefined;
  return outcome.errorMessage.endsWith(KILLED) ? "Runtime.OutOfMemory" : outcome.errorType;
}
