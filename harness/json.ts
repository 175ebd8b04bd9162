/** A JSON object as received: its names are the sender's, so members are read with `memberOf`, never by index. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own member; `constructor` and `__proto__` are names like any other. */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A value from outside as a message names it: a text as it is, anything else as JSON. `String()` throws on an object
 * whose `toString` is no function, and says `[object Object]` of all others. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}

/** The value of a JSON text, or `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object of a JSON text, or `undefined` where it is no object or no JSON. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}

/** What a text's brackets and names alone tell, before or after it is parsed. */
export interface JsonStructure {
  /** The deepest nesting of objects and lists, up to the repeated name where there is one. */
  readonly depth: number;
  /** The first member's name that stands twice in one object, as written. Parsers that take the first and those that take
   * the last would see two different objects (RFC 8259, section 4). */
  readonly repeatedName: string | undefined;
}

/** One pass over the text, with its nesting on a list and not on the call stack. Text that is not JSON at all may pass
 * here; the parser refuses it. */
export function jsonStructure(text: string): JsonStructure {
  const open: (Set<string> | undefined)[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      const end = stringEnd(text, at);
      if (isRepeatedName(text, at, end, open.at(-1))) return { depth, repeatedName: text.slice(at, end) };
      at = end;
      continue;
    }
    if (character === "{" || character === "[") open.push(character === "{" ? new Set() : undefined);
    else if (character === "}" || character === "]") open.pop();
    depth = Math.max(depth, open.length);
    at += 1;
  }
  return { depth, repeatedName: undefined };
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
  const name = parseJson(text.slice(start, end));
  if (typeof name !== "string") return false;
  if (names.has(name)) return true;
  names.add(name);
  return false;
}
