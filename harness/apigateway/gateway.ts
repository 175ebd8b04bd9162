import type { Clock } from "../clock.ts";
import type { HeaderList, HttpHandler, HttpRequest, HttpResponse } from "../http.ts";
import { headerValue } from "../http.ts";
import type { Decision } from "../iam/decision.ts";
import type { Journal, JournalEntry } from "../journal.ts";
import type { InvokeFunction } from "../lambda/invocation.ts";
import { accessLogFormat, type FormatAccessLog } from "./access-log.ts";
import { corsHeaders, isPreflight, preflightHeaders, withoutCorsHeaders } from "./cors.ts";
import { eventPayload } from "./event.ts";
import type { Exchange } from "./exchange.ts";
import { executeApiArn } from "./execute-api-arn.ts";
import { errorMessage, errorResponse, type GatewayErrorStatus } from "./gateway-errors.ts";
import type { HttpApi, Route, RouteTarget, Stage, ThrottleLimits } from "./http-api.ts";
import { type AuthorizeJwt, type JwtDecision, jwtAuthorizer } from "./jwt-authorizer.ts";
import type { FindSigningKey } from "./keys.ts";
import {
  type CallResult,
  callFunction,
  explainDecision,
  isTooLarge,
  MAXIMUM_EVENT_BYTES,
  type StartTimer,
  systemTimer,
} from "./lambda-integration.ts";
import { requestHeader } from "./request-headers.ts";
import { type RequestIds, requestIds } from "./request-ids.ts";
import { parseQueryString, parseRequestTarget } from "./request-target.ts";
import { mapResponse } from "./response.ts";
import { routeSelector, type SelectRoute } from "./route-selection.ts";
import { type Throttle, throttle } from "./throttle.ts";
import { verifiedTokens } from "./verified-tokens.ts";

/** Everything that an API needs from outside: one gateway serves one API. */
export interface GatewayOptions {
  readonly api: HttpApi;
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  readonly findSigningKey: FindSigningKey;
  readonly invoke: InvokeFunction;
  /** May API Gateway invoke this function on behalf of this `arn:aws:execute-api:…`? */
  readonly mayInvoke: (functionArn: string, sourceArn: string) => Decision;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  /** One access log entry, for the log group that the stage names. */
  readonly writeAccessLog: (destinationArn: string, line: string) => void;
  /** Runs `callback` once after the time; the answer cancels it. Default: `setTimeout`. */
  readonly startTimer?: StartTimer;
  /** Whether answers that the gateway makes itself (401, 404, 429, 5xx) carry CORS headers: AWS does not say. Default: no. */
  readonly corsOnGatewayErrors?: boolean;
  /** The account's limits over all routes. Default: AWS's own. */
  readonly accountLimits?: ThrottleLimits;
}

/** Request line and header values together.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAXIMUM_HEAD_BYTES = 10_240;
const MAXIMUM_BODY_BYTES = 10 * 1024 * 1024;
const PROTOCOL_LENGTH = " HTTP/1.1".length;

interface Gateway {
  readonly options: GatewayOptions;
  readonly domainName: string;
  readonly ids: RequestIds;
  readonly selectRoute: SelectRoute;
  readonly authorizeJwt: AuthorizeJwt;
  readonly throttle: Throttle;
  readonly startTimer: StartTimer;
  readonly accessLogs: ReadonlyMap<Stage, FormatAccessLog>;
}

/** A request that found its route: what the later steps go by. */
interface Routed {
  readonly exchange: Exchange;
  readonly stage: Stage;
  readonly route: Route;
  readonly path: string;
  readonly rawQueryString: string;
  readonly pathParameters: ReadonlyMap<string, string>;
}

type Answer = HttpResponse | Promise<HttpResponse>;

/** An HTTP API as a function from requests to responses. Order: size of the head, stage and route (404, or the answer to
 * a preflight), authorizer (401, 403), throttling (429), size of the body (413), permission (500), function. Never rejects,
 * whatever the request. */
