import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { EvaluationRequest } from "./evaluation.ts";
import { installedDigest } from "./evaluation-cache.ts";
import { type Evaluator, startEvaluator } from "./evaluator.ts";
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
  readonly request: EvaluationRequest;
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
  const startFor = ({ request, sdkFiles }: Expected): Spare => {
    // Before the process reads any of it: what changes meanwhile is seen as a change.
    const started = groundDigest(request.workingDirectory).then((ground) => {
      if (ground !== undefined && starting.isDropped !== true)
        starting.evaluator = start({ request, waiting: { sdkFiles } });
      return ground;
    });
    const starting: Spare = { request, started };
    return starting;
  };
  return {
    expect(request, sdkFiles) {
      expected = { request, sdkFiles };
    },
    prepare() {
      if (expected === undefined) return;
      if (!isDeepStrictEqual(spare?.request, expected.request) || spare?.evaluator?.isSpent() === true) {
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
      if (evaluator === undefined) return undefined;
      const isRight = isDeepStrictEqual(found?.request, request) && !evaluator.isSpent();
      if (isRight && ground === (await groundDigest(request.workingDirectory))) return evaluator;
      evaluator.end();
      return undefined;
    },
    close() {
      expected = undefined;
      drop();
    },
  };
}

/** Stands for what Node.js reads once when it loads packages, and what is installed; `undefined` where no package manager
 * has a record of that. */
async function groundDigest(workingDirectory: string): Promise<string | undefined> {
  const installed = await installedDigest(workingDirectory);
  if (installed === undefined) return undefined;
  const manifests = await Promise.all(
    foldersFrom(workingDirectory).map((folder) => currentDigest(join(folder, "package.json"))),
  );
  return contentDigest(JSON.stringify([installed, manifests]));
}

function foldersFrom(folder: string): readonly string[] {
  return dirname(folder) === folder ? [folder] : [folder, ...foldersFrom(dirname(folder))];
}
