/**
 * A shorter way from the SDK to the AWS endpoint than HTTP: a message each way, where both are threads of one process. What
 * is asked is the same to the byte, signature included, and so is who answers. Whatever is not known to be the same that way
 * goes over HTTP, as ever.
 */
import { channel } from "node:diagnostics_channel";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import type { MessagePort } from "node:worker_threads";
import { type EndpointAnswer, type EndpointRequest, isPlainHttp } from "./endpoint-messages.ts";

export interface SdkTransportOptions {
  /** The AWS endpoint's. */
  readonly url: string;
  /** Where its handler listens. */
  readonly port: MessagePort;
}

/** Loaded before any function's code. */
const http = process.getBuiltinModule("node:http");
const net = process.getBuiltinModule("node:net");
const { STATUS_CODES } = http;

/** Where tracing libraries watch what is sent: they are told of it, or put functions of their own in place of Node.js's. */
const WATCHED = [
  ...["request.created", "request.start", "request.error", "response.finish"].map((name) => `http.client.${name}`),
  "net.client.socket",
].map((name) => channel(name));
const WRAPPABLE = [http, http.Agent.prototype, http.ClientRequest.prototype, net, net.Socket.prototype].flatMap(
  functionsOf,
);
const SDK_HANDLER = /[\\/]@smithy[\\/]node-http-handler[\\/]dist-cjs[\\/]index\.js$/;
/** What an agent of the SDK has in flight at most, if nothing else is asked of it. */
const MAXIMUM_IN_FLIGHT = 50;

/** The part of the SDK's `NodeHttpHandler` that is relied upon.
 * @see https://github.com/smithy-lang/smithy-typescript/blob/main/packages/node-http-handler/src/node-http-handler.ts */
interface SdkHttpHandler {
  readonly externalAgent?: boolean;
  handle(request: SdkRequest, options?: SdkHandlerOptions): Promise<SdkAnswer>;
  /** Empty before the first request. */
  httpHandlerConfigs(): SdkHandlerConfiguration;
}

interface SdkHandlerConfiguration {
  readonly httpAgent?: { readonly maxSockets?: number };
  readonly requestTimeout?: number;
  readonly throwOnRequestTimeout?: boolean;
  readonly socketTimeout?: number;
}

interface SdkHandlerOptions {
  readonly abortSignal?: unknown;
  readonly requestTimeout?: number;
}

interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: object;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly username?: string;
  readonly password?: string;
  readonly fragment?: string;
}

interface SdkAnswer {
  readonly response: {
    readonly statusCode: number;
    readonly reason: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Readable;
  };
}

export interface SdkTransport {
  /** Has the SDK's copies that are loaded by now take the shorter way. */
  follow(): void;
}

export function sdkTransport({ url, port }: SdkTransportOptions): SdkTransport {
  const { hostname, port: portNumber } = new URL(url);
  const line = endpointLine(port);
  const followed = new Set<string>();
  const handle = (plain: SdkHttpHandler["handle"]): SdkHttpHandler["handle"] =>
    function (this: SdkHttpHandler, request, options = {}) {
      const isThere = request.hostname === hostname && String(request.port) === portNumber;
      const asked = isThere && line.hasRoom() && isOrdinary(this, request, options) ? messageOf(request) : undefined;
      if (asked === undefined) return Reflect.apply(plain, this, [request, options]);
      return line.ask(asked, options.requestTimeout ?? this.httpHandlerConfigs().requestTimeout);
    };
  return {
    follow() {
      const { cache } = createRequire(import.meta.url);
      for (const [file, module] of Object.entries(cache)) {
        if (followed.has(file) || !SDK_HANDLER.test(file)) continue;
        followed.add(file);
        const prototype = prototypeOf(module?.exports);
        // It may be frozen.
        if (prototype !== undefined) Reflect.set(prototype, "handle", handle(prototype.handle));
      }
    },
  };
}

interface SdkModule {
  readonly NodeHttpHandler?: { readonly prototype?: SdkHttpHandler };
}

/** `undefined` where it does not look as it is known to, or somebody has put a function in place of its own. */
function prototypeOf(exported: SdkModule | undefined): SdkHttpHandler | undefined {
  const prototype = exported?.NodeHttpHandler?.prototype;
  if (typeof prototype?.handle !== "function" || typeof prototype.httpHandlerConfigs !== "function") return undefined;
  const isOwn = String(exported?.NodeHttpHandler).includes(String(prototype.handle));
  return isOwn ? prototype : undefined;
}

interface OwnedFunction {
  readonly owner: object;
  readonly name: string;
  readonly value: unknown;
}

/** Inherited ones too: a function of the owner's own would hide them. Without what is read by a getter: some of those load a
 * module. */
function functionsOf(owner: object): readonly OwnedFunction[] {
  const found = new Map<string, OwnedFunction>();
  for (let at = owner; at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === "function" && !found.has(name)) found.set(name, { owner, name, value });
  return [...found.values()];
}

