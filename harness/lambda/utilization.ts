import type { EventLoopUtilization } from "node:perf_hooks";

/** Measures an event loop: how long it has worked and waited, in milliseconds. */
export type MeasureUtilization = () => Pick<EventLoopUtilization, "active" | "idle">;

/** Tells, each time it is called, the share of the time since the call before in which an event loop was not waiting. */
export function utilizationSince(measure: MeasureUtilization): () => number {
  let total = measure();
  return () => {
    const earlier = total;
    total = measure();
    const active = total.active - earlier.active;
    const elapsed = active + total.idle - earlier.idle;
    return elapsed > 0 ? active / elapsed : 0;
  };
}
