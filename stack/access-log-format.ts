/**
 * One JSON object for each request. It shows who was refused and why, and whether the function was reached: a request
 * that the gateway itself refused has `-` for all that begins with `integration`. No header, token or body is in it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export const accessLogFormat = JSON.stringify({
  requestId: "$context.requestId",
  requestTime: "$context.requestTime",
  routeKey: "$context.routeKey",
  path: "$context.path",
  status: "$context.status",
  responseLatency: "$context.responseLatency",
  sourceIp: "$context.identity.sourceIp",
  sub: "$context.authorizer.claims.sub",
  authorizerError: "$context.authorizer.error",
  integrationStatus: "$context.integrationStatus",
  functionStatus: "$context.integration.status",
  integrationLatency: "$context.integrationLatency",
  integrationError: "$context.integrationErrorMessage",
});
