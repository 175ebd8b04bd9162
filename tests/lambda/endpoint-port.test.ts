import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../harness/clock.ts";
import { serveEndpointPort } from "../../harness/lambda/endpoint-port.ts";

const LARGE_BYTES = 256 * 1024 * 1024;

test("a body above the limit is not copied: what a sandbox shares takes no memory until it is", async () => {
  const body = new Uint8Array(new SharedArrayBuffer(LARGE_BYTES));
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  const seen: { bodyTooLarge: boolean; takenBytes: number }[] = [];
  const before = process.memoryUsage().arrayBuffers;
  serveEndpointPort(port1, {
    url: "http://127.0.0.1:1",
    clock: systemClock,
    maximumBodyBytes: 1_000,
    handler({ bodyTooLarge }) {
      seen.push({ bodyTooLarge, takenBytes: process.memoryUsage().arrayBuffers - before });
      return { status: 413, headers: [], body: "" };
    },
  });
  port2.postMessage({ id: 1, target: "/", headers: ["host", "x", "content-length", String(LARGE_BYTES)], body });
  const [answer] = await once(port2, "message");
  expect(answer).toMatchObject({ id: 1, status: 413 });
  expect(seen).toMatchObject([{ bodyTooLarge: true }]);
  expect(seen[0]?.takenBytes).toBeLessThan(LARGE_BYTES / 2);
});
