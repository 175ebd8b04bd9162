import type { LoggingConfiguration } from "./function.ts";
import { isApplicationLogLevel, isSystemLogLevel } from "./logs.ts";

type Report = (rule: string) => void;

const PROPERTIES: ReadonlySet<string> = new Set(["applicationLogLevel", "logFormat", "logGroup", "systemLogLevel"]);

/** Reads `loggingConfig`; with JSON both levels are INFO unless given, with text there are none.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
export function readLogging(value: unknown, functionName: string, report: Report): LoggingConfiguration {
  const inputs: Readonly<Record<string, unknown>> = Object(value ?? {});
  for (const name of Object.keys(inputs))
    if (!PROPERTIES.has(name)) report(`The property loggingConfig.${name} is not known to the harness.`);
  const logFormat = inputs.logFormat === "JSON" ? "JSON" : "Text";
  if (value !== undefined && inputs.logFormat !== "JSON" && inputs.logFormat !== "Text")
    report("The property loggingConfig.logFormat must be Text or JSON.");
  const customLogGroup = typeof inputs.logGroup === "string" && inputs.logGroup !== "";
  const logGroup = customLogGroup ? String(inputs.logGroup) : `/aws/lambda/${functionName}`;
  return { logFormat, logGroup, customLogGroup, ...readLevels(inputs, logFormat, report) };
}

function readLevels(inputs: Readonly<Record<string, unknown>>, logFormat: "Text" | "JSON", report: Report) {
  const { applicationLogLevel, systemLogLevel } = inputs;
  if (logFormat === "Text") {
    if (applicationLogLevel !== undefined || systemLogLevel !== undefined)
      report("The log levels in loggingConfig need logFormat JSON.");
    return { applicationLogLevel: undefined, systemLogLevel: undefined };
  }
  if (applicationLogLevel !== undefined && !isApplicationLogLevel(applicationLogLevel))
    report("The property loggingConfig.applicationLogLevel must be TRACE, DEBUG, INFO, WARN, ERROR or FATAL.");
  if (systemLogLevel !== undefined && !isSystemLogLevel(systemLogLevel))
    report("The property loggingConfig.systemLogLevel must be DEBUG, INFO or WARN.");
  return {
    applicationLogLevel: isApplicationLogLevel(applicationLogLevel) ? applicationLogLevel : ("INFO" as const),
    systemLogLevel: isSystemLogLevel(systemLogLevel) ? systemLogLevel : ("INFO" as const),
  };
}
