import fc from "fast-check";
import { expect, test } from "vitest";
import { decide, policiesOf } from "./support/evaluator-case.ts";

/** A text of a policy for people: `*` and `?` are wildcards, `{t}` is the tag `t`, `{*}` is a star. */
type Piece = "a" | "b" | "A" | "*" | "?" | "{t}" | "{*}";

interface Written {
  readonly qualifier: "" | "ForAllValues:" | "ForAnyValue:";
  readonly operator: (typeof OPERATORS)[number];
  readonly ifExists: boolean;
  readonly values: readonly (readonly Piece[])[];
}

const OPERATORS = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
] as const;

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** One value of the policy as a regular expression, or nothing where its tag has no value. */
function expression(pieces: readonly Piece[], { operator }: Written, tag: string | undefined): RegExp | undefined {
  if (pieces.includes("{t}") && (tag === undefined || tag === "")) return undefined;
  const like = operator.endsWith("Like");
  const source = pieces.map((piece) => {
    if (piece === "{t}") return literal(tag ?? "");
    if (piece === "{*}") return "\\*";
    return like && piece === "*" ? ".*" : like && piece === "?" ? "." : literal(piece);
  });
  return new RegExp(`^${source.join("")}$`, operator.endsWith("IgnoreCase") ? "is" : "s");
}

/** AWS's rules one by one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
function holds(written: Written, given: readonly string[] | undefined, tag: string | undefined, deny: boolean) {
  const negated = written.operator.includes("Not");
  const matches = (value: string) => written.values.some((pieces) => expression(pieces, written, tag)?.test(value));
  const passes = (value: string) => Boolean(matches(value)) !== negated;
  if (given === undefined || given.length === 0) {
    if (written.qualifier === "ForAnyValue:") return false;
    return written.ifExists || written.qualifier === "ForAllValues:" || negated;
  }
  const empty = given.every((value) => value === "");
  if (written.qualifier === "ForAllValues:") return empty || given.every(passes);
  if (written.qualifier === "ForAnyValue:") return !empty && given.some(passes);
  return deny ? given.some(passes) : given.every(passes);
}

const VARIABLES: Readonly<Record<string, string>> = { "{t}": `\${aws:PrincipalTag/t}`, "{*}": `\${*}` };
const policyText = (pieces: readonly Piece[]) => pieces.map((piece) => VARIABLES[piece] ?? piece).join("");

const text = fc.array(fc.constantFrom("a", "b", "A", "*", "?"), { maxLength: 3 }).map((letters) => letters.join(""));
const written = fc.record<Written>({
  qualifier: fc.constantFrom("", "ForAllValues:", "ForAnyValue:"),
  operator: fc.constantFrom(...OPERATORS),
  ifExists: fc.boolean(),
  values: fc.array(fc.array(fc.constantFrom<Piece>("a", "b", "A", "*", "?", "{t}", "{*}"), { maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
  }),
});
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

test("every string condition is decided as AWS's rules say", () => {
  const property = fc.property(
    written,
    optional(fc.array(text, { maxLength: 3 })),
    optional(fc.oneof(text, fc.constantFrom("*", "?", "a"))),
    fc.boolean(),
    (condition, given, tag, deny) => {
      const operator = `${condition.qualifier}${condition.operator}${condition.ifExists ? "IfExists" : ""}`;
      const element = { [operator]: { "s3:prefix": condition.values.map(policyText) } };
      const policies = policiesOf({ title: "", requests: [], ...(deny ? { denyIf: element } : { allowIf: element }) });
      const asked = {
        ...(tag === undefined ? {} : { tags: { t: tag } }),
        ...(given === undefined ? {} : { context: { "S3:Prefix": given } }),
      };
      const applies = holds(condition, given, tag, deny);
      const expected = deny ? (applies ? "ExplicitlyDenied" : "Allowed") : applies ? "Allowed" : "ImplicitlyDenied";
      expect(decide(policies, { it: "", expect: expected, ...asked }).kind).toBe(expected);
    },
  );
  // A run takes a fifth of a millisecond, and the rare meeting of wildcard, tag and value needs many.
  fc.assert(property, { numRuns: 1_000 });
});
