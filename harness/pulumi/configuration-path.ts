import { HarnessError } from "../errors.ts";

/** A setting, or a place within one: `origins`, `origins[0]`, `limits.rate`, `labels["a.b"]`. */
export interface ConfigurationPath {
  /** Up to the first `.` or `[`. */
  readonly key: string;
  readonly segments: readonly (string | number)[];
}

const KEY_AND_PATH = /^([^.[\]]+)(.*)$/;
const SEGMENT = /\.([^.[\]"]+)|\[(\d{1,4})\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** Reads a path as `pulumi config set --path` does.
 * @see https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration
 * @throws HarnessError CONFIGURATION for what is no path. */
export function configurationPath(text: string): ConfigurationPath {
  const [, key, rest = ""] = KEY_AND_PATH.exec(text) ?? [];
  const segments: (string | number)[] = [];
  let at = 0;
  while (key !== undefined && at < rest.length) {
    SEGMENT.lastIndex = at;
    const match = SEGMENT.exec(rest);
    if (match === null) break;
    const [, name, index, quoted] = match;
    segments.push(index === undefined ? (name ?? quoted?.replace(/\\(.)/g, "$1") ?? "") : Number(index));
    at = SEGMENT.lastIndex;
  }
  if (key !== undefined && at === rest.length && !segments.includes("__proto__")) return { key, segments };
  throw new HarnessError(
    "CONFIGURATION",
    `${text} is no configuration path: write it as key, key.name, key[0] or key["name"].`,
  );
}

/** A value with another one put in its place below it; the value itself stays as it is.
 * @throws HarnessError CONFIGURATION where a list is asked for a name, or for an index beyond its end. */
export function withValueAt(value: unknown, { key, segments }: ConfigurationPath, placed: unknown): unknown {
  const [segment, ...rest] = segments;
  if (segment === undefined) return placed;
  const inner = (of: unknown) => withValueAt(of, { key: `${key}.${segment}`, segments: rest }, placed);
  if (typeof segment === "number") {
    const list: unknown[] = Array.isArray(value) ? value : [];
    if (segment > list.length) {
      throw new HarnessError(
        "CONFIGURATION",
        `${key}[${segment}] is beyond the end of the list, which has ${list.length} entries.`,
      );
    }
    return [...list.slice(0, segment), inner(list[segment]), ...list.slice(segment + 1)];
  }
  if (Array.isArray(value))
    throw new HarnessError("CONFIGURATION", `${key} is a list, so ${key}.${segment} names nothing.`);
  const object = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  return { ...object, [segment]: inner(Object.hasOwn(object, segment) ? object[segment] : undefined) };
}

/** Within a structure `pulumi config set --path` makes booleans and whole numbers of what reads like one. */
export function structuredText(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

/** The name that is most like another, where one is like it at all: for "did you mean". */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((each) => ({ each, distance: editDistance(name.toLowerCase(), each.toLowerCase()) }));
  const [best] = ranked.sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(2, name.length / 3) ? best.each : undefined;
}

/** Levenshtein's: single characters put in, taken out or replaced. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, character] of [...from].entries()) {
    const next = [at + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
