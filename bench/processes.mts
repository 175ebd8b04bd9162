import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const ROOT = resolve(import.meta.dirname, "..");

/** A child that prints one line of JSON once it is ready. */
export interface Started<Ready> {
  readonly ready: Ready;
  readonly pid: number;
  /** What it printed to standard error so far. */
  readonly log: () => string;
  stop(): Promise<void>;
}

export async function start<Ready>(script: string, words: readonly string[]): Promise<Started<Ready>> {
  const child = spawn(process.execPath, [join(ROOT, script), ...words], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { stdout, stderr, pid } = child;
  if (stdout === null || stderr === null || pid === undefined) throw new Error(`${script} did not start`);
  const printed: string[] = [];
  stderr.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
  const log = () => printed.join("");
  for await (const line of createInterface({ input: stdout })) {
    return { ready: JSON.parse(line) as Ready, pid, log, stop: () => stop(child) };
  }
  throw new Error(`${script} ended before it was ready:\n${log()}`);
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

/** Proportional set size of a process and all below it, in MiB: shared pages are counted once. */
export function treeMemoryMebibytes(root: number): number {
  const parents = new Map(processes().map((pid) => [pid, parentOf(pid)]));
  const inTree = (pid: number | undefined): boolean => pid !== undefined && (pid === root || inTree(parents.get(pid)));
  const kibibytes = [...parents.keys()].filter(inTree).map(proportionalKibibytes);
  return Math.round(kibibytes.reduce((sum, size) => sum + size, 0) / 1024);
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
