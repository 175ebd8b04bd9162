import { SHARE_ENV, Worker } from "node:worker_threads";
import type { TrackedFile } from "./tracked-files.ts";

/** One entry of a function's package. */
export interface CodePath {
  readonly archivePath: string;
  /** On disk, from the working directory. */
  readonly path: string;
  readonly isArchive: boolean;
}

/** What the thread is started with. */
export interface PackageReaderData {
  /** The file of the program's SDK that tells which packages go into a function's package. */
  readonly codePathsFile: string;
}

/** What the thread is asked. */
export interface PackageQuestion {
  /** As plain data. */
  readonly options: object;
  /** Where the process that asks is: a thread shares that, and may have another one by the time it answers. */
  readonly directory: string;
}

/** What the thread answers. */
export interface ReadPackages {
  /** What was installed before the first package was read. */
  readonly surroundings: string;
  /** All that was read outside `node_modules`. */
  readonly files: readonly TrackedFile[];
  readonly paths: readonly CodePath[];
}

/** Reads the tree of installed packages on a thread of its own, while the program is still being loaded. */
export interface PackageReader {
  /** What goes into a package with these options, which are lists of names; `undefined` where Pulumi itself has to say: it
   * warns of something, or refuses. */
  answer(options: object | undefined): Promise<ReadPackages | undefined>;
}

/** Begins to read. Nothing waits for it that does not ask. */
export function startPackageReader(data: PackageReaderData): PackageReader {
  const worker = new Worker(new URL("./package-reader-thread.ts", import.meta.url), {
    workerData: data,
    // A copy would be made by reading it, which is noted as the program's doing.
    env: SHARE_ENV,
    stdout: true,
    stderr: true,
  });
  const pending: ((answer: ReadPackages | undefined) => void)[] = [];
  let isOver = false;
  const settle = (answer: ReadPackages | undefined) => {
    pending.shift()?.(answer);
    if (pending.length === 0) worker.unref();
  };
  const giveUp = () => {
    isOver = true;
    while (pending.length > 0) settle(undefined);
  };
  // In the order in which it was asked.
  worker.on("message", settle);
  worker.once("error", giveUp);
  worker.once("exit", giveUp);
  // A process would be kept alive by what nobody reads there, and by listening.
  worker.stdout.destroy();
  worker.stderr.destroy();
  worker.unref();
  return {
    answer(options) {
      if (isOver) return Promise.resolve(undefined);
      // A list may be one that cannot be sent as it is.
      const plain = JSON.parse(JSON.stringify(options ?? {})) as object;
      const question: PackageQuestion = { options: plain, directory: process.cwd() };
      worker.postMessage(question);
      worker.ref();
      return new Promise((resolve) => pending.push(resolve));
    },
  };
}
