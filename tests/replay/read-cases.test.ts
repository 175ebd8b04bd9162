import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCases } from "../../harness/replay/read-cases.ts";
import { todoEvent } from "../support/todo-event.ts";

const event = todoEvent({ call: "GET /todos", sub: "ana" });
const line = JSON.stringify(event);
const summaries = (text: string, source = "log.txt") =>
  readCases(text, source).map((one) => ("refused" in one ? `${one.name}: ${one.refused}` : one.name));

describe("what holds events", () => {
  test.each([
    ["one event", line, ["log"]],
    ["a list", `[${line},${line}]`, ["log 1", "log 2"]],
    ["JSON lines", `${line}\n${line}\n`, ["log 1", "log 2"]],
    ["an export by filter-log-events", JSON.stringify({ events: [{ message: `x\tINFO\t${line}\n` }] }), ["log"]],
    [
      "a result of Logs Insights",
      JSON.stringify({ results: [[{ field: "@message", value: line }], [{ field: "@message", value: "START" }]] }),
      ["log"],
    ],
    ["a function's text log", `START RequestId: 1\n2026-01-01T00:00:00Z\tid\tINFO\t${line}\nEND RequestId: 1`, ["log"]],
    ["a function's JSON log", `{"level":"INFO","message":${line}}\n{"type":"platform.report"}`, ["log 1"]],
    ["a case with a name", JSON.stringify({ name: "a name", event }), ["a name"]],
  ])("%s", (_name, text, names) => {
    expect(summaries(text)).toEqual(names);
  });

  test("a JSON access log is as much of a request as it keeps", () => {
    const kept = { routeKey: "GET /todos", status: "200", sub: "ana" };
    const [one] = readCases(JSON.stringify(kept), "access.log");
    expect(one).toMatchObject({ event: { rawPath: "/todos", requestContext: { http: { method: "GET" } } } });
    expect(summaries(JSON.stringify({ ...kept, routeKey: "GET /todos/{todoId}" }))).toEqual([
      expect.stringMatching(/names no path.*context\.path/),
    ]);
    const [withPath] = readCases(JSON.stringify({ ...kept, routeKey: "GET /todos/{todoId}", path: "/todos/1" }), "x");
    expect(withPath).toMatchObject({ event: { rawPath: "/todos/1" } });
  });
});

describe("what is no event says what it is", () => {
  const { requestContext } = event;
  test.each([
    ["", /no JSON in it/],
    ["hello", /no JSON in it/],
    ["null", /null, not an event/],
    ["17", /a number, not an event/],
    ['{"version":"1.0","resource":"/todos","httpMethod":"GET"}', /HTTP API in payload format 1\.0/],
    ['{"resource":"/todos","path":"/todos","httpMethod":"GET"}', /REST API/],
    ['{"Records":[]}', /queue, bucket, topic or stream/],
    ['{"requestContext":{"elb":{}}}', /load balancer/],
    ['{"requestContext":{"connectionId":"x"}}', /WebSocket/],
    ['{"type":"REQUEST","methodArn":"arn:x"}', /Lambda authorizer/],
    ['{"version":"2.0"}', /rawPath is missing; requestContext\.http\.method is missing/],
    ['{"name":"x","event":{},"as":"ana"}', /no member as/],
    [JSON.stringify({ ...event, headers: { a: 1 } }), /headers are not texts/],
    [JSON.stringify({ ...event, cookies: "a=1" }), /cookies are not a list/],
    [JSON.stringify({ ...event, body: {} }), /the body is no text/],
    [JSON.stringify({ ...event, requestContext: { ...requestContext, http: { method: "A B" } } }), /no method/],
  ])("%s", (text, reason) => {
    expect(summaries(text)).toEqual([expect.stringMatching(reason)]);
  });

  test("whatever a file holds, reading it throws nothing", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.json()).map((lines) => lines.join("\n")),
        ),
        (text) => {
          for (const one of readCases(text, "any")) expect(one.name).toContain("any");
        },
      ),
    );
  });
});
