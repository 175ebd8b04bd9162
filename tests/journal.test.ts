import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { memoryJournal } from "../harness/journal.ts";

const entry = (requestId: string) =>
  ({ requestId, step: "route", subject: "GET /", outcome: "allowed", reason: "because" }) as const;

describe("the journal", () => {
  test("keeps decisions with their time, oldest first, and finds one request's", () => {
    let now = Date.UTC(2027, 0, 1);
    const journal = memoryJournal({ nowMilliseconds: () => now });
    journal.record(entry("a"));
    now += 1_500;
    journal.record(entry("b"));
    journal.record({ ...entry("a"), step: "authorizer" });
    expect(journal.entries().map(({ requestId, at }) => `${requestId} ${at}`)).toEqual([
      "a 2027-01-01T00:00:00.000Z",
      "b 2027-01-01T00:00:01.500Z",
      "a 2027-01-01T00:00:01.500Z",
    ]);
    expect(journal.entries("a").map(({ step }) => step)).toEqual(["route", "authorizer"]);
    expect(journal.entries("constructor")).toEqual([]);
    expect(journal.entries("")).toEqual([]);
  });

  test("forgets the oldest, and nothing else", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(70), (capacity, count) => {
        const journal = memoryJournal({ nowMilliseconds: () => 0 }, capacity);
        const ids = Array.from({ length: count }, (_, index) => String(index));
        for (const id of ids) journal.record(entry(id));
        expect(journal.entries().map(({ requestId }) => requestId)).toEqual(ids.slice(-capacity));
      }),
    );
  });

  test("what was read does not change later", () => {
    const journal = memoryJournal({ nowMilliseconds: () => 0 }, 1);
    journal.record(entry("a"));
    const read = journal.entries();
    journal.record(entry("b"));
    expect(read.map(({ requestId }) => requestId)).toEqual(["a"]);
  });
});
