import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../clock.ts";
import { bytesAsText, type HttpHandler, type HttpRequest, type HttpResponse, headerPairs } from "../http.ts";
import { type EndpointAnswer, type EndpointRequest, readEndpointRequest } from "./runtime/endpoint-messages.ts";

/** The AWS endpoint, for a sandbox that is a thread of this process. */
export interface SandboxEndpoint {
  /** Where it listens for everybody else. */
  readonly url: string;
  /** Never rejects and never throws. */
  readonly handler: HttpHandler;
  readonly clock: Clock;
  /** Bodies above it reach the handler as `bodyTooLarge`, as they do there. */
  readonly maximumBodyBytes: number;
}

/** Answers what a sandbox's SDK asks by a port as if it had come over HTTP: by the same handler, which trusts neither. Who
 * sends anything else is heard no more, and has HTTP. */
export function serveEndpointPort(port: MessagePort, endpoint: SandboxEndpoint): void {
  const close = () => port.close();
  port.on("messageerror", close);
  port.on("message", async (sent: unknown) => {
    const asked = readEndpointRequest(sent);
    if (asked === undefined) close();
    else port.postMessage(answerOf(asked.id, await endpoint.handler(httpRequest(asked, endpoint)), endpoint.clock));
  });
}

const LOOPBACK = "127.0.0.1";
const NOTHING = Buffer.alloc(0);

function httpRequest(
  { target, headers: list, body: sent }: EndpointRequest,
  { clock, maximumBodyBytes }: SandboxEndpoint,
): HttpRequest {
  const bodyTooLarge = Buffer.byteLength(sent) > maximumBodyBytes;
  const receivedAtMilliseconds = clock.nowMilliseconds();
  return {
    method: "POST",
    target,
    headers: headerPairs(list),
    body: bodyTooLarge ? NOTHING : ownBytes(sent),
    bodyTooLarge,
    sourceAddress: LOOPBACK,
    receivedAtMilliseconds,
  };
}

/** A copy: what a sandbox shares it could change while it is judged. It can also grow, which `slice` takes and `Buffer.from`
 * throws at. */
function ownBytes(body: EndpointRequest["body"]): Buffer {
  return typeof body === "string" ? Buffer.from(body) : Buffer.from(body.slice().buffer);
}

/** With the headers that a server adds to every answer. */
function answerOf(id: number, { status, headers, body }: HttpResponse, clock: Clock): EndpointAnswer {
  const length = Buffer.byteLength(body);
  const date = new Date(clock.nowMilliseconds()).toUTCString();
  const list = [...headers.flat(), "content-length", String(length), "date", date];
  return { id, status, headers: list, body: bytesAsText(body, length) };
}
