import type { HttpResponse } from "../http.ts";
import { explainDecision } from "../iam/explain-decision.ts";
import type { JournalEntry } from "../journal.ts";
import { exceedsBytes, MAXIMUM_REQUEST_BYTES, MAXIMUM_RESPONSE_BYTES } from "../lambda/runtime/payload-limits.ts";
import { corsHeaders, withoutCorsHeaders } from "./cors.ts";
import { eventPayload } from "./event.ts";
import { eventPayloadFormat1 } from "./event-format-1.ts";
import { executeApiArn } from "./execute-api-arn.ts";
import type { GatewayErrorStatus } from "./gateway-errors.ts";
import { type Answer, finish, finishWithError, type Gateway, type Routed, record } from "./gateway-state.ts";
import type { RouteTarget } from "./http-api.ts";
import { type CallResult, callFunction } from "./lambda-integration.ts";
import { mapResponse, mapResponseFormat1 } from "./response.ts";

const MAXIMUM_BODY_BYTES = 10 * 1024 * 1024;

/** From an authorized request to its answer: throttling, size, permission, function, response. */
export function callIntegration(gateway: Gateway, routed: Routed): Answer {
  const { exchange, route, stage } = routed;
  const refuse = (status: GatewayErrorStatus, step: JournalEntry["step"], reason: string) => {
    record(gateway, exchange, { step, subject: route.routeKey, outcome: "denied", reason });
    return finishWithError(gateway, exchange, status);
  };
  const throttled = gateway.throttle(stage, route);
  if (throttled !== undefined) return refuse(429, "throttle", throttled);
  const { body, bodyTooLarge } = exchange.request;
  if (bodyTooLarge || body.length > MAXIMUM_BODY_BYTES) return refuse(413, "invocation", "the body exceeds 10 MB");
  const { target } = route;
  if (target.kind === "dangling") return refuse(500, "invocation", target.reason);
  const denied = checkPermission(gateway, routed, target.functionArn);
  if (denied) return finishWithError(gateway, exchange, 500);
  const traceId = gateway.ids.traceId(exchange.request.receivedAtMilliseconds);
  const payload = eventOf(gateway, routed, target, traceId);
  if (exceedsBytes(payload, MAXIMUM_REQUEST_BYTES)) return refuse(413, "invocation", "the event exceeds 6 MB");
  return invokeTarget(gateway, routed, target, payload, traceId);
}

function checkPermission(gateway: Gateway, routed: Routed, functionArn: string): boolean {
  const { accountId, region, api, mayInvoke } = gateway.options;
  const { stage, route } = routed;
  const source = { functionArn, region, accountId, apiId: api.apiId, stage: stage.name, key: route.key };
  const sourceArn = executeApiArn(source);
  const decision = mayInvoke(functionArn, sourceArn);
  const denied = decision.kind !== "Allowed";
  record(gateway, routed.exchange, {
    step: "permission",
    subject: `lambda:InvokeFunction on ${functionArn} from ${sourceArn}`,
    outcome: denied ? "denied" : "allowed",
    reason: explainDecision(decision, { nothing: "the function has no permission for API Gateway", values: true }),
  });
  return denied;
}

type LambdaTarget = Extract<RouteTarget, { readonly kind: "lambda" }>;

function eventOf(gateway: Gateway, routed: Routed, target: LambdaTarget, traceId: string): string {
  const { exchange, ...route } = routed;
  const { request, requestId, verified } = exchange;
  const { accountId, api } = gateway.options;
  const { domainName } = gateway;
  const source = { ...route, request, requestId, verified, traceId, accountId, apiId: api.apiId, domainName };
  return (target.payloadFormatVersion === "1.0" ? eventPayloadFormat1 : eventPayload)(source);
}

async function invokeTarget(
  gateway: Gateway,
  routed: Routed,
  target: LambdaTarget,
  payload: string,
  traceId: string,
): Promise<HttpResponse> {
  const { clock, invoke } = gateway.options;
  const { requestId } = routed.exchange;
  const request = { functionArn: target.functionArn, payload, requestId, traceId };
  const startedAt = clock.nowMilliseconds();
  const result = await callFunction(invoke, gateway.startTimer, target.timeoutMilliseconds, request);
  return answerResult(gateway, routed, result, clock.nowMilliseconds() - startedAt, target);
}

function answerResult(
  gateway: Gateway,
  routed: Routed,
  result: CallResult,
  latencyMilliseconds: number,
  target: LambdaTarget,
): HttpResponse {
  const { exchange } = routed;
  const note = (outcome: "answered" | "failed", reason: string) =>
    record(gateway, exchange, { step: "invocation", subject: target.functionArn, outcome, reason });
  const fail = (status: 500 | 503, serviceStatus: number | undefined, error: string, reason: string) => {
    exchange.integration = { latencyMilliseconds, error, ...(serviceStatus === undefined ? {} : { serviceStatus }) };
    note("failed", reason);
    return finishWithError(gateway, exchange, status);
  };
  switch (result.kind) {
    case "returned":
      if (exceedsBytes(result.payload, MAXIMUM_RESPONSE_BYTES))
        return fail(500, 200, functionError("the response is too large"), "the output exceeds 6 MB");
      note("answered", `returned after ${latencyMilliseconds} ms`);
      return answerOutput(gateway, routed, target, { payload: result.payload, latencyMilliseconds });
    case "failed":
      return fail(500, 200, functionError(result.errorMessage), `the function failed: ${result.errorType}`);
    case "timed-out":
      return fail(500, 200, functionError(result.errorMessage), "the function reached its own timeout");
    case "throttled":
      return fail(503, 429, "Rate Exceeded.", "Lambda throttled the invocation");
    case "integration-timed-out":
      return fail(
        503,
        undefined,
        "Network error communicating with endpoint",
        `no answer within ${target.timeoutMilliseconds} ms`,
      );
  }
}

/** What an access log says of a function that failed. */
function functionError(message: string): string {
  return `The Lambda function returned the following error: ${message}. Check your Lambda function code and try again.`;
}

interface Output {
  readonly payload: string;
  readonly latencyMilliseconds: number;
}

function answerOutput(gateway: Gateway, routed: Routed, target: LambdaTarget, output: Output): HttpResponse {
  const { exchange } = routed;
  const { payload, latencyMilliseconds } = output;
  const mapped = (target.payloadFormatVersion === "1.0" ? mapResponseFormat1 : mapResponse)(payload);
  if (mapped.kind === "fault") {
    exchange.integration = { latencyMilliseconds, serviceStatus: 200, error: mapped.reason };
    const reason = `the function's output is no response: ${mapped.reason}`;
    record(gateway, exchange, { step: "response", subject: routed.route.routeKey, outcome: "failed", reason });
    return finishWithError(gateway, exchange, 500);
  }
  const { response } = mapped;
  exchange.integration = { latencyMilliseconds, serviceStatus: 200, functionStatus: response.status };
  const { cors } = gateway.options.api;
  if (cors === undefined) return finish(gateway, exchange, response);
  const headers = [...withoutCorsHeaders(response.headers), ...corsHeaders(cors, exchange.request.headers)];
  return finish(gateway, exchange, { ...response, headers });
}
