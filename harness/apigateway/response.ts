import { type HeaderList, HOP_BY_HOP, type HttpResponse } from "../http.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/** What a function's output is to the client; `fault` is the 500 of an output that has the wrong form. */
export type MappedResponse =
  | { readonly kind: "response"; readonly response: HttpResponse }
  | { readonly kind: "fault"; readonly reason: string };

const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain; charset=utf-8";
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Control characters, line ends among them: with one of these a value could end its header and begin another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Belong to the connection and to the framing of the message, which are the gateway's. */
const GATEWAY_HEADERS: ReadonlySet<string> = new Set([...HOP_BY_HOP, "content-length", "date", "apigw-requestid"]);

/** Maps a function's output by the rules of payload format 2.0: an object with `statusCode` is a response, anything else is
 * the body of a 200, but for a function's error, which is a 500. Never throws, whatever the function put out.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function mapResponse(payload: string): MappedResponse {
  const output = parse(payload);
  if (typeof output === "string") return inferred(output);
  if (!isJsonObject(output)) return inferred(payload);
  if (!Object.hasOwn(output, "statusCode")) {
    return Object.hasOwn(output, "errorMessage")
      ? fault("it has an `errorMessage` and no `statusCode`, as a function's error has")
      : inferred(payload);
  }
  const cookies = cookiesOf(output.cookies);
  return structured(output, cookies ?? "`cookies` is not a list of text that can stand in a header", []);
}

/** Maps a function's output by the rules of payload format 1.0: an object with `statusCode` and nothing else is a response.
 * Of a header in both, the values in `multiValueHeaders` come behind the one in `headers`. Never throws. */
export function mapResponseFormat1(payload: string): MappedResponse {
  const output = parse(payload);
  if (!isJsonObject(output) || !Object.hasOwn(output, "statusCode"))
    return fault("in payload format 1.0 it must be an object with `statusCode`");
  return structured(output, [], multiValueHeadersOf(output.multiValueHeaders));
}

/** @param before headers that go out before those of `headers`, or the sentence that refuses them; `after` alike. */
function structured(output: JsonObject, before: HeaderList | string, after: HeaderList | string): MappedResponse {
  const status = statusOf(output.statusCode);
  if (status === undefined) return fault("`statusCode` is no whole number from 200 to 599");
  const body = bodyOf(output.body, output.isBase64Encoded);
  if (body === undefined)
    return fault("Lambda body contains the wrong type for field `body`, or is not base64 as said");
  const headers = headersOf(output.headers);
  if (typeof headers === "string") return fault(headers);
  if (typeof before === "string") return fault(before);
  if (typeof after === "string") return fault(after);
  const shown = suppress(status, body);
  const all = [...before, ...headers, ...after];
  return { kind: "response", response: { status, headers: shown.length === 0 ? all : withType(all), body: shown } };
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function inferred(body: string): MappedResponse {
  const headers: HeaderList = body === "" ? [] : [["content-type", JSON_TYPE]];
  return { kind: "response", response: { status: 200, headers, body } };
}

function fault(reason: string): MappedResponse {
  return { kind: "fault", reason };
}

/** A whole number that can be a final answer; the same number as text passes too. */
function statusOf(value: unknown): number | undefined {
  const status = typeof value === "string" && /^[1-9][0-9]{2}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

function bodyOf(body: unknown, isBase64Encoded: unknown): string | Buffer | undefined {
  if (body === undefined || body === null) return "";
  if (typeof body !== "string") return undefined;
  if (isBase64Encoded !== true) return body;
  return BASE64.test(body) ? Buffer.from(body, "base64") : undefined;
}

/** A response without content has none (RFC 9110, sections 15.3.5 and 15.4.5). */
function suppress(status: number, body: string | Buffer): string | Buffer {
  return status === 204 || status === 205 || status === 304 ? "" : body;
}

/** The headers to send, or the sentence that refuses them. */
function headersOf(value: unknown): HeaderList | string {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) return "`headers` is not an object";
  const headers: (readonly [string, string])[] = [];
  for (const [name, given] of Object.entries(value)) {
    const text = headerText(given);
    if (!HEADER_NAME.test(name) || text === undefined) return "`headers` has a name or a value that cannot be sent";
    if (!GATEWAY_HEADERS.has(name.toLowerCase())) headers.push([name, text]);
  }
  return headers;
}

/** The same for lists of values. */
function multiValueHeadersOf(value: unknown): HeaderList | string {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) return "`multiValueHeaders` is not an object";
  const headers: (readonly [string, string])[] = [];
  for (const [name, values] of Object.entries(value)) {
    const texts = Array.isArray(values) ? values.map(headerText) : [undefined];
    if (!HEADER_NAME.test(name) || texts.includes(undefined))
      return "`multiValueHeaders` has a name or a list of values that cannot be sent";
    if (GATEWAY_HEADERS.has(name.toLowerCase())) continue;
    for (const text of texts) if (text !== undefined) headers.push([name, text]);
  }
  return headers;
}

function headerText(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && !CONTROL_CHARACTER.test(value) ? latin1(value) : undefined;
}

/** Header values are bytes: text outside ASCII goes out as its UTF-8. */
function latin1(text: string): string {
  return /[^\t -~]/.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}

function cookiesOf(value: unknown): HeaderList | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const cookies: (readonly [string, string])[] = [];
  for (const cookie of value) {
    const text = typeof cookie === "string" ? headerText(cookie) : undefined;
    if (text === undefined) return undefined;
    cookies.push(["set-cookie", text]);
  }
  return cookies;
}

function withType(headers: HeaderList): HeaderList {
  const typed = headers.some(([name]) => name.toLowerCase() === "content-type");
  return typed ? headers : [...headers, ["content-type", TEXT_TYPE]];
}
