import { systemClock } from "../clock.ts";
import type { GateObservation } from "../dynamodb/observation.ts";
import { type LocalTargetOptions, localTarget } from "../targets/local.ts";
import type { SecurityProfile } from "./profile.ts";
import type { HeldClock, Subject } from "./subject.ts";
import { targetSubject } from "./target-subject.ts";

export interface LocalRunOptions extends Omit<LocalTargetOptions, "log" | "observeGate" | "seed"> {
  readonly profile: SecurityProfile | undefined;
  /** Of chance; who is to be in the pool beforehand is no matter here. */
  readonly seed: number;
  /** For each line of the start: what the program prints, and warnings. */
  readonly onStartLine?: (line: string) => void;
}

/** Serves the program in this process, with all that the judge wants to see of it.
 * @throws HarnessError when the program is not served. */
export async function startLocalSubject({
  profile,
  seed,
  onStartLine = () => {},
  ...options
}: LocalRunOptions): Promise<LocalSubject> {
  const lines: string[] = [];
  let started = false;
  const observations: GateObservation[] = [];
  const clock = heldClock();
  const target = await localTarget({
    ...options,
    clock,
    log: (line) => {
      lines.push(line);
      if (!started) onStartLine(line);
    },
    observeGate: (observation) => observations.push(observation),
  });
  started = true;
  const { harness } = target;
  const subject = targetSubject({
    target,
    model: harness.model(),
    profile,
    seed,
    fetch: globalThis.fetch,
    local: {
      observations: () => observations,
      lines: () => lines,
      awsEndpointUrl: harness.awsEndpointUrl,
      clock,
      roleSession: harness.roleSession,
      administrator: harness.administrator,
      secrets: [harness.administrator.secretAccessKey],
    },
  });
  return { ...subject, close: () => target.close() };
}

export interface LocalSubject extends Subject {
  close(): Promise<void>;
}

function heldClock(): HeldClock {
  let ahead = 0;
  let held: number | undefined;
  const nowMilliseconds = () => held ?? systemClock.nowMilliseconds() + ahead;
  return {
    nowMilliseconds,
    advance(milliseconds) {
      ahead += milliseconds;
    },
    async held(run) {
      held = nowMilliseconds();
      try {
        return await run();
      } finally {
        held = undefined;
      }
    },
  };
}
