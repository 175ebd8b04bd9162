import { expect, test, vi } from "vitest";
import { systemTimer } from "../../harness/apigateway/lambda-integration.ts";

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
