import { format } from "node:util";
import type { ApplicationLogLevel, LogFormat, SystemLogLevel } from "./function.ts";

/** One line of a function's log, as CloudWatch Logs would keep it. May hold line breaks, as entries there do. */
export interface LogLine {
  readonly functionName: string;
  readonly logGroup: string;
  /** Lambda's own request id; `undefined` outside invocations. */
  readonly requestId: string | undefined;
  readonly line: string;
}

/** Takes log lines as they come. Must not throw. */
export type LogSink = (line: LogLine) => void;

const APPLICATION_LEVELS: readonly ApplicationLogLevel[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const SYSTEM_LEVELS: readonly SystemLogLevel[] = ["DEBUG", "INFO", "WARN"];

export function isApplicationLogLevel(text: unknown): text is ApplicationLogLevel {
  return APPLICATION_LEVELS.some((level) => level === text);
}

export function isSystemLogLevel(text: unknown): text is SystemLogLevel {
  return SYSTEM_LEVELS.some((level) => level === text);
}

/** Is a line of this level kept when the function asks for `minimum` and above? */
export function keepsApplicationLog(level: ApplicationLogLevel, minimum: ApplicationLogLevel | undefined): boolean {
  return minimum === undefined || APPLICATION_LEVELS.indexOf(level) >= APPLICATION_LEVELS.indexOf(minimum);
}

function keepsSystemLog(level: SystemLogLevel, minimum: SystemLogLevel | undefined): boolean {
  return minimum === undefined || SYSTEM_LEVELS.indexOf(level) >= SYSTEM_LEVELS.indexOf(minimum);
}

export interface ApplicationLog {
  readonly logFormat: LogFormat;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly requestId: string;
  readonly level: ApplicationLogLevel;
  readonly parameters: readonly unknown[];
}

/** What a `console` call becomes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
export function applicationLogLine(log: ApplicationLog): string {
  if (log.logFormat === "JSON") return jsonLine(log);
  return [log.timestamp, log.requestId, log.level, format(...log.parameters)].join("\t");
}

function jsonLine({ timestamp, level, requestId, parameters }: ApplicationLog): string {
  const head = { timestamp, level, requestId };
  if (parameters.length !== 1) {
    const error = parameters.slice(1).find((parameter) => parameter instanceof Error);
    return JSON.stringify({
      ...head,
      message: format(...parameters),
      ...(error === undefined ? {} : described(error)),
    });
  }
  try {
    return JSON.stringify({ ...head, message: parameters[0] }, (_key, value: unknown) =>
      value instanceof Error ? { ...described(value), ...value } : value,
    );
  } catch {
    return JSON.stringify({ ...head, message: format(parameters[0]) });
  }
}

function described(error: Error) {
  const stackTrace = typeof error.stack === "string" ? error.stack.split("\n") : [];
  return { errorType: error.constructor?.name ?? "UnknownError", errorMessage: error.message, stackTrace };
}

/** An error as the text format shows it: a tab, then JSON of all that the error holds. */
export function errorText(error: Error): string {
  const enumerable = (value: Error) => ({
    errorType: value.name,
    errorMessage: value.message,
    code: "code" in value ? value.code : undefined,
    ...value,
    stack: String(value.stack).split("\n"),
  });
  try {
    return `\t${JSON.stringify(error, (_key, value: unknown) => (value instanceof Error ? enumerable(value) : value))}`;
  } catch {
    return `\t${JSON.stringify({ errorType: error.name, errorMessage: error.message, stack: String(error.stack).split("\n") })}`;
  }
}

export interface PlatformLog {
  readonly logFormat: LogFormat;
  readonly systemLogLevel: SystemLogLevel | undefined;
  readonly requestId: string;
  readonly atMilliseconds: number;
}

export interface InvocationReport {
  readonly durationMilliseconds: number;
  readonly initDurationMilliseconds: number | undefined;
  readonly memorySizeMegabytes: number;
  readonly maximumMemoryUsedMegabytes: number;
  readonly status: "success" | "error" | "timeout";
  /** With status `error`, when the runtime died. */
  readonly errorType: string | undefined;
}

/** Lambda's own lines before a handler runs.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
export function startLines(log: PlatformLog): readonly string[] {
  if (log.logFormat === "Text") return [`START RequestId: ${log.requestId} Version: $LATEST`];
  return platformEvent(log, "INFO", "platform.start", { requestId: log.requestId, version: "$LATEST" });
}

/** Lambda's own lines after a handler returned, failed, or was killed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-invoke-with-errors */
export function endLines(log: PlatformLog, report: InvocationReport, cause: string | undefined): readonly string[] {
  if (log.logFormat === "JSON") return jsonReport(log, report);
  const lines = [`END RequestId: ${log.requestId}`, textReport(log, report)];
  return cause === undefined ? lines : [cause, ...lines];
}

function textReport(log: PlatformLog, report: InvocationReport): string {
  const fields = [
    `REPORT RequestId: ${log.requestId}`,
    `Duration: ${report.durationMilliseconds.toFixed(2)} ms`,
    `Billed Duration: ${billedMilliseconds(report)} ms`,
    `Memory Size: ${report.memorySizeMegabytes} MB`,
    `Max Memory Used: ${report.maximumMemoryUsedMegabytes} MB`,
  ];
  if (report.initDurationMilliseconds !== undefined)
    fields.push(`Init Duration: ${report.initDurationMilliseconds.toFixed(2)} ms`);
  if (report.status === "timeout") fields.push("Status: timeout");
  else if (report.errorType !== undefined) fields.push("Status: error", `Error Type: ${report.errorType}`);
  // Lambda ends the fields that are always there with a tab, and not those that tell of a failure.
  else fields.push("");
  return fields.join("\t");
}

/** How an init failed: in the init phase, or again inside the invocation that waited for it. */
export interface InitReport {
  readonly phase: "init" | "invoke";
  readonly durationMilliseconds: number;
  /** `undefined` where it ran out of time. */
  readonly errorType: string | undefined;
}

/** Lambda's own line after an init that failed; one that succeeds stands in the report of its invocation. */
export function initReportLines(
  log: PlatformLog,
  { phase, durationMilliseconds, errorType }: InitReport,
): readonly string[] {
  const status = errorType === undefined ? "timeout" : "error";
  if (log.logFormat === "JSON") {
    const metrics = { durationMs: rounded(durationMilliseconds) };
    const record = {
      initializationType: "on-demand",
      phase,
      status,
      ...(errorType === undefined ? {} : { errorType }),
      metrics,
    };
    return platformEvent(log, "WARN", "platform.initReport", record);
  }
  const fields = [
    `INIT_REPORT Init Duration: ${durationMilliseconds.toFixed(2)} ms`,
    `Phase: ${phase}`,
    `Status: ${status}`,
  ];
  return [[...fields, ...(errorType === undefined ? [] : [`Error Type: ${errorType}`])].join("\t")];
}

/** Init is billed with the invocation that it precedes.
 * @see https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/ */
function billedMilliseconds(report: InvocationReport): number {
  return Math.ceil(report.durationMilliseconds + (report.initDurationMilliseconds ?? 0));
}

function jsonReport(log: PlatformLog, report: InvocationReport): readonly string[] {
  const { initDurationMilliseconds, status, errorType } = report;
  const metrics = {
    durationMs: rounded(report.durationMilliseconds),
    billedDurationMs: billedMilliseconds(report),
    memorySizeMB: report.memorySizeMegabytes,
    maxMemoryUsedMB: report.maximumMemoryUsedMegabytes,
    ...(initDurationMilliseconds === undefined ? {} : { initDurationMs: rounded(initDurationMilliseconds) }),
  };
  const record = { requestId: log.requestId, status, ...(errorType === undefined ? {} : { errorType }), metrics };
  return platformEvent(log, status === "success" ? "INFO" : "WARN", "platform.report", record);
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

function platformEvent(log: PlatformLog, level: SystemLogLevel, type: string, record: object): readonly string[] {
  if (!keepsSystemLog(level, log.systemLogLevel)) return [];
  return [JSON.stringify({ time: new Date(log.atMilliseconds).toISOString(), type, record })];
}

/** What a caller is told, and the text log says, of a function that ran out of time. */
export function timeoutMessage(requestId: string, atMilliseconds: number, timeoutSeconds: number): string {
  return `${new Date(atMilliseconds).toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
}

/** What a caller is told of a runtime that died. `how` is `exit status 1`, `signal: killed`, or `undefined` for exit 0. */
export function exitMessage(requestId: string, how: string | undefined): string {
  const reason = how === undefined ? "Runtime exited without providing a reason" : `Runtime exited with error: ${how}`;
  return `RequestId: ${requestId} Error: ${reason}`;
}
