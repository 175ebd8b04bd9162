import { Worker } from "node:worker_threads";
import { HarnessError } from "../errors.ts";
import type { EngineProcess } from "./dynoxide.ts";
import { privateSocket } from "./engine-address.ts";

/** What the thread is started with: where its data is, and the socket that it listens on. */
export interface DynaliteData {
  readonly path: string | undefined;
  readonly socket: string;
}

/** What the thread tells: that it listens, that it failed to, or what went wrong inside an operation. */
export type DynaliteMessage =
  | { readonly kind: "listening" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "defect"; readonly reason: string };

/** Starts dynalite in a thread of its own; without `path` all is in memory. */
export async function startDynalite(path: string | undefined, log: (line: string) => void): Promise<EngineProcess> {
  // What LevelDB writes is this user's alone. It knows no modes, and a thread cannot set its own mask.
  if (path !== undefined) process.umask(0o077);
  const socket = await privateSocket();
  const worker = new Worker(new URL("./dynalite-thread.ts", import.meta.url), {
    workerData: { path, socket: socket.path } satisfies DynaliteData,
    env: {},
    execArgv: [],
  });
  const ended = endOf(worker).finally(socket.remove);
  const failure = await Promise.race([readiness(worker, log), ended]);
  if (failure !== undefined) {
    await worker.terminate();
    throw new HarnessError("ENGINE_FAILED", `The DynamoDB engine dynalite did not start: ${failure}`);
  }
  return { address: { path: socket.path }, ended, stop: () => stop(worker, ended) };
}

function endOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.once("error", (error) => resolve(error instanceof Error ? error.message : String(error)));
    worker.once("exit", (code) => resolve(`its thread ended with code ${code}`));
  });
}

/** Settles with `undefined` once it listens, or with what went wrong. */
function readiness(worker: Worker, log: (line: string) => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    worker.on("message", (message: DynaliteMessage) => {
      if (message.kind === "defect") log(`dynalite: ${message.reason}`);
      else resolve(message.kind === "failed" ? message.reason : undefined);
    });
  });
}

/** Lets LevelDB close its files; a thread that does not end by itself is ended. */
async function stop(worker: Worker, ended: Promise<string>): Promise<void> {
  worker.postMessage("close");
  const insist = setTimeout(() => void worker.terminate(), 700);
  await ended;
  clearTimeout(insist);
}
