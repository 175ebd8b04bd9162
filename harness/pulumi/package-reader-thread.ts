/** The thread of a package reader: loads of Pulumi's SDK what reads the tree of installed packages, and nothing else. */
import { on } from "node:events";
import { flushCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { countWarnings, describeCodePaths, installedSurroundings } from "./code-paths.ts";
import { observeReads } from "./observed-reads.ts";
import type { PackageQuestion, PackageReaderData, ReadPackages } from "./package-reader.ts";
import { loadPackageTreeReader } from "./sdk-shortcuts.ts";

type Assets = Parameters<typeof describeCodePaths>[0];

interface CodePathsModule {
  computeCodePaths(options?: unknown): Promise<Assets>;
}

const { codePathsFile }: PackageReaderData = workerData;
const reads = observeReads();
const surroundings = installedSurroundings();
const warnings = countWarnings();
const warn = (text: string) => console.warn(text);

class Asset {
  readonly path: Promise<string>;
  constructor(path: string) {
    this.path = Promise.resolve(path);
  }
}

class Archive extends Asset {
  readonly __pulumiArchive = true;
}

/** What that file takes from the rest of the SDK, whose loading takes longer than all that is done here. */
const STAND_INS = new Map([
  ["../..", { __esModule: true, log: { warn } }],
  ["../../asset", { __esModule: true, FileArchive: Archive, FileAsset: Asset }],
  ["../../errors", { __esModule: true, ResourceError: Error }],
]);

const { computeCodePaths } = loadPackageTreeReader(codePathsFile, STAND_INS) as CodePathsModule;
// The tree is the same whatever is asked.
await computeCodePaths().catch(() => undefined);

async function answer({ options, directory }: PackageQuestion): Promise<ReadPackages | undefined> {
  const before = warnings();
  const isThere = () => process.cwd() === directory;
  const wasThere = isThere();
  const paths = await describeCodePaths(await computeCodePaths(options));
  const isSure = wasThere && isThere() && warnings() === before;
  return paths !== undefined && isSure ? { surroundings, files: reads.files(), paths } : undefined;
}

/** One after the other: answers are told apart by their order, and warnings by what was asked meanwhile. */
async function answerInOrder(port: NonNullable<typeof parentPort>): Promise<void> {
  for await (const [question] of on(port, "message") as AsyncIterable<[PackageQuestion]>) {
    port.postMessage(await answer(question).catch(() => undefined));
    flushCompileCache();
  }
}

if (parentPort !== null) await answerInOrder(parentPort);
