import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, expect, test } from "vitest";
import { runSecurity } from "../../harness/security/command.ts";
import { ROOT } from "../end-to-end/support/scratch-program.ts";

const schema: object = JSON.parse(readFileSync(resolve(ROOT, "docs/security-report.schema.json"), "utf8"));
const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
const validate = ajv.compile(schema);

let report: Record<string, unknown>;
beforeAll(async () => {
  const printed: string[] = [];
  await runSecurity(
    {
      programDirectory: ROOT,
      configuration: {},
      only: ["edge-rejection.no-token", "configuration", "least-privilege", "doors.loopback"],
      skip: ["configuration.other-stacks"],
      seed: 1,
      concurrency: 4,
      isolation: "thread",
      retiredRuntimes: false,
      targets: [],
      environment: {},
      draftProfile: false,
      json: true,
    },
    {
      print: (text) => printed.push(text),
      progress: () => {},
      warn: () => {},
      version: "1.0.0",
      environment: { node: "Node.js", system: "test" },
    },
  );
  report = JSON.parse(printed.join(""));
}, 300_000);

test("a real report is as the published schema says", () => {
  validate(report);
  expect(validate.errors ?? []).toEqual([]);
});

test.each([
  ["a member is missing", (whole: object) => ({ ...whole, seed: undefined })],
  ["a verdict is none", (whole: object) => ({ ...whole, results: [{ ...Object(firstResult()), verdict: "fine" }] })],
  ["a hash is none", (whole: object) => ({ ...whole, hashes: { program: "x", graph: "x", packages: {} } })],
])("it says so where %s", (_name, spoil) => {
  expect(validate(JSON.parse(JSON.stringify(spoil(report))))).toBe(false);
});

function firstResult(): unknown {
  return Array.isArray(report.results) ? report.results[0] : undefined;
}
