import type { SandboxEndpoint } from "./endpoint-port.ts";
import type { LambdaFunction } from "./function.ts";
import type { NextInvocation, RuntimeSettings } from "./runtime/runtime-messages.ts";
import type { SpareThreads } from "./spare-threads.ts";
import type { MeasureUtilization } from "./utilization.ts";

export interface SandboxOptions {
  readonly lambdaFunction: LambdaFunction;
  readonly taskRoot: string;
  /** What the function finds at `/tmp`: a folder of this sandbox alone. */
  readonly temporaryFolder: string;
  /** The deployment, the SDK's packages, and the runtime. */
  readonly readableFolders: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A folder for V8's code cache, shared by all sandboxes; `undefined` where they must do without. */
  readonly compileCache: string | undefined;
  /** Where a thread may come from that waits already. */
  readonly spareThreads?: SpareThreads | undefined;
  /** What the SDK of a thread may ask without a socket. Default: it has HTTP alone. */
  readonly endpoint?: SandboxEndpoint | undefined;
  readonly onLog: (requestId: string | undefined, line: string) => void;
}

/** What the runtime runs in: a thread, or a process. It carries messages and ends; what they mean is not its business. */
export interface RuntimeHost {
  send(next: NextInvocation): void;
  /** Ends it at once, whatever it does. */
  end(): Promise<void>;
  readonly utilization: MeasureUtilization;
  /** The most memory that it ever had, in bytes; absent where the operating system counts none for it alone. */
  readonly peakMemoryBytes?: () => number | undefined;
}

export interface RuntimeHostEvents {
  /** Whatever the inside sent: not to be trusted. */
  onMessage(sent: unknown): void;
  /** Text that the inside wrote past the runtime. */
  onOutput(text: string): void;
  /** `how` as Lambda puts it, such as `exit status 1`; `undefined` for an orderly exit. Nothing comes after it. */
  onEnd(how: string | undefined): void;
}

export type StartRuntimeHost = (options: SandboxOptions, events: RuntimeHostEvents) => RuntimeHost;

/** What Lambda says of a runtime that its memory limit ended. */
export const KILLED = "signal: killed";

/** Node itself and the SDK need this much heap whatever the function asks for. */
const MINIMUM_HEAP_MEGABYTES = 96;

/** A young generation of this size keeps an idle sandbox small; it only changes how often short-lived objects are collected. */
export const MAXIMUM_YOUNG_GENERATION_MEGABYTES = 4;

export function maximumHeapMegabytes({ memorySizeMegabytes }: LambdaFunction): number {
  return Math.max(MINIMUM_HEAP_MEGABYTES, memorySizeMegabytes);
}

export function runtimeSettings(options: SandboxOptions): RuntimeSettings {
  const { lambdaFunction, taskRoot, temporaryFolder, readableFolders } = options;
  return {
    taskRoot,
    temporaryFolder,
    readableFolders,
    handler: lambdaFunction.handler,
    callbackHandlers: lambdaFunction.callbackHandlers,
    logFormat: lambdaFunction.logging.logFormat,
    applicationLogLevel: lambdaFunction.logging.applicationLogLevel,
  };
}
