import { Worker } from "node:worker_threads";
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
  /** What goes into a package with these options; `undefined` where Pulumi itself has to say: it warns of something, or
   * refuses. */
  answer(options: unknown): Promise<ReadPackages | undefined>;
}

/** Begins to read. Nothing waits for it that does not ask.
 * @param environment what the thread finds: looking at this process's own is noted as the program's. */
export function startPackageReader(data: PackageReaderData, environment: NodeJS.ProcessEnv): PackageReader {
  const worker = new Worker(new URL("./package-reader-thread.ts", import.meta.url), {
    workerData: data,
    env: environment,
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
  worker.on("message", settle);
  worker.once("error", giveUp);
  worker.once("exit", giveUp);
  // Listening keeps a process alive again.
  worker.unref();
  return {
    answer(options) {
      if (isOver) return Promise.resolve(undefined);
      worker.ref();
      worker.postMessage(options);
      return new Promise((resolve) => pending.push(resolve));
    },
  };
}
