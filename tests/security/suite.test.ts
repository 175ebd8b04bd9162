import { expect, test } from "vitest";
import { type Check, verdictOf } from "../../harness/security/check.ts";
import type { Subject } from "../../harness/security/subject.ts";
import { pickChecks, runSuite } from "../../harness/security/suite.ts";

const trial = (verdict: "held" | "breached" | "not-shown") => ({ attack: "a", verdict, evidence: "e" });

test.each([
  [[], "not-shown"],
  [["held"], "held"],
  [["held", "not-shown"], "not-shown"],
  [["held", "not-shown", "breached"], "breached"],
] as const)("attacks that ended %j make the claim %s", (verdicts, expected) => {
  expect(verdictOf(verdicts.map(trial))).toBe(expected);
});

const check = (id: Check["id"], run: Check["run"], alone = false): Check => ({
  id,
  title: "t",
  threat: { cwe: [], owasp: [], asvs: [] },
  sends: "s",
  holds: "h",
  alone,
  run,
});
const subjectOf = (shared: boolean) => ({ identity: { shared } }) as Subject;
const nobody = subjectOf(false);

test("a check that throws is breached, and the others run all the same", async () => {
  const results = await runSuite(
    nobody,
    [
      check("doors.breaks", () => {
        throw new Error("no such host");
      }),
      check("doors.holds", () => [trial("held")]),
      check("doors.lacks", () => ({ verdict: "not-applicable", reason: "there is nothing" })),
    ],
    { seed: 1, concurrency: 2 },
  );
  expect(results.map(({ verdict, reason }) => [verdict, reason])).toEqual([
    ["breached", undefined],
    ["held", undefined],
    ["not-applicable", "there is nothing"],
  ]);
  expect(results[0]?.trials[0]?.evidence).toContain("no such host");
});

test("checks that want to be alone are, and results stand in the order of the checks", async () => {
  let running = 0;
  let most = 0;
  const busy = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return [trial("held")];
  };
  const alone = async () => {
    expect(running).toBe(0);
    return [trial("held")];
  };
  const checks = [
    check("cors.alone", alone, true),
    check("cors.a", busy),
    check("cors.b", busy),
    check("cors.c", busy),
  ];
  const results = await runSuite(nobody, checks, { seed: 1, concurrency: 2 });
  expect(results.map((result) => [result.check.id, result.verdict])).toEqual(checks.map(({ id }) => [id, "held"]));
  expect(most).toBe(2);
  most = 0;
  // Two people whom all checks share: one check would see what another does to their things.
  await runSuite(subjectOf(true), checks, { seed: 1, concurrency: 2 });
  expect(most).toBe(1);
});

test("the same seed draws the same for a check, whichever others run", async () => {
  const drawn: string[] = [];
  const draws = check("cors.draws", (subject) => {
    drawn.push(subject.random.uuid());
    return [trial("held")];
  });
  const other = check("cors.other", (subject) => {
    subject.random.uuid();
    return [trial("held")];
  });
  await runSuite(nobody, [draws], { seed: 7, concurrency: 1 });
  await runSuite(nobody, [other, draws], { seed: 7, concurrency: 1 });
  await runSuite(nobody, [draws], { seed: 8, concurrency: 1 });
  expect(drawn[0]).toBe(drawn[1]);
  expect(drawn[2]).not.toBe(drawn[0]);
});

test("checks are picked by family or id, and a name that is neither is an error", () => {
  const all = pickChecks({ only: [], skip: [] });
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  const picked = pickChecks({ only: ["token-forgery", "edge-rejection.no-token"], skip: ["token-forgery.edited"] });
  expect(picked.map(({ id }) => id)).toContain("edge-rejection.no-token");
  expect(picked.map(({ id }) => id)).not.toContain("token-forgery.edited");
  expect(picked.length).toBeGreaterThan(3);
  expect(() => pickChecks({ only: ["token-forgry"], skip: [] })).toThrow("There is no check or family token-forgry");
});
