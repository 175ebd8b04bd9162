import { type CheckResult, FAMILIES, familyOf, type Trial } from "../check.ts";
import type { SuiteReport } from "../report.ts";
import { escaped } from "./escape.ts";

/**
 * The run as JUnit XML: a suite for each family, a test case for each claim. A claim that was not attacked is skipped, and
 * says why.
 * @see https://github.com/testmoapp/junitxml
 */
export function junitReport({ results, startedAt, durationMilliseconds, target, project, stack }: SuiteReport): string {
  const suites = FAMILIES.flatMap((family) => {
    const own = results.filter(({ check }) => familyOf(check.id) === family);
    return own.length === 0 ? [] : [suite(family, own, startedAt)];
  });
  const breached = results.filter(({ verdict }) => verdict === "breached").length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(`security of ${project}, stack ${stack}, on ${target}`)}" tests="${results.length}" failures="${breached}" errors="0" time="${seconds(durationMilliseconds)}">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(3);

function suite(name: string, results: readonly CheckResult[], startedAt: string): string {
  const count = (verdicts: readonly string[]) => results.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const time = results.reduce((sum, { durationMilliseconds }) => sum + durationMilliseconds, 0);
  const attributes = [
    `name="${name}"`,
    `tests="${results.length}"`,
    `failures="${count(["breached"])}"`,
    'errors="0"',
    `skipped="${count(["not-applicable", "not-shown"])}"`,
    `time="${seconds(time)}"`,
    // JUnit's own schema takes no fraction and no zone.
    `timestamp="${startedAt.slice(0, 19)}"`,
    'hostname="localhost"',
  ];
  return [`  <testsuite ${attributes.join(" ")}>`, ...results.map(testCase), "  </testsuite>"].join("\n");
}

function testCase({ check, verdict, reason, trials, durationMilliseconds }: CheckResult): string {
  const open = `    <testcase classname="security.${check.id.split(".")[0]}" name="${escaped(`${check.id}: ${check.title}`)}" time="${seconds(durationMilliseconds)}"`;
  if (verdict === "held") return `${open}/>`;
  const content = verdict === "breached" ? failure(trials) : skipped(verdict, reason, trials);
  return [`${open}>`, content, "    </testcase>"].join("\n");
}

function failure(trials: readonly Trial[]): string {
  const found = trials.filter(({ verdict }) => verdict === "breached");
  const text = found.map(({ attack, evidence, reproduce }) =>
    [attack, evidence, reproduce ?? ""].filter((line) => line !== "").join("\n"),
  );
  const first = found[0];
  return `      <failure type="breached" message="${escaped(first === undefined ? "" : `${first.attack}: ${first.evidence}`)}">${escaped(text.join("\n\n"))}</failure>`;
}

function skipped(verdict: string, reason: string | undefined, trials: readonly Trial[]): string {
  const why = reason ?? trials.find((trial) => trial.verdict === "not-shown")?.evidence ?? "";
  return `      <skipped message="${escaped(`${verdict.replace("-", " ")}: ${why}`)}"/>`;
}
