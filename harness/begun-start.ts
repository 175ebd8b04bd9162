import { systemRandom } from "./cognito/random.ts";
import { type EvaluatedProgram, evaluateProgram } from "./pulumi/evaluate.ts";
import { spareEvaluators } from "./pulumi/spare-evaluators.ts";
import { changedFiles, type TrackedFile } from "./pulumi/tracked-files.ts";

/** What of a harness's options its program is evaluated with. */
export interface ProgramChoice {
  /** The folder with `Pulumi.yaml`. */
  readonly programDirectory: string;
  /** Default `dev`. */
  readonly stack?: string;
  /** Configuration before the stack file's. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Files with the outputs of other stacks, by the stack's name in a StackReference. */
  readonly references?: Readonly<Record<string, string>>;
  /** A line for the user. Holds no token, password or code. */
  readonly log: (line: string) => void;
  /** Ends an evaluation that is under way: the start or reload that it is for rejects. */
  readonly signal?: AbortSignal;
}

/** One program, evaluated at the start and again after changes. */
export interface ProgramEvaluation {
  /** @param onUnderWay told once a kept result is found, or the program's own process is started. */
  evaluate(onUnderWay?: () => void): Promise<EvaluatedProgram>;
  /** What the newest evaluation depended on, also where it failed. */
  readFiles(): readonly TrackedFile[];
  /** Whether any of it is no longer on disk as it was read. */
  isStale(): Promise<boolean>;
  /** Has a process ready for the next evaluation, for a while. */
  prepare(): void;
  close(): void;
}

/** @param secretSeed kept over reloads, and in the data directory over starts: a client's secret stays what it was. */
export function programEvaluation(options: ProgramChoice, secretSeed: string): ProgramEvaluation {
  const { programDirectory, stack, configuration, references, log } = options;
  const evaluators = spareEvaluators();
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  let read: readonly TrackedFile[] = [];
  return {
    evaluate: (onUnderWay = () => {}) =>
      evaluateProgram({
        onUnderWay,
        programDirectory,
        secretSeed,
        signal,
        evaluators,
        onOutput: log,
        onFiles(files) {
          read = files;
        },
        ...(stack === undefined ? {} : { stack }),
        ...(configuration === undefined ? {} : { configuration }),
        ...(references === undefined ? {} : { references }),
      }),
    readFiles: () => read,
    isStale: async () => (await changedFiles(read)).length > 0,
    prepare: evaluators.prepare,
    close() {
      ending.abort();
      evaluators.close();
    },
  };
}

/** A start's longest part, which needs nothing else of it. */
export interface BegunStart {
  readonly evaluation: ProgramEvaluation;
  readonly program: Promise<EvaluatedProgram>;
  /** Resolves when the program is evaluated elsewhere, or need not be: from then on this thread has time. */
  readonly underWay: Promise<void>;
}

/** Begins a start that keeps nothing, while most of the harness is still to be loaded. */
export function beginStart(options: ProgramChoice): BegunStart {
  const evaluation = programEvaluation(options, systemRandom.bytes(32).toString("base64"));
  const underWay = Promise.withResolvers<void>();
  const program = evaluation.evaluate(underWay.resolve);
  // Whoever waits for the program is told why there is none.
  program.catch(() => underWay.resolve());
  return { evaluation, program, underWay: underWay.promise };
}
