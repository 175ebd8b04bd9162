import type { Inputs } from "../resources/inputs.ts";
import type { LoggingConfiguration } from "./function.ts";
import { isApplicationLogLevel, isSystemLogLevel } from "./logs.ts";

/** Reads `loggingConfig`; with JSON both levels are INFO unless given, with text there are none.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html */
export function readLogging(inputs: Inputs, functionName: string): LoggingConfiguration {
  const logging = inputs.block("loggingConfig");
  const logFormat = logging.text("logFormat") === "JSON" ? "JSON" : "Text";
  if (inputs.has("loggingConfig") && logging.text("logFormat") !== logFormat) {
    logging.fault("logFormat", "must be Text or JSON");
  }
  const chosen = logging.text("logGroup") ?? "";
  const customLogGroup = chosen !== "";
  const logGroup = customLogGroup ? chosen : `/aws/lambda/${functionName}`;
  return { logFormat, logGroup, customLogGroup, ...readLevels(logging, logFormat) };
}

function readLevels(logging: Inputs, logFormat: "Text" | "JSON") {
  const application = logging.text("applicationLogLevel");
  const system = logging.text("systemLogLevel");
  if (logFormat === "Text") {
    if (application !== undefined || system !== undefined)
      logging.report("The log levels in `loggingConfig` need `logFormat` JSON.");
    return { applicationLogLevel: undefined, systemLogLevel: undefined };
  }
  if (application !== undefined && !isApplicationLogLevel(application))
    logging.fault("applicationLogLevel", "must be TRACE, DEBUG, INFO, WARN, ERROR or FATAL");
  if (system !== undefined && !isSystemLogLevel(system)) logging.fault("systemLogLevel", "must be DEBUG, INFO or WARN");
  return {
    applicationLogLevel: isApplicationLogLevel(application) ? application : ("INFO" as const),
    systemLogLevel: isSystemLogLevel(system) ? system : ("INFO" as const),
  };
}
