/** Where a sandbox that is a thread begins. It loads what every function needs and waits to be told whose it is. */

import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { startRuntime } from "./execution-environment.ts";
import type { NextInvocation, RuntimeMessage, RuntimeSettings } from "./runtime-messages.ts";
import { type SdkTransportOptions, sdkTransport } from "./sdk-transport.ts";

export interface ThreadStart {
  readonly settings: RuntimeSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly port: MessagePort;
  /** A shorter way to the AWS endpoint, where there is one. */
  readonly endpoint: SdkTransportOptions | undefined;
}

// A handler that reads `workerData` finds nothing.
for (const key of Object.keys(workerData)) delete workerData[key];

parentPort?.once("message", ({ settings, environment, port, endpoint }: ThreadStart) => {
  Object.assign(process.env, environment);
  const followSdk = whenLoaded(endpoint);
  startRuntime(settings, {
    say(message) {
      port.postMessage(message);
      followSdk(message);
    },
    onNext: (listener) => void port.on("message", (next: NextInvocation) => listener(next)),
    ref: () => port.ref(),
    unref: () => port.unref(),
  });
});

/** A handler has loaded its SDK when it is ready, or else when it has answered once. */
function whenLoaded(endpoint: SdkTransportOptions | undefined): (message: RuntimeMessage) => void {
  if (endpoint === undefined) return () => {};
  const transport = sdkTransport(endpoint);
  let looks = 2;
  return ({ kind }) => {
    if (kind === "log" || looks === 0) return;
    looks -= 1;
    transport.follow();
  };
}
