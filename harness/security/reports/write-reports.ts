import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HarnessError } from "../../errors.ts";
import type { SuiteReport } from "../report.ts";
import { htmlReport } from "./html-report.ts";
import { junitReport } from "./junit-report.ts";
import { sarifReport } from "./sarif-report.ts";

/** Writes every form of a report into a folder, which is made.
 * @returns the paths of the files.
 * @throws HarnessError CONFIGURATION when the folder cannot be written. */
export async function writeReports(report: SuiteReport, directory: string): Promise<readonly string[]> {
  const files: readonly (readonly [string, string])[] = [
    ["security.html", htmlReport(report)],
    ["security.json", `${JSON.stringify(report, null, 2)}\n`],
    ["security.junit.xml", junitReport(report)],
    ["security.sarif", sarifReport(report)],
  ];
  try {
    await mkdir(directory, { recursive: true });
    for (const [name, text] of files) await writeFile(join(directory, name), text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HarnessError("CONFIGURATION", `The report cannot be written to ${resolve(directory)}: ${why}`);
  }
  return files.map(([name]) => join(directory, name));
}
