import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { EngineResult, ParityResults } from "../parity/results.ts";
import { ROWS } from "./sections/index.ts";
import { LIMITS_OF_SIGHT, REFUSALS } from "./sections/not-emulated.ts";
import type { Confidence, Row, Section } from "./support/case.ts";
import { sourceLink } from "./support/sources.ts";

const WORDS: Readonly<Record<Confidence, string>> = {
  D: "documented",
  O: "observed",
  I: "inferred",
  U: "unknown",
  conflict: "disputed",
};

const TITLES: Readonly<Record<Section, string>> = {
  authorizer: "JWT authorizer",
  refusals: "Refusals of the authorizer",
  event: "The event, payload format 2.0",
  response: "The function's response, payload format 2.0",
  "format-1": "Event and response, payload format 1.0",
  routing: "Stages and routes",
  cors: "CORS",
  limits: "Throttling, limits, errors, access logs",
  lambda: "The function's environment",
  dynamodb: "DynamoDB and IAM",
  cognito: "Cognito user pools",
  evaluation: "The evaluation of the program",
};

/** What a section is measured by, where that is not AWS. */
const MEASURES: Readonly<Partial<Record<Section, string>>> = { evaluation: "`pulumi up`" };

const HEAD = `# What is as on AWS, and what is not

Written by \`npm run docs:fidelity\` from the cases in \`tests/conformance\`, which \`npm test\` runs; do not edit it by hand.

Confidence says how sure it is that AWS does so: **documented** by AWS, **observed** on AWS by somebody who shows
evidence, **inferred** by analogy or from one report, **unknown**, or **disputed** between sources. Nothing here was
measured on AWS by this project: \`npm run conformance -- --target URL\` is for the day there is an account. DynamoDB's
texts follow eu-west-2 as of 9 June 2026; where it was not captured, what most regions answered in October 2026.`;

/** The page, from the rows alone. */
export function fidelityPage(): string {
  const sections = [...new Set(ROWS.map(({ section }) => section))];
  return `${[HEAD, counts(sections), ...sections.map(sectionText), parity(), notEmulated()].join("\n\n")}\n`;
}

function counts(sections: readonly Section[]): string {
  const words = Object.keys(WORDS) as Confidence[];
  const line = (name: string, rows: readonly Row[]) => {
    const cells = words.map((confidence) => String(casesOf(rows.filter((row) => row.confidence[0] === confidence))));
    return `| ${[name, String(rows.length), ...cells].join(" | ")} |`;
  };
  return [
    "Cases, by the first confidence of their row:",
    "",
    `| Area | Rows | ${words.map((word) => WORDS[word]).join(" | ")} |`,
    `| --- | --- | ${words.map(() => "---").join(" | ")} |`,
    ...sections.map((section) =>
      line(
        TITLES[section],
        ROWS.filter((row) => row.section === section),
      ),
    ),
    line("All", ROWS),
  ].join("\n");
}

function casesOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { cases }) => sum + cases.length, 0);
}

function sectionText(section: Section): string {
  const rows = ROWS.filter((row) => row.section === section);
  const shown = rows.filter(({ ours, cases }) => ours === undefined && cases.length > 0);
  const chosen = rows.filter(({ ours }) => ours !== undefined);
  const measure = MEASURES[section] ?? "AWS";
  const unshown = rows.filter(({ ours, cases }) => ours === undefined && cases.length === 0);
  return [
    `## ${TITLES[section]}`,
    ...table(
      `As ${measure} does`,
      [measure, "Confidence", "Source", "Cases"],
      shown.map((row) => [row.behaviour, confidenceOf(row), sourcesOf(row), String(row.cases.length)]),
    ),
    ...table(
      `Our choice, where ${measure} is not known, or not the same here`,
      ["The point", "Here", "Confidence", "Source", "Cases"],
      chosen.map((row) => [row.behaviour, choiceOf(row), confidenceOf(row), sourcesOf(row), String(row.cases.length)]),
    ),
    ...table(
      "Not shown by a case",
      [measure, "Why not", "Confidence", "Source"],
      unshown.map((row) => [row.behaviour, reasonOf(row), confidenceOf(row), sourcesOf(row)]),
    ),
  ].join("\n\n");
}

function table(title: string, heading: readonly string[], lines: readonly (readonly string[])[]): readonly string[] {
  if (lines.length === 0) return [];
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const all = [heading, heading.map(() => "---"), ...lines.map((line) => line.map(cell))];
  return [`### ${title}`, all.map((line) => `| ${line.join(" | ")} |`).join("\n")];
}

function confidenceOf({ confidence }: Row): string {
  return confidence.map((each) => WORDS[each]).join(", ");
}

function sourcesOf({ sources }: Row): string {
  return sources.map(sourceLink).join(", ");
}

/** Why no case can show it, and the tests that do, as far as one can. */
function reasonOf({ cannot = "", shownBy = [] }: Row): string {
  const tests = shownBy.map(([file, name]) => `[${name}](../${file})`);
  return tests.length === 0 ? cannot : `${cannot} See ${tests.join(", ")}.`;
}

function choiceOf(row: Row): string {
  const { ours = "", cases } = row;
  return cases.length === 0 ? `${ours} ${reasonOf(row)}` : ours;
}

const PARITY = resolve(import.meta.dirname, "../parity/results.json");

/** What the Parity Suite's last runs came to. */
function parity(): string {
  const results: ParityResults = JSON.parse(readFileSync(PARITY, "utf8"));
  const runs = Object.entries(results);
  const lines = runs.map(([engine, run]) => {
    const agreeing = run.passed + run.rewordedSince.length;
    const percent = `${((100 * agreeing) / run.emulated).toFixed(1)} %`;
    const counts = [run.tests, run.notEmulated, run.emulated, run.passed, run.rewordedSince.length];
    const cells = [...counts, run.code.length, run.text.length].map(String);
    return `| ${[engine, `${run.date} (${run.revision})`, ...cells, percent].join(" | ")} |`;
  });
  return [
    "## DynamoDB by the Parity Suite",
    "[The suite](https://github.com/paritysuite/dynamodb-conformance) runs each of its tests on DynamoDB first. `npm run parity -- --suite DIR` runs a checkout against the gate, with signatures and the administrator's credentials. This checkout is from before AWS reworded its validations in June 2026, and the texts here are those since: a test that differs in nothing else counts as agreeing.",
    [
      "| Engine | Suite | Tests | Not emulated | Emulated | Passed | Reworded since | Code or outcome | Text | Agreeing |",
      `| ${Array.from({ length: 10 }, () => "---").join(" | ")} |`,
      ...lines,
    ].join("\n"),
    ...runs.flatMap(([engine, run]) => differing(engine, run)),
  ].join("\n\n");
}

function differing(engine: string, { code, text }: EngineResult): readonly string[] {
  const bullets = (tests: readonly string[], what: string) => tests.map((test) => `- ${what}: ${test}`);
  const all = [...bullets(code, "code or outcome"), ...bullets(text, "text")];
  return all.length === 0 ? [] : [`What differs on ${engine}:`, all.join("\n")];
}

function notEmulated(): string {
  const bullet = (text: string) => `- ${text}`;
  return [
    "## Not emulated",
    "A program that needs one of these is refused at start, by name and with the remedy; so is every type of resource, and every property, that is not known:",
    REFUSALS.map(({ name }) => bullet(`${name}.`)).join("\n"),
    "What cannot be seen here as it is on AWS:",
    LIMITS_OF_SIGHT.map(bullet).join("\n"),
  ].join("\n\n");
}
