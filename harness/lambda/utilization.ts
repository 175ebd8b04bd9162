import { cpus } from "node:os";
import type { EventLoopUtilization } from "node:perf_hooks";

/** Measures an event loop, or the whole machine: how long it has worked and waited, in milliseconds. */
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

/** What all processors of this machine did, for whatever process. An event loop that is ready and waits for a processor
 * that others use counts itself as waiting: only this tells. */
export function machineTimes(): ReturnType<MeasureUtilization> {
  const sum = { active: 0, idle: 0 };
  for (const { times } of cpus()) {
    sum.active += times.user + times.nice + times.sys + times.irq;
    sum.idle += times.idle;
  }
  return sum;
}
