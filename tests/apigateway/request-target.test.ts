import fc from "fast-check";
import { expect, test } from "vitest";
import { parseQueryString, parseRequestTarget } from "../../harness/apigateway/request-target.ts";

test.each([
  ["/capture/plain", "/capture/plain"],
  ["/capture/space%20value", "/capture/space value"],
  ["/capture/question%3Fvalue", "/capture/question"],
  ["/capture/hash%23value", "/capture/hash#value"],
  ["/capture/slash%2Fvalue", "/capture/slash/value"],
  ["/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C", "/capture/unicode-λ-世界"],
  ["/capture/literal%252Fvalue", "/capture/literal/value"],
  ["/capture/literal%253Fvalue", "/capture/literal?value"],
  ["/capture/literal%2525value", "/capture/literal%value"],
  ["/a+b", "/a+b"],
  ["//a//", "/a//"],
  ["////", "/"],
  ["/%2F%2Fa", "/a"],
  ["/a/../b", "/b"],
  ["/a/./b", "/a/b"],
  ["/a/b/..", "/a/"],
  ["/a/.", "/a/"],
  ["/..", "/"],
  ["/a/..", "/"],
  ["/../../a", "/a"],
  ["/a/%2e%2e/b", "/b"],
  ["/a/%2e%2e%2fb", "/b"],
  ["/a/%252e%252e%252fb", "/b"],
  ["/..//a", "/a"],
  ["/a/.../b", "/a/.../b"],
  ["/.a/b.", "/.a/b."],
  ["/a..%2fb", "/a../b"],
  ["/%3F", "/"],
])("%s is the path %s", (target, path) => {
  expect(parseRequestTarget(target)).toEqual({ kind: "target", path, rawQueryString: "" });
});

test.each(["/capture/percent%25done", "/%", "/%zz", "/%2", "/%ff", "/%C3%28", "/%25ff", "/%?a"])(
  "%j is refused for its escapes",
  (target) => {
    const reason = "the path has a percent sign that begins no escape";
    expect(parseRequestTarget(target)).toEqual({ kind: "malformed", reason });
  },
);

test.each(["/..%2fa", "/a/..%2Fb", "/a/..%2f..%2fb"])("%j is refused for its hidden way up", (target) => {
  const reason = "the path has `..` before an encoded slash";
  expect(parseRequestTarget(target)).toEqual({ kind: "malformed", reason });
});

test.each(["", "*", "http://h/a", "a", "?a", "%2Fa"])("%j is refused, since it is no path", (target) => {
  expect(parseRequestTarget(target)).toEqual({ kind: "malformed", reason: "the request target is not a path" });
});

test.each([
  ["/a", ""],
  ["/a?", ""],
  ["/a?b=%20c&d=+", "b=%20c&d=+"],
  ["/a?b?c=d", "b?c=d"],
  ["/a%3Fb?c=%zz", "c=%zz"],
])("the query string of %s is untouched", (target, rawQueryString) => {
  expect(parseRequestTarget(target)).toMatchObject({ kind: "target", rawQueryString });
});

test.each([
  ["", []],
  ["a", [["a", ""]]],
  ["a=", [["a", ""]]],
  ["=a", [["", "a"]]],
  [
    "a=1&a=2",
    [
      ["a", "1"],
      ["a", "2"],
    ],
  ],
  ["&&a=1&", [["a", "1"]]],
  ["a=b=c", [["a", "b=c"]]],
  [
    "q=x%20y+z&%CE%BB=1",
    [
      ["q", "x y z"],
      ["λ", "1"],
    ],
  ],
  ["a=%zz+%", [["a", "%zz %"]]],
  ["+=+", [[" ", " "]]],
  ["a=%2B%26%3D", [["a", "+&="]]],
  ["a=%2525", [["a", "%25"]]],
])("the parameters of %j", (rawQueryString, parameters) => {
  expect(parseQueryString(rawQueryString)).toEqual(parameters);
});

test("no target throws, and a path starts with one slash and holds no way up", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(fc.constantFrom("%", "2", "5", "F", "/", ".", "..", "%2e", "%2F", "?", "#", "a", "+", "&", "="))
      .map((parts) => `/${parts.join("")}`),
  );
  fc.assert(
    fc.property(hostile, (target) => {
      const parsed = parseRequestTarget(target);
      if (parsed.kind === "target") {
        expect(parsed.path).toMatch(/^\/(?!\/)/);
        expect(parsed.path.split("/").filter((segment) => segment === "." || segment === "..")).toEqual([]);
      }
      parseQueryString(target);
    }),
    { numRuns: 300 },
  );
});
