import { Worker } from "node:worker_threads";
import { HarnessError } from "../errors.ts";
import type { EngineProcess } from "./dynoxide.ts";

/** What the thread tells: where it listens, that it failed to, or what went wrong inside an operation. */
export type DynaliteMessage =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "defect"; readonly reason: string };

/** Starts dynalite in a thread of its own; without `path` all is in memory. */
export async function startDynalite(path: string | undefined, log: (line: string) => void): Promise<EngineProcess> {
  const worker = new Worker(new URL("./dynalite-thread.ts", import.meta.url), {
    workerData: { path },
    env: {},
    execArgv: [],
  });
  const ended = new Promise<string>((resolve) => {
    worker.once("error", (error) => resolve(error instanceof Error ? error.message : String(error)));
    worker.once("exit", (code) => resolve(`its thread ended with code ${code}`));
  });
  const listening = new Promise<number | string>((resolve) => {
    worker.on("message", (message: DynaliteMessage) => {
      if (message.kind === "defect") log(`dynalite: ${message.reason}`);
      else resolve(message.kind === "listening" ? message.port : message.reason);
    });
  });
  const port = await Promise.race([listening, ended]);
  if (typeof port === "string") {
    await worker.terminate();
    throw new HarnessError("ENGINE_FAILED", `The DynamoDB engine dynalite did not start: ${port}`);
  }
  return { port, ended, stop: () => stop(worker, ended) };
}

/** Lets LevelDB close its files; a thread that does not end by itself is ended. */
async function stop(worker: Worker, ended: Promise<string>): Promise<void> {
  worker.postMessage("close");
  const insist = setTimeout(() => void worker.terminate(), 700);
  await ended;
  clearTimeout(insist);
}
