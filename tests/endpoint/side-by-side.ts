import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type ReadCase, readCases } from "../../harness/replay/read-cases.ts";
import { type Outcome, replay, type Through } from "../../harness/replay/replay.ts";
import { endpointTarget } from "../../harness/targets/endpoint.ts";
import { localTarget } from "../../harness/targets/local.ts";
import type { StackFacts } from "../../harness/targets/stack-facts.ts";
import type { Target } from "../../harness/targets/target.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const EVENTS = ["unauthorized", "routes", "isolation", "troubles"];

/** One event's outcome here and on the endpoint. */
export interface SideBySide {
  readonly name: string;
  readonly through: Through;
  readonly local: string;
  readonly endpoint: string;
}

export interface Endpoint {
  readonly facts: StackFacts;
  readonly endpointUrl: string;
}

export const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** Replays the repository's events through both gateways, and then on both sides' functions. */
export async function compareOnBoth({ facts, endpointUrl }: Endpoint): Promise<readonly SideBySide[]> {
  const local = await localTarget({ programDirectory: ROOT, stack: "localstack" });
  const endpoint = endpointTarget({ facts, endpointUrl, credentials: CREDENTIALS });
  try {
    const cases = (await Promise.all(EVENTS.map(readFileCases))).flat();
    return [
      ...(await compare(cases, { local, endpoint, through: "gateway" })),
      ...(await compare(cases, { local, endpoint, through: "invoke" })),
    ];
  } finally {
    await endpoint.close();
    await local.close();
  }
}

async function readFileCases(name: string): Promise<readonly ReadCase[]> {
  const file = join(ROOT, "events", `${name}.json`);
  return readCases(await readFile(file, "utf8"), file);
}

async function compare(
  cases: readonly ReadCase[],
  { local, endpoint, through }: { readonly local: Target; readonly endpoint: Target; readonly through: Through },
): Promise<readonly SideBySide[]> {
  const options = { through, as: "self", nowMilliseconds: () => Date.now() };
  const here = await replay(cases, local, options);
  const there = new Map((await replay(cases, endpoint, options)).map((outcome) => [outcome.name, outcome]));
  return here
    .filter(({ sent }) => sent === through)
    .map((outcome) => ({
      name: outcome.name,
      through,
      local: shown(outcome),
      endpoint: shown(there.get(outcome.name) ?? { name: outcome.name, sent: "no", note: "not replayed" }),
    }));
}

/** What two runs have alike: the status, and the words of a refusal; ids and times are each run's own. */
function shown({ sent, status, body = "", note }: Outcome): string {
  if (sent === "no") return `not sent: ${note ?? ""}`;
  if (status === undefined) return note ?? "no answer";
  return status < 400 ? String(status) : `${status} ${body}`;
}

/** The two sides as a table, the differences marked. */
export function comparisonTable(comparison: readonly SideBySide[]): string {
  const rows = comparison.map(({ name, through, local, endpoint }) => [
    local === endpoint ? " " : "!",
    name,
    through,
    short(local),
    short(endpoint),
  ]);
  const all = [["", "event", "through", "here", "endpoint"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const short = (text: string): string => (text.length <= 50 ? text : `${text.slice(0, 49)}…`);

/** A difference that is known: where it is seen, why it is, and where that is written. */
export interface KnownDifference {
  /** Names, or `*` for every one with these answers. */
  readonly events: readonly string[];
  readonly through: Through;
  readonly local: string;
  readonly endpoint: string;
  readonly reason: string;
  readonly link: string;
}

/** Differences that are not listed, and listed ones that are gone. `*` at the end of a listed text is any rest. */
export async function listedDifferences(comparison: readonly SideBySide[]) {
  const file = join(import.meta.dirname, "known-differences.json");
  const known = JSON.parse(await readFile(file, "utf8")) as readonly KnownDifference[];
  return sortedOut(comparison, known);
}

export function sortedOut(comparison: readonly SideBySide[], known: readonly KnownDifference[]) {
  const different = comparison.filter(({ local, endpoint }) => local !== endpoint);
  const listed = (one: SideBySide) => known.filter((difference) => covers(difference, one));
  const expected = known.flatMap((difference) => difference.events.map((name) => ({ name, difference })));
  const seen = ({ name, difference }: (typeof expected)[number]) =>
    different.some((one) => (name === "*" || one.name === name) && covers(difference, one));
  return {
    unlisted: different
      .filter((one) => listed(one).length === 0)
      .map(({ name, through, local, endpoint }) => `${name} (${through}): ${local} here, ${endpoint} there`),
    gone: expected
      .filter((one) => !seen(one))
      .map(({ name, difference }) => `${name} (${difference.through}): ${difference.reason}`),
  };
}

function covers(known: KnownDifference, { name, through, local, endpoint }: SideBySide): boolean {
  const fits = (text: string, pattern: string) =>
    pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
  return (
    (known.events.includes("*") || known.events.includes(name)) &&
    known.through === through &&
    fits(local, known.local) &&
    fits(endpoint, known.endpoint)
  );
}
