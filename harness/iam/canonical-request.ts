import { hash } from "node:crypto";
import type { HttpRequest } from "../http.ts";

export function sha256Hex(data: string | Buffer): string {
  return hash("sha256", data);
}

/** The values of each header, by its lower-case name, in wire order. */
export type HeaderValues = ReadonlyMap<string, readonly string[]>;

export function headerValues(request: HttpRequest): HeaderValues {
  const values = new Map<string, string[]>();
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    const kept = values.get(key);
    if (kept === undefined) values.set(key, [value]);
    else kept.push(value);
  }
  return values;
}

export interface CanonicalParts {
  readonly method: string;
  /** As received. */
  readonly target: string;
  readonly headers: HeaderValues;
  /** Lower case, ascending, all of them present. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

/** The text that a SigV4 signature covers, or `undefined` for a target that is not a path with a query.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request */
export function canonicalRequest(parts: CanonicalParts): string | undefined {
  const question = parts.target.indexOf("?");
  const path = question === -1 ? parts.target : parts.target.slice(0, question);
  const query = question === -1 ? "" : canonicalQuery(parts.target.slice(question + 1));
  if (!path.startsWith("/") || query === undefined) return undefined;
  const headers = parts.signedHeaders.map((name) => `${name}:${canonicalValue(parts.headers.get(name))}\n`).join("");
  const names = parts.signedHeaders.join(";");
  return [parts.method, canonicalPath(path), query, headers, names, parts.payloadHash].join("\n");
}

/** Repeated headers are one, their values trimmed, runs of spaces made one, and joined by commas. */
function canonicalValue(values: readonly string[] | undefined): string {
  return (values ?? []).map((value) => trimSpace(value.replace(/[ \t]{2,}|\t/g, " "))).join(",");
}

/** Without the space at either end. Only space and tab are white space in a header (RFC 9110, section 5.6.3): what else
 * `trim` takes off, a no-break space among it, is part of the value and thereby of the signature. */
function trimSpace(text: string): string {
  const start = text.startsWith(" ") ? 1 : 0;
  const end = text.endsWith(" ") ? text.length - 1 : text.length;
  return text.slice(start, Math.max(start, end));
}

/** The path with dot segments and doubled slashes resolved, encoded once more, as all services but S3 have it. */
function canonicalPath(path: string): string {
  if (path === "/") return path;
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(uriEncode(segment));
  }
  const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

/** Parameters decoded, encoded again in AWS's way, and sorted by name, then by value. */
function canonicalQuery(query: string): string | undefined {
  if (query === "") return "";
  const pairs: [string, string][] = [];
  for (const parameter of query.split("&")) {
    const equals = parameter.indexOf("=");
    const name = recode(equals === -1 ? parameter : parameter.slice(0, equals));
    const value = recode(equals === -1 ? "" : parameter.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function recode(text: string): string | undefined {
  try {
    return uriEncode(decodeURIComponent(text));
  } catch {
    return undefined;
  }
}

/** Percent-encodes everything but RFC 3986's unreserved characters. */
function uriEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
