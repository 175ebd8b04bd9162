import type { HeaderList } from "../http.ts";

/** A request as it goes onto the wire: nothing is added but `Host` and a length. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, sent as they stand. */
  readonly path: string;
  /** A name may stand twice. */
  readonly headers?: HeaderList;
  readonly body?: string | Buffer;
}

const SHOWN_CHARACTERS = 200;

/** The request as a `curl` line. What could be a secret stands as a variable. */
export function curlOf(baseUrl: string, { method, path, headers = [], body }: WireRequest): string {
  const shown = headers.map(([name, value]) => ` -H ${quoted(`${name}: ${headerText(name, value)}`)}`);
  const data = body === undefined ? "" : ` --data-binary ${quoted(shortened(withoutTokens(body.toString())))}`;
  return `curl -i --path-as-is -X ${method} ${quoted(`${baseUrl}${withoutTokens(path)}`)}${shown.join("")}${data}`;
}

const SECRET_HEADERS: ReadonlySet<string> = new Set(["authorization", "cookie"]);

function headerText(name: string, value: string): string {
  if (!SECRET_HEADERS.has(name.toLowerCase())) return shortened(withoutTokens(value));
  return value.startsWith("Bearer ") ? "Bearer $TOKEN" : "$TOKEN";
}

/** Anything that begins like a JSON Web Token's header. */
export function withoutTokens(text: string): string {
  return text.replaceAll(/eyJ[A-Za-z0-9_.+/=-]{10,}/g, "$TOKEN");
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)` : text;
}

function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach a reader's terminal.
  return `'${text.replaceAll("'", "'\\''").replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ")}'`;
}
