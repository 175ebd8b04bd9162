import { describe, expect, test } from "vitest";
import { eventRequest } from "../../harness/replay/event-request.ts";
import { eventToken } from "../../harness/replay/event-token.ts";
import type { HttpApiEvent } from "../../harness/replay/events.ts";
import { differences } from "../../harness/replay/expectations.ts";
import type { Outcome } from "../../harness/replay/replay.ts";
import { filled, savedFrom } from "../../harness/replay/variables.ts";
import { todoEvent } from "../support/todo-event.ts";

const event = todoEvent({ call: "GET /todos", sub: "ana" }) as HttpApiEvent;

describe("the request that an event was made of", () => {
  test.each([
    [{ rawPath: "/a b/ü%/c" }, "/a%20b/%C3%BC%25/c"],
    [{ rawPath: "/a", rawQueryString: "b=%2F&b=c" }, "/a?b=%2F&b=c"],
    [{ rawPath: "/v1/todos", requestContext: { ...event.requestContext, stage: "v1" } }, "/todos"],
    [{ rawPath: "/v1todos", requestContext: { ...event.requestContext, stage: "v1" } }, "/v1todos"],
    [{ rawPath: "/todos\r\nx: y" }, "/todos%0D%0Ax:%20y"],
  ])("%j goes to %s", (changes, target) => {
    expect(eventRequest({ ...event, ...changes }).target).toBe(target);
  });

  test("has the client's headers and cookies, and not those of the way", () => {
    const headers = { Host: "x", "x-forwarded-for": "1.2.3.4", "content-length": "5", "x-mine": "a" };
    expect(eventRequest({ ...event, headers, cookies: ["a=1", "b=2"] }).headers).toEqual([
      ["x-mine", "a"],
      ["cookie", "a=1; b=2"],
    ]);
  });

  test.each([
    [{}, undefined],
    [{ body: "é" }, "é"],
    [{ body: Buffer.from("é").toString("base64"), isBase64Encoded: true }, "é"],
  ])("%j has the body %s", (changes, body) => {
    expect(eventRequest({ ...event, ...changes }).body?.toString()).toBe(body);
  });
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const withClaims = (claims: object) => ({
  ...event,
  headers: { Authorization: `bearer ${encode({ alg: "RS256" })}.${encode(claims)}.c2ln` },
});

describe("an event's token", () => {
  test.each([
    [{ exp: 1000 }, /expired at 1970-01-01T00:16:40/],
    [{ exp: 3000 }, undefined],
    [{}, undefined],
  ])("%j is as stale as its time says", (claims, stale) => {
    const found = eventToken(withClaims(claims), 2_000_000)?.stale;
    if (stale === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(stale);
  });

  test.each([
    [{}],
    [{ authorization: "Basic x" }],
    [{ authorization: "Bearer x" }],
    [{ authorization: "Bearer a.b.c" }],
  ])("is none in %j", (headers) => expect(eventToken({ ...event, headers }, 0)).toBeUndefined());
});

describe("variables", () => {
  test("come from an answer's body and headers, and go anywhere into a later event", () => {
    const answer = { headers: new Map([["etag", '"1"']]), body: '{"todo":{"id":"x\\"y"},"version":2}' };
    const saved = savedFrom(
      { id: "body.todo.id", tag: "headers.ETag", version: "body.version", no: "body.x.y" },
      answer,
    );
    expect(Object.fromEntries(saved)).toEqual({ id: 'x"y', tag: '"1"', version: "2" });
    const later = { ...event, rawPath: "/todos/{{id}}", headers: { "if-match": "{{tag}}" } };
    expect(filled(later, saved)).toMatchObject({ event: { rawPath: '/todos/x"y', headers: { "if-match": '"1"' } } });
    expect(filled({ ...event, rawPath: "/{{no}}/{{no}}/{{other}}" }, saved)).toEqual({ missing: ["no", "other"] });
  });
});

describe("what is expected", () => {
  const outcome: Outcome = { name: "a", sent: "gateway", status: 200, body: '{"id":"1","n":[1]}', functionRan: true };
  test.each([
    [{ name: "a" }, []],
    [{ name: "a", status: 200, functionRan: true, body: { id: "*", n: [1] } }, []],
    [{ name: "a", status: 201 }, ["a: status 200 in place of 201"]],
    [{ name: "a", functionRan: false }, ["a: a function ran"]],
    [{ name: "a", body: { id: "2" } }, ['a: body {"id":"1","n":[1]} in place of {"id":"2"}']],
    [{ name: "a", body: { n: [] } }, ['a: body {"id":"1","n":[1]} in place of {"n":[]}']],
    [{ name: "a", body: "x" }, ['a: body {"id":"1","n":[1]} in place of x']],
    [{ name: "a", invoke: { status: 500 } }, []],
    [{ name: "a", sent: "no" }, ["a: was sent"]],
    [{ name: "b" }, ["a: nothing is expected of it", "b: was not replayed"]],
  ])("%j", (expectation, found) => {
    expect(differences([outcome], [expectation])).toEqual(found);
  });

  test("differs where the function itself was asked", () => {
    const expectation = { name: "a", status: 401, invoke: { status: 200 } };
    expect(differences([{ ...outcome, sent: "invoke" }], [expectation])).toEqual([]);
    expect(differences([{ ...outcome, sent: "invoke", status: 401 }], [expectation])).toEqual([
      "a: status 401 in place of 200",
    ]);
  });

  test("is missed by what was not sent", () => {
    expect(differences([{ name: "a", sent: "no", note: "Why." }], [{ name: "a", status: 200 }])).toEqual([
      "a: was not sent. Why.",
    ]);
  });
});
