import { claimAsText } from "./claims-text.ts";
import { requestTime } from "./event.ts";
import type { Exchange } from "./exchange.ts";
import { errorType } from "./gateway-errors.ts";

type Value = string | number | undefined;
type Read = (exchange: Exchange) => Value;

/** Writes one entry of a finished exchange. */
export type FormatAccessLog = (exchange: Exchange) => string;

const REQUEST: readonly (readonly [string, Read])[] = [
  ["requestId", (exchange) => exchange.requestId],
  ["extendedRequestId", (exchange) => exchange.requestId],
  ["accountId", (exchange) => exchange.accountId],
  ["apiId", (exchange) => exchange.apiId],
  ["domainName", (exchange) => exchange.domainName],
  ["domainPrefix", (exchange) => exchange.apiId],
  ["httpMethod", (exchange) => exchange.request.method],
  ["path", (exchange) => exchange.path],
  ["protocol", () => "HTTP/1.1"],
  ["routeKey", (exchange) => exchange.route?.routeKey],
  ["stage", (exchange) => exchange.stage?.name],
  ["requestTime", (exchange) => requestTime(exchange.request.receivedAtMilliseconds)],
  ["requestTimeEpoch", (exchange) => exchange.request.receivedAtMilliseconds],
  ["identity.sourceIp", (exchange) => exchange.request.sourceAddress],
  ["identity.userAgent", (exchange) => exchange.userAgent],
];

const RESULT: readonly (readonly [string, Read])[] = [
  ["status", (exchange) => exchange.status],
  ["responseLength", (exchange) => exchange.responseLength],
  ["responseLatency", (exchange) => exchange.responseLatencyMilliseconds],
  ["dataProcessed", (exchange) => exchange.request.body.length + (exchange.responseLength ?? 0)],
  ["error.message", (exchange) => exchange.errorMessage],
  ["error.responseType", (exchange) => (exchange.errorMessage === undefined ? undefined : errorType(exchange.status))],
  ["authorizer.error", (exchange) => exchange.authorizerError],
  ["integration.status", (exchange) => exchange.integration?.functionStatus],
  ["integration.integrationStatus", (exchange) => exchange.integration?.serviceStatus],
  ["integrationStatus", (exchange) => exchange.integration?.serviceStatus],
  ["integration.latency", (exchange) => exchange.integration?.latencyMilliseconds],
  ["integrationLatency", (exchange) => exchange.integration?.latencyMilliseconds],
  ["integration.error", (exchange) => exchange.integration?.error],
  ["integrationErrorMessage", (exchange) => exchange.integration?.error],
];

/** The documented variables; any other prints `-`, as one without a value does.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const VARIABLES: ReadonlyMap<string, Read> = new Map([...REQUEST, ...RESULT]);

/** A claim's name may hold colons and hyphens; elsewhere they end a variable. */
const VARIABLE = /\$context\.(authorizer\.claims\.[\w.:-]*\w|\w+(?:\.\w+)*)/g;
const CLAIM_PREFIX = "authorizer.claims.";

/** Compiles a stage's access log format. Values are escaped as in JSON text, so that no request can end an entry, or a
 * field of one, and begin another. */
export function accessLogFormat(format: string): FormatAccessLog {
  const pieces: FormatAccessLog[] = [];
  let from = 0;
  for (const match of format.matchAll(VARIABLE)) {
    const literal = format.slice(from, match.index);
    const variable = compileVariable(match[1] ?? "");
    pieces.push((exchange) => literal + variable(exchange));
    from = match.index + match[0].length;
  }
  const rest = format.slice(from);
  return (exchange) => {
    let entry = "";
    for (const piece of pieces) entry += piece(exchange);
    return entry + rest;
  };
}

function compileVariable(name: string): FormatAccessLog {
  if (name === "error.messageString") return quotedErrorMessage;
  if (name.startsWith(CLAIM_PREFIX)) {
    const claim = name.slice(CLAIM_PREFIX.length);
    return ({ verified }) => print(verified === undefined ? undefined : claimAsText(verified.claims, claim));
  }
  const read = VARIABLES.get(name);
  return read === undefined ? () => "-" : (exchange) => print(read(exchange));
}

/** The one variable that brings its own quotation marks. */
function quotedErrorMessage(exchange: Exchange): string {
  return exchange.errorMessage === undefined ? "-" : JSON.stringify(exchange.errorMessage);
}

/** What JSON text holds as it is: no quotation mark, backslash, control character or half of a surrogate pair. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function print(value: Value): string {
  if (value === undefined || value === "") return "-";
  const text = String(value);
  return PLAIN.test(text) ? text : JSON.stringify(text).slice(1, -1);
}
