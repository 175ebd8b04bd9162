import type { Fault } from "../faults.ts";
import type { Evaluation } from "./evaluation.ts";

/** What a value turns into when it is put in a text by mistake: an Output's help text, nothing, or an object. */
const SPILLED = [
  { pattern: /Calling \[(toString|toJSON)\] on an \[?Output/, what: "the help text of a Pulumi Output" },
  { pattern: /Output<T>/, what: "the help text of a Pulumi Output" },
  { pattern: /\[object Object\]/, what: "[object Object]" },
  { pattern: /(^|[^A-Za-z0-9_-])undefined($|[^A-Za-z0-9_-])/, what: "the word undefined" },
];

const REMEDY = "Build texts from outputs with pulumi.interpolate, JSON with pulumi.jsonStringify.";

function* texts(value: unknown, path: string): Generator<{ path: string; text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* texts(inner, path === "" ? key : `${path}.${key}`);
}

function spilled(value: unknown): string[] {
  return [...texts(value, "")].flatMap(({ path, text }) => {
    const found = SPILLED.find(({ pattern }) => pattern.test(text));
    return found === undefined ? [] : [`${path} holds ${found.what}.`];
  });
}

/** Finds inputs and exports in which an output was put where only text can stand. Program code and free text are not searched. */
export function textFaults(evaluation: Evaluation): Fault[] {
  const ofResources = evaluation.resources.flatMap(({ type, name, inputs }) => {
    const { code: _code, description: _description, tags: _tags, tagsAll: _tagsAll, ...searched } = inputs;
    return spilled(searched).map((rule) => ({ subject: `${type} ${name}`, rule: `The input ${rule} ${REMEDY}` }));
  });
  const ofExports = spilled(evaluation.exports).map((rule) => ({
    subject: "stack output",
    rule: `The output ${rule} ${REMEDY}`,
  }));
  return [...ofResources, ...ofExports];
}
