import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

export const ROOT = resolve(import.meta.dirname, "..");

/** A child that prints one line of JSON once it is ready. */
export interface Started<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  /** What it printed to standard error so far. */
  readonly log: () => string;
  /** Resolves when it prints something to standard error from now on that has the pattern in it. */
  readonly nextLog: (pattern: RegExp) => Promise<void>;
  stop(): Promise<void>;
}

/** @param nodeOptions options of Node.js itself. */
export async function start<Ready>(
  script: string,
  words: readonly string[],
  nodeOptions: readonly string[] = [],
): Promise<Started<Ready>> {
  const child = spawn(process.execPath, [...nodeOptions, join(ROOT, script), ...words], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { stdout, stderr, pid } = child;
  if (stdout === null || stderr === null || pid === undefined) throw new Error(`${script} did not start`);
  const printed: string[] = [];
  stderr.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  const log = () => printed.join("");
  const nextLog = (pattern: RegExp) => nextPrinted(child, log, pattern);
  for await (const line of createInterface({ input: stdout })) {
    return { ready: JSON.parse(line) as Ready, pid, log, nextLog, stop: () => stop(child) };
  }
  throw new Error(`${script} ended before it was ready:\n${log()}`);
}

function nextPrinted(child: ChildProcess, log: () => string, pattern: RegExp): Promise<void> {
  const from = log().length;
  return new Promise((resolve) => {
    const look = () => {
      if (!pattern.test(log().slice(from))) return;
      child.stderr?.off("data", look);
      resolve();
    };
    child.stderr?.on("data", look);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGINT");
  await exited;
}

/** Runs a script to its end and reads the JSON that it prints. */
export async function run<Result>(script: string, words: readonly string[]): Promise<Result> {
  const started = await start<Result>(script, words);
  await started.stop();
  return started.ready;
}

/** A process and all below it. */
function tree(root: number): number[] {
  const parents = new Map(processes().map((pid) => [pid, parentOf(pid)]));
  const inTree = (pid: number | undefined): boolean => pid !== undefined && (pid === root || inTree(parents.get(pid)));
  return [...parents.keys()].filter(inTree);
}

/** Proportional set size of a process and all below it, in MiB: shared pages are counted once. */
export function treeMemoryMebibytes(root: number): number {
  const kibibytes = tree(root).map(proportionalKibibytes);
  return Math.round(kibibytes.reduce((sum, size) => sum + size, 0) / 1024);
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick. */
const TICK_MILLISECONDS = 10;

/** Processor time that a process and all below it have used, user and system, in milliseconds. */
export function treeProcessorMilliseconds(root: number): number {
  return tree(root).reduce((sum, pid) => sum + processorTicks(pid) * TICK_MILLISECONDS, 0);
}

const LOOK_MILLISECONDS = 250;
const LOOKS_AT_REST = 3;

/** Resolves when a process and all below it have nothing more to do that they began by themselves: a harness warms its
 * functions up and has types checked once it is ready. */
export async function untilTreeRests(root: number): Promise<void> {
  let before = "";
  for (let calm = 0; calm < LOOKS_AT_REST; ) {
    await setTimeout(LOOK_MILLISECONDS);
    // A child that waits for the processor uses none, but stands in the list.
    const now = JSON.stringify([tree(root), Math.round(treeProcessorMilliseconds(root) / 50)]);
    calm = now === before && !tree(root).some(isChecking) ? calm + 1 : 0;
    before = now;
  }
}

function isChecking(pid: number): boolean {
  return readProc(pid, "cmdline").includes("type-check-process");
}

function processorTicks(pid: number): number {
  const stat = readProc(pid, "stat");
  // The command's name stands in parentheses and may hold blanks: fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

function processes(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

function parentOf(pid: number): number | undefined {
  const parent = /^PPid:\t(\d+)$/m.exec(readProc(pid, "status"))?.[1];
  return parent === undefined || parent === "0" ? undefined : Number(parent);
}

function proportionalKibibytes(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readProc(pid, "smaps_rollup"))?.[1] ?? 0);
}
