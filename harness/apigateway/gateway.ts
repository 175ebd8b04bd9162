import type { HttpHandler, HttpRequest, HttpResponse } from "../http.ts";
import { headerValue } from "../http.ts";
import { accessLogFormat } from "./access-log.ts";
import { isPreflight, preflightHeaders } from "./cors.ts";
import { hiddenAnswer, preflightVerdict } from "./cors-verdict.ts";
import type { Exchange } from "./exchange.ts";
import type { GatewayErrorStatus } from "./gateway-errors.ts";
import {
  type Answer,
  finish,
  finishWithError,
  type Gateway,
  type GatewayOptions,
  type Routed,
  record,
} from "./gateway-state.ts";
import type { IdentitySource } from "./http-api.ts";
import { callIntegration } from "./integration-step.ts";
import { type JwtDecision, jwtAuthorizer } from "./jwt-authorizer.ts";
import { systemTimer } from "./lambda-integration.ts";
import { requestHeader } from "./request-headers.ts";
import { requestIds } from "./request-ids.ts";
import { parseQueryString, parseRequestTarget } from "./request-target.ts";
import { routeSelector } from "./route-selection.ts";
import { throttle } from "./throttle.ts";
import { verifiedTokens } from "./verified-tokens.ts";

/** Request line and header values together.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAXIMUM_HEAD_BYTES = 10_240;
const PROTOCOL_LENGTH = " HTTP/1.1".length;

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
  if (!isPreflight(request.method, request.headers)) noteHiddenAnswer(gateway, exchange);
  if (api.disableExecuteApiEndpoint) return refuse(404, "the API's execute-api endpoint is disabled");
  const selection = gateway.selectRoute(request.method, target.path);
  if (selection.kind === "no-stage") return refuse(404, selection.reason);
  exchange.stage = selection.stage;
  if (selection.kind === "no-route") {
    return answerPreflight(gateway, exchange, target.path) ?? refuse(404, selection.reason);
  }
  const { stage, route, pathParameters } = selection;
  exchange.route = route;
  record(gateway, exchange, {
    step: "route",
    subject: route.routeKey,
    outcome: "allowed",
    reason: `stage ${stage.name}, ${route.declaredBy}`,
  });
  const { path, rawQueryString } = target;
  const queryParameters = parseQueryString(rawQueryString);
  return { exchange, stage, route, path, rawQueryString, queryParameters, pathParameters };
}

function headBytes(request: HttpRequest): number {
  let bytes = request.method.length + 1 + request.target.length + PROTOCOL_LENGTH;
  for (const [, value] of request.headers) bytes += value.length;
  return bytes;
}

/** Only where no route takes OPTIONS: a route that does, ANY and `$default` among them, wins with its authorizer. */
function answerPreflight(gateway: Gateway, exchange: Exchange, path: string): HttpResponse | undefined {
  const { cors } = gateway.options.api;
  const { method, headers } = exchange.request;
  if (!isPreflight(method, headers)) return undefined;
  if (cors === undefined) {
    recordCors(gateway, exchange, "the API has no corsConfiguration: the browser will not send the request");
    return undefined;
  }
  const { allowed, reason } = preflightVerdict(cors, headers, path);
  const asked = headerValue(headers, "access-control-request-method") ?? "";
  const follows = gateway.selectRoute(asked, path).kind === "no-route" ? "; no route takes it" : "";
  recordCors(gateway, exchange, `${reason}${follows}`, allowed && follows === "");
  return finish(gateway, exchange, { status: 204, headers: preflightHeaders(cors, headers), body: "" });
}

/** A page of another origin gets the answer's status as an error of its own: here is said which it was. */
function noteHiddenAnswer(gateway: Gateway, exchange: Exchange): void {
  const reason = hiddenAnswer(gateway.options.api.cors, exchange.request.headers);
  if (reason !== undefined) recordCors(gateway, exchange, reason);
}

/** The journal has every verdict; who develops a page is told those that it will not like. */
function recordCors(gateway: Gateway, exchange: Exchange, reason: string, fine = false): void {
  const { method, headers } = exchange.request;
  const subject = isPreflight(method, headers) ? "preflight" : method;
  record(gateway, exchange, { step: "cors", subject, outcome: "answered", reason });
  if (!fine) gateway.options.onCorsProblem?.(reason);
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

function identityOf(source: IdentitySource, routed: Routed) {
  if (source.in === "header") return requestHeader(routed.exchange.request.headers, source.name);
  const values = routed.queryParameters.filter(([name]) => name === source.name);
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
  exchange.authorizerError = error;
  recordAuthorizer(gateway, routed, "denied", reason);
  return finishWithError(gateway, exchange, status, [["www-authenticate", challenge]]);
}

function recordAuthorizer(gateway: Gateway, routed: Routed, outcome: "allowed" | "denied", reason: string): void {
  record(gateway, routed.exchange, { step: "authorizer", subject: routed.route.routeKey, outcome, reason });
}
