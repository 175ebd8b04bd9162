import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { HarnessError } from "../errors.ts";
import type { Evaluation, EvaluationReply, EvaluationStart, Failure } from "./evaluation.ts";
import type { TrackedFile } from "./tracked-files.ts";

/** What an evaluation is told to and ended by. */
export interface EvaluatorSurroundings {
  /** What the program and Pulumi print while they run, line by line. */
  readonly onOutput: (line: string) => void;
  /** What the outcome depends on, also where there is no result. */
  readonly onFiles: (files: readonly TrackedFile[]) => void;
  /** Ends the evaluation, which then rejects. */
  readonly signal?: AbortSignal;
}

/** A process that evaluates one program once. */
export interface Evaluator {
  /** Has a process that waits go on. @throws ProgramError or HarnessError EVALUATION_FAILED, or SpareFailed for a process
   * that waited and did not come to the program. */
  evaluate(surroundings: EvaluatorSurroundings): Promise<Evaluation>;
  /** Ends a process that waits. */
  end(): void;
  /** Whether it has ended, or failed, before it was asked for anything. */
  isSpent(): boolean;
}

/** What the program itself ended with. */
export class ProgramError extends HarnessError {
  readonly failure: Failure;

  constructor(message: string, failure: Failure) {
    super("EVALUATION_FAILED", message);
    this.failure = failure;
  }
}

/** Says nothing of the program: another process evaluates it. */
export class SpareFailed extends Error {}

/** Turns the compile cache on before the evaluating process reads its own TypeScript, so that its types are left out once
 * and not at each evaluation. */
function compileCacheArguments(directory: string | undefined): readonly string[] {
  const code = `import { enableCompileCache } from "node:module"; enableCompileCache(${JSON.stringify(directory)});`;
  return ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
}

/** It has answered, and writes what it compiled; then it ends, whatever the program would go on with. Nobody waits for it. */
function letGo(child: ChildProcess): void {
  if (child.connected) child.once("disconnect", () => child.kill());
  else child.kill();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.channel?.unref();
  child.unref();
}

/** How a process ended: by its answer, or else. */
type Ending = EvaluationReply | { readonly kind: "ended"; readonly reason: string };

export function startEvaluator(start: EvaluationStart): Evaluator {
  const child = fork(join(import.meta.dirname, "evaluation-process.ts"), {
    execArgv: [
      // More threads that collect and optimize take the processors from the one that everybody waits for.
      "--v8-pool-size=1",
      // It makes many short-lived objects and lives for seconds: a tenth of its processor time went into collecting them.
      "--min-semi-space-size=32",
      "--max-semi-space-size=64",
      "--disable-warning=ExperimentalWarning",
      "--disable-warning=DEP0180",
      ...compileCacheArguments(start.request.compileCacheDirectory),
    ],
    silent: true,
  });
  const output = childOutput(child);
  let ending: Ending | undefined;
  const ended = new Promise<Ending>((resolve) => {
    const end = (how: Ending) => {
      ending ??= how;
      resolve(how);
    };
    child.once("message", (reply: EvaluationReply) => end(reply));
    child.once("error", (error) => end({ kind: "ended", reason: `could not be started: ${error.message}` }));
    child.once("exit", (code, signal) => {
      const reason = `ended early (${signal ?? `exit code ${code}`}).\n${output.tail()}`.trimEnd();
      // Its answer may still be on the way.
      if (child.connected) child.once("disconnect", () => end({ kind: "ended", reason }));
      else end({ kind: "ended", reason });
    });
  });
  child.send(start);
  return {
    isSpent: () => ending !== undefined,
    end: () => void child.kill(),
    async evaluate({ onOutput, onFiles, signal }) {
      output.tell(onOutput);
      const abort = () => child.kill();
      signal?.addEventListener("abort", abort);
      if (signal?.aborted === true) abort();
      if (start.waiting !== undefined) child.send("go", () => {});
      const how = await ended;
      signal?.removeEventListener("abort", abort);
      letGo(child);
      const isBegun = how.kind === "evaluated" || (how.kind === "failed" && how.isBegun);
      if (start.waiting !== undefined && !isBegun && signal?.aborted !== true) throw new SpareFailed();
      if (how.kind !== "ended") onFiles(how.kind === "evaluated" ? how.evaluation.files : how.files);
      return resultOf(how, start.request.entryPoint);
    },
  };
}

function resultOf(how: Ending, entryPoint: string): Evaluation {
  if (how.kind === "evaluated") return how.evaluation;
  if (how.kind === "failed") throw new ProgramError(`The program ${entryPoint} failed:\n${how.message}`, how.failure);
  throw new HarnessError("EVALUATION_FAILED", `The program ${entryPoint} ${how.reason}`);
}

interface ChildOutput {
  /** Tells what was printed before, and from now on. */
  tell(onOutput: (line: string) => void): void;
  /** The last lines. */
  tail(): string;
}

function childOutput(child: ChildProcess): ChildOutput {
  const printed: string[] = [];
  let told: ((line: string) => void) | undefined;
  const print = (chunk: Buffer) => {
    const lines = chunk.toString().split("\n");
    for (const line of lines.filter((text) => text.trim() !== "")) {
      printed.push(line);
      told?.(line);
    }
  };
  child.stdout?.on("data", print);
  child.stderr?.on("data", print);
  return {
    tell(onOutput) {
      for (const line of printed) onOutput(line);
      told = onOutput;
    },
    tail: () => printed.slice(-10).join("\n"),
  };
}
