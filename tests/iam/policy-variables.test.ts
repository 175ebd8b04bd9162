import { describe, expect, test } from "vitest";
import { ANY, STAR } from "../../harness/iam/pattern.ts";
import { bindText, parsePolicyText } from "../../harness/iam/policy-variables.ts";

function parse(text: string, syntax = { variables: true, wildcards: true }) {
  return parsePolicyText(text, syntax, (rule) => {
    throw new Error(rule);
  });
}

const a = 97;
const dollar = 36;
const open = 123;

describe("a text of a policy", () => {
  test.each<[string, unknown]>([
    ["", []],
    ["a*?a", [a, STAR, ANY, a]],
    [`a\${*}\${?}\${$}`, [a, 42, 63, dollar]],
    ["$a", [dollar, a]],
    ["$", [dollar]],
    ["{a", [open, a]],
    ["\uffffa", [0xffff, a]],
    ["\u{10000}a", [0x10000, a]],
    [`a\${aws:username}a`, [a, { key: "aws:username" }, a]],
    [`\${AWS:UserName}`, [{ key: "aws:username" }]],
    [`\${ aws:username }`, [{ key: "aws:username" }]],
    [`\${aws:PrincipalTag/a b}`, [{ key: "aws:principaltag/a b" }]],
    [`\${aws:username, 'b'}`, [{ key: "aws:username", fallback: "b" }]],
    [`\${aws:username,'b'}`, [{ key: "aws:username", fallback: "b" }]],
    [`\${aws:username , 'b' }`, [{ key: "aws:username", fallback: "b" }]],
    [`\${aws:username, ''}`, [{ key: "aws:username", fallback: "" }]],
    [`\${aws:username, '${"x".repeat(512)}'}`, [{ key: "aws:username", fallback: "x".repeat(512) }]],
    [`\${aws:username}\${s3:prefix}`, [{ key: "aws:username" }, { key: "s3:prefix" }]],
  ])("%j is read", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test("has no wildcards where there are none, and no variables before 2012-10-17", () => {
    expect(parse("*?", { variables: true, wildcards: false })).toEqual([42, 63]);
    expect(parse(`\${a`, { variables: false, wildcards: true })).toEqual([dollar, open, a]);
    expect(parse(`\${aws:username, '*'}`, { variables: true, wildcards: false })).toEqual([
      { key: "aws:username", fallback: "*" },
    ]);
  });

  test("is bound to the values of its variables, or to nothing", () => {
    const bind = (text: string, values: Record<string, string>) => bindText(parse(text) ?? [], (key) => values[key]);
    expect(bind(`a\${aws:username}b`, { "aws:username": "\u{10000}*" })).toBe("a\u{10000}*b");
    expect(bind(`a\${aws:username}b`, {})).toBeUndefined();
    expect(bind(`a\${aws:username, 'c'}b`, {})).toBe("acb");
    expect(bind(`a\${aws:username, 'c'}b`, { "aws:username": "d" })).toBe("adb");
  });
});
