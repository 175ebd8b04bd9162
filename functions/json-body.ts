import { textAt, valueAt } from "./http-event";
import { badRequest, type HttpResponse, message } from "./http-response";

/** A value that was read from a request, or the answer that refuses the request. */
export type Read<T> = { readonly value: T } | { readonly refusal: HttpResponse };

export const bodyLimitBytes = 16 * 1024;

/** What stands in a text for bytes that were no UTF-8: whoever sent it, something is lost already. */
const LOST = "\ufffd";

/**
 * The body as a JSON object. The content type is not asked: API Gateway hands over anything but `application/json` and
 * `text/*` as base64 (also a body with no type at all), and both ways lead to the same bytes. They do not where the bytes are
 * no UTF-8, which a text cannot hold: then it has replacement characters, and is refused as the bytes themselves would be.
 */
export function readJsonObject(event: unknown): Read<Readonly<Record<string, unknown>>> {
  const body = textAt(event, "body");
  if (body === undefined || body === "") return refused("is required");
  const isText = valueAt(event, "isBase64Encoded") !== true;
  const bytes = Buffer.from(body, isText ? "utf8" : "base64");
  if (bytes.length > bodyLimitBytes) return { refusal: message(413, "Request Entity Too Large") };
  const parsed = isText && (body.includes(LOST) || !body.isWellFormed()) ? undefined : parse(bytes);
  if (parsed === undefined) return refused("must be JSON in UTF-8");
  if (!isObject(parsed.value)) return refused("must be a JSON object");
  return { value: parsed.value };
}

function parse(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused(problem: string): { readonly refusal: HttpResponse } {
  return { refusal: badRequest(`The body ${problem}.`, [{ field: "body", message: problem }]) };
}
