import { describe, expect, test } from "vitest";
import { comparisonTable, type KnownDifference, type SideBySide, sortedOut } from "./side-by-side.ts";

const same: SideBySide = { name: "a", through: "gateway", local: "200", endpoint: "200" };
const other: SideBySide = { name: "b", through: "gateway", local: "401 x", endpoint: "403 y" };
const known: KnownDifference = {
  events: ["b"],
  through: "gateway",
  local: "401 x",
  endpoint: "403*",
  reason: "It says so.",
  link: "https://docs.example",
};

describe("differences between two sides", () => {
  test.each([
    ["none", [same], [], [], []],
    ["one that is not listed", [same, other], [], ["b (gateway): 401 x here, 403 y there"], []],
    ["one that is listed", [same, other], [known], [], []],
    ["one that is listed for every event", [other], [{ ...known, events: ["*"] }], [], []],
    ["one that is listed otherwise", [other], [{ ...known, endpoint: "403" }], expect.any(Array), expect.any(Array)],
    ["a listed one that is gone", [same], [known], [], ["b (gateway): It says so."]],
    [
      "one listed for every event that is gone",
      [same],
      [{ ...known, events: ["*"] }],
      [],
      ["* (gateway): It says so."],
    ],
    [
      "one that is listed for the other way",
      [other],
      [{ ...known, through: "invoke" as const }],
      expect.any(Array),
      expect.any(Array),
    ],
  ])("%s", (_name, comparison, listed, unlisted, gone) => {
    const found = sortedOut(comparison, listed);
    expect(found).toEqual({ unlisted, gone });
    if (typeof unlisted !== "object" || !Array.isArray(unlisted)) expect(found.unlisted).toHaveLength(1);
  });

  test("are marked in the table", () => {
    expect(comparisonTable([same, other]).split("\n")).toEqual([
      "   event  through  here   endpoint",
      "   a      gateway  200    200",
      "!  b      gateway  401 x  403 y",
    ]);
  });
});
