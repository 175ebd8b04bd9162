import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { type SandboxEndpoint, serveEndpointPort } from "./endpoint-port.ts";
import type { SdkTransportOptions } from "./runtime/sdk-transport.ts";
import type { ThreadStart } from "./runtime/thread-entry.ts";
import {
  KILLED,
  MAXIMUM_YOUNG_GENERATION_MEGABYTES,
  maximumHeapMegabytes,
  type RuntimeHost,
  type RuntimeHostEvents,
  runtimeSettings,
  type SandboxOptions,
} from "./runtime-host.ts";
import { type SpareThreads, spareThreads, type ThreadKind } from "./spare-threads.ts";

/** Turns on the compile cache before anything is loaded: it also keeps the runtime's stripped types, which would
 * otherwise cost each thread 40 ms. */
const BOOTSTRAP =
  'const { workerData } = require("node:worker_threads"); const { compileCache, entry, builtins } = workerData; if (compileCache) require("node:module").enableCompileCache(compileCache); require(entry); for (const name of builtins) require(name); if (compileCache && builtins.length > 0) require("node:module").flushCompileCache();';

/** What nearly every function's SDK loads of Node.js: a thread that waits has time for it, and for writing what it compiled,
 * without which the next one would load what strips types again: 17 MiB. */
const SPARE_BUILTINS = ["node:crypto", "node:fs/promises", "node:http", "node:http2", "node:https", "node:stream"];

const ENTRY = fileURLToPath(new URL("./runtime/thread-entry.ts", import.meta.url));

/** Runs the runtime on a thread: quick to start and small, and no boundary against code that wants out. */
export function startRuntimeThread(options: SandboxOptions, events: RuntimeHostEvents): RuntimeHost {
  const { port1, port2 } = new MessageChannel();
  const kind = threadKind(options);
  const worker = options.spareThreads?.take(kind) ?? startThread(kind, { name: options.lambdaFunction.functionName });
  let outOfMemory = false;
  port1.on("message", events.onMessage);
  // The inside has the other end, and can send what cannot be read, or close it: then nothing will ever be heard again.
  port1.on("messageerror", () => events.onMessage(undefined));
  port1.on("close", () => void worker.terminate());
  worker.on("error", (error: unknown) => {
    outOfMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  });
  worker.on("exit", (status) => {
    drain(port1, events);
    port1.close();
    events.onEnd(outOfMemory ? KILLED : status === 0 ? undefined : `exit status ${status}`);
  });
  const endpoint = endpointPort(options.endpoint);
  const { environment } = options;
  const start: ThreadStart = { settings: runtimeSettings(options), environment, port: port2, endpoint };
  worker.postMessage(start, endpoint === undefined ? [port2] : [port2, endpoint.port]);
  return {
    send: (next) => port1.postMessage(next),
    end: async () => void (await worker.terminate()),
    utilization: () => worker.performance.eventLoopUtilization(),
  };
}

/** The thread's end of a port at which the endpoint listens. It is closed with the thread. */
function endpointPort(endpoint: SandboxEndpoint | undefined): SdkTransportOptions | undefined {
  if (endpoint === undefined) return undefined;
  const { port1, port2 } = new MessageChannel();
  serveEndpointPort(port1, endpoint);
  return { url: endpoint.url, port: port2 };
}

export function threadKind({
  lambdaFunction,
  compileCache,
  environment,
}: Pick<SandboxOptions, "lambdaFunction" | "compileCache" | "environment">): ThreadKind {
  const early = Object.entries(environment).filter(([name]) => name.startsWith("NODE_"));
  const heapMegabytes = maximumHeapMegabytes(lambdaFunction);
  return { heapMegabytes, compileCache, environment: Object.fromEntries(early) };
}

/** A thread of one kind, kept ready for functions like these. */
export function keptSpareThreads(): SpareThreads {
  return spareThreads((kind) => startThread(kind, { name: "spare", builtins: SPARE_BUILTINS }));
}

function startThread(
  { heapMegabytes, compileCache, environment }: ThreadKind,
  { name, builtins = [] }: { readonly name: string; readonly builtins?: readonly string[] },
): Worker {
  const worker = new Worker(BOOTSTRAP, {
    eval: true,
    name,
    argv: [],
    execArgv: [],
    env: { ...environment },
    stdin: false,
    stdout: true,
    stderr: true,
    workerData: { compileCache, entry: ENTRY, builtins },
    resourceLimits: {
      maxOldGenerationSizeMb: heapMegabytes,
      maxYoungGenerationSizeMb: MAXIMUM_YOUNG_GENERATION_MEGABYTES,
    },
  });
  ignoreNativeOutput(worker);
  return worker;
}

/** What a thread's own streams still carry are Node's notices (deprecations, the report of a fatal error): the runtime
 * reports what matters of them itself. */
function ignoreNativeOutput(worker: Worker): void {
  worker.stdout.resume();
  worker.stderr.resume();
}

/** Messages that were sent before the thread ended may still be in the port when its end is announced. */
function drain(port: MessagePort, events: RuntimeHostEvents): void {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    events.onMessage(next.message);
  }
}
