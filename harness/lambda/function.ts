import type { Archive } from "../pulumi/resource-graph.ts";

export type LogFormat = "Text" | "JSON";

/** Levels in rising order.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
export type ApplicationLogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";
export type SystemLogLevel = "DEBUG" | "INFO" | "WARN";

export interface LoggingConfiguration {
  readonly logFormat: LogFormat;
  readonly logGroup: string;
  /** Set with JSON only; `undefined` lets everything through. */
  readonly applicationLogLevel: ApplicationLogLevel | undefined;
  readonly systemLogLevel: SystemLogLevel | undefined;
}

/** What a function is, read from the graph: everything that a sandbox needs, and nothing of the host. */
export interface LambdaFunction {
  /** `aws:lambda/function:Function logical-name`, for messages. */
  readonly declaredBy: string;
  /** The physical name. */
  readonly functionName: string;
  readonly functionArn: string;
  readonly handler: string;
  /** `nodejs24.x`: what `AWS_EXECUTION_ENV` says. */
  readonly runtime: string;
  readonly roleArn: string;
  readonly code: Archive;
  readonly timeoutSeconds: number;
  readonly memorySizeMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  /** `undefined`: no reservation. 0: every invocation is throttled. */
  readonly reservedConcurrentExecutions: number | undefined;
  readonly logging: LoggingConfiguration;
}
