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
