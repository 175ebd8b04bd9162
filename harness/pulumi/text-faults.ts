import type { Fault } from "../faults.ts";
import type { Evaluation } from "./evaluation.ts";

interface Spilled {
  readonly pattern: RegExp;
  readonly what: string;
}

/** What an object turns into when it is put in a text by mistake: nobody writes that on purpose. */
const SPILLED_OBJECTS: readonly Spilled[] = [
  { pattern: /Calling \[(toString|toJSON)\] on an \[?Output/, what: "the help text of a Pulumi Output" },
  { pattern: /Output<T>/, what: "the help text of a Pulumi Output" },
  { pattern: /\[object [A-Z][A-Za-z]*\]/, what: "what JavaScript writes for an object in a text" },
];
/** And nothing at all, whose word may stand in a text that people read. */
const SPILLED: readonly Spilled[] = [
  ...SPILLED_OBJECTS,
  { pattern: /(^|[^A-Za-z0-9_-])undefined($|[^A-Za-z0-9_-])/, what: "the word undefined" },
];

const REMEDY = "Build texts from outputs with pulumi.interpolate, JSON with pulumi.jsonStringify.";

function* texts(value: unknown, path: string): Generator<{ path: string; text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* texts(inner, path === "" ? key : `${path}.${key}`);
}

function spilled(value: unknown, patterns = SPILLED): string[] {
  return [...texts(value, "")].flatMap(({ path, text }) => {
    const found = patterns.find(({ pattern }) => pattern.test(text));
    return found === undefined ? [] : [`${path} holds ${found.what}.`];
  });
}

/** Finds inputs and exports in which an output was put where only text can stand. Program code is not searched, and free
 * text not for words. */
export function textFaults(evaluation: Evaluation): Fault[] {
  const ofResources = evaluation.resources.flatMap(({ type, name, inputs }) => {
    const { code: _code, description, tags, tagsAll, ...searched } = inputs;
    const found = [...spilled(searched), ...spilled({ description, tags, tagsAll }, SPILLED_OBJECTS)];
    return found.map((rule) => ({ subject: `${type} ${name}`, rule: `The input ${rule} ${REMEDY}` }));
  });
  const ofExports = spilled(evaluation.exports).map((rule) => ({
    subject: "stack output",
    rule: `The output ${rule} ${REMEDY}`,
  }));
  return [...ofResources, ...ofExports];
}
