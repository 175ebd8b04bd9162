import type { CheckResult, Verdict } from "./check.ts";

/** Everything that a run found, as all reports are written from it. Holds no token, code or password. */
export interface SuiteReport {
  readonly tool: { readonly name: string; readonly version: string };
  readonly target: string;
  readonly project: string;
  readonly stack: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMilliseconds: number;
  readonly seed: number;
  /** What was asked to be left out, and what was run alone: a report that is not whole says so. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly results: readonly CheckResult[];
}

export type Counts = Readonly<Record<Verdict, number>> & { readonly attacks: number };

export function countsOf(results: readonly CheckResult[]): Counts {
  const of = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  return {
    held: of("held"),
    breached: of("breached"),
    "not-applicable": of("not-applicable"),
    "not-shown": of("not-shown"),
    attacks: results.reduce((sum, { trials }) => sum + trials.length, 0),
  };
}

export type Overall = "held" | "breached" | "not-shown";

/** `held` only where something was attacked and nothing came through. */
export function overallVerdict(results: readonly CheckResult[]): Overall {
  const counts = countsOf(results);
  if (counts.breached > 0) return "breached";
  return counts.held > 0 ? "held" : "not-shown";
}

/** What every attack on a claim that held has shown to be a limit, each once. */
export function limitationsOf(results: readonly CheckResult[]): readonly string[] {
  return [...new Set(results.flatMap(({ trials }) => trials.flatMap(({ limitation }) => limitation ?? [])))];
}
