import { type JsonObject, jsonStructure, parseJsonObject } from "../json.ts";

export type StrictJson =
  | { readonly kind: "object"; readonly value: JsonObject }
  | { readonly kind: "refused"; readonly reason: string };

const MAXIMUM_DEPTH = 32;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Parses bytes that must be one JSON object in UTF-8, no deeper than 32 levels, with no name twice in any object
 * (RFC 7519, section 4, lets a reader refuse duplicates; parsers that take the first and those that take the last
 * would otherwise see two different tokens). Never throws. */
export function parseStrictJsonObject(bytes: Uint8Array): StrictJson {
  const text = decode(bytes);
  if (text === undefined) return { kind: "refused", reason: "is not UTF-8" };
  const { depth, repeatedName } = jsonStructure(text);
  if (repeatedName !== undefined) return { kind: "refused", reason: "has the same name twice" };
  if (depth > MAXIMUM_DEPTH) return { kind: "refused", reason: "is nested too deeply" };
  const value = parseJsonObject(text);
  return value === undefined ? { kind: "refused", reason: "is not a JSON object" } : { kind: "object", value };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
