/** What the runtime is told of one invocation. */
export interface InvocationHeaders {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  /** Milliseconds since the Unix epoch. */
  readonly deadlineMilliseconds: number;
}

/** The handler's second argument.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export interface HandlerContext {
  readonly functionName: string | undefined;
  readonly functionVersion: string | undefined;
  /** Text, as Lambda gives it. */
  readonly memoryLimitInMB: string | undefined;
  readonly logGroupName: string | undefined;
  readonly logStreamName: string | undefined;
  readonly clientContext: undefined;
  readonly identity: undefined;
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
  readonly tenantId: undefined;
  getRemainingTimeInMillis(): number;
}

/** Builds a context from the environment and one invocation; `now` gives milliseconds since the Unix epoch. */
export function handlerContext(
  headers: InvocationHeaders,
  environment: Readonly<Record<string, string | undefined>>,
  now: () => number,
): HandlerContext {
  return {
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: headers.invokedFunctionArn,
    awsRequestId: headers.awsRequestId,
    tenantId: undefined,
    getRemainingTimeInMillis: () => headers.deadlineMilliseconds - now(),
  };
}
