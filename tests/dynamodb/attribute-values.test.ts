import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalNumber, itemSize, keyText } from "../../harness/dynamodb/attribute-values.ts";
import { memberOf } from "../../harness/json.ts";

describe("the size of an item", () => {
  test.each([
    [{ a: { S: "" } }, 1],
    [{ é: { S: "é" } }, 4],
    [{ a: { S: "😀" } }, 5],
    [{ a: { N: "0" } }, 2],
    [{ a: { N: "12" } }, 3],
    [{ a: { N: "-123" } }, 5],
    [{ a: { N: "1000000" } }, 3],
    [{ a: { B: "AAEC" } }, 4],
    [{ a: { BOOL: true } }, 2],
    [{ a: { NULL: true } }, 2],
    [{ a: { SS: ["x", "yé"] } }, 5],
    [{ a: { L: [] } }, 4],
    [{ a: { L: [{ S: "x" }, { BOOL: false }] } }, 8],
    [{ a: { M: { b: { S: "x" } } } }, 7],
  ])("%j is %i bytes", (item, bytes) => {
    expect(itemSize(item)).toBe(bytes);
  });
});

describe("numbers", () => {
  test.each([
    ["0", "0"],
    ["-0", "0"],
    ["0.000", "0"],
    ["007", "7"],
    ["+7", "7"],
    ["1e2", "100"],
    ["1.50", "1.5"],
    ["-1.5E-3", "-0.0015"],
    [".5", "0.5"],
    ["5.", "5"],
    ["120", "120"],
    ["0.1e1", "1"],
    ["123.456e1", "1234.56"],
    ["1e-2", "0.01"],
    ["text", "text"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalNumber(text)).toBe(canonical);
  });

  test("one value has one form, which stays as it is", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 0, max: 5 }),
        (digits, shift, zeros) => {
          const plain = canonicalNumber(`${digits}e-${shift}`);
          const other = canonicalNumber(`${digits}${"0".repeat(zeros)}e-${shift + zeros}`);
          expect(other).toBe(plain);
          expect(canonicalNumber(plain)).toBe(plain);
          expect(Number(plain)).toBeCloseTo(digits / 10 ** shift, 6);
        },
      ),
    );
  });

  test("keys of one value are one key", () => {
    expect(keyText({ N: "1.0" })).toBe(keyText({ N: "1" }));
    expect(keyText({ S: "1.0" })).not.toBe(keyText({ S: "1" }));
    expect(keyText({ S: "1" })).not.toBe(keyText({ N: "1" }));
  });
});

test("members are own members only", () => {
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"])
    expect(memberOf({}, name)).toBeUndefined();
  expect(memberOf(JSON.parse('{"__proto__":1}'), "__proto__")).toBe(1);
});
