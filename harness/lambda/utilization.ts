import type { EventLoopUtilization } from "node:perf_hooks";

/** Measures an event loop; with an earlier measurement, what has come since. */
type Measure = (earlier?: EventLoopUtilization) => EventLoopUtilization;

/** Tells, each time it is called, the share of the time since the call before in which an event loop was not waiting. */
export function utilizationSince(measure: Measure): () => number {
  let total = measure();
  return () => {
    const earlier = total;
    total = measure();
    const active = total.active - earlier.active;
    const elapsed = active + total.idle - earlier.idle;
    return elapsed > 0 ? active / elapsed : 0;
  };
}
