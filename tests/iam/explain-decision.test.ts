import { expect, test } from "vitest";
import type { Decision } from "../../harness/iam/decision-types.ts";
import { explainDecision } from "../../harness/iam/explain-decision.ts";

const decision = (kind: Decision["kind"], deciding: string[], explanations: ReturnType<Decision["explain"]> = []) => ({
  kind,
  deciding,
  explain: () => explanations,
});

test.each<[Decision, string]>([
  [decision("Allowed", ["a#0", "b#1"]), "allowed by a#0, b#1"],
  [decision("ExplicitlyDenied", ["a#0", "b#1"]), "denied by a#0, b#1"],
  [decision("ImplicitlyDenied", []), "nothing was asked"],
  [
    decision(
      "ImplicitlyDenied",
      [],
      [
        { statement: "a#0", effect: "Allow", applied: false, mismatch: "Principal" },
        { statement: "b#1", effect: "Allow", applied: false, mismatch: "Condition", detail: "aws:SourceArn" },
        { statement: "c#2", effect: "Allow", applied: true },
      ],
    ),
    "a#0: Principal does not match; b#1: Condition does not match (aws:SourceArn); c#2: applies",
  ],
])("a decision in words: %#", (made, expected) => {
  expect(explainDecision(made, { nothing: "nothing was asked", values: true })).toBe(expected);
});

const longest = decision(
  "ImplicitlyDenied",
  [],
  Array.from({ length: 11 }, (_, index) => ({
    statement: `p#${index}`,
    effect: "Allow",
    applied: false,
    mismatch: "Condition",
    detail: "the key of an item",
  })),
);

test("what was compared is left out where it may be a secret, and of many statements ten are named", () => {
  const text = explainDecision(longest, { nothing: "", values: false });
  expect(text).not.toContain("the key of an item");
  expect(text.split("; ")).toHaveLength(10);
  expect(text).toContain("p#9: Condition does not match");
});
