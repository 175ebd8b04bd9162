import type { HeaderList } from "../http.ts";

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
