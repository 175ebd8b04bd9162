import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileArnCondition, compileResource } from "../../harness/iam/arn-pattern.ts";
import { ANY_IN_PART, compileAtoms, matchesAtoms, STAR_IN_PART, wildcardAtoms } from "../../harness/iam/pattern.ts";

/** The definition itself, by recursion: exponential, and plainly right. */
function naive(pattern: readonly string[], text: readonly string[], withinPart = false): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  const [character, ...others] = text;
  const takesAny = character !== undefined && !(withinPart && character === ":");
  if (first === "*") return naive(rest, text, withinPart) || (takesAny && naive(pattern, others, withinPart));
  if (first === "?") return takesAny && naive(rest, others, withinPart);
  return first === character && naive(rest, others, withinPart);
}

const pattern = fc.array(fc.constantFrom("a", "b", ":", "𝒳", "*", "*", "?"), { maxLength: 9 });
const text = fc.array(fc.constantFrom("a", "b", ":", "𝒳", "*"), { maxLength: 10 });

describe("a wildcard pattern", () => {
  test("matches what its definition matches", () => {
    const property = fc.property(pattern, text, (p, t) => {
      expect(compileAtoms(wildcardAtoms(p.join("")))(t.join(""))).toBe(naive(p, t));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("whose wildcards stop at colons matches what its definition matches", () => {
    const property = fc.property(pattern, text, (p, t) => {
      const atoms = p.map((c) => (c === "*" ? STAR_IN_PART : c === "?" ? ANY_IN_PART : (c.codePointAt(0) ?? 0)));
      expect(matchesAtoms(atoms, t.join(""))).toBe(naive(p, t, true));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test("made of text alone matches that text alone", () => {
    const plain = fc.string({ unit: "grapheme" }).filter((value) => !/[*?]/.test(value));
    const property = fc.property(plain, plain, (p, t) => {
      const matches = compileAtoms(wildcardAtoms(p));
      expect(matches(p)).toBe(true);
      expect(matches(t)).toBe(p === t);
    });
    fc.assert(property);
  });

  test("of many stars against a long text that nearly matches comes to an end", () => {
    const crafted = `${"*a".repeat(60)}b`;
    expect(compileAtoms(wildcardAtoms(crafted))("a".repeat(2000))).toBe(false);
    expect(matchesAtoms([...wildcardAtoms(crafted), ANY_IN_PART], "a".repeat(2000))).toBe(false);
  });

  test("knows a character by its code point, the first and those at the end of the first plane too", () => {
    expect(compileAtoms(wildcardAtoms("?a"))("\uffffa")).toBe(true);
    expect(compileAtoms(wildcardAtoms("?a"))("\u{10000}a")).toBe(true);
    expect(compileAtoms(wildcardAtoms("?a"))("\u{10000}")).toBe(false);
    expect(matchesAtoms([0, ANY_IN_PART], "\0a")).toBe(true);
    expect(matchesAtoms([0, ANY_IN_PART], ":a")).toBe(false);
    expect(matchesAtoms([0, ANY_IN_PART], "xa")).toBe(false);
  });

  test("may hold a half of a surrogate pair", () => {
    expect(compileAtoms(wildcardAtoms("\ud835*"))("\ud835x")).toBe(true);
    expect(compileAtoms(wildcardAtoms("?"))("\udcb3")).toBe(true);
  });
});

describe("an ARN pattern", () => {
  const part = fc.string({ unit: fc.constantFrom(..."ab*?"), maxLength: 3 });
  const arnText = fc.tuple(part, part, part, part, fc.string({ unit: fc.constantFrom(..."ab:/*?"), maxLength: 5 }));
  const arn = fc.array(fc.string({ unit: fc.constantFrom(..."ab"), maxLength: 3 }), { minLength: 5, maxLength: 7 });
  const fail = (rule: string) => {
    throw new Error(rule);
  };
  const noVariables = () => undefined;

  test("of a resource takes a colon for its last part's wildcards, whatever wildcards stand before", () => {
    const matches = (written: string, asked: string) => compileResource(written, false, fail)?.(asked, noVariables);
    expect(matches("arn:aws:s3:e?-x::a?b", "arn:aws:s3:eu-x::a:b")).toBe(true);
    expect(matches("arn:aws:s3:e?-x::a?b", "arn:aws:s3:e:-x::a:b")).toBe(false);
    expect(matches("arn:aws:s3:e*x::a*b", "arn:aws:s3:eu-x::a:c:b")).toBe(true);
    expect(matches("arn:aws:s3:e*x::a*b", "arn:aws:s3:e:x::a:c:b")).toBe(false);
  });

  test("of a condition is held against ARNs alone", () => {
    const matches = (asked: string) => compileArnCondition("arn:*:*:*:*:*", false, fail)?.(asked, noVariables);
    expect(matches("arn:aws:s3:::b")).toBe(true);
    expect(matches("arn:aws:s3:::b:c")).toBe(true);
    const resource = compileArnCondition("arn:*:*:*:*:b:c", false, fail);
    expect(resource?.("arn:aws:s3:::b:c", noVariables)).toBe(true);
    for (const text of ["arn:aws:s3:::bc", "arn:aws:s3:::b", "arn:aws:s3:::b:c:d"])
      expect(resource?.(text, noVariables)).toBe(false);
    for (const text of ["", "*", "arn", "arn:aws:s3::b", "ark:aws:s3:::b", ":aws:s3:::b"])
      expect(matches(text)).toBeUndefined();
  });

  test("of a condition matches part by part", () => {
    const property = fc.property(arnText, arn, (p, t) => {
      const pattern = compileArnCondition(`arn:${p.join(":")}`, false, fail);
      const parts = [...t.slice(0, 4), t.slice(4).join(":")];
      const expected = p.every((one, index) => naive([...one], [...(parts[index] ?? "")]));
      expect(pattern?.(`arn:${t.join(":")}`, noVariables)).toBe(expected);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("of a resource never matches more than the same wildcards over the whole text", () => {
    const property = fc.property(arnText, arn, (p, t) => {
      const written = `arn:x${p.join(":")}`;
      const asked = `arn:x${t.join(":")}`;
      if (compileResource(written, false, fail)?.(asked, noVariables) === true) {
        expect(naive([...written], [...asked])).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("of a condition that matches matches as a resource too", () => {
    const property = fc.property(arnText, arn, (p, t) => {
      const written = `arn:x${p.join(":")}`;
      const asked = `arn:x${t.join(":")}`;
      if (compileArnCondition(written, false, fail)?.(asked, noVariables) === true) {
        expect(compileResource(written, false, fail)?.(asked, noVariables)).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});
