import type { ApplicationLogLevel } from "../function.ts";
import { applicationLogLine, keepsApplicationLog } from "../logs.ts";
import type { RuntimeMessage, RuntimeSettings } from "./runtime-messages.ts";

export interface OutputCapture {
  readonly settings: RuntimeSettings;
  /** The request that is worked on when a line is written; `undefined` outside of an invocation. */
  readonly requestId: () => string | undefined;
  readonly say: (message: RuntimeMessage) => void;
  readonly now: () => Date;
}

/** From now on `console`, standard output and standard error end up in the function's log.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
export function captureOutput(capture: OutputCapture): void {
  captureConsole(capture);
  captureStreams(capture);
}

/** A line for each call, in the function's log format; those below its log level are dropped. */
function captureConsole({ settings, requestId, say, now }: OutputCapture): void {
  const { logFormat, applicationLogLevel } = settings;
  const outsideOfRequests = settings.callbackHandlers ? "undefined" : "-";
  const log =
    (level: ApplicationLogLevel) =>
    (...parameters: unknown[]) => {
      if (!keepsApplicationLog(level, applicationLogLevel)) return;
      const timestamp = now().toISOString();
      const shownId = requestId() ?? outsideOfRequests;
      const line = applicationLogLine({ logFormat, timestamp, requestId: shownId, level, parameters });
      say({ kind: "log", requestId: requestId(), line });
    };
  const info = log("INFO");
  const methods = { trace: log("TRACE"), debug: log("DEBUG"), info, log: info, warn: log("WARN"), error: log("ERROR") };
  Object.assign(console, methods, { fatal: log("FATAL") });
}

/** Raw writes join the log as they are, at their place among the `console` lines: a thread's own streams do not promise
 * that order. */
function captureStreams({ requestId, say }: OutputCapture): void {
  const write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    say({ kind: "log", requestId: requestId(), line: text.endsWith("\n") ? text.slice(0, -1) : text });
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  Object.assign(process.stdout, { write });
  Object.assign(process.stderr, { write });
}
