/** How large the functions' deployment packages are. */
import { deflateRawSync } from "node:zlib";
import { evaluateProgram } from "../harness/pulumi/evaluate.ts";
import type { Archive } from "../harness/pulumi/resource-graph.ts";
import type { Figure } from "./figures.mts";
import { ROOT } from "./processes.mts";

export async function measurePackages(report: (figure: Figure) => void): Promise<void> {
  const { graph } = await evaluateProgram({ programDirectory: ROOT });
  for (const { name, inputs } of graph.ofType("aws:lambda/function:Function")) {
    const ours = zippedBytes(inputs.code as Archive) / 1024;
    report({ name: `package of ${name}, zipped`, unit: "KiB", ours, lessIsBetter: true });
  }
}

/** A zip file's local and central headers come to 76 bytes and twice the name for each entry, and 22 at its end. */
function zippedBytes(archive: Archive): number {
  if (archive.kind !== "archive") return Number.NaN;
  const entries = Object.entries(archive.entries).map(([name, entry]) => {
    const content = entry.kind === "text" ? deflateRawSync(entry.text, { level: 9 }).length : Number.NaN;
    return content + 76 + 2 * Buffer.byteLength(name);
  });
  return entries.reduce((sum, bytes) => sum + bytes, 22);
}
