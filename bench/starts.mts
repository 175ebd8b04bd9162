/** How long a start takes, what is kept at rest, and how long a change takes to be served. */

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figures.mts";
import { median, moveCache, startHarness, startWatching } from "./harness.mts";
import { ROOT, treeMemoryMebibytes, untilTreeRests } from "./processes.mts";

async function readyTimes(prepare: () => Promise<void>, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    await prepare();
    const harness = await startHarness();
    times.push(harness.ready.readyMilliseconds);
    await harness.stop();
  }
  return times;
}

export async function measureStarts(report: (figure: Figure) => void): Promise<void> {
  const cold = await readyTimes(moveCache, 3);
  const kept = await readyTimes(async () => {}, 5);
  report({ name: "ready, nothing kept", unit: "ms", ours: median(cold), lessIsBetter: true });
  report({ name: "ready, evaluation kept", unit: "ms", ours: median(kept), lessIsBetter: true });
  // What a start compiles after it is ready, the one after it finds compiled: until then the compiler is in memory too.
  await memoryAtRest();
  report({ name: "memory at rest, whole tree", unit: "MiB", ours: await memoryAtRest(), lessIsBetter: true });
  report({ name: "a saved handler is served after", unit: "ms", ours: median(await saveTimes(3)), lessIsBetter: true });
}

async function memoryAtRest(): Promise<number> {
  const harness = await startHarness();
  await untilTreeRests(harness.pid);
  const mebibytes = treeMemoryMebibytes(harness.pid);
  await harness.stop();
  return mebibytes;
}

const PROGRAM = [
  "index.ts",
  "stack",
  "functions",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.base.json",
];
const STACKS = ["Pulumi.yaml", "Pulumi.dev.yaml"];
const CHANGED_FILE = join("functions", "get-todos.ts");

/** From the save of a handler's file to the line that says that it is served. */
async function saveTimes(runs: number): Promise<number[]> {
  // Not below node_modules, where nothing is watched.
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    for (const name of [...PROGRAM, ...STACKS]) await cp(join(ROOT, name), join(directory, name), { recursive: true });
    await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
    return await savesOf(directory, runs);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function savesOf(directory: string, runs: number): Promise<number[]> {
  const harness = await startWatching("--program", directory);
  const file = join(directory, CHANGED_FILE);
  const text = await readFile(file, "utf8");
  const times: number[] = [];
  for (let index = 0; index < runs; index += 1) {
    // Whoever saves has read what became of the save before.
    await untilTreeRests(harness.pid);
    const served = harness.nextLog(/^Changed; serving/m);
    const started = performance.now();
    await writeFile(
      file,
      text.replace(
        "export function getTodos(): Handler {",
        `$&\n  const version = ${index};\n  if (version < 0) throw new Error();`,
      ),
    );
    await served;
    times.push(performance.now() - started);
  }
  await harness.stop();
  return times;
}
