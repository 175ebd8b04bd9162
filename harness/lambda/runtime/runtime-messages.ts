import type { MessagePort } from "node:worker_threads";
import type { ApplicationLogLevel, LogFormat } from "../function.ts";
import type { InvocationHeaders } from "./context.ts";

/** What a sandbox's thread is started with. The environment variables travel as the thread's own environment. */
export interface RuntimeSettings {
  readonly port: MessagePort;
  readonly taskRoot: string;
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
      /** The thread ends right after this message. */
      readonly fatal: boolean;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly memoryBytes: number;
    };
