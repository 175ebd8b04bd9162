import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStrictJsonObject } from "../../harness/apigateway/strict-json.ts";

const parse = (text: string) => parseStrictJsonObject(Buffer.from(text));

test.each([
  ["{}", {}],
  ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', { a: { a: 1 }, b: [{ a: 1 }, { a: 2 }] }],
  ['{"a":"a\\"","b":"a:"}', { a: 'a"', b: "a:" }],
  [`{"a":${"[".repeat(31)}${"]".repeat(31)}}`, { a: JSON.parse(`${"[".repeat(31)}${"]".repeat(31)}`) }],
  ['{"a":["a","a"],"b":"a"}', { a: ["a", "a"], b: "a" }],
])("%s is read", (text, value) => {
  expect(parse(text)).toEqual({ kind: "object", value });
});

test.each([
  ['{"a":1,"a":2}', "has the same name twice"],
  ['{"a":1,"\\u0061":2}', "has the same name twice"],
  ['{"a":1,"a"\n\t :2}', "has the same name twice"],
  ['{"x":{"a":1,"a":1}}', "has the same name twice"],
  ['{"__proto__":1,"__proto__":2}', "has the same name twice"],
  ['{"":1,"":2}', "has the same name twice"],
  [`{"a":${"[".repeat(32)}${"]".repeat(32)}}`, "is nested too deeply"],
  ["[]", "is not a JSON object"],
  ["null", "is not a JSON object"],
  ['"a"', "is not a JSON object"],
  ["", "is not a JSON object"],
  ['{"a":1} x', "is not a JSON object"],
  ["{'a':1}", "is not a JSON object"],
  ['{"a":"\\', "is not a JSON object"],
])("%s is refused", (text, reason) => {
  expect(parse(text)).toEqual({ kind: "refused", reason });
});

test("whatever JSON.stringify writes of an object is read back the same", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
      const text = JSON.stringify(value);
      expect(parse(text)).toEqual({ kind: "object", value: JSON.parse(text) });
    }),
    { numRuns: 200 },
  );
});

test("no bytes throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.string().map(Buffer.from), fc.json().map(Buffer.from)), (bytes) => {
      expect(["object", "refused"]).toContain(parseStrictJsonObject(bytes).kind);
    }),
    { numRuns: 200 },
  );
});
