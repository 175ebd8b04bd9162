import { HOP_BY_HOP } from "../http.ts";
import { type EventSource, eventBody, jwtContext, requestTime, wayHeaders } from "./event.ts";
import type { Route } from "./http-api.ts";

/** Written with capitals, however the client wrote them. */
const CAPITALIZED: ReadonlyMap<string, string> = new Map(
  [
    "Content-Length",
    "Content-Type",
    "Cookie",
    "Host",
    "User-Agent",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
  ].map((name) => [name.toLowerCase(), name]),
);

/** The other request headers among the names that HTTP/2 has in its table (RFC 7541, appendix A): written in lower case. */
const LOWERED: ReadonlySet<string> = new Set([
  "accept",
  "accept-charset",
  "accept-encoding",
  "accept-language",
  "access-control-allow-origin",
  "authorization",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-location",
  "content-range",
  "date",
  "expect",
  "from",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "max-forwards",
  "origin",
  "proxy-authorization",
  "range",
  "referer",
  "via",
]);

/** What IAM and identity pools would have to say of a caller, and an HTTP API never has. */
const NO_IDENTITY = {
  accessKey: null,
  accountId: null,
  caller: null,
  cognitoAmr: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
};

/** The event in payload format 1.0, as JSON text: that of a REST API as far as an HTTP API knows it. What does not apply is
 * null; the one member that is left out is the authorizer of an open route.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function eventPayloadFormat1(source: EventSource): string {
  const { request, route, stage } = source;
  const headers = headerLists(source);
  const query = lists(source.queryParameters);
  return JSON.stringify({
    version: "1.0",
    resource: resourceOf(route),
    path: rawPath(request.target),
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: query && lastValues(query),
    multiValueQueryStringParameters: query,
    requestContext: requestContext(source, headers["User-Agent"]?.at(-1) ?? ""),
    pathParameters: source.pathParameters.size === 0 ? null : Object.fromEntries(source.pathParameters),
    stageVariables: stage.stageVariables ?? null,
    body: null,
    ...eventBody(request.body, headers["Content-Type"]?.at(-1)),
  });
}

type Lists = Readonly<Record<string, readonly string[]>>;

/** As the client wrote it, where format 2.0 decodes it. */
function rawPath(target: string): string {
  return target.split("?", 1)[0] ?? "";
}

function resourceOf({ key, routeKey }: Route): string {
  return key.kind === "default" ? routeKey : key.path;
}

/** Cookies stay a header. Names are sorted by their bytes. */
function headerLists(source: EventSource): Lists {
  const given = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const [name, value] of source.request.headers) {
    const key = name.toLowerCase();
    const known = given.get(key);
    if (HOP_BY_HOP.has(key)) continue;
    if (known === undefined) given.set(key, { name: spelled(name), values: [value] });
    else known.values.push(value);
  }
  const way = wayHeaders(source, given.get("host")?.values[0], given.get("x-forwarded-for")?.values.join(","));
  for (const [key, value] of Object.entries(way)) given.set(key, { name: spelled(key), values: [value] });
  const sorted = [...given.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return objectOf(sorted.map(({ name, values }) => [name, values]));
}

function spelled(name: string): string {
  const key = name.toLowerCase();
  return CAPITALIZED.get(key) ?? (LOWERED.has(key) ? key : name);
}

function lists(pairs: readonly (readonly [string, string])[]): Lists | null {
  if (pairs.length === 0) return null;
  const byName = Map.groupBy(pairs, ([name]) => name);
  return objectOf([...byName].map(([name, same]) => [name, same.map(([, value]) => value)]));
}

function lastValues(values: Lists): Readonly<Record<string, string>> {
  return objectOf(Object.entries(values).map(([name, list]) => [name, list.at(-1) ?? ""]));
}

/** Names come from outside: `__proto__` is one like any other. */
function objectOf<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const object: Record<string, T> = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}

function requestContext(source: EventSource, userAgent: string) {
  const { request, route, stage, verified, requestId } = source;
  return {
    accountId: source.accountId,
    apiId: source.apiId,
    ...(verified === undefined ? {} : { authorizer: jwtContext(route, verified).jwt }),
    domainName: source.domainName,
    domainPrefix: source.apiId,
    extendedRequestId: requestId,
    httpMethod: request.method,
    identity: { ...NO_IDENTITY, sourceIp: request.sourceAddress, user: null, userAgent, userArn: null },
    path: source.path,
    protocol: "HTTP/1.1",
    requestId,
    requestTime: requestTime(request.receivedAtMilliseconds),
    requestTimeEpoch: request.receivedAtMilliseconds,
    resourceId: route.routeKey,
    resourcePath: resourceOf(route),
    stage: stage.name,
  };
}
