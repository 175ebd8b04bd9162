import { once } from "node:events";
import inspector from "node:inspector";
import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { openInspector } from "../../harness/cli/inspector.ts";

test("the inspector stands on 127.0.0.1 alone, shows threads, and closes", async () => {
  const opened = openInspector(0);
  const url = inspector.url() ?? "";
  expect(new URL(url).hostname).toBe("127.0.0.1");
  const worker = new Worker("setInterval(() => {}, 1000)", { eval: true, name: "a-function" });
  const socket = new WebSocket(url);
  await once(socket, "open");
  const attached = new Promise<string>((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      if (String(data).includes("attachedToWorker")) resolve(String(data));
    });
  });
  const params = { waitForDebuggerOnStart: false };
  socket.send(JSON.stringify({ id: 1, method: "NodeWorker.enable", params }));
  expect(await attached).toContain("a-function");
  socket.close();
  await once(socket, "close");
  await worker.terminate();
  opened.close();
  expect(inspector.url()).toBeUndefined();
});

test("a taken port is said, with the remedy", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(() => openInspector(port)).toThrow(`The port ${port} is taken. Choose another one with --inspect PORT.`);
  server.close();
});