export function createGateway(options: GatewayOptions): HttpHandler {
  const { api, clock } = options;
  const gateway: Gateway = {
    options,
    domainName: `${api.apiId}.execute-api.${options.region}.amazonaws.com`,
    ids: requestIds(options.randomBytes),
    selectRoute: routeSelector(api),
    authorizeJwt: jwtAuthorizer({ findSigningKey: options.findSigningKey, clock, verifiedTokens: verifiedTokens() }),
    throttle: throttle(api, clock, options.accountLimits),
    startTimer: options.startTimer ?? systemTimer,
    accessLogs: new Map(
      api.stages.flatMap((stage) =>
        stage.accessLog ? [[stage, accessLogFormat(stage.accessLog.format)] as const] : [],
      ),
    ),
  };
  return (request) => {
    const exchange = beginExchange(gateway, request);
    const routed = routeRequest(gateway, exchange);
    return "status" in routed ? routed : authorize(gateway, routed);
  };
}

function beginExchange(gateway: Gateway, request: HttpRequest): Exchange {
  return {
    request,
    requestId: gateway.ids.requestId(),
    accountId: gateway.options.accountId,
    apiId: gateway.options.api.apiId,
    domainName: gateway.domainName,
    startedAtMilliseconds: gateway.options.clock.nowMilliseconds(),
    userAgent: headerValue(request.headers, "user-agent"),
  };
}

function routeRequest(gateway: Gateway, exchange: Exchange): Routed | HttpResponse {
  const { request } = exchange;
  const { api } = gateway.options;
  const refuse = (status: GatewayErrorStatus, reason: string) => {
    record(gateway, exchange, { step: "route", subject: request.method, outcome: "denied", reason });
    return finishWithError(gateway, exchange, status);
  };
  if (headBytes(request) > MAXIMUM_HEAD_BYTES) return refuse(431, "request line and header values exceed 10,240 bytes");
  const target = parseRequestTarget(request.target);
  if (target.kind === "malformed") return refuse(400, target.reason);
  exchange.path = target.path;
  if (api.disableExecuteApiEndpoint) return refuse(404, "the API's execute-api endpoint is disabled");
  const selection = gateway.selectRoute(request.method, target.path);
  if (selection.kind === "no-stage") return refuse(404, selection.reason);
  exchange.stage = selection.stage;
  if (selection.kind === "no-route") {
    return answerPreflight(gateway, exchange) ?? refuse(404, selection.reason);
  }
  const { stage, route, pathParameters } = selection;
  exchange.route = route;
  record(gateway, exchange, {
    step: "route",
    subject: route.routeKey,
    outcome: "allowed",
    reason: `stage ${stage.name}, ${route.declaredBy}`,
  });
  return { exchange, stage, route, path: target.path, rawQueryString: target.rawQueryString, pathParameters };
}

function headBytes(request: HttpRequest): number {
  let bytes = request.method.length + 1 + request.target.length + PROTOCOL_LENGTH;
  for (const [, value] of request.headers) bytes += value.length;
  return bytes;
}

/** Only where no route takes OPTIONS: a route that does, ANY and `$default` among them, wins with its authorizer. */
function answerPreflight(gateway: Gateway, exchange: Exchange): HttpResponse | undefined {
  const { cors } = gateway.options.api;
  const { method, headers } = exchange.request;
  if (cors === undefined || !isPreflight(method, headers)) return undefined;
  const answer = preflightHeaders(cors, headers);
  const reason = answer.length === 0 ? "the origin is not allowed" : "the origin is allowed";
  record(gateway, exchange, { step: "cors", subject: "preflight", outcome: "answered", reason });
  return finish(gateway, exchange, { status: 204, headers: answer, body: "" });
}

function authorize(gateway: Gateway, routed: Routed): Answer {
  const { authorization } = routed.route;
  switch (authorization.type) {
    case "NONE":
      recordAuthorizer(gateway, routed, "allowed", "the route is open");
      return callIntegration(gateway, routed);
    case "AWS_IAM":
      recordAuthorizer(gateway, routed, "denied", "signed requests are not verified here");
      return finishWithError(gateway, routed.exchange, 403);
    case "JWT": {
      const { authorizer, scopes } = authorization;
      const identity = identityOf(authorizer.identitySource, routed);
      const decision = gateway.authorizeJwt({ authorizer, requiredScopes: scopes, identity });
      const proceed = (decided: JwtDecision) => afterAuthorizer(gateway, routed, decided);
      return decision instanceof Promise ? decision.then(proceed) : proceed(decision);
    }
  }
}

