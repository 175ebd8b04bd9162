import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entryPath } from "../../harness/lambda/archive.ts";

describe("the place of an archive's entry", () => {
  test.each([
    ["index.js", "index.js"],
    ["a/b.js", "a/b.js"],
    ["./a//b.js", "a/b.js"],
    ["a/../b.js", "b.js"],
    ["node_modules/", "node_modules"],
    [".", "."],
    ["..a", "..a"],
    ["", undefined],
    ["..", undefined],
    ["../a", undefined],
    ["a/../../b", undefined],
    ["/a", undefined],
    ["a\\..\\b", undefined],
    ["C:/a", undefined],
    ["a\0b", undefined],
  ])("%j is %j", (name, place) => {
    expect(entryPath(name)).toBe(place);
  });

  test("is never outside the task folder", () => {
    const part = fc.oneof(fc.constantFrom("..", ".", "", "a", "\\", "C:", "\0"), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const place = entryPath(parts.join("/"));
        if (place === undefined) return;
        const target = posix.join("/task", place);
        expect(target === "/task" || target.startsWith("/task/")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
