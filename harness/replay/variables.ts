import type { HttpApiEvent } from "./events.ts";

/** Values that earlier answers gave, by name. */
export type Variables = ReadonlyMap<string, string>;

/** Puts variables in place of `{{name}}`, wherever it stands in an event. Names those that no answer gave. */
export function filled(
  event: HttpApiEvent,
  variables: Variables,
): { readonly event: HttpApiEvent } | { readonly missing: readonly string[] } {
  const text = JSON.stringify(event);
  const missing = [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !variables.has(name));
  if (missing.length > 0) return { missing: [...new Set(missing)] };
  // As the inside of a JSON string, so that a value with quotes stays one.
  const inside = (name: string) => JSON.stringify(variables.get(name) ?? "").slice(1, -1);
  return { event: JSON.parse(text.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => inside(name))) as HttpApiEvent };
}

export interface AnswerParts {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The variables that an answer gives. A path that leads nowhere gives none. */
export function savedFrom(save: Readonly<Record<string, string>>, answer: AnswerParts): Variables {
  const found = Object.entries(save).flatMap(([name, path]) => {
    const value = at(answer, path.split("."));
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Map(found);
}

function at({ headers, body }: AnswerParts, [where, ...path]: readonly string[]): string | undefined {
  if (where === "headers") return headers.get(path.join(".").toLowerCase());
  if (where !== "body") return undefined;
  let value: unknown = parsed(body);
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
