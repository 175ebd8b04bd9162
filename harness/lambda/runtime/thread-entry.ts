/** Where a sandbox that is a thread begins. It loads what every function needs and waits to be told whose it is. */

import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { startRuntime } from "./execution-environment.ts";
import type { NextInvocation, RuntimeSettings } from "./runtime-messages.ts";

export interface ThreadStart {
  readonly settings: RuntimeSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly port: MessagePort;
}

// A handler that reads `workerData` finds nothing.
for (const key of Object.keys(workerData)) delete workerData[key];

parentPort?.once("message", ({ settings, environment, port }: ThreadStart) => {
  Object.assign(process.env, environment);
  startRuntime(settings, {
    say: (message) => port.postMessage(message),
    onNext: (listener) => void port.on("message", (next: NextInvocation) => listener(next)),
    ref: () => port.ref(),
    unref: () => port.unref(),
  });
});
