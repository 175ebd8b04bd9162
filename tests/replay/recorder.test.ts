import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventToken } from "../../harness/replay/event-token.ts";
import { readCases } from "../../harness/replay/read-cases.ts";
import { recordedEvent } from "../../harness/replay/recorded-event.ts";
import { openRecorder } from "../../harness/replay/recorder.ts";

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const SIGNATURE = Buffer.from("a signature that is worth something").toString("base64url");
const TOKEN = `${part({ alg: "RS256", kid: "1" })}.${part({ sub: "ana", exp: 3000 })}.${SIGNATURE}`;
const ENCRYPTED = `${part({ alg: "RSA-OAEP" })}.key.iv.${SIGNATURE}.tag`;

const payload = (members: object = {}) =>
  JSON.stringify({
    version: "2.0",
    routeKey: "GET /todos",
    rawPath: "/todos",
    rawQueryString: "",
    headers: {},
    requestContext: { http: { method: "GET", path: "/todos" } },
    isBase64Encoded: false,
    ...members,
  });

describe("an event as it is kept", () => {
  test("has its token without the signature, and tells by that", () => {
    const kept = recordedEvent(payload({ headers: { authorization: `Bearer ${TOKEN}` } }));
    if (kept === undefined) throw new Error("no event");
    expect(decodeJwt(kept.headers?.authorization?.split(" ")[1] ?? "")).toMatchObject({ sub: "ana" });
    expect(eventToken(kept, 0)?.stale).toMatch(/signature was removed/);
  });

  test.each([
    ["a header", { headers: { authorization: `bearer ${TOKEN}`, "x-forwarded-token": TOKEN } }],
    ["a header without a scheme", { headers: { authorization: TOKEN } }],
    ["two tokens in a header", { headers: { authorization: `Bearer ${TOKEN},Bearer ${TOKEN}` } }],
    ["a cookie", { cookies: [`session=${TOKEN}`, `a_${TOKEN}`] }],
    ["a query", { rawQueryString: `token=${TOKEN}`, queryStringParameters: { token: TOKEN } }],
    ["a path", { rawPath: `/x/${TOKEN}`, pathParameters: { id: TOKEN } }],
    ["a body", { body: JSON.stringify({ lines: `\n${TOKEN}`, refresh: ENCRYPTED }) }],
    [
      "a body in base64",
      { body: Buffer.from(`\xff token=${TOKEN}`, "latin1").toString("base64"), isBase64Encoded: true },
    ],
    ["an encrypted token", { headers: { authorization: `Bearer ${ENCRYPTED}` } }],
    ["a password", { headers: { Authorization: `Basic ${SIGNATURE}` } }],
    ["an opaque token", { headers: { authorization: `Bearer ${SIGNATURE}` } }],
  ])("holds nothing of worth from %s", (_where, members) => {
    const kept = recordedEvent(payload(members));
    const text = JSON.stringify(kept) + Buffer.from(kept?.body ?? "", "base64").toString("latin1");
    expect(text).not.toContain(SIGNATURE);
  });

  test("is otherwise what it was", () => {
    const text = fc.string({ unit: "grapheme" });
    const members = fc.record({
      rawQueryString: text,
      headers: fc.dictionary(text, text),
      cookies: fc.array(text),
      body: text,
      isBase64Encoded: fc.constant(false),
    });
    const harmless = (value: object) => !/eyJ|authorization/i.test(JSON.stringify(value));
    fc.assert(
      fc.property(members.filter(harmless), (given) => {
        expect(recordedEvent(payload(given))).toEqual(JSON.parse(payload(given)));
      }),
    );
  });

  test("is none where it is no event of format 2.0", () => {
    expect(recordedEvent(payload({ version: "1.0" }))).toBeUndefined();
  });
});

describe("a recording", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "recorder-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const noFault = (sentence: string) => {
    throw new Error(sentence);
  };

  test("is a list in the order of the events, which a replay reads, for its owner alone", async () => {
    const file = join(folder, "events.json");
    await writeFile(file, "what was there before, and is longer than an event".repeat(100), { mode: 0o644 });
    const recorder = await openRecorder(file, noFault);
    const paths = Array.from({ length: 20 }, (_, at) => `/todos/${at}/ä`);
    for (const rawPath of paths) recorder.record(payload({ rawPath }));
    recorder.record(payload({ version: "1.0" }));
    expect(await recorder.close()).toEqual({ count: 20, leftOut: 1 });
    const cases = readCases(await readFile(file, "utf8"), file);
    expect(cases.map((one) => ("event" in one ? one.event.rawPath : one.refused))).toEqual(paths);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("of a start that fails leaves what was there", async () => {
    const file = join(folder, "kept.json");
    await writeFile(file, "[1]");
    await openRecorder(file, noFault);
    expect(await readFile(file, "utf8")).toBe("[1]");
  });

  test("of nothing is an empty list", async () => {
    const file = join(folder, "nothing.json");
    const recorder = await openRecorder(file, noFault);
    expect(await recorder.close()).toEqual({ count: 0, leftOut: 0 });
    expect(await readFile(file, "utf8")).toBe("[]\n");
  });

  test("to where nothing can be written is refused in a sentence", async () => {
    const file = join(folder, "nowhere/events.json");
    await expect(openRecorder(file, noFault)).rejects.toThrow(`The events cannot be written to ${file}: ENOENT`);
  });

  test.skipIf(process.platform !== "linux")("in a file that takes nothing says so once", async () => {
    const faults: string[] = [];
    const recorder = await openRecorder("/dev/full", (sentence) => faults.push(sentence)).catch(() => undefined);
    recorder?.record(payload());
    recorder?.record(payload());
    await recorder?.close();
    expect(faults).toEqual([expect.stringMatching(/^The events cannot be written to \/dev\/full: .* No more of them/)]);
  });
});
