import { expect, test, vi } from "vitest";
import { explainDecision, isTooLarge, systemTimer } from "../../harness/apigateway/lambda-integration.ts";
import type { Decision } from "../../harness/iam/decision.ts";

const LONGEST = 6 * 1024 * 1024 + 100;

test.each([
  ["of ASCII", "x".repeat(LONGEST), false],
  ["of ASCII, a byte more", "x".repeat(LONGEST + 1), true],
  ["of two bytes a character", "ü".repeat(LONGEST / 2), false],
  ["of two bytes a character, a byte more", `x${"ü".repeat(LONGEST / 2)}`, true],
  ["of three bytes a character", "✓".repeat(Math.floor(LONGEST / 3)), false],
  ["of three bytes a character, some more", "✓".repeat(Math.floor(LONGEST / 3) + 1), true],
])("an output %s is too large: %#", (_, payload, expected) => {
  expect(isTooLarge(payload)).toBe(expected);
});

test("the system's timer calls back once the time is over, unless it is cancelled", () => {
  vi.useFakeTimers();
  const called = vi.fn();
  const cancelled = vi.fn();
  systemTimer(50, called);
  systemTimer(50, cancelled)();
  vi.advanceTimersByTime(49);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  vi.useRealTimers();
  expect([called, cancelled].map((callback) => callback.mock.calls.length)).toEqual([1, 0]);
});

const decision = (kind: Decision["kind"], deciding: string[], explanations: ReturnType<Decision["explain"]> = []) => ({
  kind,
  deciding,
  explain: () => explanations,
});

test.each<[Decision, string]>([
  [decision("Allowed", ["a#0", "b#1"]), "allowed by a#0, b#1"],
  [decision("ExplicitlyDenied", ["a#0", "b#1"]), "denied by a#0, b#1"],
  [decision("ImplicitlyDenied", []), "the function has no permission for API Gateway"],
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
    "a#0: Principal does not match; b#1: Condition does not match (aws:SourceArn); c#2:",
  ],
])("a decision in words: %#", (made, expected) => {
  expect(explainDecision(made)).toBe(expected);
});
