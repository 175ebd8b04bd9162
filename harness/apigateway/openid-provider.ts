import { isJsonObject, type JsonObject } from "../json.ts";
import { type PublishedKey, readSigningKeys } from "./json-web-key-set.ts";

/** What of the network an issuer's documents need: the global `fetch`, or a test's. */
export type Fetch = (
  url: string,
  init: {
    readonly signal: AbortSignal;
    readonly redirect: "error";
    readonly headers: Readonly<Record<string, string>>;
  },
) => Promise<Response>;

export interface DocumentLimits {
  readonly timeoutMilliseconds: number;
  readonly maximumBytes: number;
}

/** AWS's limits for discovery document and key set.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const DOCUMENT_LIMITS: DocumentLimits = { timeoutMilliseconds: 1_500, maximumBytes: 150_000 };

export type PublishedKeys =
  | { readonly kind: "keys"; readonly keys: ReadonlyMap<string, PublishedKey> }
  | { readonly kind: "discovery-unreachable"; readonly reason: string }
  | { readonly kind: "jwks-unreachable"; readonly reason: string };

/** Reads an issuer's keys as OpenID Connect Discovery 1.0, section 4, says: its configuration, which must name this very
 * issuer, and the key set that it points to. Never rejects. */
export async function fetchPublishedKeys(issuer: string, fetch: Fetch, limits: DocumentLimits): Promise<PublishedKeys> {
  const configuration = await fetchJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, fetch, limits);
  if (typeof configuration === "string") return { kind: "discovery-unreachable", reason: configuration };
  if (configuration.issuer !== issuer) {
    return { kind: "discovery-unreachable", reason: "the document is another issuer's" };
  }
  const url = jwksUrl(issuer, configuration.jwks_uri);
  if (url === undefined) return { kind: "discovery-unreachable", reason: "the document has no usable jwks_uri" };
  const set = await fetchJson(url, fetch, limits);
  if (typeof set === "string") return { kind: "jwks-unreachable", reason: set };
  const keys = readSigningKeys(set);
  return keys === undefined
    ? { kind: "jwks-unreachable", reason: "the document is no key set" }
    : { kind: "keys", keys };
}

/** Over https, except where the issuer itself is reached by http. */
function jwksUrl(issuer: string, value: unknown): string | undefined {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url === null) return undefined;
  const plain = url.protocol === "http:" && issuer.startsWith("http:");
  return url.protocol === "https:" || plain ? url.href : undefined;
}

/** A JSON object, or the reason why there is none. */
async function fetchJson(url: string, fetch: Fetch, limits: DocumentLimits): Promise<JsonObject | string> {
  try {
    const signal = AbortSignal.timeout(limits.timeoutMilliseconds);
    const response = await fetch(url, { signal, redirect: "error", headers: { accept: "application/json" } });
    if (response.status !== 200) {
      await response.body?.cancel();
      return `status ${response.status}`;
    }
    const text = await readText(response, limits.maximumBytes);
    if (text === undefined) return `more than ${limits.maximumBytes} bytes`;
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : "not a JSON object";
  } catch (error) {
    if (error instanceof SyntaxError) return "not JSON";
    return error instanceof Error && error.name === "TimeoutError" ? `no answer in time` : "no connection";
  }
}

async function readText(response: Response, maximumBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maximumBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
