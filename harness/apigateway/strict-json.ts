/** A JSON object as received; keys are own properties, `__proto__` among them. */
export type JsonObject = Readonly<Record<string, unknown>>;

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
  const flaw = structuralFlaw(text);
  if (flaw !== undefined) return { kind: "refused", reason: flaw };
  const value = parse(text);
  return isJsonObject(value) ? { kind: "object", value } : { kind: "refused", reason: "is not a JSON object" };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One pass over the text, before it is parsed: counts depth and collects each object's names. Text that is not JSON at
 * all may pass here; the parser refuses it. */
function structuralFlaw(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      const end = stringEnd(text, at);
      if (isRepeatedName(text, at, end, open.at(-1))) return "has the same name twice";
      at = end;
      continue;
    }
    if (character === "{" || character === "[") open.push(character === "{" ? new Set() : undefined);
    else if (character === "}" || character === "]") open.pop();
    if (open.length > MAXIMUM_DEPTH) return "is nested too deeply";
    at += 1;
  }
  return undefined;
}

/** The index after the closing quotation mark. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Whether a string that ends here is a member's name: a colon follows. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && " \t\r\n".includes(text[at] ?? "")) at += 1;
  return text[at] === ":";
}

function isRepeatedName(text: string, start: number, end: number, names: Set<string> | undefined): boolean {
  if (names === undefined || !isName(text, end)) return false;
  const name = parse(text.slice(start, end));
  if (typeof name !== "string") return false;
  if (names.has(name)) return true;
  names.add(name);
  return false;
}