function isWatched(): boolean {
  return (
    WATCHED.some(({ hasSubscribers }) => hasSubscribers) ||
    WRAPPABLE.some(({ owner, name, value }) => Reflect.get(owner, name) !== value)
  );
}

/** Nothing about it makes a difference but the request itself: nobody watches or may end it, no other agent sends it, and
 * what it waits for is what is waited for here. */
function isOrdinary(
  handler: SdkHttpHandler,
  request: SdkRequest,
  { abortSignal, requestTimeout }: SdkHandlerOptions,
): boolean {
  const configuration = handler.httpHandlerConfigs();
  const timeout = requestTimeout ?? configuration.requestTimeout;
  return (
    "requestTimeout" in configuration &&
    handler.externalAgent === false &&
    configuration.httpAgent?.maxSockets === MAXIMUM_IN_FLIGHT &&
    configuration.socketTimeout === undefined &&
    (!timeout || configuration.throwOnRequestTimeout === true) &&
    abortSignal === undefined &&
    request.protocol === "http:" &&
    (request.username ?? request.password ?? request.fragment) === undefined &&
    Object.keys(request.query ?? {}).length === 0 &&
    !isWatched()
  );
}

/** `undefined` for what HTTP might carry otherwise. */
function messageOf({ method, path: target, headers: named = {}, body = "" }: SdkRequest): EndpointMessage | undefined {
  const headers: string[] = [];
  for (const [name, value] of Object.entries(named)) {
    if (typeof value !== "string") return undefined;
    headers.push(name, value);
  }
  if (method !== "POST" || !(typeof body === "string" || body instanceof Uint8Array)) return undefined;
  // A part of a larger buffer would take all of that along.
  const message = { target, headers, body: typeof body === "string" ? body : Uint8Array.from(body) };
  return isPlainHttp(message) ? message : undefined;
}

type EndpointMessage = Omit<EndpointRequest, "id">;

interface EndpointLine {
  hasRoom(): boolean;
  ask(asked: EndpointMessage, timeoutMilliseconds: number | undefined): Promise<SdkAnswer>;
}

interface Waiting {
  readonly resolve: (answer: SdkAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

function endpointLine(port: MessagePort): EndpointLine {
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let isOpen = true;
  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    clearTimeout(found?.timer);
    // Only what is waited for may keep the runtime busy.
    if (waiting.size === 0) port.unref();
    return found;
  };
  port.on("message", (answer: EndpointAnswer) => settle(answer.id)?.resolve(sdkAnswer(answer)));
  port.on("close", () => {
    isOpen = false;
    for (const id of waiting.keys()) settle(id)?.reject(timeoutError("socket hang up", "ECONNRESET"));
  });
  port.unref();
  return {
    hasRoom: () => isOpen && waiting.size < MAXIMUM_IN_FLIGHT,
    ask(request, timeoutMilliseconds) {
      asked += 1;
      const id = asked;
      return new Promise((resolve, reject) => {
        const timer = timeoutMilliseconds
          ? setTimeout(() => settle(id)?.reject(requestTimeout(timeoutMilliseconds)), timeoutMilliseconds)
          : undefined;
        if (waiting.size === 0) port.ref();
        waiting.set(id, { resolve, reject, timer });
        port.postMessage({ id, ...request });
      });
    },
  };
}

/** In the SDK's own words. */
function requestTimeout(milliseconds: number): Error {
  const text = `@smithy/node-http-handler - [ERROR] a request has exceeded the configured ${milliseconds} ms requestTimeout.`;
  return timeoutError(text, "ETIMEDOUT");
}

function timeoutError(message: string, code: string): Error {
  return Object.assign(new Error(message), { name: "TimeoutError", code });
}

function sdkAnswer({ status, headers: list, body }: EndpointAnswer): SdkAnswer {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < list.length; index += 2)
    headers[(list[index] ?? "").toLowerCase()] = list[index + 1] ?? "";
  const reason = STATUS_CODES[status] ?? "";
  return { response: { statusCode: status, reason, headers, body: new AnswerBody(Buffer.from(body, "latin1")) } };
}

/** A body that is there as a whole. The first to collect it gets it in one piece and at once, without the listeners that
 * Node.js puts between two streams; everybody else reads it as any stream. */
class AnswerBody extends Readable {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    super({ read() {} });
    this.#bytes = bytes;
    this.push(bytes);
    this.push(null);
  }

  override pipe<To extends NodeJS.WritableStream>(destination: To, options?: { end?: boolean }): To {
    const isUntouched = this.readableFlowing === null && !this.readableDidRead && options === undefined;
    // Node.js leaves these two open.
    const isStandard = Object.is(destination, process.stdout) || Object.is(destination, process.stderr);
    if (!isUntouched || isStandard) return super.pipe(destination, options);
    destination.emit("pipe", this);
    destination.end(this.#bytes);
    this.resume();
    return destination;
  }
}
