import type { HeaderList } from "../http.ts";
import { headerValue } from "../http.ts";
import type { CorsConfiguration } from "./cors-configuration.ts";
import { requestHeader } from "./request-headers.ts";

/** A CORS preflight by the Fetch standard: OPTIONS with `Origin` and `Access-Control-Request-Method`. */
export function isPreflight(method: string, headers: HeaderList): boolean {
  return (
    method === "OPTIONS" &&
    headerValue(headers, "origin") !== undefined &&
    headerValue(headers, "access-control-request-method") !== undefined
  );
}

/** The headers of the gateway's own answer to a preflight; none for an origin that is not allowed. What the browser asked
 * for is not looked at: it compares the lists itself.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
export function preflightHeaders(cors: CorsConfiguration, headers: HeaderList): HeaderList {
  const allowed = allowedOrigin(cors, requestHeader(headers, "origin"));
  if (allowed === undefined) return [];
  return [
    ...originHeaders(allowed),
    ...listHeader("access-control-allow-methods", cors.allowMethods),
    ...listHeader("access-control-allow-headers", cors.allowHeaders),
    ...(cors.maxAgeSeconds === undefined ? [] : [["access-control-max-age", String(cors.maxAgeSeconds)] as const]),
    ...credentials(cors),
  ];
}

/** The headers that the gateway adds to an answer for an allowed origin, be it the function's or the gateway's own. */
export function corsHeaders(cors: CorsConfiguration, headers: HeaderList): HeaderList {
  const allowed = allowedOrigin(cors, requestHeader(headers, "origin"));
  if (allowed === undefined) return [];
  return [
    ...originHeaders(allowed),
    ...credentials(cors),
    ...listHeader("access-control-expose-headers", cors.exposeHeaders),
  ];
}

/** Once CORS is configured, an integration's own CORS headers are dropped, for every origin. */
export function withoutCorsHeaders(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => !name.toLowerCase().startsWith("access-control-"));
}

/** The value of `access-control-allow-origin`: one origin, character for character, or the configured star. */
function allowedOrigin(cors: CorsConfiguration, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (cors.allowOrigins.includes("*")) return "*";
  if (cors.allowOrigins.includes(origin)) return origin;
  const scheme = /^(https?:\/\/)[^\s,/?#@*]+$/.exec(origin)?.[1];
  return scheme !== undefined && cors.allowOrigins.includes(`${scheme}*`) ? origin : undefined;
}

/** `vary` comes with the configured star too, and beside one of the function's own: seen on AWS. */
function originHeaders(allowed: string): HeaderList {
  return [
    ["access-control-allow-origin", allowed],
    ["vary", "origin"],
  ];
}

function credentials(cors: CorsConfiguration): HeaderList {
  return cors.allowCredentials ? [["access-control-allow-credentials", "true"]] : [];
}

function listHeader(name: string, values: readonly string[]): HeaderList {
  return values.length === 0 ? [] : [[name, values.join(",")]];
}
