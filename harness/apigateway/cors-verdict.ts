import { type HeaderList, headerValue } from "../http.ts";
import { corsHeaders } from "./cors.ts";
import type { CorsConfiguration } from "./cors-configuration.ts";

/** What a browser makes of an answer, by the Fetch standard. */
export interface CorsVerdict {
  readonly allowed: boolean;
  /** What was asked, what the browser will do, and the first thing that does not fit with the list it is not in. */
  readonly reason: string;
}

/** Methods that pages may use without being allowed to.
 * @see https://fetch.spec.whatwg.org/#cors-safelisted-method */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST"]);

/** Judges a preflight as the browser will.
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch */
export function preflightVerdict(cors: CorsConfiguration, headers: HeaderList, path: string): CorsVerdict {
  const method = headerValue(headers, "access-control-request-method") ?? "";
  const names = listOf(headerValue(headers, "access-control-request-headers"));
  const asked = `${shown(originOf(headers))} asks for ${shown(method)} ${shown(path)}${names.length === 0 ? "" : ` with ${shown(names.join(", "))}`}`;
  const mismatch = originMismatch(cors, headers) ?? methodMismatch(cors, method) ?? headerMismatch(cors, names);
  if (mismatch === undefined) return { allowed: true, reason: `${asked}: the browser will send it` };
  return { allowed: false, reason: `${asked}: the browser will not send it, as ${mismatch}` };
}

/** Judges an answer to a page: `undefined` where the browser shows it, or where no page asks. */
export function hiddenAnswer(cors: CorsConfiguration | undefined, headers: HeaderList): string | undefined {
  if (cors === undefined || headerValue(headers, "origin") === undefined) return undefined;
  const mismatch = originMismatch(cors, headers);
  return mismatch === undefined ? undefined : `the browser hides the answer from the page, as ${mismatch}`;
}

function originOf(headers: HeaderList): string {
  return headerValue(headers, "origin") ?? "";
}

function originMismatch(cors: CorsConfiguration, headers: HeaderList): string | undefined {
  if (corsHeaders(cors, headers).length > 0) return undefined;
  return `origin ${shown(originOf(headers))} is not in allowOrigins [${cors.allowOrigins.join(", ")}]`;
}

function methodMismatch({ allowMethods }: CorsConfiguration, method: string): string | undefined {
  if (SAFE_METHODS.has(method) || allowMethods.includes(method) || allowMethods.includes("*")) return undefined;
  return `method ${shown(method)} is not in allowMethods [${allowMethods.join(", ")}]`;
}

/** The star does not stand for `authorization`.
 * @see https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name */
function headerMismatch({ allowHeaders }: CorsConfiguration, names: readonly string[]): string | undefined {
  const allowed = new Set(allowHeaders.map((name) => name.toLowerCase()));
  const missing = names.find((name) => !allowed.has(name) && (name === "authorization" || !allowed.has("*")));
  if (missing === undefined) return undefined;
  return `header ${shown(missing)} is not in allowHeaders [${allowHeaders.join(", ")}]`;
}

function listOf(value: string | undefined): readonly string[] {
  const names = (value ?? "").split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "");
}

const LONGEST_SHOWN = 200;

/** Text from outside, on one line of bounded length. */
function shown(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, "?");
  return plain.length > LONGEST_SHOWN ? `${plain.slice(0, LONGEST_SHOWN)}…` : plain;
}
