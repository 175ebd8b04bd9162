import type { Clock } from "../clock.ts";
import type { HeaderList, HttpResponse } from "../http.ts";
import type { Decision } from "../iam/decision-types.ts";
import type { Journal, JournalEntry } from "../journal.ts";
import type { InvokeFunction } from "../lambda/invocation-types.ts";
import type { FormatAccessLog } from "./access-log.ts";
import { corsHeaders } from "./cors.ts";
import type { RoutedRequest } from "./event.ts";
import type { Exchange } from "./exchange.ts";
import { errorMessage, errorResponse, type GatewayErrorStatus } from "./gateway-errors.ts";
import type { HttpApi, Stage, ThrottleLimits } from "./http-api.ts";
import type { AuthorizeJwt } from "./jwt-authorizer.ts";
import type { StartTimer } from "./lambda-integration.ts";
import type { RequestIds } from "./request-ids.ts";
import type { SelectRoute } from "./route-selection.ts";
import type { FindSigningKey } from "./signing-key-types.ts";
import type { Throttle } from "./throttle.ts";

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
  /** Told why a browser will not send a request, or will hide its answer from the page. */
  readonly onCorsProblem?: (reason: string) => void;
  /** Runs `callback` once after the time; the answer cancels it. Default: `setTimeout`. */
  readonly startTimer?: StartTimer;
  /** The account's limits over all routes. Default: AWS's own. */
  readonly accountLimits?: ThrottleLimits;
}

/** A gateway's compiled parts. */
export interface Gateway {
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
export interface Routed extends RoutedRequest {
  readonly exchange: Exchange;
}

export type Answer = HttpResponse | Promise<HttpResponse>;

/** An answer that the gateway makes itself: a page of an allowed origin can read it, as on AWS. */
export function finishWithError(
  gateway: Gateway,
  exchange: Exchange,
  status: GatewayErrorStatus,
  headers: HeaderList = [],
): HttpResponse {
  const { cors } = gateway.options.api;
  const added = cors === undefined ? [] : corsHeaders(cors, exchange.request.headers);
  exchange.errorMessage = errorMessage(status);
  return finish(gateway, exchange, errorResponse(status, [...added, ...headers]));
}

/** Every answer leaves by here: with its request id, a journal entry and an access log entry. */
export function finish(gateway: Gateway, exchange: Exchange, response: HttpResponse): HttpResponse {
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

export function record(gateway: Gateway, exchange: Exchange, entry: Omit<JournalEntry, "at" | "requestId">): void {
  gateway.options.journal.record({ requestId: exchange.requestId, ...entry });
}
