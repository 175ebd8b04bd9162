/** One line of a function's log, as CloudWatch Logs would keep it. */
export interface LogLine {
  readonly functionName: string;
  readonly logGroup: string;
  /** Lambda's own request id; `undefined` during init. */
  readonly requestId: string | undefined;
  readonly line: string;
}

/** Takes log lines as they come. Must not throw. */
export type LogSink = (line: LogLine) => void;
