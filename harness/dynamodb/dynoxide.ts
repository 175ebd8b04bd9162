import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { HarnessError } from "../errors.ts";
import { type EngineAddress, secretLoopbackAddress } from "./engine-address.ts";

/** An engine that runs in a process or thread of its own. */
export interface EngineProcess {
  readonly address: EngineAddress;
  /** Settles when the process has ended, with the reason, be it asked to or not. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

const READY_WITHIN_MILLISECONDS = 5_000;
const ATTEMPTS = 5;

/** The path of this platform's dynoxide binary; undefined where the optional package is not installed, and where it
 * could not be kept from web pages: it listens on TCP, answers every origin, and only Linux has loopback addresses that
 * nobody can guess. */
export function findDynoxide(): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@dynoxide/${process.platform}-${process.arch}/package.json`,
    );
    const binary = join(dirname(manifest), "dynoxide");
    accessSync(binary, constants.X_OK);
    return binary;
  } catch {
    return undefined;
  }
}

/**
 * The shell becomes the engine and leaves a watcher behind that waits on the harness's end of a pipe: however the
 * harness dies, the pipe ends and the engine is killed. A line on the pipe dismisses the watcher. What the engine writes is this user's alone.
 */
const WATCHED = `umask 077
exec 3<&0
{ read -r _ <&3 || kill -9 $$; } >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`;

/** Starts dynoxide where nobody can guess it; without `databasePath` all is in memory. */
export async function startDynoxide(binary: string, databasePath: string | undefined): Promise<EngineProcess> {
  let lastFailure = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const started = await tryStart(binary, secretLoopbackAddress(), databasePath);
    if (typeof started !== "string") return started;
    lastFailure = started;
    if (!lastFailure.includes("in use")) break;
  }
  throw new HarnessError("ENGINE_FAILED", `The DynamoDB engine ${binary} did not start: ${lastFailure}`);
}

async function tryStart(
  binary: string,
  address: ReturnType<typeof secretLoopbackAddress>,
  databasePath: string | undefined,
): Promise<EngineProcess | string> {
  const storage = databasePath === undefined ? [] : ["--db-path", databasePath];
  const command = [binary, "serve", "--host", address.host, "--port", String(address.port), ...storage];
  // A session of its own: Ctrl-C in the terminal must not take the engine away from requests under way.
  const child = spawn("/bin/sh", ["-c", WATCHED, "sh", ...command], {
    stdio: ["pipe", "ignore", "pipe"],
    detached: true,
    env: {},
  });
  const ended = endOf(child);
  const failure = await Promise.race([readiness(child), ended]);
  if (failure !== "") {
    child.kill("SIGKILL");
    return failure;
  }
  return { address, ended, stop: () => stop(child, ended) };
}

/** Settles with "" once the engine says that it listens, or with what went wrong. */
function readiness(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("it did not report that it listens"), READY_WITHIN_MILLISECONDS);
    let said = "";
    const settle = (failure: string) => {
      clearTimeout(timer);
      resolve(failure);
    };
    child.stderr?.setEncoding("utf8");
    child.stderr?.on("data", (text: string) => {
      if (said.length < 4_096) said += text;
      if (/listening on/i.test(said)) settle("");
    });
    child.stderr?.on("end", () => settle(said.trim() || "it ended at once"));
  });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.stdin?.on("error", () => undefined);
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      child.stdin?.end("\n");
      // Its last words, if any, come before the end of standard error and are the better reason.
      setImmediate(() => resolve(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`));
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), 500);
  await ended;
  clearTimeout(insist);
}
