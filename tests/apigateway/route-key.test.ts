import { expect, test } from "vitest";
import { parseRouteKey, routeIdentity } from "../../harness/apigateway/route-key.ts";

test.each([
  ["$default", { kind: "default" }, "$default"],
  ["GET /", { kind: "path", method: "GET", path: "/", parts: [] }, "GET /"],
  [
    "ANY /a/{b}/{c+}",
    {
      kind: "path",
      method: "ANY",
      path: "/a/{b}/{c+}",
      parts: [
        { kind: "literal", text: "a" },
        { kind: "parameter", name: "b" },
        { kind: "greedy", name: "c" },
      ],
    },
    "ANY /a/{}/{+}",
  ],
])("%s is parsed, and AWS compares it by its shape", (text, key, identity) => {
  const parsed = parseRouteKey(text);
  expect(parsed).toEqual({ key });
  expect("key" in parsed && routeIdentity(parsed.key)).toBe(identity);
});
