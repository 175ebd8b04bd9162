import { describe, expect, test } from "vitest";
import type { CheckResult } from "../../harness/security/check.ts";
import { compareReports, comparisonText } from "../../harness/security/comparison.ts";
import type { KnownDifference } from "../../harness/security/profile.ts";
import type { SuiteReport } from "../../harness/security/report.ts";
import { htmlReport } from "../../harness/security/reports/html-report.ts";
import { junitReport } from "../../harness/security/reports/junit-report.ts";
import { sarifReport } from "../../harness/security/reports/sarif-report.ts";
import { terminalReport } from "../../harness/security/reports/terminal-report.ts";

const route = "aws:apigatewayv2/route:Route get-orders";

function result(id: CheckResult["check"]["id"], verdict: CheckResult["verdict"], evidence: string): CheckResult {
  const check = {
    id,
    title: `Claim <${id}> & more`,
    threat: { cwe: ["CWE-306"], owasp: ["API2:2023"], asvs: ["V8"] },
    sends: "s",
    holds: "h",
  } as const;
  if (verdict === "not-applicable") return { check, verdict, reason: evidence, trials: [], durationMilliseconds: 1 };
  const trial = {
    attack: 'GET /orders: "nobody"',
    verdict,
    evidence,
    resource: route,
    reproduce: "curl 'x' & y",
  } as const;
  return { check, verdict, trials: [trial], durationMilliseconds: 1 };
}

const report: SuiteReport = {
  tool: { name: "security suite", version: "1.0.0" },
  target: "local",
  project: "orders",
  stack: "dev",
  startedAt: "2026-11-27T20:00:00.000Z",
  durationMilliseconds: 1_000,
  seed: 1,
  only: [],
  skip: ["doors"],
  results: [
    result("edge-rejection.open-routes", "breached", "200 </script><script>\u0000; ran get-orders"),
    result("cors.preflight", "held", "204"),
    result("injection.text", "not-shown", "no profile"),
    result("enumeration.sign-in", "not-applicable", "no client"),
  ],
  environment: { node: "Node.js 24", system: "linux x64" },
  hashes: { program: "a", graph: "b", packages: { "get-orders": "c" } },
  resources: [
    { declaredBy: route, urn: "urn:pulumi:dev::orders::x::y", place: { file: "stack/api.ts", line: 71, column: 5 } },
  ],
  routes: [{ routeKey: "GET /orders", authorization: "open", functionName: "get-orders", tables: ["orders"] }],
  proofs: [{ name: "open-route", flaw: "A route is open.", foundBy: ["edge-rejection.open-routes"], seconds: 2 }],
};

test("the page is whole in itself: nothing of an attack becomes markup, and nothing is fetched", () => {
  const html = htmlReport(report);
  expect(html).not.toMatch(/<script|<\/script|src=|<link|@import|url\(/);
  expect(html).not.toContain("\u0000");
  expect(html).toContain("&lt;/script&gt;");
  expect(html).toContain("stack/api.ts:71");
  expect(html).toContain("Not a whole run");
});

test("SARIF points at the line that registers the resource, and tells verdicts apart", () => {
  const sarif = JSON.parse(sarifReport(report)) as { runs: [{ results: readonly Record<string, unknown>[] }] };
  const { results } = sarif.runs[0];
  expect(results.map(({ kind, level }) => [kind, level])).toEqual([
    ["fail", "error"],
    ["pass", "none"],
    ["open", "none"],
    ["notApplicable", "none"],
  ]);
  expect(results[0]).toMatchObject({
    locations: [
      { physicalLocation: { artifactLocation: { uri: "stack/api.ts" }, region: { startLine: 71, startColumn: 5 } } },
    ],
  });
});

test("JUnit XML counts failures and what was skipped, and is XML whatever was seen", () => {
  const xml = junitReport(report);
  expect(xml).not.toMatch(/<script/);
  expect(xml).not.toContain("\u0000");
  expect(xml.match(/<failure /g)).toHaveLength(1);
  expect(xml.match(/<skipped /g)).toHaveLength(2);
  expect(xml).toContain('tests="1" failures="1"');
});

test("the terminal names the breach, its place, how to do it again, and why the rest was left", () => {
  const text = terminalReport(report, { place: () => "stack/api.ts:71" });
  for (const part of [
    "✗ edge-rejection.open-routes",
    "stack/api.ts:71",
    "curl 'x' & y",
    "enumeration.sign-in: no client",
    "injection.text: no profile",
    "doors was left out by --skip",
    "BREACHED: 1 claims held, 1 breached, 1 not applicable, 1 not shown",
  ])
    expect(text).toContain(part);
});

describe("two targets are compared claim by claim", () => {
  const other = {
    ...report,
    target: "url: x",
    results: report.results.map((one) => ({ ...one, verdict: "held" as const })),
  };
  const known: KnownDifference = {
    check: "edge-rejection.open-routes",
    attacks: [': "nobody"'],
    reason: "It is open there.",
    link: "https://docs.example/open",
  };

  test("breaches on one side, and what one side alone shows", () => {
    const { differences, oneSided, same, breached } = compareReports(report, other, []);
    expect(same).toBe(1);
    expect(differences.map((one) => [one.id, one.verdicts])).toEqual([
      ["edge-rejection.open-routes", ["breached", "held"]],
    ]);
    expect(oneSided.map((one) => [one.id, one.verdicts])).toEqual([
      ["injection.text", ["not-shown", "held"]],
      ["enumeration.sign-in", ["not-applicable", "held"]],
    ]);
    expect(breached).toEqual(["edge-rejection.open-routes"]);
  });

  test.each([
    ["a known difference is none to worry about", [known], []],
    ["the same claim, another attack", [{ ...known, attacks: [": somebody"] }], ["edge-rejection.open-routes"]],
    ["another claim", [{ ...known, check: "cors.preflight" }], ["edge-rejection.open-routes"]],
  ])("%s", (_name, listed, expected) => {
    expect(compareReports(report, other, listed).breached).toEqual(expected);
  });

  test("what comes through on both is no difference, whatever is known", () => {
    expect(compareReports(report, report, [known]).breached).toEqual(["edge-rejection.open-routes"]);
  });

  test("the text names both, the reason with its link, and the verdict", () => {
    const text = comparisonText(compareReports(report, other, [known]));
    for (const part of [
      "≈ edge-rejection.open-routes",
      "known: It is open there. https://docs.example/open",
      "no profile",
      "HELD",
    ])
      expect(text).toContain(part);
    expect(comparisonText(compareReports(report, other, []))).toContain(
      "BREACHED, and not known: edge-rejection.open-routes",
    );
  });
});
