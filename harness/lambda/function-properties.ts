/** What the harness does with a property of a function: follows it, ignores it as nothing local can observe it, or refuses it. */
export type PropertyHandling =
  | { readonly kind: "emulated" }
  | { readonly kind: "inert"; readonly because: string }
  | { readonly kind: "refused"; readonly because: string };

const emulated: PropertyHandling = { kind: "emulated" };
const inert = (because: string): PropertyHandling => ({ kind: "inert", because });
const refused = (because: string): PropertyHandling => ({ kind: "refused", because });

const images = refused("container images are not run; deploy the code as a package");
const objects = refused("packages in S3 cannot be fetched offline; give the code in the program");

/** Every property of `aws:lambda/function:Function`. A property that is not here is a fault.
 * @see https://www.pulumi.com/registry/packages/aws/api-docs/lambda/function/ */
export const functionProperties: ReadonlyMap<string, PropertyHandling> = new Map([
  ["architectures", inert("JavaScript runs alike on both; native modules are those of this machine")],
  ["arn", inert("computed by the provider")],
  ["capacityProviderConfig", refused("managed instances run several events at once in one environment")],
  ["code", emulated],
  ["codeSigningConfigArn", inert("signatures are checked when a package is deployed")],
  ["deadLetterConfig", refused("only synchronous invocations are emulated, and they have no dead letters")],
  ["description", inert("a remark")],
  ["durableConfig", refused("durable executions are not emulated")],
  ["environment", emulated],
  ["ephemeralStorage", inert("the temporary folder is this machine's, of its size")],
  ["fileSystemConfig", refused("no file systems are mounted")],
  ["handler", emulated],
  ["imageConfig", images],
  ["imageUri", images],
  ["kmsKeyArn", inert("encryption of environment variables at rest cannot be observed by the function")],
  ["layers", refused("layers cannot be fetched offline; put the packages into the function")],
  ["loggingConfig", emulated],
  ["memorySize", emulated],
  ["name", emulated],
  ["packageType", emulated],
  ["publish", inert("$LATEST is served; versions are not kept")],
  ["publishTo", inert("$LATEST is served; versions are not kept")],
  ["region", inert("there is one region")],
  ["replaceSecurityGroupsOnDestroy", inert("nothing is destroyed")],
  ["replacementSecurityGroupIds", inert("nothing is destroyed")],
  ["reservedConcurrentExecutions", emulated],
  ["role", emulated],
  ["runtime", emulated],
  ["s3Bucket", objects],
  ["s3Key", objects],
  ["s3ObjectVersion", objects],
  ["skipDestroy", inert("nothing is destroyed")],
  ["snapStart", refused("snapshots are not taken, and Node.js runtimes have none")],
  ["sourceCodeHash", inert("the code itself is at hand")],
  ["sourceKmsKeyArn", inert("encryption of the package at rest cannot be observed by the function")],
  ["tags", inert("no policy reads a function's tags here")],
  ["tagsAll", inert("no policy reads a function's tags here")],
  ["tenancyConfig", refused("tenant isolation is not emulated")],
  ["timeout", emulated],
  ["tracingConfig", inert("no traces are collected; the trace id is passed on")],
  ["useResourceTimeoutForPropagation", inert("nothing is deployed")],
  ["vpcConfig", refused("there is no network to attach a function to")],
]);

/** Runtimes that CreateFunction takes, by the Node.js major version in them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const nodeRuntimes: ReadonlyMap<string, number> = new Map([
  ["nodejs20.x", 20],
  ["nodejs22.x", 22],
  ["nodejs24.x", 24],
]);

/** Environment variables that a function may not set.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
export const reservedVariables: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_MAX_CONCURRENCY",
  "AWS_LAMBDA_METADATA_API",
  "AWS_LAMBDA_METADATA_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);

/** Environment variables that Lambda follows and a thread of this process cannot. */
export const refusedVariables: ReadonlyMap<string, string> = new Map([
  ["AWS_LAMBDA_EXEC_WRAPPER", "wrapper scripts are not run"],
  ["TZ", "all functions share one time zone, UTC, as they have on AWS unless they set this"],
]);
