import { resolve } from "node:path";
import { beginStart, type ProgramChoice } from "../begun-start.ts";
import type { ServeOptions } from "./command-line.ts";
import type { Asked } from "./serve-program.ts";

/** The streams of the process, passed in. */
export interface Output {
  readonly standard: (line: string) => void;
  readonly error: (line: string) => void;
}

export interface ServeSurroundings {
  readonly output: Output;
  readonly millisecondsSinceStart: () => number;
  /** Aborted when the user wants it to end, also before it is ready. */
  readonly signal: AbortSignal;
}

/** The `serve` command: starts, announces, follows changes. Resolves once ready; `close` ends it. What is not needed to have
 * the program evaluated is loaded afterwards: its process is then at work meanwhile. */
export async function serve(
  options: ServeOptions,
  { output, millisecondsSinceStart, signal }: ServeSurroundings,
): Promise<{ close(): Promise<void> }> {
  const log = options.json ? output.error : output.standard;
  if (!options.json) log(`Evaluating ${resolve(options.programDirectory)} …`);
  const asked = await openAsked(options, log);
  const program: ProgramChoice = {
    programDirectory: options.programDirectory,
    configuration: options.configuration,
    log,
    signal,
    ...(options.stack === undefined ? {} : { stack: options.stack }),
    ...(options.references === undefined ? {} : { references: options.references }),
  };
  const begun = options.dataDirectory === undefined ? beginStart(program) : undefined;
  // Loading the rest of the harness keeps this thread busy.
  await begun?.underWay;
  const { serveProgram } = await import("./serve-program.ts");
  return serveProgram(options, {
    ...asked,
    program,
    ...(begun === undefined ? {} : { begun }),
    announce: output.standard,
    millisecondsSinceStart,
  });
}

/** What some options name: a mistake in it ends the start before anything is begun. */
async function openAsked(
  { inspectorPort, recordFile, seedFile }: ServeOptions,
  log: (line: string) => void,
): Promise<Asked> {
  const inspector =
    inspectorPort === undefined ? {} : { inspector: (await import("./inspector.ts")).openInspector(inspectorPort) };
  const recorder =
    recordFile === undefined
      ? {}
      : { recorder: await (await import("../replay/recorder.ts")).openRecorder(recordFile, log) };
  const seed = seedFile === undefined ? {} : { seed: await (await import("./seed-file.ts")).readSeed(seedFile) };
  return { ...inspector, ...recorder, ...seed };
}
