const started = Date.now();
exports.handler = async (event, context) => ({
  environment: { ...process.env },
  context: { ...context, clientContext: String(context.clientContext), tenantId: String(context.tenantId) },
  memoryLimitType: typeof context.memoryLimitInMB,
  remaining: context.getRemainingTimeInMillis(),
  requestIdDiffers: context.awsRequestId !== event.requestContext.requestId,
  traceMatches: (process.env._X_AMZN_TRACE_ID ?? "").startsWith(event.headers["x-amzn-trace-id"]),
  node: process.versions.node.split(".")[0],
  sdk: ["@aws-sdk/client-dynamodb", "@aws-sdk/lib-dynamodb"].map((name) => typeof require(name)),
  oldSdk: found("aws-sdk"),
  started,
});

function found(name) {
  try {
    require(name);
    return true;
  } catch {
    return false;
  }
}
