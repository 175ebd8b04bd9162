import type { CheckResult, Verdict } from "./check.ts";
import type { KnownDifference } from "./profile.ts";
import type { SuiteReport } from "./report.ts";

/** Two runs of the suite, side by side. */
export interface Comparison {
  readonly targets: readonly [string, string];
  readonly same: number;
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly id: string;
  readonly title: string;
  readonly verdicts: readonly [Verdict, Verdict];
  readonly evidence: readonly [string, string];
  /** Why it is so and stays so, where that is known. */
  readonly known?: KnownDifference;
}

/** Claims on which two targets differ. */
export function compareReports(one: SuiteReport, other: SuiteReport, known: readonly KnownDifference[]): Comparison {
  const second = new Map(other.results.map((result) => [result.check.id, result]));
  const pairs = one.results.flatMap((first) => {
    const found = second.get(first.check.id);
    return found === undefined ? [] : [{ first, found }];
  });
  const differing = pairs.filter(({ first, found }) => first.verdict !== found.verdict);
  return {
    targets: [one.target, other.target],
    same: pairs.length - differing.length,
    differences: differing.map(({ first, found }) => {
      const reason = known.find(({ check }) => check === first.check.id);
      return {
        id: first.check.id,
        title: first.check.title,
        verdicts: [first.verdict, found.verdict],
        evidence: [evidenceOf(first), evidenceOf(found)],
        ...(reason === undefined ? {} : { known: reason }),
      };
    }),
  };
}

/** What speaks for the verdict: the reason, or the first attack that ended so. */
function evidenceOf({ verdict, reason, trials }: CheckResult): string {
  const trial = trials.find((one) => one.verdict === verdict);
  return reason ?? (trial === undefined ? "" : `${trial.attack}: ${trial.evidence}`);
}

export function comparisonText({ targets, same, differences }: Comparison): string {
  const [one, other] = targets;
  const blocks = differences.map(({ id, title, verdicts, evidence, known }) =>
    [
      `${known === undefined ? "≠" : "≈"} ${id}: ${title}`,
      `    ${one}: ${verdicts[0].replace("-", " ")}. ${evidence[0]}`,
      `    ${other}: ${verdicts[1].replace("-", " ")}. ${evidence[1]}`,
      ...(known === undefined ? [] : [`    known: ${known.reason} ${known.link}`]),
    ].join("\n"),
  );
  return [`${one} against ${other}: ${same} claims alike, ${differences.length} not.`, ...blocks].join("\n\n");
}