function identityOf(source: { readonly in: "header" | "querystring"; readonly name: string }, routed: Routed) {
  if (source.in === "header") return requestHeader(routed.exchange.request.headers, source.name);
  const values = parseQueryString(routed.rawQueryString).filter(([name]) => name === source.name);
  return values.length === 0 ? undefined : values.map(([, value]) => value).join(",");
}

function afterAuthorizer(gateway: Gateway, routed: Routed, decision: JwtDecision): Answer {
  const { exchange } = routed;
  if (decision.kind === "allow") {
    exchange.verified = decision.verified;
    recordAuthorizer(gateway, routed, "allowed", "the token is valid");
    return callIntegration(gateway, routed);
  }
  const { status, challenge, error, reason } = decision.refusal;
  if (error !== undefined) exchange.authorizerError = error;
  recordAuthorizer(gateway, routed, "denied", reason);
  return finishWithError(gateway, exchange, status, challenge === undefined ? [] : [["www-authenticate", challenge]]);
}

function recordAuthorizer(gateway: Gateway, routed: Routed, outcome: "allowed" | "denied", reason: string): void {
  record(gateway, routed.exchange, { step: "authorizer", subject: routed.route.routeKey, outcome, reason });
}

function callIntegration(gateway: Gateway, routed: Routed): Answer {
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
  const payload = eventOf(gateway, routed, traceId);
  if (Buffer.byteLength(payload) > MAXIMUM_EVENT_BYTES) return refuse(413, "invocation", "the event exceeds 6 MB");
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
    reason: explainDecision(decision),
  });
  return denied;
}

function eventOf(gateway: Gateway, routed: Routed, traceId: string): string {
  const { exchange, ...route } = routed;
  const { request, requestId, verified } = exchange;
  const { accountId, api } = gateway.options;
  const { domainName } = gateway;
  return eventPayload({ ...route, request, requestId, verified, traceId, accountId, apiId: api.apiId, domainName });
}

async function invokeTarget(
  gateway: Gateway,
  routed: Routed,
  target: Extract<RouteTarget, { readonly kind: "lambda" }>,
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
  target: { readonly functionArn: string; readonly timeoutMilliseconds: number },
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
      if (isTooLarge(result.payload))
        return fail(500, 200, functionError("the response is too large"), "the output exceeds 6 MB");
      note("answered", `returned after ${latencyMilliseconds} ms`);
      return answerOutput(gateway, routed, result.payload, latencyMilliseconds);
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

function answerOutput(gateway: Gateway, routed: Routed, payload: string, latencyMilliseconds: number): HttpResponse {
  const { exchange } = routed;
  const mapped = mapResponse(payload);
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

function finishWithError(
  gateway: Gateway,
  exchange: Exchange,
  status: GatewayErrorStatus,
  headers: HeaderList = [],
): HttpResponse {
  const { cors } = gateway.options.api;
  const shown = cors !== undefined && gateway.options.corsOnGatewayErrors === true;
  const all = shown ? [...headers, ...corsHeaders(cors, exchange.request.headers)] : headers;
  exchange.errorMessage = errorMessage(status);
  return finish(gateway, exchange, errorResponse(status, all));
}

/** Every answer leaves by here: with its request id, a journal entry and an access log entry. */
function finish(gateway: Gateway, exchange: Exchange, response: HttpResponse): HttpResponse {
  const { status, body } = response;
  exchange.status = status;
  record(gateway, exchange, {
    step: "response",
    subject: exchange.route?.routeKey ?? exchange.request.method,
    outcome: "answered",
    reason: `status ${status}`,
  });
  const { stage } = exchange;
  const format = stage === undefined ? undefined : gateway.accessLogs.get(stage);
  if (stage?.accessLog !== undefined && format !== undefined) {
    exchange.responseLength = Buffer.byteLength(body);
    exchange.responseLatencyMilliseconds = gateway.options.clock.nowMilliseconds() - exchange.startedAtMilliseconds;
    gateway.options.writeAccessLog(stage.accessLog.destinationArn, format(exchange));
  }
  return { status, body, headers: [...response.headers, ["apigw-requestid", exchange.requestId]] };
}

function record(gateway: Gateway, exchange: Exchange, entry: Omit<JournalEntry, "at" | "requestId">): void {
  gateway.options.journal.record({ requestId: exchange.requestId, ...entry });
}
