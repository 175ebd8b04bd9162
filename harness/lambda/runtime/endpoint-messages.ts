/** What a sandbox's SDK asks of the AWS endpoint without a socket between them, and what it is answered. */
import { HOP_BY_HOP } from "../../http.ts";

/** A POST, as all that AWS's JSON services are asked. */
export interface EndpointRequest {
  /** Chosen by whoever asks; the answer bears it too. */
  readonly id: number;
  /** Path and query, as a request line has them. */
  readonly target: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
}

export interface EndpointAnswer {
  readonly id: number;
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Of each character the code is a byte: copied at once, and in one piece. */
  readonly body: string;
}

const TARGET = /^\/[\x21-\x7e]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;
/** Above it every HTTP server here refuses. */
const MAXIMUM_HEAD_CHARACTERS = 32 * 1024;
/** Node.js's servers read no more of them. */
const MAXIMUM_HEADERS = 2_000;
/** They are for the connection, or say how a body travels. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([...HOP_BY_HOP, "expect", "http2-settings"]);

/** Whether HTTP would carry a request just as it is: nothing in it that a client adds to, or a server refuses, cuts, or reads
 * in another way.
 * @see https://www.rfc-editor.org/rfc/rfc9112 */
export function isPlainHttp({ target, headers, body }: Omit<EndpointRequest, "id">): boolean {
  if (!TARGET.test(target) || headers.length % 2 !== 0 || headers.length > 2 * MAXIMUM_HEADERS) return false;
  const once = { host: 0, "content-length": 0 };
  let characters = target.length;
  for (let index = 0; index < headers.length; index += 2) {
    const [name = "", value = ""] = [headers[index], headers[index + 1]];
    const lower = name.toLowerCase();
    if (!NAME.test(name) || !VALUE.test(value) || OF_THE_CONNECTION.has(lower)) return false;
    if (lower === "content-length" && value !== String(Buffer.byteLength(body))) return false;
    if (lower === "host" || lower === "content-length") once[lower] += 1;
    characters += name.length + value.length;
  }
  return once.host === 1 && once["content-length"] === 1 && characters <= MAXIMUM_HEAD_CHARACTERS;
}

/** Reads what came out of a sandbox: the function's code can reach the port, so it is outside data. `undefined` for what is
 * no request that HTTP would carry. */
export function readEndpointRequest(sent: unknown): EndpointRequest | undefined {
  if (typeof sent !== "object" || sent === null) return undefined;
  // No copy of it: bytes have a property each, which are too many to go through.
  const { id, target, headers, body } = sent as Readonly<Record<string, unknown>>;
  if (typeof id !== "number" || typeof target !== "string" || !isTexts(headers)) return undefined;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return undefined;
  return isPlainHttp({ target, headers, body }) ? { id, target, headers, body } : undefined;
}

/** Looks at no list that is too long anyway: one of holes takes no memory, and minutes to go through. */
function isTexts(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length > 2 * MAXIMUM_HEADERS) return false;
  return value.every((text) => typeof text === "string");
}
