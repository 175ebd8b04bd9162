import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HttpApi, Route, Stage } from "../../harness/apigateway/http-api.ts";
import { parseRouteKey, routeIdentity } from "../../harness/apigateway/route-key.ts";
import { routeSelector } from "../../harness/apigateway/route-selection.ts";

function route(routeKey: string): Route {
  const parsed = parseRouteKey(routeKey);
  if ("fault" in parsed) throw new Error(`${routeKey}: ${parsed.fault}`);
  const target = { kind: "dangling", reason: "a test" } as const;
  return { routeKey, key: parsed.key, authorization: { type: "NONE" }, target, declaredBy: routeKey };
}

function stage(name: string, deployed = true): Stage {
  return { name, declaredBy: name, deployed, routeThrottles: new Map() };
}

function api(routeKeys: readonly string[], stages: readonly Stage[] = [stage("$default")]): HttpApi {
  return {
    apiId: "a",
    name: "a",
    declaredBy: "a",
    disableExecuteApiEndpoint: false,
    stages,
    routes: routeKeys.map(route),
  };
}

function select(routeKeys: readonly string[], method: string, path: string, stages?: readonly Stage[]) {
  const selection = routeSelector(api(routeKeys, stages))(method, path);
  return selection.kind === "matched" ? selection.route.routeKey : selection.kind;
}

/** The worked example of AWS's guide, and more. */
const guide = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"];
const todos = ["POST /todos", "GET /todos", "GET /todos/{todoId}", "PUT /todos/{todoId}", "DELETE /todos/{todoId}"];

describe.each([
  ["as declared", (keys: readonly string[]) => keys],
  ["in reverse", (keys: readonly string[]) => [...keys].reverse()],
])("routes %s", (_, order) => {
  test.each([
    [guide, "GET", "/pets/dog/1", "GET /pets/dog/1"],
    [guide, "GET", "/pets/dog/2", "GET /pets/dog/{id}"],
    [guide, "GET", "/pets/cat/1", "GET /pets/{proxy+}"],
    [guide, "POST", "/test/5", "ANY /{proxy+}"],
    [guide, "POST", "/pets/dog/1", "ANY /{proxy+}"],
    [guide, "GET", "/", "$default"],
    [guide, "GET", "/pets", "ANY /{proxy+}"],
    [["GET /x/{proxy+}"], "GET", "/x", "no-route"],
    [["GET /x/{proxy+}"], "GET", "/x/", "no-route"],
    [["GET /x/{proxy+}"], "GET", "/x//y", "no-route"],
    [["GET /x/{proxy+}"], "GET", "/x/y/", "GET /x/{proxy+}"],
    [["ANY /a", "GET /a"], "GET", "/a", "GET /a"],
    [["ANY /a", "GET /a"], "POST", "/a", "ANY /a"],
    [["ANY /a/{b}", "GET /{a}/b"], "GET", "/a/b", "ANY /a/{b}"],
    [["POST /a/{b}", "GET /{a}/b"], "GET", "/a/b", "GET /{a}/b"],
    [["GET /a/b/c", "GET /a/{x}/d"], "GET", "/a/b/d", "GET /a/{x}/d"],
    [["GET /a/{p+}", "GET /a/b/{p+}"], "GET", "/a/b/c", "GET /a/b/{p+}"],
    [["GET /a/{p+}", "GET /{x}/b/{p+}"], "GET", "/a/b/c", "GET /{x}/b/{p+}"],
    [["GET /{x}/{p+}"], "GET", "/a/b", "GET /{x}/{p+}"],
    [["GET /a/{p+}", "POST /a/b/{p+}"], "GET", "/a/b/c", "GET /a/{p+}"],
    [["GET /a/{x}", "GET /a/{p+}"], "GET", "/a/b", "GET /a/{x}"],
    [["ANY /a/{x}", "GET /a/{p+}"], "GET", "/a/b", "ANY /a/{x}"],
    [["GET /"], "GET", "/", "GET /"],
    [todos, "GET", "/nope", "no-route"],
    [todos, "POST", "/todos/1", "no-route"],
    [todos, "HEAD", "/todos", "no-route"],
    [todos, "OPTIONS", "/todos", "no-route"],
    [todos, "GET", "/todos/", "no-route"],
    [todos, "GET", "//todos", "no-route"],
    [todos, "GET", "/TODOS", "no-route"],
    [todos, "get", "/todos", "no-route"],
    [todos, "GET", "/todos/1/2", "no-route"],
    [todos, "GET", "/todos/{todoId}", "GET /todos/{todoId}"],
    [["ANY /a", "$default"], "TRACE", "/a", "no-route"],
    [["ANY /a", "$default"], "constructor", "/a", "no-route"],
    [["ANY /{proxy+}", "$default"], "PURGE", "/a", "no-route"],
    [["GET /constructor"], "GET", "/__proto__", "no-route"],
  ])("%j: %s %s is %s", (routeKeys, method, path, expected) => {
    expect(select(order(routeKeys), method, path)).toBe(expected);
  });
});

