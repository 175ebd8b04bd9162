/** Where a sandbox that is a thread begins. */

import { type MessagePort, workerData } from "node:worker_threads";
import { startRuntime } from "./execution-environment.ts";
import type { NextInvocation, RuntimeSettings } from "./runtime-messages.ts";

export interface ThreadStart {
  readonly settings: RuntimeSettings;
  readonly port: MessagePort;
}

const { settings, port }: ThreadStart = { ...workerData };
// The port is the harness's: a handler that reads `workerData` finds nothing.
for (const key of Object.keys(workerData)) delete workerData[key];

startRuntime(settings, {
  say: (message) => port.postMessage(message),
  onNext: (listener) => void port.on("message", (next: NextInvocation) => listener(next)),
  ref: () => port.ref(),
  unref: () => port.unref(),
});
