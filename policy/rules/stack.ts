import type { Environment, PolicyResource, Stack } from "./rule.ts";

/** Stands for a value that is known only once AWS has made the resource. A rule that needs it waits for the next run. */
export const pending: unique symbol = Symbol.for("policy.pending");

/** Puts resources together for the rules. */
export function policyStack(resources: readonly PolicyResource[]): Stack {
  return {
    environment: environmentOf(resources),
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
  };
}

/** The strictest environment that any resource is tagged with; production where no tag tells. */
function environmentOf(resources: readonly PolicyResource[]): Environment {
  const tags = new Set(resources.map(({ properties }) => at(properties, "tags", "environment")));
  const tagged = (["production", "staging", "development"] as const).find((environment) => tags.has(environment));
  return tagged ?? "production";
}

/** The value at a path of names and list positions, or `undefined`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) {
      return current === pending ? pending : undefined;
    }
    current = (current as Readonly<Record<string | number, unknown>>)[name];
  }
  return current;
}

/** A value as a sentence names it: a text as it is, anything else as JSON. `String()` would throw on an object whose
 * `toString` is no function. */
export function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}

/** Whether a number is above zero, also where it is written as a text. */
export function isAboveZero(value: unknown): boolean {
  return (typeof value === "number" || typeof value === "string") && Number(value) > 0;
}

/** A list; one value that stands for itself, as in policy documents, is a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Texts in a list; what is pending or no text is left out. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((text) => typeof text === "string");
}

/** Whether a value is pending, or holds one that is. */
export function isPending(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === pending;
  return Object.values(value).some(isPending);
}
