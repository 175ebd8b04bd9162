import type { HeaderList, HttpResponse } from "../http.ts";

/** The answers that an HTTP API makes by itself, with the bytes of their bodies, and the type that an access log names.
 * Bodies of 400 and 431 were never captured; the others are as seen on AWS. */
const GATEWAY_ERRORS = {
  400: { message: "Bad Request", type: "DEFAULT_4XX" },
  401: { message: "Unauthorized", type: "UNAUTHORIZED" },
  403: { message: "Forbidden", type: "ACCESS_DENIED" },
  404: { message: "Not Found", type: "DEFAULT_4XX" },
  413: { message: "Request Entity Too Large", type: "REQUEST_TOO_LARGE" },
  429: { message: "Too Many Requests", type: "THROTTLED" },
  431: { message: "Request Header Fields Too Large", type: "DEFAULT_4XX" },
  500: { message: "Internal Server Error", type: "INTEGRATION_FAILURE" },
  503: { message: "Service Unavailable", type: "INTEGRATION_TIMEOUT" },
} as const;

export type GatewayErrorStatus = keyof typeof GATEWAY_ERRORS;

const BODIES = new Map(
  Object.entries(GATEWAY_ERRORS).map(([status, { message }]) => [Number(status), JSON.stringify({ message })]),
);

export function errorResponse(status: GatewayErrorStatus, headers: HeaderList = []): HttpResponse {
  return { status, headers: [["content-type", "application/json"], ...headers], body: BODIES.get(status) ?? "" };
}

export function errorMessage(status: GatewayErrorStatus): string {
  return GATEWAY_ERRORS[status].message;
}

/** `$context.error.responseType`. */
export function errorType(status: number | undefined): string | undefined {
  return Object.entries(GATEWAY_ERRORS).find(([known]) => Number(known) === status)?.[1].type;
}
