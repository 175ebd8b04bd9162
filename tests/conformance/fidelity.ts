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
  routing: "Stages and routes",
  cors: "CORS",
  limits: "Throttling, limits, errors, access logs",
  lambda: "The function's environment",
  dynamodb: "DynamoDB and IAM",
};

const HEAD = `# What is as on AWS, and what is not

Written by \`npm run docs:fidelity\` from the cases in \`tests/conformance\`, which \`npm test\` runs; do not edit it by hand.

Confidence says how sure it is that AWS does so: **documented** by AWS, **observed** on AWS by somebody who shows
evidence, **inferred** by analogy or from one report, **unknown**, or **disputed** between sources. Nothing here was
measured on AWS by this project: \`npm run conformance -- --target URL\` is for the day there is an account.`;

/** The page, from the rows alone. */
export function fidelityPage(): string {
  const sections = [...new Set(ROWS.map(({ section }) => section))];
  return `${[HEAD, counts(sections), ...sections.map(sectionText), notEmulated()].join("\n\n")}\n`;
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
  const unshown = rows.filter(({ ours, cases }) => ours === undefined && cases.length === 0);
  return [
    `## ${TITLES[section]}`,
    ...table(
      "As AWS does",
      ["AWS", "Confidence", "Source", "Cases"],
      shown.map((row) => [row.behaviour, confidenceOf(row), sourcesOf(row), String(row.cases.length)]),
    ),
    ...table(
      "Our choice, where AWS is not known, or not the same here",
      ["The point", "Here", "Confidence", "Source", "Cases"],
      chosen.map((row) => [row.behaviour, choiceOf(row), confidenceOf(row), sourcesOf(row), String(row.cases.length)]),
    ),
    ...table(
      "Not shown by a case",
      ["AWS", "Why not", "Confidence", "Source"],
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
