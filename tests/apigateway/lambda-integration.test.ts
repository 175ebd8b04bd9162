import { expect, test, vi } from "vitest";
import { isTooLarge, systemTimer } from "../../harness/apigateway/lambda-integration.ts";

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
