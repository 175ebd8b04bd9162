import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { HarnessError } from "./errors.ts";
import { bytesAsText, type HttpHandler, type HttpRequest, type HttpResponse, headerPairs } from "./http.ts";

/** An import would read all that the module has, and thereby load Node's fetch and WebSocket: 35 ms of processor time and
 * 13 MiB, for nothing. */
const { createServer } = process.getBuiltinModule("node:http");

export interface ListenOptions {
  /** The option of the command line that chooses the port, for the message where it is taken. */
  readonly portOption?: string;
  /** What listens, as messages name it: `the API`. */
  readonly name: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly handler: HttpHandler;
  readonly clock: Clock;
  /** Bodies above it reach the handler as `bodyTooLarge`. Default 10 MiB: the HTTP API's limit. */
  readonly maximumBodyBytes?: number;
  /** Told of an exception in the handler: a defect, which the client sees as a bare 500. */
  readonly onDefect: (error: unknown) => void;
}

export interface Listener {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Stops accepting, lets requests in flight finish for `graceMilliseconds`, then cuts what is left. */
  close(graceMilliseconds: number): Promise<void>;
}

const HOST = "127.0.0.1";
const DEFAULT_MAXIMUM_BODY_BYTES = 10 * 1024 * 1024;
/** Above every limit that a handler enforces itself, so that it can answer in AWS's words. */
const MAXIMUM_HEADER_BYTES = 64 * 1024;
/** How much of a refused body is read before the connection is cut: a client that reads no answer while it still sends
 * would otherwise see a broken pipe in place of the 413. */
const DRAIN_FACTOR = 4;

/**
 * Serves a handler on 127.0.0.1.
 *
 * @throws HarnessError PORT_TAKEN naming the port and the remedy.
 */
export function listen(options: ListenOptions): Promise<Listener> {
  const state: ListenerState = { closing: false };
  const server = createServer({ maxHeaderSize: MAXIMUM_HEADER_BYTES, keepAliveTimeout: 60_000 }, (request, response) =>
    receive(request, response, { ...options, state }),
  );
  server.on("clientError", answerMalformed);
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, options)));
    server.listen(options.port, HOST, () => resolve(listenerOf(server, state)));
  });
}

function listenError(error: NodeJS.ErrnoException, { name, port, portOption }: ListenOptions): HarnessError {
  const why =
    error.code === "EADDRINUSE" ? "is taken by another process" : `cannot be used (${error.code ?? error.message})`;
  return new HarnessError(
    "PORT_TAKEN",
    `Port ${port} for ${name} ${why}. Choose another one${portOption === undefined ? "" : ` with ${portOption}`}, or 0 for any free one.`,
  );
}

/** A connection that is kept alive would hold up closing, so the last response on each says that it ends. */
interface ListenerState {
  closing: boolean;
}

interface ServingOptions extends ListenOptions {
  readonly state: ListenerState;
}

function listenerOf(server: Server, state: ListenerState): Listener {
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${HOST}:${port}`,
    close: (graceMilliseconds) =>
      new Promise((resolve) => {
        state.closing = true;
        const cut = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** A request that is not HTTP, or whose headers pass every limit, never becomes a request. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", "Request Header Fields Too Large"]
      : ["400 Bad Request", "Bad Request"];
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function receive(request: IncomingMessage, response: ServerResponse, options: ServingOptions): void {
  request.on("error", () => response.destroy());
  if (hasTwoHosts(request.rawHeaders)) {
    send(response, BAD_REQUEST, options.state);
    return;
  }
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === "0")) {
    answer(request, response, options, { body: Buffer.alloc(0), tooLarge: false });
    return;
  }
  collect(request, options.maximumBodyBytes ?? DEFAULT_MAXIMUM_BODY_BYTES, (body) =>
    answer(request, response, options, body),
  );
}

/** RFC 9112, section 3.2: who is meant would depend on who reads it. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts > 1;
}

const BAD_REQUEST: HttpResponse = {
  status: 400,
  headers: [
    ["content-type", "application/json"],
    ["connection", "close"],
  ],
  body: '{"message":"Bad Request"}',
};

interface CollectedBody {
  readonly body: Buffer;
  readonly tooLarge: boolean;
}

function collect(request: IncomingMessage, limit: number, done: (body: CollectedBody) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
    if (size > limit * DRAIN_FACTOR) request.destroy();
  });
  request.once("end", () =>
    done({ body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks), tooLarge: size > limit }),
  );
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServingOptions,
  collected: CollectedBody,
): void {
  const snapshot: HttpRequest = {
    method: request.method ?? "GET",
    target: request.url ?? "/",
    headers: headerPairs(request.rawHeaders),
    body: collected.body,
    bodyTooLarge: collected.tooLarge,
    sourceAddress: (request.socket.remoteAddress ?? HOST).replace(/^::ffff:/, ""),
    receivedAtMilliseconds: options.clock.nowMilliseconds(),
  };
  const broken = (error: unknown) => {
    options.onDefect(error);
    if (response.headersSent) response.destroy();
    else send(response, INTERNAL_SERVER_ERROR, options.state);
  };
  try {
    const result = options.handler(snapshot);
    if (result instanceof Promise) result.then((value) => send(response, value, options.state)).catch(broken);
    else send(response, result, options.state);
  } catch (error) {
    broken(error);
  }
}

const INTERNAL_SERVER_ERROR: HttpResponse = {
  status: 500,
  headers: [["content-type", "application/json"]],
  body: '{"message":"Internal Server Error"}',
};

/** The same handler for callers without a socket: an exception in it is the bare 500 that a server would send. */
export function guarded(handler: HttpHandler, onDefect: ListenOptions["onDefect"]): HttpHandler {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      onDefect(error);
      return INTERNAL_SERVER_ERROR;
    }
  };
}

function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 304;
}

/** Up to this size a body goes out in one piece with its head. */
const SMALL_BODY_BYTES = 64 * 1024;

function send(response: ServerResponse, { status, headers, body }: HttpResponse, { closing }: ListenerState): void {
  const flat: string[] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower !== "content-length" && lower !== "transfer-encoding" && lower !== "connection") flat.push(name, value);
  }
  const length = Buffer.byteLength(body);
  if (mayHaveBody(status)) flat.push("content-length", String(length));
  if (closing) flat.push("connection", "close");
  response.writeHead(status, flat);
  if (!mayHaveBody(status) || length === 0) response.end();
  else if (length > SMALL_BODY_BYTES) response.end(body);
  // Node.js writes a head and a text together, and a head and a buffer apart: as text of its bytes, as the head is.
  else response.end(bytesAsText(body, length), "latin1");
}
