import type { Report } from "./policy-variables.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** More than IAM accepts for any policy document. */
const LONGEST_DOCUMENT = 131_072;

/** Reads a policy document: JSON text, or the object that it stands for. JSON.parse keeps the last of two members with
 * one name, which could turn a `Deny` into an `Allow`, so a repeated name is refused as IAM refuses it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export function readJsonDocument(document: unknown, report: Report): JsonObject | undefined {
  const value = typeof document === "string" ? parseText(document, report) : document;
  if (value === undefined && typeof document === "string") return undefined;
  if (isJsonObject(value)) return value;
  report("the policy is not a JSON object.");
  return undefined;
}

function parseText(text: string, report: Report): unknown {
  if (text.length > LONGEST_DOCUMENT) {
    report(`the policy has ${text.length} characters; IAM takes at most ${LONGEST_DOCUMENT}.`);
    return undefined;
  }
  const value = parseJson(text, report);
  if (value === undefined) return undefined;
  const repeated = repeatedMember(text);
  if (repeated === undefined) return value;
  report(`the policy has the member ${repeated} twice in one object.`);
  return undefined;
}

function parseJson(text: string, report: Report): unknown {
  try {
    return JSON.parse(text);
  } catch {
    report("the policy is not valid JSON.");
    return undefined;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** The first member name that stands twice in one object of a valid JSON text. Nesting is kept on a list, not on the
 * call stack, as the text may be nested as deeply as it is long. */
function repeatedMember(text: string): string | undefined {
  const open: Set<string>[] = [];
  let lastString = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token !== ":") lastString = token;
    else if (isRepeated(open.at(-1), JSON.parse(lastString))) return lastString;
  }
  return undefined;
}

function isRepeated(names: Set<string> | undefined, name: string): boolean {
  if (names === undefined || names.has(name)) return true;
  names.add(name);
  return false;
}
