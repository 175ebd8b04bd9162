import { describe, expect, test } from "vitest";
import { readJsonDocument } from "../../harness/iam/json-document.ts";
import { isManagedByAws } from "../../harness/iam/managed-policies.ts";

function read(document: unknown) {
  const rules: string[] = [];
  return { value: readJsonDocument(document, (rule) => rules.push(rule)), rules };
}

const twice = (name: string) => [`the policy has the member ${name} twice in one object.`];

describe("a policy's JSON text", () => {
  test.each([
    "{}",
    '{"a":{"x":1},"x":2}',
    '{"x":[{"a":1},{"a":2}],"a":3}',
    '{"x":{"y":{}},"y":{"x":{}}}',
    '{"a":"{\\"a\\":1}"}',
    '{"a":":","b":"}{"}',
    ' { "a" : [ [ { "a" : 1 } ] ] } ',
  ])("%s is read", (text) => {
    expect(read(text)).toEqual({ value: JSON.parse(text), rules: [] });
  });

  test.each<[string, string[]]>([
    ['{"a":1,"a":2}', twice('"a"')],
    ['{"a":1,"b":{},"a":2}', twice('"a"')],
    ['{"a":1,"b":[{"c":[]}],"a":2}', twice('"a"')],
    ['{"x":{"a":{"y":1},"a":2}}', twice('"a"')],
    ['{"x":[1,{"a":1,"a":2}]}', twice('"a"')],
    ['{"a":1,"\\u0061":2}', twice('"\\u0061"')],
    ['{"":1,"":2}', twice('""')],
    ["[]", ["the policy is not a JSON object."]],
    ["1", ["the policy is not a JSON object."]],
    ['{"a":}', ["the policy is not valid JSON."]],
  ])("%s is refused", (text, rules) => {
    expect(read(text)).toEqual({ value: undefined, rules });
  });

  test("may have 131,072 characters", () => {
    const sized = (size: number) => `{"a":"${"x".repeat(size - 8)}"}`;
    expect(read(sized(131_072)).rules).toEqual([]);
    expect(read(sized(131_073)).rules).toEqual(["the policy has 131073 characters; IAM takes at most 131072."]);
  });
});

describe("an ARN", () => {
  test.each([
    ["arn:aws:iam::aws:policy/ReadOnlyAccess", true],
    ["arn:aws-cn:iam::aws:policy/service-role/X", true],
    ["arn:aws:iam::123456789012:policy/ReadOnlyAccess", false],
    ["arn:aws:iam::aws:policy/", false],
    ["xarn:aws:iam::aws:policy/a", false],
    ["x arn:aws:iam::aws:policy/a", false],
    ["arn:aws:iam::aws:policy/a b", false],
  ])("%s is of a policy that AWS manages: %s", (arn, expected) => {
    expect(isManagedByAws(arn)).toBe(expected);
  });
});
