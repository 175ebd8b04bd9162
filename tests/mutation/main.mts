/** After a mutation run: prints the score, and holds the survivors to those that are explained. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  compareSurvivors,
  type ExplainedSurvivors,
  type MutationReport,
  type Survivor,
  scoreOf,
  survivorsOf,
} from "./survivors.ts";

const EXPLAINED = resolve(import.meta.dirname, "survivors.json");

function read(path: string, remedy: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    console.error(`${path} cannot be read. ${remedy}`);
    process.exit(2);
  }
}

function print(title: string, survivors: readonly Survivor[]): void {
  if (survivors.length === 0) return;
  console.error(title);
  for (const { file, line, code, becomes } of survivors) {
    console.error(`  ${file}: ${code}  ->  ${becomes}\n    on: ${line}`);
  }
}

const reports = process.argv.slice(2);
const paths = reports.length === 0 ? ["reports/mutation.json"] : reports;
const parts = paths.map((path) => read(path, "Make it with: npx stryker run") as MutationReport);
const report: MutationReport = { files: Object.assign({}, ...parts.map(({ files }) => files)) };
const explained = read(EXPLAINED, "It is part of this repository.") as readonly ExplainedSurvivors[];
const { killed, survived, ignored } = scoreOf(report);
const percent = ((100 * killed) / (killed + survived)).toFixed(2);
console.log(`${killed} of ${killed + survived} killed (${percent} %), ${survived} survived, ${ignored} not tried`);
const { unexplained, outdated } = compareSurvivors(survivorsOf(report), explained);
print("Survivors without a reason in tests/mutation/survivors.json:", unexplained);
// Properties are tried with other values in each run, so that one run may notice what another did not.
print("Explained, and noticed in this run:", outdated);
process.exitCode = unexplained.length === 0 ? 0 : 1;
