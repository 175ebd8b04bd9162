import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { HarnessError } from "../errors.ts";
import type { HeaderList } from "../http.ts";
import { type RawResponse, readRawResponse } from "./raw-response.ts";

export interface RawRequest {
  readonly method: string;
  /** As it goes onto the request line: path and query. */
  readonly target: string;
  readonly headers: HeaderList;
  readonly body?: string | Buffer;
}

export interface RawRequestOptions {
  /** Default 30 s: an HTTP API's own limit. */
  readonly timeoutMilliseconds?: number;
  /** Where to connect instead of the URL's host, which is still what `Host` says. */
  readonly connectTo?: { readonly host: string; readonly port: number };
}

const DEFAULT_TIMEOUT_MILLISECONDS = 30_000;

/**
 * Sends a request byte for byte, as no HTTP client would: odd targets, repeated and odd headers stay as they are. Only
 * `Host` and `Content-Length` are added, where they are left out. One connection for each request.
 *
 * @throws HarnessError TARGET_UNREACHABLE when nothing answers, or not in time.
 */
export function sendRawRequest(
  origin: URL,
  request: RawRequest,
  options: RawRequestOptions = {},
): Promise<RawResponse> {
  const socket = open(origin, options);
  const seconds = (options.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MILLISECONDS) / 1000;
  socket.setTimeout(seconds * 1000, () => socket.destroy(new Error(`no answer within ${seconds} s`)));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const read = (ended: boolean) => {
      const response = readRawResponse(Buffer.concat(chunks), { method: request.method, ended });
      if (response === undefined && !ended) return;
      if (response === undefined) reject(unreachable(origin, "the connection ended before a whole answer"));
      else resolve(response);
      socket.destroy();
    };
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      read(false);
    });
    socket.once("end", () => read(true));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      reject(unreachable(origin, error.message || String(error.code))),
    );
    // A peer that resets after it answered is heard by `end` or `error`, whichever comes first; this is for neither.
    socket.once("close", () => reject(unreachable(origin, "the connection was closed")));
    socket.write(requestBytes(origin, request));
  });
}

function unreachable(origin: URL, reason: string): HarnessError {
  return new HarnessError(
    "TARGET_UNREACHABLE",
    `${origin.origin} does not answer: ${reason}. Is it running, and deployed?`,
  );
}

function open(origin: URL, { connectTo }: RawRequestOptions): Socket {
  const secure = origin.protocol === "https:";
  const hostname = origin.hostname.replace(/^\[|\]$/g, "");
  const { host, port } = connectTo ?? { host: hostname, port: Number(origin.port || (secure ? 443 : 80)) };
  return secure ? connectTls({ host, port, servername: hostname }) : connect({ host, port });
}

function requestBytes(origin: URL, { method, target, headers, body }: RawRequest): Buffer {
  const bytes = Buffer.from(body ?? "");
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const framed = body === undefined || has("content-length") || has("transfer-encoding");
  const all: HeaderList = [
    ...(has("host") ? [] : [["Host", origin.host] as const]),
    ...headers,
    ...(framed ? [] : [["Content-Length", String(bytes.length)] as const]),
  ];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, "latin1"), bytes]);
}
