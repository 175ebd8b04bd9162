import { type HttpRequest, headerValue } from "./http.ts";

const LOOPBACK_NAMES = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The `Host` header as an URL's origin when it names this machine's loopback, which no name on the internet can be made
 * to mean (RFC 6761, section 6.3): a page whose domain was rebound to 127.0.0.1 arrives with its own name.
 */
export function loopbackOrigin(request: HttpRequest): URL | undefined {
  const parsed = URL.parse(`http://${headerValue(request.headers, "host") ?? ""}`);
  if (parsed === null) return undefined;
  return isLoopbackName(parsed.hostname) ? parsed : undefined;
}

/** Whether a URL's host name means this machine. */
export function isLoopbackName(hostname: string): boolean {
  return LOOPBACK_NAMES.has(hostname) || hostname.endsWith(".localhost");
}
