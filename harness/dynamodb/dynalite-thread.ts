import type { Server } from "node:http";
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { DynaliteData, DynaliteMessage } from "./dynalite.ts";

/** The part of dynalite's interface that is used here; the package has no types. */
type Dynalite = (options: {
  readonly path: string | undefined;
  readonly createTableMs: number;
  readonly deleteTableMs: number;
  readonly updateTableMs: number;
}) => Server;

const tell = (message: DynaliteMessage) => parentPort?.postMessage(message);
const dynalite = createRequire(import.meta.url)("dynalite") as Dynalite;
const { path, socket } = workerData as DynaliteData;

const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
// The gate keeps its connections open; a server that closes idle ones would do so under a request now and then.
server.keepAliveTimeout = 0;
server.once("error", (error) => tell({ kind: "failed", reason: error.message }));
server.listen(socket, () => tell({ kind: "listening" }));

// dynalite throws out of its request handlers. The data is in this thread, so it lives on; the caller whose request
// it was would wait for ever, so every connection is closed.
process.on("uncaughtException", (error) => {
  tell({ kind: "defect", reason: error.message });
  server.closeAllConnections();
});

parentPort?.on("message", () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
