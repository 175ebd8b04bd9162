import { conditionKey } from "./condition-keys.ts";
import { ANY, type Atom, type PolicyVariable, STAR } from "./pattern.ts";

/** How a text of a policy is read: which of its characters have a meaning. */
export interface TextSyntax {
  /** `${…}` is a variable: only in policies of version 2012-10-17. */
  readonly variables: boolean;
  /** `*` and `?` are wildcards. */
  readonly wildcards: boolean;
}

/** Says what is wrong with a part of a policy; the caller adds where it stands. */
export type Report = (rule: string) => void;

const DOLLAR = 36;
const SPECIAL = new Map([
  ["*", 42],
  ["?", 63],
  ["$", DOLLAR],
]);

/** Reads a text of a policy into atoms, or reports what is wrong with it. `${*}`, `${?}` and `${$}` are the characters
 * themselves; `${key, 'text'}` is a variable with a default.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export function parsePolicyText(text: string, syntax: TextSyntax, report: Report): readonly Atom[] | undefined {
  const atoms: Atom[] = [];
  let index = 0;
  while (index < text.length) {
    if (syntax.variables && text.startsWith("${", index)) {
      const variable = variableAt(text, index, syntax, report);
      if (variable === undefined) return undefined;
      atoms.push(variable.atom);
      index = variable.end;
      continue;
    }
    const point = text.codePointAt(index) ?? 0;
    atoms.push(atomOf(point, syntax));
    index += point > 0xffff ? 2 : 1;
  }
  return atoms;
}

function atomOf(point: number, syntax: TextSyntax): number {
  if (!syntax.wildcards) return point;
  return point === 42 ? STAR : point === 63 ? ANY : point;
}

/** `${` name `}` or `${` name `, '` default `'}`. A tag key inside a name may hold spaces, but not at its ends. */
const VARIABLE = /^\$\{(?:([*?$])| ?([^\s{}$,'](?:[^{}$,']{0,254}[^\s{}$,'])?)(?: ?, ?'([^']{0,512})')? ?)\}/;
const LONGEST_VARIABLE = 1024;

function variableAt(
  text: string,
  start: number,
  syntax: TextSyntax,
  report: Report,
): { atom: Atom; end: number } | undefined {
  const found = VARIABLE.exec(text.slice(start, start + LONGEST_VARIABLE));
  if (found === null) {
    report(`"${text}" has a malformed policy variable; write \${key}, \${key, 'default'}, \${*}, \${?} or \${$}.`);
    return undefined;
  }
  const end = start + found[0].length;
  const special = SPECIAL.get(found[1] ?? "");
  if (special !== undefined) return { atom: special, end };
  const key = variableKey(found[2] ?? "", report);
  if (key === undefined) return undefined;
  if (syntax.wildcards && /[*?]/.test(found[3] ?? "")) {
    report(`"${text}" has a default with * or ?, and AWS does not say whether that is a wildcard; leave it out.`);
    return undefined;
  }
  const atom: PolicyVariable = found[3] === undefined ? { key } : { key, fallback: found[3] };
  return { atom, end };
}

function variableKey(name: string, report: Report): string | undefined {
  const key = conditionKey(name);
  if (key.kind === "unknown") {
    report(`\${${name}} is not a policy variable that IAM knows.`);
    return undefined;
  }
  if (key.kind === "not-emulated") {
    report(`\${${name}} is not emulated; ${key.remedy}`);
    return undefined;
  }
  if (key.multivalued) {
    report(`\${${name}} has several values and cannot be a policy variable; test it with a condition operator.`);
    return undefined;
  }
  return key.name;
}

/** The literal text of atoms without wildcards, with values in place of variables. */
export function bindText(atoms: readonly Atom[], resolve: (key: string) => string | undefined): string | undefined {
  let text = "";
  for (const atom of atoms) {
    const part = typeof atom === "number" ? String.fromCodePoint(atom) : (resolve(atom.key) ?? atom.fallback);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}
