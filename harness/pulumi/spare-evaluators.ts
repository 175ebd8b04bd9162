import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { EvaluationRequest } from "./evaluation.ts";
import { installedDigest } from "./evaluation-cache.ts";
import { type Evaluator, startEvaluator } from "./evaluator.ts";
import { foldersAround } from "./installed-packages.ts";
import { contentDigest, currentDigest } from "./tracked-files.ts";

/** One process that has loaded what an evaluation begins with, Pulumi and its compiler, and waits for the next change of the
 * program: most of an evaluation is done before the file is saved. It evaluates once, as any other. */
export interface SpareEvaluators {
  /** Notes what is evaluated, for the next time. @param sdkFiles files of Pulumi's packages that the program loads. */
  expect(request: EvaluationRequest, sdkFiles: readonly string[]): void;
  /** Has one ready from now on for what was noted, and for a while: it takes more memory than all else. */
  prepare(): void;
  /** The one that is ready, where it is for this request and for what is installed now; nobody else gets it. */
  take(request: EvaluationRequest): Promise<Evaluator | undefined>;
  close(): void;
}

/** Whoever saves a file sooner after the one before finds one ready. */
const KEPT_MILLISECONDS = 120_000;

interface Expected {
  readonly request: EvaluationRequest;
  readonly sdkFiles: readonly string[];
}

interface Spare {
  readonly expected: Expected;
  /** What the process stands on, once that is known and it was started. */
  readonly started: Promise<string | undefined>;
  evaluator?: Evaluator;
  isDropped?: true;
}

export function spareEvaluators(start: typeof startEvaluator = startEvaluator): SpareEvaluators {
  let expected: Expected | undefined;
  let spare: Spare | undefined;
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    const released = spare;
    clearTimeout(timer);
    spare = undefined;
    return released;
  };
  const drop = () => {
    const dropped = release();
    if (dropped !== undefined) dropped.isDropped = true;
    dropped?.evaluator?.end();
  };
  const startFor = (expected: Expected): Spare => {
    const { request, sdkFiles } = expected;
    // Before the process reads any of it: what changes meanwhile is seen as a change.
    const started = groundDigest(expected).then((ground) => {
      if (ground !== undefined && starting.isDropped !== true)
        starting.evaluator = start({ request, waiting: { sdkFiles } });
      return ground;
    });
    const starting: Spare = { expected, started };
    return starting;
  };
  return {
    expect(request, sdkFiles) {
      expected = { request, sdkFiles };
    },
    prepare() {
      if (expected === undefined) return;
      if (!isDeepStrictEqual(spare?.expected.request, expected.request) || spare?.evaluator?.isSpent() === true) {
        drop();
        spare = startFor(expected);
      }
      clearTimeout(timer);
      timer = setTimeout(drop, KEPT_MILLISECONDS).unref();
    },
    async take(request) {
      const found = release();
      const ground = await found?.started;
      const evaluator = found?.evaluator;
      if (found === undefined || evaluator === undefined) return undefined;
      const isRight = isDeepStrictEqual(found.expected.request, request) && !evaluator.isSpent();
      if (isRight && ground === (await groundDigest(found.expected))) return evaluator;
      evaluator.end();
      return undefined;
    },
    close() {
      expected = undefined;
      drop();
    },
  };
}

/** Stands for what is installed, for what the process loads, and for which packages are found by that; `undefined` where no
 * package manager has a record. */
async function groundDigest({ request: { workingDirectory }, sdkFiles }: Expected): Promise<string | undefined> {
  const installed = await installedDigest(workingDirectory);
  if (installed === undefined) return undefined;
  const folders = foldersAround([join(workingDirectory, "package.json"), ...sdkFiles]);
  const packages = folders.map((folder) => currentDigest(folder, "packages"));
  const loaded = sdkFiles.map((file) => currentDigest(file, "times"));
  return contentDigest(JSON.stringify([installed, await Promise.all([...packages, ...loaded])]));
}
