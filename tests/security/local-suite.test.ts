import { afterAll, beforeAll, expect, test } from "vitest";
import type { CheckResult } from "../../harness/security/check.ts";
import { type LocalSubject, startLocalSubject } from "../../harness/security/local-run.ts";
import { countsOf } from "../../harness/security/report.ts";
import { pickChecks, runSuite } from "../../harness/security/suite.ts";
import { profile } from "../../security.profile.mts";
import { ROOT } from "../end-to-end/support/scratch-program.ts";

let subject: LocalSubject;
let results: readonly CheckResult[];
beforeAll(async () => {
  subject = await startLocalSubject({ programDirectory: ROOT, profile, seed: 1, isolation: "process" });
  const checks = pickChecks({ only: [], skip: [] });
  results = await runSuite(subject, checks, { seed: 1, concurrency: 4 });
}, 600_000);
afterAll(() => subject?.close());

test("every claim on the program holds", () => {
  // Other stacks are evaluated by the command; the program's own tests hold the rules against each of them.
  const others = results.filter(
    ({ check, verdict }) => verdict !== "held" && check.id !== "configuration.other-stacks",
  );
  expect(
    others.map(({ check, reason, trials }) => [check.id, reason, trials.find((one) => one.verdict !== "held")]),
  ).toEqual([]);
});

test("it is attacked more than 150 times", () => {
  expect(countsOf(results).attacks).toBeGreaterThan(150);
});

test("no report has a token, a key or the text of anybody's thing", () => {
  const text = JSON.stringify(results);
  expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}\.eyJ|\b(AKIA|ASIA)[A-Z0-9]{12,}/);
  for (const secret of subject.local?.secrets ?? []) expect(text).not.toContain(secret);
});
