import { expect, test } from "vitest";
import { claimsAsText } from "../../harness/apigateway/claims-text.ts";

test.each<[string, unknown, string | undefined]>([
  ["text", "a b", "a b"],
  ["an integer", 1_800_000_000, "1800000000"],
  ["an integer that JavaScript writes with an exponent", 1e21, "1000000000000000000000"],
  ["a negative integer", -5, "-5"],
  ["a fraction", 0.5, "0.5"],
  ["true", true, "true"],
  ["false", false, "false"],
  ["null", null, undefined],
  ["a list", ["a", 1, true], "[a 1 true]"],
  ["a list in a list", [["a", "b"], "c"], "[[a b] c]"],
  ["an empty list", [], "[]"],
  ["an object", { a: [1] }, '{"a":[1]}'],
])("a claim that is %s", (_, value, expected) => {
  expect(claimsAsText({ claim: value })).toEqual(expected === undefined ? {} : { claim: expected });
});

test("a claim may have any name", () => {
  const claims = JSON.parse('{"__proto__":"a","constructor":"b"}');
  expect(Object.entries(claimsAsText(claims))).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});
