import inspector from "node:inspector";
import { HarnessError } from "../errors.ts";

/**
 * Opens Node's inspector on 127.0.0.1: who connects can debug this process and the threads that functions run in. Node
 * prints the address.
 *
 * @throws HarnessError CONFIGURATION when the port is taken.
 */
export function openInspector(port: number): { close(): void } {
  inspector.open(port, "127.0.0.1");
  if (inspector.url() !== undefined) return { close: () => inspector.close() };
  throw new HarnessError("CONFIGURATION", `The port ${port} is taken. Choose another one with --inspect PORT.`);
}
