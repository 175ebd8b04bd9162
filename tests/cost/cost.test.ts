import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { estimateCost, type Usage } from "../../harness/cost/estimate.ts";
import { charge, type Price, prices } from "../../harness/cost/prices.ts";
import { costTable } from "../../harness/cost/report.ts";
import { type EvaluatedProgram, evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { ROOT } from "../end-to-end/support/scratch-program.ts";

/** AWS's own arithmetic, from the pricing pages. */
const published: readonly (readonly [string, number, readonly (readonly [Price, number])[]])[] = [
  [
    "Lambda: 512 MB, three million times, a second each",
    18.74,
    [
      [prices.lambdaX86Seconds, 3_000_000 * 1 * 0.5],
      [prices.lambdaRequests, 3_000_000],
    ],
  ],
  ["HTTP API: 216 million requests", 216, [[prices.httpApiRequests, 216_000_000]]],
];

test.each(published)("reproduces within a cent: %s", (_name, dollars, parts) => {
  const total = parts.reduce((sum, [price, units]) => sum + charge(price, units), 0);
  expect(Math.abs(total - dollars)).toBeLessThanOrEqual(0.0101);
});

/** DynamoDB has one price for each kind of unit: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
test("a million writes cost 62.5 cents, a million reads 12.5", () => {
  expect(charge(prices.tableWrites, 1_000_000)).toBeCloseTo(0.625, 10);
  expect(charge(prices.tableReads, 1_000_000)).toBeCloseTo(0.125, 10);
  expect(charge(prices.tableStorage, 30)).toBeCloseTo(1.25, 10);
});

test("a higher step has its own price, for what lies in it alone", () => {
  expect(charge(prices.httpApiRequests, 400_000_000)).toBeCloseTo(300 + 90, 6);
  expect(charge(prices.liteUsers, 110_000)).toBeCloseTo(90_000 * 0.0055 + 10_000 * 0.0046, 6);
});

test("more never costs less", () => {
  const units = fc.double({ min: 0, max: 1e11, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...Object.values<Price>(prices)), units, units, (price, one, other) => {
      expect(charge(price, one + other)).toBeGreaterThanOrEqual(charge(price, one));
    }),
  );
});

describe("a stack's estimate", () => {
  const usage: Usage = { requests: 1_000_000, users: 10_000, durationMilliseconds: 50, readShare: 0.5 };
  const idle: Usage = { ...usage, requests: 0, users: 0 };
  let dev: EvaluatedProgram;
  let prod: EvaluatedProgram;
  beforeAll(async () => {
    dev = await evaluateProgram({ programDirectory: ROOT, stack: "dev" });
    prod = await evaluateProgram({ programDirectory: ROOT, stack: "prod" });
  });

  test("is nothing for dev while nobody calls, free units or not", () => {
    for (const { resource, dollars, idleDollars } of estimateCost(dev.graph, idle)) {
      expect({ resource, dollars, idleDollars }).toEqual({ resource, dollars: 0, idleDollars: 0 });
    }
    expect(costTable(estimateCost(dev.graph, usage), usage)).toContain("While nobody calls: nothing.");
  });

  test("names what prod costs while nobody calls: alarms and the dashboard", () => {
    const costly = estimateCost(prod.graph, idle).filter(({ idleDollars }) => idleDollars > 0);
    expect(costly.map(({ resource, idleDollars }) => [resource, idleDollars.toFixed(2)])).toEqual([
      ["alarms", "1.70"],
      ["dashboards", "3.00"],
    ]);
  });

  test("adds up what a million requests use", () => {
    const lines = estimateCost(dev.graph, usage);
    const units = (price: string) =>
      lines.filter((line) => line.price === price).reduce((sum, line) => sum + line.units, 0);
    expect(units("httpApiRequests")).toBe(1_000_000);
    expect(units("lambdaRequests")).toBe(1_000_000);
    expect(units("lambdaArmSeconds")).toBeCloseTo(1_000_000 * 0.05 * 0.25, 6);
    expect(units("tableWrites") + units("tableReads")).toBe(1_000_000);
    expect(lines.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(1 + 0.3125 + 0.0625, 6);
  });

  test("counts the trail's events where there is a trail", () => {
    const events = (program: EvaluatedProgram) =>
      estimateCost(program.graph, usage).filter(({ price }) => price === "dataEvents");
    expect(events(dev)).toEqual([]);
    expect(events(prod)).toMatchObject([{ units: 1_000_000, dollars: 1 }]);
  });
});
