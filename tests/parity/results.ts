import type { StartedEngine } from "../dynamodb/support/gate.ts";

/** What a run of the suite came to. Tests are named where they do not pass. */
export interface EngineResult {
  /** Commit of the suite, and its day. */
  readonly revision: string;
  readonly date: string;
  readonly tests: number;
  readonly notEmulated: number;
  readonly emulated: number;
  readonly passed: number;
  readonly rewordedSince: readonly string[];
  readonly code: readonly string[];
  readonly text: readonly string[];
}

export type ParityResults = Readonly<Partial<Record<StartedEngine, EngineResult>>>;
