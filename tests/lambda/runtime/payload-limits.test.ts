import { expect, test } from "vitest";
import {
  exceedsBytes,
  MAXIMUM_REQUEST_BYTES,
  MAXIMUM_RESPONSE_BYTES,
} from "../../../harness/lambda/runtime/payload-limits.ts";

test("Lambda takes 6 MiB, and gives that and a little more", () => {
  expect([MAXIMUM_REQUEST_BYTES, MAXIMUM_RESPONSE_BYTES]).toEqual([6_291_456, 6_291_556]);
});

const LONGEST = MAXIMUM_RESPONSE_BYTES;

test.each([
  ["of ASCII", "x".repeat(LONGEST), false],
  ["of ASCII, a byte more", "x".repeat(LONGEST + 1), true],
  ["of two bytes a character", "ü".repeat(LONGEST / 2), false],
  ["of two bytes a character, a byte more", `x${"ü".repeat(LONGEST / 2)}`, true],
  ["of three bytes a character", "✓".repeat(Math.floor(LONGEST / 3)), false],
  ["of three bytes a character, some more", "✓".repeat(Math.floor(LONGEST / 3) + 1), true],
])("a payload %s is more than its bytes: %#", (_, payload, expected) => {
  expect(exceedsBytes(payload, LONGEST)).toBe(expected);
});