test("parameters by name, a greedy one without its slash", () => {
  const selection = routeSelector(api(["GET /a/{b}/c/{d+}"]))("GET", "/a/x y/c/e/f");
  expect(selection.kind === "matched" && [...selection.pathParameters]).toEqual([
    ["b", "x y"],
    ["d", "e/f"],
  ]);
});

describe("stages", () => {
  const both = [stage("$default"), stage("dev")];
  const routes = ["GET /", "GET /todos", "GET /dev"];
  test.each([
    [both, "/todos", "$default GET /todos"],
    [both, "/dev/todos", "dev GET /todos"],
    [both, "/dev", "dev GET /"],
    [both, "/dev/", "dev GET /"],
    [both, "/dev/dev", "dev GET /dev"],
    [both, "/Dev/todos", "no-route"],
    [[stage("dev")], "/dev/todos", "dev GET /todos"],
    [[stage("dev")], "/todos", "no-stage"],
    [[stage("default")], "/todos", "no-stage"],
    [[stage("default")], "/default/todos", "default GET /todos"],
    [[stage("$default", false)], "/todos", "no-stage"],
    [[stage("$default"), stage("dev", false)], "/dev/todos", "no-route"],
    [[stage("$default"), stage("dev", false)], "/dev", "$default GET /dev"],
    [both, "/$default/todos", "no-route"],
    [[], "/todos", "no-stage"],
    [[stage("dev")], "/", "no-stage"],
    [[stage("constructor", false)], "/constructor/todos", "no-stage"],
  ])("%#: %s", (stages, path, expected) => {
    const selection = routeSelector(api(routes, stages))("GET", path);
    const seen = selection.kind === "matched" ? `${selection.stage.name} ${selection.route.routeKey}` : selection.kind;
    expect(seen).toBe(expected);
  });
});

/** The rules once more, slowly: every route is tried, and the candidates are ranked. */
function oracle(routeKeys: readonly string[], method: string, path: string): string {
  const segments = path === "/" ? [] : path.slice(1).split("/");
  const ranked = routeKeys
    .flatMap((key) => {
      const rank = rankOf(key, method, segments);
      return rank === undefined ? [] : [{ key, rank }];
    })
    .sort((left, right) => (left.rank < right.rank ? -1 : 1));
  return ranked[0]?.key ?? "no-route";
}

/** Smaller is better, as text: kind, greedy prefix (longer first), literal before parameter, exact method before ANY. */
function rankOf(key: string, method: string, segments: readonly string[]): string | undefined {
  if (key === "$default") return "3";
  const [verb = "", path = ""] = key.split(" ");
  if (verb !== "ANY" && verb !== method) return undefined;
  const parts = path === "/" ? [] : path.slice(1).split("/");
  const greedy = parts.at(-1)?.endsWith("+}") ?? false;
  const fixed = greedy ? parts.slice(0, -1) : parts;
  if (greedy ? segments.length <= fixed.length || segments[fixed.length] === "" : segments.length !== fixed.length) {
    return undefined;
  }
  const fits = fixed.every((part, at) => (part.startsWith("{") ? segments[at] !== "" : part === segments[at]));
  if (!fits) return undefined;
  const kinds = fixed.map((part) => (part.startsWith("{") ? "1" : "0")).join("");
  const prefix = greedy ? `2${String(99 - fixed.length).padStart(2, "0")}` : "1";
  return `${prefix}${kinds}${verb === "ANY" ? "1" : "0"}`;
}

describe("properties", () => {
  const word = fc.constantFrom("a", "b", "c");
  const part = fc.oneof({ weight: 3, arbitrary: word }, { weight: 2, arbitrary: word.map((name) => `{${name}}`) });
  const method = fc.constantFrom("GET", "POST", "ANY");
  const key = fc.tuple(method, fc.array(part, { maxLength: 4 }), fc.boolean()).map(([verb, parts, greedy]) => {
    const named = parts.map((text, at) => (text.startsWith("{") ? `{p${at}}` : text));
    return `${verb} /${[...named, ...(greedy ? ["{rest+}"] : [])].join("/")}`;
  });
  const routeKeys = fc.uniqueArray(fc.oneof({ weight: 9, arbitrary: key }, fc.constant("$default")), {
    maxLength: 12,
    selector: (text) => routeIdentity(route(text).key),
  });
  const path = fc
    .array(fc.constantFrom("a", "b", "c", "d", "", "{a}"), { maxLength: 6 })
    .map((parts) => `/${parts.join("/")}`);

  test("selection is what the slow rules say", () => {
    fc.assert(
      fc.property(routeKeys, fc.constantFrom("GET", "POST", "PUT"), path, (keys, verb, at) => {
        expect(select(keys, verb, at)).toBe(oracle(keys, verb, at));
      }),
      { numRuns: 1000 },
    );
  });

  test("no method or path throws", () => {
    const selectRoute = routeSelector(api([...guide, ...todos.slice(1)], [stage("$default"), stage("dev")]));
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: "binary" }), (verb, text) => {
        expect(["matched", "no-route"]).toContain(selectRoute(verb, `/${text}`).kind);
      }),
      { numRuns: 300 },
    );
  });
});
