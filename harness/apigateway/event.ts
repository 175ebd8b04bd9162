import { HOP_BY_HOP, type HttpRequest } from "../http.ts";
import { claimsAsText } from "./claims-text.ts";
import type { Route, Stage } from "./http-api.ts";
import type { VerifiedClaims } from "./jwt-authorizer.ts";
import type { QueryParameters } from "./request-target.ts";

/** What a request asks of an API. */
export interface RoutedRequest {
  readonly stage: Stage;
  readonly route: Route;
  /** Decoded, with the stage's name where it has one. */
  readonly path: string;
  readonly rawQueryString: string;
  /** The same, parsed. */
  readonly queryParameters: QueryParameters;
  readonly pathParameters: ReadonlyMap<string, string>;
}

/** All that an event is made of. */
export interface EventSource extends RoutedRequest {
  readonly request: HttpRequest;
  readonly verified: VerifiedClaims | undefined;
  readonly requestId: string;
  /** `Root=1-…`. */
  readonly traceId: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly domainName: string;
}

const TEXT_TYPES: ReadonlySet<string> = new Set(["application/json", "application/xml", "application/javascript"]);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** The event in payload format 2.0, as JSON text. What does not apply is left out; the one null is `jwt.scopes`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function eventPayload(source: EventSource): string {
  const { request, stage } = source;
  const { headers, cookies } = eventHeaders(source);
  const query = joinParameters(source.queryParameters);
  return JSON.stringify({
    version: "2.0",
    routeKey: source.route.routeKey,
    rawPath: source.path,
    rawQueryString: source.rawQueryString,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers,
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: requestContext(source, headers["user-agent"] ?? ""),
    ...eventBody(request.body, headers["content-type"]),
    ...(source.pathParameters.size === 0 ? {} : { pathParameters: Object.fromEntries(source.pathParameters) }),
    ...(stage.stageVariables === undefined ? {} : { stageVariables: stage.stageVariables }),
  });
}

/** The client's headers; those of the way (forwarding, tracing, length) are the gateway's, whatever the client sent, and
 * `x-forwarded-for` is extended. */
function eventHeaders(source: EventSource) {
  const headers: Record<string, string> = Object.create(null);
  const cookies: string[] = [];
  for (const [name, value] of source.request.headers) {
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key)) continue;
    if (key === "cookie") cookies.push(...splitCookies(value));
    else headers[key] = headers[key] === undefined ? value : `${headers[key]},${value}`;
  }
  Object.assign(headers, wayHeaders(source, headers.host, headers["x-forwarded-for"]));
  return { headers, cookies };
}

/** Headers that are the gateway's own, by name in lower case. */
export function wayHeaders(
  { request, domainName, traceId }: EventSource,
  host: string | undefined,
  forwardedFor: string | undefined,
): Readonly<Record<string, string>> {
  return {
    "content-length": String(request.body.length),
    host: host ?? domainName,
    "x-amzn-trace-id": traceId,
    "x-forwarded-for": `${forwardedFor === undefined ? "" : `${forwardedFor}, `}${request.sourceAddress}`,
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
  };
}

function splitCookies(value: string): readonly string[] {
  return value
    .split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== "");
}

function joinParameters(parameters: QueryParameters): Readonly<Record<string, string>> | undefined {
  if (parameters.length === 0) return undefined;
  const joined: Record<string, string> = Object.create(null);
  for (const [name, value] of parameters)
    joined[name] = joined[name] === undefined ? value : `${joined[name]},${value}`;
  return joined;
}

function requestContext(source: EventSource, userAgent: string) {
  const { request, verified } = source;
  return {
    accountId: source.accountId,
    apiId: source.apiId,
    ...(verified === undefined ? {} : { authorizer: jwtContext(source.route, verified) }),
    domainName: source.domainName,
    domainPrefix: source.apiId,
    http: {
      method: request.method,
      path: source.path,
      protocol: "HTTP/1.1",
      sourceIp: request.sourceAddress,
      userAgent,
    },
    requestId: source.requestId,
    routeKey: source.route.routeKey,
    stage: source.stage.name,
    time: requestTime(request.receivedAtMilliseconds),
    timeEpoch: request.receivedAtMilliseconds,
  };
}

/** The authorizer's part of a request context. `scopes`: all of the token's on a route that asks for scopes, null on one that does not. */
export function jwtContext(route: Route, verified: VerifiedClaims) {
  const scoped = route.authorization.type === "JWT" && route.authorization.scopes.length > 0;
  return { jwt: { claims: claimsAsText(verified.claims), scopes: scoped ? verified.scopes : null } };
}

/** Text for a few media types, base64 for everything else, a body without one and forms among them.
 * Seen on AWS: https://github.com/ministackorg/ministack/pull/766 */
export function eventBody(body: Buffer, contentType: string | undefined) {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = isTextType(contentType ?? "");
  return { body: body.toString(isText ? "utf8" : "base64"), isBase64Encoded: !isText };
}

function isTextType(contentType: string): boolean {
  const mediaType = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  return mediaType.startsWith("text/") || TEXT_TYPES.has(mediaType);
}

/** `14/Apr/2025:22:14:16 +0000`. */
export function requestTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
