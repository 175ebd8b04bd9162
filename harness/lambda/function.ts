import type { Archive } from "../pulumi/resource-graph.ts";

export type LogFormat = "Text" | "JSON";

/** Levels in rising order.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
export type ApplicationLogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";
export type SystemLogLevel = "DEBUG" | "INFO" | "WARN";

export interface LoggingConfiguration {
  readonly logFormat: LogFormat;
  readonly logGroup: string;
  /** The function's own group, or one that was chosen: the name of the log stream follows. */
  readonly customLogGroup: boolean;
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
  /** Callbacks, `context.done` and waiting for an empty event loop: Node.js 22 and before. */
  readonly callbackHandlers: boolean;
  readonly roleArn: string;
  readonly code: Archive;
  readonly timeoutSeconds: number;
  readonly memorySizeMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  /** `undefined`: no reservation. 0: every invocation is throttled. */
  readonly reservedConcurrentExecutions: number | undefined;
  readonly logging: LoggingConfiguration;
  /** Where this function runs otherwise than on AWS: sentences for the user, no reason to refuse. */
  readonly warnings: readonly string[];
}
