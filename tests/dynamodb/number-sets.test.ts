import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalNumber } from "../../harness/dynamodb/attribute-values.ts";
import { canonicalNumbers } from "../../harness/dynamodb/canonical-numbers.ts";
import { send } from "./support/calls.ts";
import { notes, startGate } from "./support/gate.ts";

describe.each(["dynoxide", "dynalite"] as const)("numbers in a set on %s", (kind) => {
  let running: Awaited<ReturnType<typeof startGate>>;
  beforeAll(async () => {
    running = await startGate(kind);
  });
  afterAll(() => running?.close());

  const TableName = notes.name;
  const Key = { owner: { S: "ana" }, id: { S: "numbers" } };
  const change = async (verb: string, texts: readonly string[]) => {
    const { error } = await send(running.administrator, "UpdateItem", {
      TableName,
      Key,
      UpdateExpression: `${verb} numbers :n`,
      ExpressionAttributeValues: { ":n": { NS: texts } },
    });
    expect(error).toBeUndefined();
    const { output } = await send(running.administrator, "GetItem", { TableName, Key });
    return [...(output as { Item: { numbers: { NS: readonly string[] } } }).Item.numbers.NS].sort();
  };

  test("are numbers, however they are written", async () => {
    expect(await change("ADD", ["1", "2"])).toEqual(["1", "2"]);
    expect(await change("ADD", ["1.0", "0.2e1", "3"])).toEqual(["1", "2", "3"]);
    expect(await change("DELETE", ["1.00", "+3"])).toEqual(["2"]);
  });
});

test("a request without an unusual number is handed on as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalNumbers(value)).toBe(value);
    }),
    { examples: [[{ N: "1", NS: ["1", "2"], M: { N: { S: "1.0" } } }]] },
  );
});

test("every number of a request is written as DynamoDB writes it, and nothing else changes", () => {
  const numeral = fc.tuple(fc.integer(), fc.nat(99), fc.integer({ min: -9, max: 9 }));
  fc.assert(
    fc.property(numeral, fc.string(), ([whole, fraction, exponent], name) => {
      const text = `${whole}.${fraction}e${exponent}`;
      const request = { Item: { [name]: { L: [{ N: text }, { NS: [text] }, { S: text }] } } };
      const written = canonicalNumber(text);
      expect(canonicalNumbers(request)).toEqual({
        Item: { [name]: { L: [{ N: written }, { NS: [written] }, { S: text }] } },
      });
    }),
  );
});
