import type { ApplicationLogLevel, LogFormat } from "../function.ts";
import type { InvocationHeaders } from "./context.ts";

/** What a sandbox's runtime is started with. The environment variables travel as the thread's or process's own. */
export interface RuntimeSettings {
  readonly taskRoot: string;
  /** What a handler finds at `/tmp`. */
  readonly temporaryFolder: string;
  /** Folders that are what they are, wherever they lie: package, SDK and runtime. */
  readonly readableFolders: readonly string[];
  readonly handler: string;
  /** Callbacks, `context.done` and waiting for an empty event loop: Node.js 22 and before. */
  readonly callbackHandlers: boolean;
  readonly logFormat: LogFormat;
  readonly applicationLogLevel: ApplicationLogLevel | undefined;
}

/** Host to runtime: the next event. */
export interface NextInvocation extends InvocationHeaders {
  /** The event as JSON text. */
  readonly payload: string;
  readonly traceId: string | undefined;
}

/** Runtime to host, in the order in which things happened. */
export type RuntimeMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "log"; readonly requestId: string | undefined; readonly line: string }
  | { readonly kind: "returned"; readonly payload: string; readonly memoryBytes: number }
  | {
      readonly kind: "failed";
      readonly phase: "init" | "invoke";
      /** The thread or process ends right after this message. */
      readonly fatal: boolean;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly memoryBytes: number;
    };

/** The runtime's side of the channel to the host. */
export interface HostChannel {
  say(message: RuntimeMessage): void;
  onNext(listener: (next: NextInvocation) => void): void;
  /** Whether waiting for the next event keeps the runtime alive. */
  ref(): void;
  unref(): void;
}
