import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./scratch-program.ts";

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A running `node harness/main.ts`. */
export interface RunningCommand {
  readonly pid: number;
  readonly output: readonly string[];
  readonly errors: readonly string[];
  /** The first line, of those that came and those that will, on either stream. Rejects when the command ends before. */
  line(pattern: RegExp): Promise<string>;
  /** Sends the signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<Ended>;
  ended: Promise<Ended>;
}

export interface CommandOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A check of types beside what is served takes seconds of the processor, and hardly a test is about it. */
const WITHOUT_TYPES = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

export function startCommand(words: readonly string[], options: CommandOptions = {}): RunningCommand {
  const child = spawn(process.execPath, [join(ROOT, "harness/main.ts"), ...words], {
    cwd: options.directory ?? ROOT,
    env: { ...process.env, ...WITHOUT_TYPES, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  const errors: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const read = (stream: NodeJS.ReadableStream | null, lines: string[]) => {
    if (stream === null) throw new Error("the command has no output");
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const listener of listeners) listener(line);
    });
  };
  read(child.stdout, output);
  read(child.stderr, errors);
  const ended = endOf(child, output, errors);
  return {
    pid: child.pid ?? 0,
    output,
    errors,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const found = [...output, ...errors].find((line) => pattern.test(line));
        if (found !== undefined) resolve(found);
        listeners.add((line) => pattern.test(line) && resolve(line));
        void ended.then((end) => reject(new Error(`ended before ${pattern}: ${JSON.stringify(end)}`)));
      }),
    stop(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

async function endOf(child: ChildProcess, output: readonly string[], errors: readonly string[]): Promise<Ended> {
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: output.join("\n"), errors: errors.join("\n") };
}

export function runCommand(words: readonly string[], options?: CommandOptions): Promise<Ended> {
  return startCommand(words, options).ended;
}

export interface Announcement {
  readonly apiUrl: string;
  readonly awsEndpointUrl: string;
  readonly [member: string]: unknown;
}

/** Starts `serve --json` on free ports and waits until it is ready. */
export async function startServing(
  words: readonly string[] = [],
  options?: CommandOptions,
): Promise<RunningCommand & { readonly ready: Announcement }> {
  const command = startCommand(["serve", "--json", "--port", "0", "--aws-port", "0", ...words], options);
  const ready = JSON.parse(await command.line(/^\{"apiUrl"/)) as Announcement;
  return { ...command, ready };
}

/** The processes that a process has started, and theirs. */
export function descendants(pid: number): readonly number[] {
  const parents = new Map(processes().map(({ id, parent }) => [id, parent]));
  const under = (id: number | undefined): boolean => id !== undefined && (id === pid || under(parents.get(id)));
  return [...parents.keys()].filter((id) => id !== pid && under(id));
}

/** The words that a process was started with; none where it has ended. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** Waits until none of the processes runs: one that was told to end may take its time over it. */
export async function allGone(pids: readonly number[]): Promise<void> {
  const isRunning = (pid: number) => processes().some(({ id, state }) => id === pid && state !== "Z");
  while (pids.some(isRunning)) await new Promise(setImmediate);
}

function processes(): readonly { id: number; parent: number; state: string }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // The name stands in parentheses and may hold any character; what follows does not.
      const [state = "", parent = ""] = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return [{ id: Number(name), parent: Number(parent), state }];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}
