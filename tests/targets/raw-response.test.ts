import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRawResponse } from "../../harness/targets/raw-response.ts";

const read = (text: string, { method = "GET", ended = false } = {}) => {
  const response = readRawResponse(Buffer.from(text), { method, ended });
  return response === undefined ? undefined : { ...response, body: response.body.toString() };
};

const HEAD = "HTTP/1.1 200 OK\r\n";

const CASES = [
  {
    name: "a body of the length that it says, and no more",
    text: `${HEAD}Content-Length: 2\r\n\r\nabc`,
    want: { status: 200, headers: [["content-length", "2"]], body: "ab" },
  },
  {
    name: "a header that comes twice",
    text: `${HEAD}Set-Cookie: a=1\r\nset-cookie:  b=2 \r\nContent-Length: 0\r\n\r\n`,
    want: {
      status: 200,
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["content-length", "0"],
      ],
      body: "",
    },
  },
  {
    name: "chunks, with an extension",
    text: `${HEAD}Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    want: { status: 200, headers: [["transfer-encoding", "chunked"]], body: "ab0123456789" },
  },
  {
    name: "an interim answer before it",
    text: `HTTP/1.1 100 Continue\r\n\r\n${HEAD}Content-Length: 1\r\n\r\nx`,
    want: { status: 200, headers: [["content-length", "1"]], body: "x" },
  },
  {
    name: "no content, whatever length it says",
    text: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
    want: { status: 204, headers: [["content-length", "5"]], body: "" },
  },
  {
    name: "an answer to HEAD",
    text: `${HEAD}Content-Length: 5\r\n\r\n`,
    method: "HEAD",
    want: { status: 200, headers: [["content-length", "5"]], body: "" },
  },
  {
    name: "a body that ends with the connection",
    text: `${HEAD}\r\nall of it`,
    ended: true,
    want: { status: 200, headers: [], body: "all of it" },
  },
  { name: "half a head", text: `${HEAD}Content-Le`, want: undefined },
  { name: "half a body", text: `${HEAD}Content-Length: 5\r\n\r\nabc`, want: undefined },
  { name: "half a body, cut off", text: `${HEAD}Content-Length: 5\r\n\r\nabc`, ended: true, want: undefined },
  {
    name: "half a chunk, cut off",
    text: `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
    ended: true,
    want: undefined,
  },
];

describe("an answer off the socket", () => {
  test.each(CASES)("$name", ({ text, want, ...reading }) => {
    expect(read(text, reading)).toEqual(want);
  });

  test("is the same however it was cut, and never read before its last byte", () => {
    const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(body, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (bytes, sizes) => {
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const chunk = bytes.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
          chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n"));
          at += chunk.length;
        }
        const head = Buffer.from(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
        const whole = Buffer.concat([head, ...chunks, Buffer.from("0\r\n\r\n")]);
        const reading = { method: "GET", ended: false };
        expect(readRawResponse(whole, reading)?.body).toEqual(bytes);
        for (let end = 0; end < whole.length - "\r\n\r\n".length; end += 1)
          expect(readRawResponse(whole.subarray(0, end), reading)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});
