import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { create, type Method, rawCall, rowsOf, traceOf } from "./support/calls.ts";
import { newPerson, type Person } from "./support/people.ts";
import { type Served, serveProgram } from "./support/served.ts";

const APP = "https://app.example.com";
const NOT_FOUND = { status: 404, text: '{"message":"Not Found"}' } as const;
const UNAUTHORIZED = { status: 401, text: '{"message":"Unauthorized"}' } as const;

/** Everything that a browser goes by, of an answer's headers. */
const corsOf = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control-")));

const PREFLIGHT = {
  "access-control-allow-origin": APP,
  "access-control-allow-methods": "GET,POST,PUT,DELETE",
  "access-control-allow-headers": "authorization,content-type,if-match",
  "access-control-max-age": "3600",
};
const ANSWER = { "access-control-allow-origin": APP, "access-control-expose-headers": "etag,location" };

const STRANGERS: readonly (string | undefined)[] = [
  "https://evil.example",
  `${APP}.evil.example`,
  `${APP}/`,
  "https://APP.example.com",
  "http://app.example.com",
  "null",
  "*",
  undefined,
];

describe("the program's gateway", () => {
  let served: Served;
  let ana: Person;
  let path: string;
  beforeAll(async () => {
    served = await serveProgram({ configuration: { "pulumi-jwt-todo-api:allowedOrigins": JSON.stringify([APP]) } });
    ana = await newPerson(served, "ana@example.com");
    path = `/todos/${(await create(served, ana.accessToken, "kept")).todoId}`;
  });
  afterAll(() => served?.close());

  const originOf = (origin: string | undefined) => (origin === undefined ? {} : { origin });
  const asks = (origin: string | undefined, method: string, headers: string) => ({
    ...originOf(origin),
    "access-control-request-method": method,
    "access-control-request-headers": headers,
  });
  const preflight = (target: string, headers: Readonly<Record<string, string>>) =>
    rawCall(served, { method: "OPTIONS", path: target, headers });

  test.each([
    ["/todos", "POST", "authorization,content-type"],
    ["/todos/0190b0c1-7d2e-7abc-8def-0123456789ab", "PUT", "authorization,content-type"],
    ["/todos/123", "DELETE", "authorization,if-match"],
    ["/todos", "PATCH", "authorization"],
    ["/todos", "GET", "x-secret"],
  ])("answers the preflight of %s for %s with %s itself, without a token", async (target, method, headers) => {
    const answer = await preflight(target, asks(APP, method, headers));
    expect(answer).toMatchObject({ status: 204, text: "" });
    expect(corsOf(answer.headers)).toEqual(PREFLIGHT);
    const { entries, invocations } = traceOf(served, answer.headers);
    expect(invocations).toEqual([]);
    expect(entries.map(({ step }) => step)).not.toContain("authorizer");
  });

  test.each(STRANGERS)("names no origin to a page of %s", async (origin) => {
    const asked = await preflight(path, asks(origin, "PUT", "authorization"));
    expect([asked.status, corsOf(asked.headers)]).toEqual([origin === undefined ? 404 : 204, {}]);
    const read = await rawCall(served, { method: "GET", path, token: ana.accessToken, headers: originOf(origin) });
    expect([read.status, corsOf(read.headers)]).toEqual([200, {}]);
  });

  test("names the allowed origin alone on an answer, and on a refusal, which a page can read", async () => {
    const read = await rawCall(served, { method: "GET", path, token: ana.accessToken, headers: { origin: APP } });
    expect([read.status, corsOf(read.headers)]).toEqual([200, ANSWER]);
    const minted = await served.mintToken({ username: ana.email, expiresInSeconds: -1 });
    const token = "token" in minted ? minted.token : "";
    const refused = await rawCall(served, { method: "GET", path, token, headers: { origin: APP } });
    expect(refused).toMatchObject(UNAUTHORIZED);
    expect([corsOf(refused.headers), refused.headers.vary]).toEqual([ANSWER, "origin"]);
    expect(traceOf(served, refused.headers)).toMatchObject({ invocations: [] });
    expect(JSON.stringify(traceOf(served, refused.headers).entries)).toContain("is not after now");
  });

  const UNROUTED: readonly (readonly [Method | "HEAD", string])[] = [
    ["GET", "/nope"],
    ["GET", "/"],
    ["HEAD", "/todos"],
    ["GET", "/todos/"],
    ["GET", "/todos//"],
    ["GET", "/TODOS"],
    ["GET", "/Todos/1"],
    ["POST", "/todos/1"],
    ["PATCH", "/todos/1"],
    ["PUT", "/todos"],
    ["DELETE", "/todos"],
    ["OPTIONS", "/todos"],
    ["GET", "/todos/1/2"],
    ["GET", "/todos/1/"],
    ["GET", "/$default/todos"],
    ["GET", "/dev/todos"],
  ];
  test.each(UNROUTED)("does not know %s %s, with a token or without", async (method, target) => {
    const rows = await rowsOf(served, ana.sub);
    for (const token of [undefined, "broken", ana.accessToken]) {
      const sent = { method: method as Method, path: target, ...(token === undefined ? {} : { token }) };
      const answer = await rawCall(served, sent);
      expect(answer).toMatchObject(method === "HEAD" ? { status: 404, text: "" } : NOT_FOUND);
      expect(answer.headers).not.toHaveProperty("allow");
      expect(answer.headers).not.toHaveProperty("www-authenticate");
      const { entries, invocations } = traceOf(served, answer.headers);
      expect(invocations).toEqual([]);
      expect(entries.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(["route denied", "response answered"]);
    }
    expect(await rowsOf(served, ana.sub)).toBe(rows);
  });

  const ERRORS: readonly (readonly [string, Method, string, string | undefined, number])[] = [
    ["no token", "GET", "/todos", undefined, 401],
    ["a broken token", "GET", "/todos", "broken", 401],
    ["an unknown path", "GET", "/nope", undefined, 404],
    ["another method", "POST", "/todos/1", undefined, 404],
  ];
  test.each(ERRORS)(
    "names the allowed origin on the answer to %s, and no other",
    async (_, method, path, token, status) => {
      const call = (origin: string) =>
        rawCall(served, { method, path, headers: { origin }, ...(token === undefined ? {} : { token }) });
      const shown = await call(APP);
      expect([shown.status, corsOf(shown.headers)]).toEqual([status, ANSWER]);
      for (const origin of ["https://evil.example", "null"]) {
        const hidden = await call(origin);
        expect([hidden.status, hidden.text, corsOf(hidden.headers)]).toEqual([status, shown.text, {}]);
      }
    },
  );
});
