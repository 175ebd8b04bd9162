import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../harness/clock.ts";
import type { HttpHandler, HttpRequest } from "../harness/http.ts";
import { type Listener, listen } from "../harness/http-server.ts";

const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0);
});

async function serve(handler: HttpHandler, defects: unknown[] = [], maximumBodyBytes = 1000): Promise<Listener> {
  const onDefect = (error: unknown) => defects.push(error);
  const listener = await listen({ name: "the test", port: 0, handler, clock: systemClock, onDefect, maximumBodyBytes });
  open.push(listener);
  return listener;
}

const OK = { status: 200, headers: [["content-type", "text/plain"]], body: "fine" } as const;

async function raw(listener: Listener, text: string): Promise<string> {
  const socket = connect(listener.port, "127.0.0.1");
  socket.end(text);
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString();
  });
  await once(socket, "close");
  return answer;
}

test("the handler sees the target, header order and case as they were sent", async () => {
  const seen: HttpRequest[] = [];
  const listener = await serve((request) => {
    seen.push(request);
    return OK;
  });
  await raw(
    listener,
    "GET /a%2Fb//c?x=%20&x=1 HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nx-one: 2\r\nConnection: close\r\n\r\n",
  );
  expect(seen[0]).toMatchObject({
    method: "GET",
    target: "/a%2Fb//c?x=%20&x=1",
    bodyTooLarge: false,
    sourceAddress: "127.0.0.1",
  });
  expect(seen[0]?.headers).toEqual([
    ["Host", "h"],
    ["X-One", "1"],
    ["x-one", "2"],
    ["Connection", "close"],
  ]);
});

test.each([
  ["two hosts", "Host: a\r\nHost: b\r\n"],
  ["the same host twice", "Host: a\r\nhost: a\r\n"],
  ["no host", ""],
])("a request with %s is bad, and reaches nobody", async (_name, hosts) => {
  const seen: HttpRequest[] = [];
  const listener = await serve((request) => {
    seen.push(request);
    return OK;
  });
  expect(await raw(listener, `GET / HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  expect(seen).toEqual([]);
});

test("a chunked body arrives whole", async () => {
  const listener = await serve((request) => ({ ...OK, body: request.body }));
  const answer = await raw(
    listener,
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
  );
  expect(answer).toContain("content-length: 5");
  expect(answer).toMatch(/\r\n\r\nabcde$/);
});

test("a body over the limit reaches the handler as a fact, not as bytes", async () => {
  const listener = await serve(({ bodyTooLarge, body }) => ({ ...OK, body: `${bodyTooLarge} ${body.length}` }));
  const response = await fetch(listener.url, { method: "POST", body: "x".repeat(1001) });
  expect(await response.text()).toBe("true 0");
  const exactly = await fetch(listener.url, { method: "POST", body: "x".repeat(1000) });
  expect(await exactly.text()).toBe("false 1000");
});

test.each([
  [
    "a handler that throws",
    () => {
      throw new Error("defect");
    },
  ],
  ["a handler that rejects", () => Promise.reject(new Error("defect"))],
  ["a header that cannot be sent", () => ({ ...OK, headers: [["a", "b\r\nc: d"]] as const })],
] as const)("%s is a bare 500 and is reported", async (_name, handler) => {
  const defects: unknown[] = [];
  const listener = await serve(handler, defects);
  const response = await fetch(listener.url);
  expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  expect(defects).toHaveLength(1);
});

test.each([204, 304])("a %i has no body", async (status) => {
  const listener = await serve(() => ({ ...OK, status }));
  const answer = await raw(listener, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  expect(answer.endsWith("\r\n\r\n")).toBe(true);
  expect(answer).not.toContain("content-length");
});

test("repeated response headers are sent one by one", async () => {
  const listener = await serve(() => ({
    ...OK,
    headers: [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ],
  }));
  expect((await fetch(listener.url)).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
});

test("what is not HTTP is answered with 400, endless headers with 431, without the handler", async () => {
  const seen: HttpRequest[] = [];
  const listener = await serve((request) => {
    seen.push(request);
    return OK;
  });
  expect(await raw(listener, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 .*\{"message":"Bad Request"\}$/s);
  expect(await raw(listener, `GET / HTTP/1.1\r\nHost: h\r\nX: ${"x".repeat(80_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect(seen).toEqual([]);
});

test("a taken port is named, with the remedy", async () => {
  const { port } = await serve(() => OK);
  const second = listen({ name: "the API", port, handler: () => OK, clock: systemClock, onDefect: () => {} });
  await expect(second).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: expect.stringMatching(`Port ${port} for the API is taken.*0 for any free one`),
  });
});

test("the option that chooses a taken port is named", async () => {
  const { port } = await serve(() => OK);
  const place = { name: "the AWS endpoint", port, portOption: "--aws-port" };
  const second = listen({ ...place, handler: () => OK, clock: systemClock, onDefect: () => {} });
  await expect(second).rejects.toThrow("Choose another one with --aws-port, or 0 for any free one.");
});

test("closing lets a request in flight finish", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const listener = await listen({
    name: "t",
    port: 0,
    clock: systemClock,
    onDefect: () => {},
    handler: async () => {
      arrived.resolve();
      await promise;
      return OK;
    },
  });
  const answer = fetch(listener.url);
  await arrived.promise;
  const closed = listener.close(10_000);
  resolve();
  expect((await answer).status).toBe(200);
  await closed;
});
