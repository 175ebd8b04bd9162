import { ANY, ANY_IN_PART, type Atom, compilePattern, type Pattern, STAR, STAR_IN_PART } from "./pattern.ts";
import { parsePolicyText, type Report } from "./policy-variables.ts";

const COLON = 58;
const ARN_PARTS = 6;

/** The six parts of an ARN pattern: colons after the fifth belong to the resource. */
function arnParts(atoms: readonly Atom[]): readonly (readonly Atom[])[] {
  const parts: Atom[][] = [[]];
  for (const atom of atoms) {
    if (atom === COLON && parts.length < ARN_PARTS) parts.push([]);
    else parts.at(-1)?.push(atom);
  }
  return parts;
}

function isText(part: readonly Atom[] | undefined, text: string): boolean {
  return part !== undefined && part.length === text.length && part.every((atom, i) => atom === text.charCodeAt(i));
}

/**
 * One `Resource` or `NotResource` pattern: `*`, or an ARN compared as a whole, case-sensitively. A `*` that ends one of
 * the first five parts may run on past colons; other wildcards there stay within their part; in the resource part they
 * take any character. Variables are allowed in the resource part alone.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function compileResource(text: string, variables: boolean, report: Report): Pattern | undefined {
  if (text === "*") return () => true;
  const atoms = parsePolicyText(text, { variables, wildcards: true }, report);
  if (atoms === undefined) return undefined;
  const parts = arnParts(atoms);
  if (!isArnShaped(parts)) {
    report(`"${text}" is not an ARN; write "arn:partition:service:region:account:resource" or "*".`);
    return undefined;
  }
  if (parts.slice(0, ARN_PARTS - 1).some(hasVariable)) {
    report(`"${text}" has a variable before the fifth colon, where IAM takes none.`);
    return undefined;
  }
  return compilePattern(withinParts(parts));
}

/** Six parts, or fewer when a `*` at the end of a part can stand for those that are left out. */
function isArnShaped(parts: readonly (readonly Atom[])[]): boolean {
  if (!isText(parts[0], "arn") || parts[1]?.length === 0) return false;
  return parts.length === ARN_PARTS || parts.some((part) => part.at(-1) === STAR);
}

function hasVariable(part: readonly Atom[]): boolean {
  return part.some((atom) => typeof atom !== "number");
}

function withinParts(parts: readonly (readonly Atom[])[]): readonly Atom[] {
  return parts.flatMap((part, index) => {
    const kept = index < ARN_PARTS - 1 ? part.map((atom, place) => stayWithin(atom, place === part.length - 1)) : part;
    return index === 0 ? kept : [COLON, ...kept];
  });
}

function stayWithin(atom: Atom, endsPart: boolean): Atom {
  if (atom === ANY) return ANY_IN_PART;
  return atom === STAR && !endsPart ? STAR_IN_PART : atom;
}

/**
 * A pattern of the ARN condition operators: each of the six parts is compared by itself, so that no wildcard reaches
 * over a colon. Answers `undefined` for a text that is not an ARN.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function compileArnCondition(text: string, variables: boolean, report: Report): Pattern | undefined {
  const atoms = parsePolicyText(text, { variables, wildcards: true }, report);
  if (atoms === undefined) return undefined;
  const parts = arnParts(atoms);
  if (parts.length !== ARN_PARTS || !isText(parts[0], "arn")) {
    report(`"${text}" is not an ARN pattern; write all six parts: "arn:partition:service:region:account:resource".`);
    return undefined;
  }
  const patterns = parts.map(compilePattern);
  return (value, resolve) => {
    const texts = splitArn(value);
    if (texts === undefined) return undefined;
    return patterns.every((pattern, index) => pattern(texts[index] ?? "", resolve) === true);
  };
}

function splitArn(text: string): readonly string[] | undefined {
  const parts = text.split(":");
  if (parts.length < ARN_PARTS || parts[0] !== "arn") return undefined;
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(":")];
}
