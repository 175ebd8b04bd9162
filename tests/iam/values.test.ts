import { describe, expect, test } from "vitest";
import { parseDate } from "../../harness/iam/dates.ts";
import { parseIpRange } from "../../harness/iam/ip-addresses.ts";
import { compareDecimals, type Decimal, parseDecimal } from "../../harness/iam/numbers.ts";

describe("a date", () => {
  test.each([
    ["2026", "2026-01-01T00:00:00.000Z"],
    ["2026-03", "2026-03-01T00:00:00.000Z"],
    ["2026-03-04", "2026-03-04T00:00:00.000Z"],
    ["2026-12-31", "2026-12-31T00:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2026-03-04T05:06Z", "2026-03-04T05:06:00.000Z"],
    ["2026-03-04T05:06:07Z", "2026-03-04T05:06:07.000Z"],
    ["2026-03-04T23:59:59.25Z", "2026-03-04T23:59:59.250Z"],
    ["2026-03-04T05:06:07.123456789Z", "2026-03-04T05:06:07.123Z"],
    ["2026-03-04T05:06:07+02:30", "2026-03-04T02:36:07.000Z"],
    ["2026-03-04T05:06:07-02:30", "2026-03-04T07:36:07.000Z"],
    ["2026-03-04T05:06+23:59", "2026-03-03T05:07:00.000Z"],
    ["0", "1970-01-01T00:00:00.000Z"],
    ["1772600767", "2026-03-04T05:06:07.000Z"],
    ["1772600767.5", "2026-03-04T05:06:07.500Z"],
    ["1.25", "1970-01-01T00:00:01.250Z"],
    ["-1", "1969-12-31T23:59:59.000Z"],
  ])("%s is %s", (text, expected) => {
    const milliseconds = parseDate(text);
    expect(milliseconds === undefined ? undefined : new Date(milliseconds).toISOString()).toBe(expected);
  });

  test.each([
    "",
    "now",
    "x2026",
    "2026x",
    "2026-3-4",
    "2026-00-04",
    "2026-13-04",
    "2026-03-00",
    "2026-03-32",
    "2026-02-29",
    "2026-04-31",
    "2026-03-04T05Z",
    "2026-03-04T05:06",
    "2026-03-04T24:00Z",
    "2026-03-04T05:60Z",
    "2026-03-04T05:06:60Z",
    "2026-03-04T05:06:07.Z",
    "2026-03-04T05:06:07.1234567890Z",
    "2026-03-04T05:06:07z",
    "2026-03-04T05:06:07+24:00",
    "2026-03-04T05:06:07+00:60",
    "2026-03-04T05:06:07+0100",
    "2026-03-04 05:06:07Z",
    " 2026",
    "1e3",
    "0x10",
    "x1",
    "1x",
    "1.",
    ".5",
    "--1",
    "1234567890123456",
    "1.0123456789",
  ])("is not %j", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});

describe("a number", () => {
  const decimal = (text: string): Decimal => {
    const parsed = parseDecimal(text);
    if (parsed === undefined) throw new Error(`${text} is no number`);
    return parsed;
  };

  test.each([
    ["0", { negative: false, integer: "", fraction: "" }],
    ["-0.00", { negative: false, integer: "", fraction: "" }],
    ["007", { negative: false, integer: "7", fraction: "" }],
    ["+10", { negative: false, integer: "10", fraction: "" }],
    ["-12.3400", { negative: true, integer: "12", fraction: "34" }],
    ["-0.01", { negative: true, integer: "", fraction: "01" }],
    ["1".repeat(64), { negative: false, integer: "1".repeat(64), fraction: "" }],
  ])("%s is read", (text, expected) => {
    expect(parseDecimal(text)).toEqual(expected);
  });

  test.each([
    "",
    "-",
    ".",
    "1.",
    ".5",
    "1e3",
    "0x1",
    " 1",
    "1 ",
    "--1",
    "1.2.3",
    "1,5",
    "Infinity",
    "1".repeat(65),
    `0.${"1".repeat(65)}`,
  ])("is not %j", (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  test("comes in order, and before none that is equal", () => {
    const ascending = [
      "-100",
      "-20",
      "-3.25",
      "-3.2",
      "-0.5",
      "0",
      "0.05",
      "0.5",
      "3",
      "3.2",
      "3.25",
      "20",
      "100",
      "9007199254740993",
      "9007199254740994",
    ];
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        expect([a, b, Math.sign(compareDecimals(decimal(a), decimal(b))) + 0]).toEqual([a, b, Math.sign(i - j)]);
      }
    }
    expect(compareDecimals(decimal("1.50"), decimal("01.5"))).toBe(0);
    expect(compareDecimals(decimal("-1.50"), decimal("-1.5")) === 0).toBe(true);
  });
});

describe("a range of addresses", () => {
  test.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.1.2.3/8", "10.0.0.0", true],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.2", false],
    ["10.1.2.3/32", "10.1.2.2", false],
    ["0.0.0.0/0", "203.0.113.7", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["2001:db8::1", "2001:db8::1", true],
    ["2001:db8::1", "2001:db8::2", false],
    ["::/0", "2001:db8::1", true],
    ["::/0", "203.0.113.7", false],
    ["::/128", "::", true],
    ["10.0.0.0/8", "::ffff:10.0.0.1", true],
    ["10.0.0.0/8", "fe80::1%eth0", undefined],
    ["10.0.0.0/8", "10.0.0.1/32", undefined],
    ["10.0.0.0/8", "", undefined],
  ])("%s holds %s: %s", (range, address, expected) => {
    expect(parseIpRange(range)?.(address)).toBe(expected);
  });

  test.each([
    "",
    "/8",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0.0/8x",
    "10.0.0.0/x8",
    "10.0.0.0/0008",
    "10.0.0.0/ 8",
    "2001:db8::/129",
    "fe80::1%eth0",
    "fe80::1%eth0/64",
  ])("is not %j", (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  });
});
