/** The stand-in provider as the engine starts it: a process that prints the port that it listens on. */
import { appendFileSync } from "node:fs";
import { killEngine } from "./kill-engine.ts";
import { grpc, ResourceProviderService } from "./messages.ts";
import { standInProvider } from "./service.ts";

const {
  STAND_IN_NAME = "aws",
  STAND_IN_VERSION = "0.0.0",
  STAND_IN_LOG,
  STAND_IN_KILL_ENGINE_AT,
  PULUMI_BACKEND_URL = "",
  STAND_IN_ALWAYS_CHANGED,
  STAND_IN_MAKES = "nothing",
} = process.env;

/** The engine's own limit for one message. */
const LARGEST_MESSAGE_BYTES = 400 * 1024 * 1024;

const server = new grpc.Server({
  "grpc.max_receive_message_length": LARGEST_MESSAGE_BYTES,
  "grpc.max_send_message_length": LARGEST_MESSAGE_BYTES,
});
server.addService(
  ResourceProviderService,
  standInProvider({
    name: STAND_IN_NAME,
    version: STAND_IN_VERSION,
    record: (entry) => {
      if (STAND_IN_LOG !== undefined) appendFileSync(STAND_IN_LOG, `${JSON.stringify(entry)}\n`);
    },
    async makerFor(configuration, invent) {
      if (STAND_IN_MAKES !== "at endpoints") return undefined;
      // Eight SDK clients, which nobody waits for where nothing is made.
      const { endpointMaker } = await import("./endpoint/maker.ts");
      return endpointMaker(configuration, invent);
    },
    async beforeCreation(count) {
      if (count !== Number(STAND_IN_KILL_ENGINE_AT)) return;
      await killEngine(process.ppid, PULUMI_BACKEND_URL);
      process.exit(1);
    },
    alwaysChanged: STAND_IN_ALWAYS_CHANGED === "true",
  }),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${port}\n`);
});
// An engine that was killed closes nothing: without it there is nobody to serve.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 1_000).unref();
