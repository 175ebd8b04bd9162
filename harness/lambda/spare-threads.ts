import { isDeepStrictEqual } from "node:util";
import type { Worker } from "node:worker_threads";

/** What a thread is for good once it runs, whichever function it is given to. */
export interface ThreadKind {
  readonly heapMegabytes: number;
  readonly compileCache: string | undefined;
  /** The variables that Node.js reads before anything else. */
  readonly environment: Readonly<Record<string, string>>;
}

/** One thread that has started and loaded the runtime, and waits to be told whose it is: as Lambda keeps environments
 * ready, so that a cold start is the function's own code and little else. */
export interface SpareThreads {
  /** Has one ready from now on: of this kind, and later of the one that was asked for last. */
  keep(kind: ThreadKind): void;
  /** The one that is ready, where it is of this kind: nobody else gets it. Another one follows when the start is over. */
  take(kind: ThreadKind): Worker | undefined;
  close(): Promise<void>;
}

/** A cold start that is under way needs the processor itself. */
const REPLACED_AFTER_MILLISECONDS = 500;

export function spareThreads(start: (kind: ThreadKind) => Worker): SpareThreads {
  let spare: { readonly kind: ThreadKind; readonly worker: Worker } | undefined;
  let kept: ThreadKind | undefined;
  let replacing: NodeJS.Timeout | undefined;
  const replace = () => {
    replacing = undefined;
    if (kept === undefined || spare !== undefined) return;
    const started = { kind: kept, worker: start(kept) };
    spare = started;
    // It must not keep the harness alive, and one that died is nobody's.
    started.worker.unref();
    started.worker.once("exit", () => {
      if (spare === started) spare = undefined;
    });
  };
  return {
    keep(kind) {
      kept = kind;
      replace();
    },
    take(kind) {
      if (kept === undefined) return undefined;
      const found = spare !== undefined && isDeepStrictEqual(spare.kind, kind) ? spare : undefined;
      if (found !== undefined) spare = undefined;
      found?.worker.ref();
      kept = kind;
      replacing ??= setTimeout(replace, REPLACED_AFTER_MILLISECONDS).unref();
      return found?.worker;
    },
    async close() {
      kept = undefined;
      clearTimeout(replacing);
      replacing = undefined;
      await spare?.worker.terminate();
    },
  };
}
