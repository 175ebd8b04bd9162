import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { dirname, sep } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { encodeFrame, frameReader } from "./runtime/frames.ts";
import {
  KILLED,
  maximumHeapMegabytes,
  type RuntimeHost,
  type RuntimeHostEvents,
  runtimeSettings,
  type SandboxOptions,
} from "./runtime-host.ts";
import type { MeasureUtilization } from "./utilization.ts";

const ENTRY = fileURLToPath(new URL("./runtime/process-entry.ts", import.meta.url));
const RUNTIME = dirname(dirname(ENTRY));

/** Turns on the compile cache, which Node itself goes on writing, and gives away the permission to touch it; then leaves
 * no word of the command line behind. */
const BOOTSTRAP = `
  const [entry, compileCache] = process.argv.splice(1);
  process.execArgv = [];
  if (compileCache !== undefined) {
    require("node:module").enableCompileCache(compileCache);
    for (const scope of ["fs.read", "fs.write"]) process.permission.drop(scope, compileCache + require("node:path").sep);
  }
  require(entry);`;

/** A third of the young generation. */
const SEMI_SPACE_MEGABYTES = 1;

/** The largest response twice, for text that JSON has to escape once more. */
const MAXIMUM_FRAME_BYTES = 16 * 1024 * 1024;

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** Signals by the names that Lambda has for them, which are Go's. */
const SIGNALS: ReadonlyMap<string, string> = new Map([
  ["SIGABRT", "aborted"],
  ["SIGBUS", "bus error"],
  ["SIGILL", "illegal instruction"],
  ["SIGKILL", "killed"],
  ["SIGSEGV", "segmentation fault"],
  ["SIGTERM", "terminated"],
  ["SIGTRAP", "trace/breakpoint trap"],
]);

/** Runs the runtime in a process of its own, under Node's permission model: it reads its package and the SDK, writes its
 * own `/tmp`, starts nothing, and is told nothing of the host.
 * @see https://nodejs.org/docs/latest-v24.x/api/permissions.html */
export function startRuntimeProcess(options: SandboxOptions, events: RuntimeHostEvents): RuntimeHost {
  const child = spawn(process.execPath, nodeOptions(options), {
    cwd: options.taskRoot,
    env: { ...options.environment },
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const [toRuntime, fromRuntime] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const end = () => void child.kill("SIGKILL");
  let heapExhausted = false;
  listenTo(fromRuntime, events, end);
  // Its end is reported by the process's own.
  toRuntime.on("error", () => {});
  child.on("error", end);
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      heapExhausted ||= text.includes("JavaScript heap out of memory");
      events.onOutput(text);
    });
  const ended = new Promise<void>((resolve) => {
    child.on("close", (status, signal) => {
      events.onEnd(heapExhausted && signal === "SIGABRT" ? KILLED : endedHow(status, signal));
      resolve();
    });
  });
  toRuntime.write(encodeFrame(runtimeSettings(options)));
  return {
    send: (next) => void toRuntime.write(encodeFrame(next)),
    end: () => {
      end();
      return ended;
    },
    utilization: mainThreadUtilization(child.pid),
    peakMemoryBytes: () => peakMemoryBytes(child.pid),
  };
}

/** What is no frame ends the conversation, and so does closing the channel. */
function listenTo(fromRuntime: Readable, events: RuntimeHostEvents, end: () => void): void {
  const frames = frameReader(MAXIMUM_FRAME_BYTES);
  fromRuntime.on("data", (chunk: Buffer) => {
    try {
      for (const message of frames.read(chunk)) events.onMessage(message);
    } catch {
      fromRuntime.destroy();
      events.onMessage(undefined);
    }
  });
  fromRuntime.on("error", () => {});
  fromRuntime.on("close", end);
}

function endedHow(status: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `signal: ${SIGNALS.get(signal) ?? signal}`;
  return status === 0 ? undefined : `exit status ${status}`;
}

function nodeOptions(options: SandboxOptions): readonly string[] {
  const { lambdaFunction, temporaryFolder, readableFolders, compileCache } = options;
  const cache = compileCache === undefined ? [] : [compileCache];
  return [
    "--permission",
    ...[RUNTIME, ...readableFolders, ...cache].map((folder) => `--allow-fs-read=${folder}${sep}`),
    ...[temporaryFolder, ...cache].map((folder) => `--allow-fs-write=${folder}${sep}`),
    // Node's own SQLite opens files without asking the permission model.
    "--no-experimental-sqlite",
    `--max-old-space-size=${maximumHeapMegabytes(lambdaFunction)}`,
    `--max-semi-space-size=${SEMI_SPACE_MEGABYTES}`,
    "--eval",
    BOOTSTRAP,
    ENTRY,
    ...cache,
  ];
}

/** A folder for V8's code cache that processes may share, since they give up the permission to write it; `undefined`
 * where this Node.js does not let them. */
export async function processCompileCache(folder: string): Promise<string | undefined> {
  const probe = ["--permission", "--eval", "process.exit(typeof process.permission.drop === 'function' ? 0 : 1)"];
  const canDrop = await new Promise<boolean>((resolve) =>
    execFile(process.execPath, probe, { env: {} }, (error) => resolve(error === null)),
  );
  if (!canDrop) return undefined;
  await mkdir(folder, { recursive: true });
  return realpath(folder);
}

/** The most pages that a process ever held, as Linux counts them; `undefined` where there is no such file. */
function peakMemoryBytes(pid: number | undefined): number | undefined {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}

/** How long the main thread ran or was ready to, as Linux counts it; elsewhere it counts as waiting. */
function mainThreadUtilization(pid: number | undefined): MeasureUtilization {
  const since = performance.now();
  return () => {
    const active = mainThreadMilliseconds(pid);
    return { active, idle: Math.max(0, performance.now() - since - active) };
  };
}

function mainThreadMilliseconds(pid: number | undefined): number {
  try {
    const [running = 0, ready = 0] = readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ").map(Number);
    return (running + ready) / NANOSECONDS_PER_MILLISECOND;
  } catch {
    return 0;
  }
}
