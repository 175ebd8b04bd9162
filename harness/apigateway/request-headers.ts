import type { HeaderList } from "../http.ts";

/** Headers of one connection, which end at the gateway in both directions (RFC 9110, section 7.6.1). */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The values of one request header, several joined by a comma without a space, as API Gateway hands them on. `name` in
 * lower case. */
export function requestHeader(headers: HeaderList, name: string): string | undefined {
  let joined: string | undefined;
  for (const [candidate, value] of headers) {
    if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue;
    joined = joined === undefined ? value : `${joined},${value}`;
  }
  return joined;
}
