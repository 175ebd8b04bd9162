import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../harness/clock.ts";
import type { HttpRequest } from "../../../harness/http.ts";
import { listen } from "../../../harness/http-server.ts";
import {
  type EndpointRequest,
  isPlainHttp,
  readEndpointRequest,
} from "../../../harness/lambda/runtime/endpoint-messages.ts";

const SOUND: EndpointRequest = { id: 7, target: "/", headers: ["host", "x", "content-length", "2"], body: "{}" };

describe("what came out of a sandbox", () => {
  test("is read where it is a request", () => {
    expect(readEndpointRequest(SOUND)).toEqual(SOUND);
    expect(readEndpointRequest({ ...SOUND, more: 1 })).toEqual(SOUND);
  });

  test("is nothing where it is anything else, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withTypedArray: true }), (sent) => {
        expect(readEndpointRequest(sent)).toBeUndefined();
      }),
    );
    const names = ["id", "target", "headers", "body"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.anything(), (name, value) => {
        const read = readEndpointRequest({ ...SOUND, [name]: value });
        if (read === undefined) return;
        expect(typeof read.id === "number" && isPlainHttp(read)).toBe(true);
      }),
    );
  });
});

const received: HttpRequest[] = [];
const server = await listen({
  name: "the endpoint",
  port: 0,
  clock: systemClock,
  handler: (request) => {
    received.push(request);
    return { status: 204, headers: [], body: "" };
  },
  onDefect: () => {},
});
afterAll(() => server.close(0));

/** Sends a request just as it is written, and gives what a handler saw of it. */
async function overHttp({ target, headers, body }: EndpointRequest): Promise<HttpRequest | undefined> {
  received.length = 0;
  const lines = headers.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${headers[index + 1]}`] : []));
  const socket = connect(server.port, "127.0.0.1");
  const answered = new Promise<void>((resolve) => socket.once("data", () => resolve()).once("close", () => resolve()));
  socket.write(
    Buffer.concat([
      Buffer.from(`POST ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1"),
      Buffer.from(body as string),
    ]),
  );
  await answered;
  socket.destroy();
  return received[0];
}

const text = (unit: fc.Arbitrary<string>) => fc.string({ unit, maxLength: 12 });
const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const any = fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code));
const header = fc.tuple(
  fc.oneof(
    text(visible),
    fc.constantFrom("x-amz-target", "Host", "content-length", "transfer-encoding", "Connection", "expect"),
  ),
  fc.oneof(
    text(fc.oneof(visible, fc.constant(" "))),
    text(any),
    fc.constantFrom("2", "chunked", "close", "100-continue"),
  ),
);

describe("what is plain", () => {
  test("HTTP carries as it is", async () => {
    let plain = 0;
    const requests = fc.record({
      id: fc.constant(1),
      target: fc.oneof(
        fc.constant("/"),
        text(visible).map((rest) => `/${rest}`),
        text(any),
      ),
      headers: fc.array(header, { maxLength: 4 }).map((pairs) => [...SOUND.headers, ...pairs.flat()]),
      body: fc.constant("{}"),
    });
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        if (!isPlainHttp(request)) return;
        plain += 1;
        const seen = await overHttp(request);
        expect(seen?.headers.flat()).toEqual(request.headers);
        expect([seen?.target, seen?.body.toString()]).toEqual([request.target, request.body]);
      }),
      { numRuns: 1_000 },
    );
    expect(plain).toBeGreaterThan(50);
  });

  const REFUSED: readonly (readonly [string, Partial<EndpointRequest>])[] = [
    ["no host", { headers: ["content-length", "2"] }],
    ["two hosts", { headers: [...SOUND.headers, "HOST", "y"] }],
    ["no length", { headers: ["host", "x"] }],
    ["another length", { body: "{ }" }],
    ["a length in characters", { headers: ["host", "x", "content-length", "1"], body: "ü" }],
    ["a target that is no path", { target: "http://x/" }],
    ["a header too long", { headers: [...SOUND.headers, "note", "x".repeat(32 * 1024)] }],
    ["more headers than a server reads", { headers: [...SOUND.headers, ...Array(4_000).fill("a")] }],
    ["spaces around a value", { headers: [...SOUND.headers, "note", " x "] }],
  ];
  test.each(REFUSED)("is not %s", (_name, change) => {
    expect(isPlainHttp({ ...SOUND, ...change })).toBe(false);
  });

  test.each([
    ["bytes", { headers: ["host", "x", "content-length", "2"], body: new Uint8Array([0xff, 0]) }],
    ["text of more than one byte a character", { headers: ["host", "x", "content-length", "2"], body: "ü" }],
    ["an empty value", { headers: [...SOUND.headers, "note", ""] }],
  ])("is %s", (_name, change) => {
    expect(isPlainHttp({ ...SOUND, ...change })).toBe(true);
  });
});
