import { type CheckResult, FAMILIES, type Family, familyOf, type Trial } from "../check.ts";
import { countsOf, limitationsOf, overallVerdict, type SuiteReport } from "../report.ts";

export interface TerminalOptions {
  /** Where a resource stands in the program: `stack/http-api.ts:71`. */
  readonly place: (resource: string) => string | undefined;
}

const SHOWN_TRIALS = 5;

/** The summary for a terminal: a line for each family, every breach with its evidence, and what was not attacked and why. */
export function terminalReport(report: SuiteReport, options: TerminalOptions): string {
  const { results } = report;
  const sections = [
    header(report),
    familyLines(results),
    ...results.filter(({ verdict }) => verdict === "breached").map((result) => breach(result, options)),
    reasons("Not applicable", "not-applicable", results),
    reasons("Not shown, which is no pass", "not-shown", results),
    limits(results),
    left(report),
    conclusion(report),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function header({ project, stack, target, seed }: SuiteReport): string {
  return `Security suite: ${project}, stack ${stack}, on ${target} (seed ${seed})`;
}

function familyLines(results: readonly CheckResult[]): string {
  return FAMILIES.flatMap((family) => {
    const own = results.filter(({ check }) => familyOf(check.id) === family);
    return own.length === 0 ? [] : [familyLine(family, own)];
  }).join("\n");
}

function familyLine(family: Family, results: readonly CheckResult[]): string {
  const counts = countsOf(results);
  const words = (["held", "breached", "not-applicable", "not-shown"] as const)
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdict.replace("-", " ")}`);
  const mark = counts.breached > 0 ? "✗" : counts.held > 0 ? "✓" : "–";
  return `  ${mark} ${family.padEnd(18)} ${words.join(", ")}${counts.attacks > 0 ? `; ${counts.attacks} attacks` : ""}`;
}

function breach({ check, trials }: CheckResult, options: TerminalOptions): string {
  const found = trials.filter(({ verdict }) => verdict === "breached");
  const more = found.length > SHOWN_TRIALS ? [`  … and ${found.length - SHOWN_TRIALS} more like these`] : [];
  return [
    `✗ ${check.id}: ${check.title}`,
    `  ${[...check.threat.cwe, ...check.threat.owasp].join(", ")}. ${check.holds}`,
    ...found.slice(0, SHOWN_TRIALS).map((trial) => trialLines(trial, options)),
    ...more,
  ].join("\n");
}

function trialLines({ attack, evidence, resource, reproduce }: Trial, { place }: TerminalOptions): string {
  const where = resource === undefined ? undefined : place(resource);
  return [
    `  - ${attack}`,
    `      ${evidence}`,
    ...(resource === undefined ? [] : [`      ${resource}${where === undefined ? "" : `, ${where}`}`]),
    ...(reproduce === undefined ? [] : [`      ${reproduce}`]),
  ].join("\n");
}

/** Claims of one family that were left for one reason stand together. */
function reasons(title: string, verdict: "not-applicable" | "not-shown", results: readonly CheckResult[]): string {
  const found = results.filter((result) => result.verdict === verdict);
  if (found.length === 0) return "";
  const byReason = Map.groupBy(found, ({ reason, trials }) => reason ?? firstUnshown(trials));
  const lines = [...byReason].map(([reason, group]) => `  ${group.map(({ check }) => check.id).join(", ")}: ${reason}`);
  return [`${title}:`, ...lines].join("\n");
}

function firstUnshown(trials: readonly Trial[]): string {
  return trials.find(({ verdict }) => verdict === "not-shown")?.evidence ?? "nothing could be attacked";
}

function limits(results: readonly CheckResult[]): string {
  const found = limitationsOf(results);
  return found.length === 0 ? "" : ["Known limits:", ...found.map((limit) => `  ${limit}`)].join("\n");
}

function left({ only, skip }: SuiteReport): string {
  const parts = [
    ...(only.length > 0 ? [`only ${only.join(", ")} was run`] : []),
    ...(skip.length > 0 ? [`${skip.join(", ")} was left out by --skip`] : []),
  ];
  return parts.length === 0 ? "" : `Not a whole run: ${parts.join("; ")}.`;
}

function conclusion({ results, durationMilliseconds }: SuiteReport): string {
  const counts = countsOf(results);
  const seconds = (durationMilliseconds / 1000).toFixed(1);
  const claims = `${counts.held} claims held, ${counts.breached} breached, ${counts["not-applicable"]} not applicable, ${counts["not-shown"]} not shown`;
  return `${overallVerdict(results).toUpperCase()}: ${claims}; ${counts.attacks} attacks in ${seconds} s.`;
}
