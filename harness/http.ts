/** A header list in wire order; names as received, compared case-insensitively. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Headers of one connection, which end at whoever passes a message on (RFC 9110, section 7.6.1). */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** A request as it came off the socket: nothing decoded, nothing dropped. */
export interface HttpRequest {
  readonly method: string;
  /** The raw request target: path and query, percent-encoding untouched. */
  readonly target: string;
  readonly headers: HeaderList;
  /** At most the listener's limit; see `bodyTooLarge`. */
  readonly body: Buffer;
  /** The body was larger than the listener accepts and was not kept. */
  readonly bodyTooLarge: boolean;
  readonly sourceAddress: string;
  readonly receivedAtMilliseconds: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string | Buffer;
}

export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** The first value of a header, whatever the case of its name. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [candidate, value] of headers) {
    if (candidate.length === wanted.length && candidate.toLowerCase() === wanted) return value;
  }
  return undefined;
}

/** Reads a list of names and values in turn. */
export function headerPairs(rawHeaders: readonly string[]): HeaderList {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    pairs.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  return pairs;
}

/** Text in which each character's code is a byte of the body, `length` bytes in all. */
export function bytesAsText(body: string | Buffer, length: number): string {
  if (typeof body !== "string") return body.toString("latin1");
  return length === body.length ? body : Buffer.from(body).toString("latin1");
}
