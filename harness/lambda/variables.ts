import type { Inputs } from "../resources/inputs.ts";
import type { LambdaFunction } from "./function.ts";
import { REFUSED_VARIABLES, RESERVED_VARIABLES } from "./reserved-variables.ts";

const MAXIMUM_BYTES = 4096;
const SOURCE_MAPS = "--enable-source-maps";

/** Reads `environment.variables`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export function readVariables(inputs: Inputs): Readonly<Record<string, string>> {
  const variables = inputs.block("environment").map("variables");
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(variables)) {
    const fault = variableFault(name, value);
    if (fault !== undefined) inputs.report(fault);
    else values[name] = String(value);
  }
  const bytes = Object.entries(values).reduce((sum, entry) => sum + Buffer.byteLength(entry.join("")), 0);
  if (bytes > MAXIMUM_BYTES)
    inputs.report(`The environment variables are ${bytes} bytes; Lambda takes ${MAXIMUM_BYTES}.`);
  return values;
}

function variableFault(name: string, value: unknown): string | undefined {
  if (RESERVED_VARIABLES.has(name)) return `The environment variable ${name} is reserved by Lambda and cannot be set.`;
  if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name))
    return `The environment variable ${JSON.stringify(name)} must start with a letter, and have two or more letters, digits and underscores.`;
  const refusal = REFUSED_VARIABLES.get(name);
  if (refusal !== undefined && value !== "UTC" && value !== ":UTC")
    return `The environment variable ${name} is not emulated: ${refusal}.`;
  if (name === "NODE_OPTIONS" && value !== SOURCE_MAPS)
    return `The environment variable NODE_OPTIONS is emulated for ${SOURCE_MAPS} alone.`;
  if (typeof value !== "string") return `The environment variable ${name} must be text.`;
  return undefined;
}

/** What a sandbox is told beside the function's own settings. */
export interface SandboxIdentity {
  readonly region: string;
  readonly taskRoot: string;
  /** The folder with the SDK that Lambda's runtime brings. */
  readonly runtimeModules: string;
  readonly logStreamName: string;
  readonly awsEndpointUrl: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
}

/** All variables of a sandbox: Lambda's, the function's own, and `AWS_ENDPOINT_URL`, which real Lambda lacks and which
 * leads the SDK to the local services. Nothing of the host's environment is in it. `LAMBDA_TASK_ROOT` and `NODE_PATH` are
 * where package and SDK really are, and no runtime API listens where `AWS_LAMBDA_RUNTIME_API` points. */
export function sandboxVariables(lambdaFunction: LambdaFunction, identity: SandboxIdentity): Record<string, string> {
  const { logging, runtime } = lambdaFunction;
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    LD_LIBRARY_PATH: "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    NODE_PATH: identity.runtimeModules,
    AWS_ENDPOINT_URL: identity.awsEndpointUrl,
    ...lambdaFunction.environment,
    _HANDLER: lambdaFunction.handler,
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: lambdaFunction.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambdaFunction.memorySizeMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: logging.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: identity.logStreamName,
    AWS_LAMBDA_LOG_FORMAT: logging.logFormat,
    ...(logging.applicationLogLevel === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: logging.applicationLogLevel }),
    AWS_ACCESS_KEY_ID: identity.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: identity.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: identity.credentials.sessionToken,
    AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001",
    LAMBDA_TASK_ROOT: identity.taskRoot,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
  };
}

/** A stream's name: the day, the function where the group is shared, and the sandbox.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html */
export function logStreamName(lambdaFunction: LambdaFunction, atMilliseconds: number, sandboxId: string): string {
  const day = new Date(atMilliseconds).toISOString().slice(0, 10).replaceAll("-", "/");
  const { customLogGroup } = lambdaFunction.logging;
  return customLogGroup
    ? `${day}/${lambdaFunction.functionName}[$LATEST][${sandboxId}]`
    : `${day}/[$LATEST]${sandboxId}`;
}
