/**
 * IAM's wildcard patterns as lists of atoms: a code point, a wildcard, or a policy variable. A list is matched without
 * regular expressions, in time bounded by pattern length times text length, so that no pattern can stall a decision.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export interface PolicyVariable {
  /** The condition key that gives the value, lower case. */
  readonly key: string;
  /** What stands in when the key has no value. */
  readonly fallback?: string;
}

/** A code point (zero or above), one of the wildcards below, or a variable still to be bound. */
export type Atom = number | PolicyVariable;

/** `?`: one character. */
export const ANY = -1;
/** `*`: any run of characters. */
export const STAR = -2;
/** `?` within one of an ARN's first five parts: one character that is no colon. */
export const ANY_IN_PART = -3;
/** `*` inside one of an ARN's first five parts: a run of characters without a colon. */
export const STAR_IN_PART = -4;

export type Matcher = (text: string) => boolean;
/** The value of a condition key, or `undefined` when the request has no single value for it. */
export type ResolveVariable = (key: string) => string | undefined;
/** Whether a text matches; `undefined` when a variable of the pattern has no value. */
export type Pattern = (text: string, resolve: ResolveVariable) => boolean | undefined;

const COLON = 58;

export function codePoints(text: string): number[] {
  const points: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index) ?? 0;
    points.push(point);
    if (point > 0xffff) index++;
  }
  return points;
}

/** The atoms of a pattern in which only `*` and `?` have a meaning. */
export function wildcardAtoms(text: string): number[] {
  return codePoints(text).map((point) => (point === 42 ? STAR : point === 63 ? ANY : point));
}

export function isBound(atoms: readonly Atom[]): atoms is readonly number[] {
  return atoms.every((atom) => typeof atom === "number");
}

/** Puts values in place of variables. A value is literal: a `*` in it is a character, not a wildcard, so that a tag
 * or name cannot widen the policy that quotes it. */
export function bind(atoms: readonly Atom[], resolve: ResolveVariable): number[] | undefined {
  const bound: number[] = [];
  for (const atom of atoms) {
    if (typeof atom === "number") {
      bound.push(atom);
      continue;
    }
    const value = resolve(atom.key) ?? atom.fallback;
    if (value === undefined) return undefined;
    for (const point of codePoints(value)) bound.push(point);
  }
  return bound;
}

/** The text of atoms that hold no wildcard. */
export function textOf(atoms: readonly number[]): string {
  let text = "";
  for (const atom of atoms) text += String.fromCodePoint(atom);
  return text;
}

/** Compiles a pattern once; plain texts and plain prefixes, which most are, cost one string comparison. */
export function compileAtoms(atoms: readonly number[]): Matcher {
  const firstWildcard = atoms.findIndex((atom) => atom < 0);
  if (firstWildcard === -1) {
    const whole = textOf(atoms);
    return (text) => text === whole;
  }
  if (firstWildcard === atoms.length - 1 && atoms[firstWildcard] === STAR) {
    const prefix = textOf(atoms.slice(0, -1));
    return (text) => text.startsWith(prefix);
  }
  return (text) => matchesAtoms(atoms, text);
}

/** As `compileAtoms`, for a pattern that may hold variables. */
export function compilePattern(atoms: readonly Atom[]): Pattern {
  if (isBound(atoms)) return compileAtoms(atoms);
  return (text, resolve) => {
    const bound = bind(atoms, resolve);
    return bound === undefined ? undefined : matchesAtoms(bound, text);
  };
}

export function matchesAtoms(atoms: readonly number[], text: string): boolean {
  const points = codePoints(text);
  return atoms.some((atom) => atom <= ANY_IN_PART) ? simulate(atoms, points) : matchesGreedily(atoms, points);
}

/** With wildcards that take anything, only the last star ever needs to grow. */
function matchesGreedily(atoms: readonly number[], points: readonly number[]): boolean {
  let atom = 0;
  let point = 0;
  let star = -1;
  let starEnd = 0;
  while (point < points.length) {
    const wanted = atoms[atom];
    if (wanted === STAR) {
      star = atom++;
      starEnd = point;
    } else if (wanted === ANY || wanted === points[point]) {
      atom++;
      point++;
    } else if (star >= 0) {
      atom = star + 1;
      point = ++starEnd;
    } else return false;
  }
  while (atoms[atom] === STAR) atom++;
  return atom === atoms.length;
}

/** With wildcards that stop at a colon an earlier star may have to grow instead, so all ways are followed at once. */
function simulate(atoms: readonly number[], points: readonly number[]): boolean {
  let reached = new Uint8Array(atoms.length + 1);
  reached[0] = 1;
  skipStars(atoms, reached);
  for (const point of points) {
    const next = new Uint8Array(atoms.length + 1);
    for (let state = 0; state < atoms.length; state++) {
      if (reached[state] === 0) continue;
      const atom = atoms[state] ?? 0;
      if (!takes(atom, point)) continue;
      next[atom === STAR || atom === STAR_IN_PART ? state : state + 1] = 1;
    }
    skipStars(atoms, next);
    reached = next;
  }
  return reached[atoms.length] === 1;
}

function skipStars(atoms: readonly number[], reached: Uint8Array): void {
  for (let state = 0; state < atoms.length; state++) {
    const atom = atoms[state];
    if (reached[state] === 1 && (atom === STAR || atom === STAR_IN_PART)) reached[state + 1] = 1;
  }
}

function takes(atom: number, point: number): boolean {
  if (atom >= 0) return atom === point;
  return atom === ANY || atom === STAR || point !== COLON;
}
