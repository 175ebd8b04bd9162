import type { JsonObject } from "../json.ts";

/** A token's claims as the event carries them: text throughout. Numbers in decimal, lists in Go's form (`[a b]`), null
 * claims left out. How AWS writes an object is not known: here it is JSON.
 * @see https://github.com/aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock/pull/803 */
export function claimsAsText(claims: JsonObject): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(claims)) {
    if (value !== null) texts[name] = claimText(value);
  }
  return texts;
}

/** One claim of them; `undefined` where it is not there, or null. */
export function claimAsText(claims: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : null;
  return value === null ? undefined : claimText(value);
}

function claimText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return decimal(value);
    default:
      return Array.isArray(value) ? `[${value.map(claimText).join(" ")}]` : JSON.stringify(value);
  }
}

/** Integers in full, where JavaScript would write an exponent. */
function decimal(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}
