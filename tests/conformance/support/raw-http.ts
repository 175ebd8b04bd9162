import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Body, HttpCase } from "./case.ts";

/** An answer as it came off the socket. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export function bodyBytes(body: Body | undefined): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  return "base64" in body ? Buffer.from(body.base64, "base64") : Buffer.alloc(body.times, body.repeat);
}

/** Sends a request byte for byte, as no HTTP client would: odd targets, repeated and odd headers stay as they are. Rejects
 * where nothing answers within `timeoutMilliseconds`. */
export function sendRaw(
  origin: URL,
  sent: Pick<HttpCase, "send" | "headers" | "body">,
  timeoutMilliseconds = 30_000,
): Promise<RawAnswer> {
  const socket = open(origin);
  socket.setTimeout(timeoutMilliseconds, () => socket.destroy(new Error("no answer in time")));
  const method = sent.send.split(" ", 1)[0] ?? "";
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const finish = (last: boolean) => {
      const answer = parseAnswer(Buffer.concat(chunks), method, last);
      if (answer !== undefined) resolve(answer);
      else if (last) reject(new Error("the connection ended before an answer"));
      if (answer !== undefined) socket.destroy();
    };
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      finish(false);
    });
    socket.once("end", () => finish(true));
    socket.once("error", reject);
    socket.write(requestBytes(origin, sent));
  });
}

function open(origin: URL): Socket {
  const { hostname } = origin;
  if (origin.protocol === "https:")
    return connectTls({ host: hostname, servername: hostname, port: Number(origin.port || 443) });
  return connect({ host: hostname, port: Number(origin.port || 80) });
}

function requestBytes(origin: URL, { send, headers = [], body }: Pick<HttpCase, "send" | "headers" | "body">): Buffer {
  const bytes = bodyBytes(body);
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const all = [
    ...(has("host") ? [] : [["Host", origin.host] as const]),
    ...headers,
    ...(body === undefined || has("content-length") ? [] : [["Content-Length", String(bytes.length)] as const]),
  ];
  const head = `${send} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}

/** The answer, or nothing as long as bytes of it are missing. */
function parseAnswer(bytes: Buffer, method: string, ended: boolean): RawAnswer | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const status = Number(statusLine.split(" ")[1]);
  const body = bytes.subarray(end + 4);
  const length = headers.find(([name]) => name === "content-length")?.[1];
  const expected = method === "HEAD" || status === 204 || status === 304 ? 0 : Number(length ?? Number.NaN);
  if (!ended && !(body.length >= expected)) return undefined;
  return { status, headers, body };
}
