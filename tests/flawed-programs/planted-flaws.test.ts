import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { areas, plantedFlaws } from "./support/planted-flaws.ts";

test("every area in which flaws are planted has its test file", () => {
  expect(readdirSync(import.meta.dirname)).toEqual(expect.arrayContaining(areas.map((area) => `${area}.test.ts`)));
});

test("no flaw is without a check that has to find it", () => {
  const flaws = plantedFlaws();
  expect(flaws.length).toBeGreaterThan(0);
  expect(flaws.filter(({ fails, changes }) => fails.length === 0 || changes.length === 0)).toEqual([]);
});
