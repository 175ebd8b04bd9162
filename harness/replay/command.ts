import { readFile } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { openTarget, type TargetOptions } from "../targets/open-target.ts";
import type { Target } from "../targets/target.ts";
import { differences, type Expectation, readExpectations } from "./expectations.ts";
import { type ReadCase, readCases } from "./read-cases.ts";
import { openRecorder } from "./recorder.ts";
import { type Outcome, replay, type Through } from "./replay.ts";
import { outcomeJson, outcomeTable, summary } from "./report.ts";

export interface ReplayCommandOptions extends TargetOptions {
  /** `-` is standard input. */
  readonly files: readonly string[];
  readonly as?: string;
  readonly through?: Through;
  readonly expectFile?: string;
  readonly recordFile?: string;
  readonly json: boolean;
}

export interface ReplaySurroundings {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  readonly readStandardInput: () => Promise<string>;
  readonly nowMilliseconds: () => number;
}

/** Exit codes of the command. */
export const REPLAY_EXIT = { asExpected: 0, different: 1 } as const;

/**
 * Replays events on a target and prints what became of them.
 *
 * @returns the exit code: 0 when all were sent, or all was as expected; 1 otherwise.
 * @throws HarnessError when it cannot run.
 */
export async function runReplay(options: ReplayCommandOptions, surroundings: ReplaySurroundings): Promise<number> {
  const cases = (await Promise.all(options.files.map((file) => casesOf(file, surroundings)))).flat();
  const expectations = options.expectFile === undefined ? undefined : await expectationsOf(options.expectFile);
  const events: string[] = [];
  const target = await openAloud(recording(options, events), surroundings);
  try {
    const outcomes = await replayOn(target, cases, options, surroundings);
    if (options.recordFile !== undefined) await record(options.recordFile, events);
    surroundings.print(options.json ? outcomeJson(outcomes) : `${target.name}\n${outcomeTable(outcomes)}`);
    return conclude(outcomes, expectations, surroundings);
  } finally {
    await target.close();
  }
}

/** What the start has to say is no part of the outcome: it goes to standard error, each line once. */
async function openAloud(options: TargetOptions, { printError }: ReplaySurroundings): Promise<Target> {
  const said = new Set<string>();
  let started = false;
  const log = (line: string) => {
    if (!started && !said.has(line)) printError(line);
    said.add(line);
  };
  const target = await openTarget({ ...options, program: { ...options.program, log } });
  started = true;
  return target;
}

function replayOn(
  target: Target,
  cases: readonly ReadCase[],
  { as, through }: ReplayCommandOptions,
  { nowMilliseconds }: ReplaySurroundings,
): Promise<readonly Outcome[]> {
  const chosen = { ...(as === undefined ? {} : { as }), ...(through === undefined ? {} : { through }) };
  return replay(cases, target, { ...chosen, nowMilliseconds });
}

async function casesOf(file: string, { readStandardInput }: ReplaySurroundings): Promise<readonly ReadCase[]> {
  if (file === "-") return readCases(await readStandardInput(), "standard input");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new HarnessError("CONFIGURATION", `The events file ${file} cannot be read.`);
  return readCases(text, file);
}

async function expectationsOf(file: string): Promise<readonly Expectation[]> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new HarnessError("CONFIGURATION", `The expectations file ${file} cannot be read.`);
  return readExpectations(text, file);
}

function recording(options: ReplayCommandOptions, events: string[]): TargetOptions {
  if (options.recordFile === undefined) return options;
  if (options.target !== "local")
    throw new HarnessError("USAGE", "--record writes what the local gateway saw: use it with --target local.");
  return { ...options, program: { ...options.program, onEvent: (payload) => events.push(payload) } };
}

async function record(file: string, payloads: readonly string[]): Promise<void> {
  const faults: string[] = [];
  const recorder = await openRecorder(file, (sentence) => faults.push(sentence));
  for (const payload of payloads) recorder.record(payload);
  await recorder.close();
  if (faults.length > 0) throw new HarnessError("CONFIGURATION", faults.join(" "));
}

function conclude(
  outcomes: readonly Outcome[],
  expectations: readonly Expectation[] | undefined,
  { printError }: ReplaySurroundings,
): number {
  const different = expectations === undefined ? [] : differences(outcomes, expectations);
  for (const difference of different) printError(`Different: ${difference}`);
  const verdict =
    expectations === undefined ? "" : different.length === 0 ? ", all as expected" : `, ${different.length} different`;
  printError(`${summary(outcomes)}${verdict}.`);
  const unsent = expectations === undefined && outcomes.some(({ sent }) => sent === "no");
  return different.length > 0 || unsent ? REPLAY_EXIT.different : REPLAY_EXIT.asExpected;
}
