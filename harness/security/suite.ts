import { HarnessError } from "../errors.ts";
import { messageOf } from "./attack.ts";
import { type Check, type CheckResult, FAMILIES, familyOf, isNotRun, verdictOf } from "./check.ts";
import { checks as allChecks } from "./checks.ts";
import { seededRandom } from "./random.ts";
import type { Subject } from "./subject.ts";

export interface SuiteOptions {
  /** Families and ids; empty: all. */
  readonly only: readonly string[];
  /** Families and ids that are left out, which the report says. */
  readonly skip: readonly string[];
  readonly seed: number;
  /** How many checks attack at the same time. */
  readonly concurrency: number;
  readonly onResult?: (result: CheckResult, done: number, of: number) => void;
}

/** Picks checks by family or id.
 * @throws HarnessError USAGE naming a word that is neither. */
export function pickChecks({ only, skip }: Pick<SuiteOptions, "only" | "skip">): readonly Check[] {
  const fits = (word: string, { id }: Check) => word === id || word === familyOf(id);
  const unknown = [...only, ...skip].find((word) => !allChecks.some((check) => fits(word, check)));
  if (unknown !== undefined)
    throw new HarnessError("USAGE", `There is no check or family ${unknown}. Families: ${FAMILIES.join(", ")}.`);
  return allChecks
    .filter((check) => only.length === 0 || only.some((word) => fits(word, check)))
    .filter((check) => !skip.some((word) => fits(word, check)));
}

/**
 * Runs checks against a subject: as many side by side as `concurrency` says, then one by one those that measure time or
 * exhaust limits, or judge what all others did. Results come in the order of the checks.
 */
export async function runSuite(
  subject: Subject,
  checks: readonly Check[],
  options: Pick<SuiteOptions, "seed" | "concurrency" | "onResult">,
): Promise<readonly CheckResult[]> {
  const results = new Map<string, CheckResult>();
  const run = async (check: Check) => {
    const result = await runCheck({ ...subject, random: seededRandom(options.seed, check.id) }, check);
    results.set(check.id, result);
    options.onResult?.(result, results.size, checks.length);
  };
  const waiting = checks.filter(({ alone }) => alone !== true);
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next);
  };
  // Where checks share their people, one would see what another does to those people's things.
  const workers = subject.identity.shared ? 1 : Math.max(1, options.concurrency);
  await Promise.all(Array.from({ length: workers }, worker));
  for (const check of checks) if (check.alone === true) await run(check);
  return checks.flatMap(({ id }) => results.get(id) ?? []);
}

/** An exception is a breach: what cannot be judged has not held. */
async function runCheck(subject: Subject, { run, ...check }: Check): Promise<CheckResult> {
  const started = performance.now();
  const finished = () => Math.round(performance.now() - started);
  try {
    const outcome = await run(subject);
    if (isNotRun(outcome)) return { check, ...outcome, trials: [], durationMilliseconds: finished() };
    return { check, verdict: verdictOf(outcome), trials: outcome, durationMilliseconds: finished() };
  } catch (error) {
    const trial = {
      attack: "the attack itself",
      verdict: "breached",
      evidence: `it broke: ${messageOf(error)}`,
    } as const;
    return { check, verdict: "breached", trials: [trial], durationMilliseconds: finished() };
  }
}
