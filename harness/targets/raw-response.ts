import type { HeaderList } from "../http.ts";

/** An answer as it came off the socket. */
export interface RawResponse {
  readonly status: number;
  /** In wire order, names in lower case. */
  readonly headers: HeaderList;
  readonly body: Buffer;
}

interface Reading {
  /** The request's: an answer to HEAD has no body. */
  readonly method: string;
  /** Whether the other side will send no more. */
  readonly ended: boolean;
}

/** Reads an HTTP/1.1 answer, or nothing as long as bytes of it are missing. RFC 9112, sections 6 and 7. */
export function readRawResponse(bytes: Buffer, reading: Reading): RawResponse | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const rest = bytes.subarray(end + 4);
  // Interim answers announce another one: RFC 9110, section 15.2.
  if (status >= 100 && status < 200 && status !== 101) return readRawResponse(rest, reading);
  const headers = lines.map(headerOf);
  const body = bodyOf(rest, { ...reading, status, headers });
  return body === undefined ? undefined : { status, headers, body };
}

function headerOf(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function bodyOf(
  rest: Buffer,
  { method, status, headers, ended }: Reading & { readonly status: number; readonly headers: HeaderList },
): Buffer | undefined {
  if (method === "HEAD" || status === 204 || status === 304) return Buffer.alloc(0);
  const value = (name: string) => headers.find(([given]) => given === name)?.[1];
  if (/\bchunked$/i.test(value("transfer-encoding") ?? "")) return dechunked(rest);
  const length = Number(value("content-length") ?? Number.NaN);
  if (Number.isNaN(length)) return ended ? rest : undefined;
  return rest.length >= length ? rest.subarray(0, length) : undefined;
}

function dechunked(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString("latin1"), 16);
    const start = lineEnd + 2;
    if (size === 0) return Buffer.concat(chunks);
    if (!(rest.length >= start + size + 2)) return undefined;
    chunks.push(rest.subarray(start, start + size));
    at = start + size + 2;
  }
}
