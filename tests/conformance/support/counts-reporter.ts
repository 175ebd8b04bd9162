import type { Reporter, TestModule } from "vitest/node";
import { ROWS } from "../sections/index.ts";
import type { Confidence } from "./case.ts";

const COLUMNS: readonly Confidence[] = ["D", "O", "I", "U", "conflict"];
const HEADINGS = ["documented", "observed", "inferred", "unknown", "disputed"];

/** Closes a run with the cases that passed, by section and confidence; `3/4` where some did not. */
// biome-ignore lint/style/noDefaultExport: a reporter is loaded by its default export
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const results = new Map(
      modules.flatMap((module) =>
        [...module.children.allTests()].map((test) => [test.name, test.result().state] as const),
      ),
    );
    const sections = [...new Set(ROWS.map(({ section }) => section))];
    const lines = [
      ["section", ...HEADINGS, "all"],
      ...sections.map((section) => lineOf(results, section)),
      lineOf(results, undefined),
    ];
    const widths = lines[0]?.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0))) ?? [];
    const text = lines.map((line) =>
      line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  "),
    );
    const cannot = ROWS.filter((row) => row.cannot !== undefined && row.cases.length === 0).length;
    process.stdout.write(`\n${text.join("\n")}\n\n${ROWS.length} rows; ${cannot} of them say why they have no case.\n`);
  }
}

function lineOf(results: ReadonlyMap<string, string>, section: string | undefined): string[] {
  const rows = ROWS.filter((row) => section === undefined || row.section === section);
  const cell = (confidence: Confidence | undefined) => {
    const states = rows
      .filter((row) => confidence === undefined || row.confidence[0] === confidence)
      .flatMap((row) =>
        // Those that a test of another file holds are not run here.
        row.cases.flatMap((entry) => ("test" in entry ? [] : [results.get(`${row.id}/${entry.name}`)])),
      );
    const passed = states.filter((state) => state === "passed").length;
    return passed === states.length ? String(passed) : `${passed}/${states.length}`;
  };
  return [section ?? "all", ...COLUMNS.map(cell), cell(undefined)];
}
