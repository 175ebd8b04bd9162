import type { CheckResult, Verdict } from "./check.ts";
import type { KnownDifference } from "./profile.ts";
import type { SuiteReport } from "./report.ts";

/** Two runs of the suite, side by side. */
export interface Comparison {
  readonly targets: readonly [string, string];
  readonly same: number;
  /** Claims that one target shows to hold, or both see, and that come out otherwise on the other. */
  readonly differences: readonly Difference[];
  /** Claims that one of the two cannot show or does not have. */
  readonly oneSided: readonly Difference[];
  /** Breaches that no known difference covers, on one target or on both: ids of checks. */
  readonly breached: readonly string[];
}

export interface Difference {
  readonly id: string;
  readonly title: string;
  readonly verdicts: readonly [Verdict, Verdict];
  readonly evidence: readonly [string, string];
  /** Why it is so and stays so, where that is known. */
  readonly known?: KnownDifference;
}

type Pair = readonly [CheckResult, CheckResult];

/** Claims on which two targets differ. */
export function compareReports(one: SuiteReport, other: SuiteReport, known: readonly KnownDifference[]): Comparison {
  const second = new Map(other.results.map((result) => [result.check.id, result]));
  const pairs = one.results.flatMap((first): readonly Pair[] => {
    const found = second.get(first.check.id);
    return found === undefined ? [] : [[first, found]];
  });
  const differing = pairs.filter(([first, found]) => first.verdict !== found.verdict);
  const found = differing.map((pair) => differenceOf(pair, known));
  const seesBoth = ({ verdicts }: Difference) => verdicts.includes("breached");
  return {
    targets: [one.target, other.target],
    same: pairs.length - differing.length,
    differences: found.filter(seesBoth),
    oneSided: found.filter((difference) => !seesBoth(difference)),
    breached: pairs
      .filter((pair) => pair.some(({ verdict }) => verdict === "breached") && knownOf(pair, known) === undefined)
      .map(([{ check }]) => check.id),
  };
}

function differenceOf(pair: Pair, known: readonly KnownDifference[]): Difference {
  const [first, found] = pair;
  const reason = knownOf(pair, known);
  return {
    id: first.check.id,
    title: first.check.title,
    verdicts: [first.verdict, found.verdict],
    evidence: [evidenceOf(first), evidenceOf(found)],
    ...(reason === undefined ? {} : { known: reason }),
  };
}

/** The known difference that covers all that came through on one side alone; what comes through on both is none. */
function knownOf([first, found]: Pair, known: readonly KnownDifference[]): KnownDifference | undefined {
  if (first.verdict === found.verdict) return undefined;
  const through = [...first.trials, ...found.trials].filter(({ verdict }) => verdict === "breached");
  return known.find(
    ({ check, attacks }) =>
      check === first.check.id &&
      (attacks === undefined || through.every(({ attack }) => attacks.some((name) => attack.endsWith(name)))),
  );
}

/** What speaks for the verdict: the reason, or the first attacks that ended so. */
function evidenceOf({ verdict, reason, trials }: CheckResult): string {
  const found = trials.filter((one) => one.verdict === verdict);
  const [trial] = found;
  if (trial === undefined) return reason ?? "";
  const more = verdict === "breached" && found.length > 1 ? ` (and ${found.length - 1} more)` : "";
  return `${trial.attack}: ${trial.evidence}${more}`;
}

export function comparisonText({ targets, same, differences, oneSided, breached }: Comparison): string {
  const [one, other] = targets;
  const blocks = differences.map(({ id, title, verdicts, evidence, known }) =>
    [
      `${known === undefined ? "≠" : "≈"} ${id}: ${title}`,
      `    ${one}: ${words(verdicts[0])}. ${evidence[0]}`,
      `    ${other}: ${words(verdicts[1])}. ${evidence[1]}`,
      ...(known === undefined ? [] : [`    known: ${known.reason} ${known.link}`]),
    ].join("\n"),
  );
  const counts = `${same} claims alike, ${differences.length} not, ${oneSided.length} that one of the two does not show`;
  const verdict =
    breached.length === 0
      ? "HELD: nothing came through on either that is not known."
      : `BREACHED, and not known: ${breached.join(", ")}.`;
  return [`${one} against ${other}: ${counts}.`, ...blocks, ...unshown(targets, oneSided), verdict].join("\n\n");
}

const words = (verdict: Verdict) => verdict.replace("-", " ");

/** Claims that are not shown for one reason stand together. */
function unshown(targets: Comparison["targets"], oneSided: readonly Difference[]): readonly string[] {
  if (oneSided.length === 0) return [];
  const byReason = Map.groupBy(oneSided, (difference) => {
    const side = difference.verdicts[0] === "held" ? 1 : 0;
    return `${words(difference.verdicts[side])} on ${targets[side]}: ${difference.evidence[side]}`;
  });
  const lines = [...byReason].map(([reason, group]) => `  ${group.map(({ id }) => id).join(", ")}\n      ${reason}`);
  return [["Held on one side, where the other does not show it:", ...lines].join("\n")];
}
