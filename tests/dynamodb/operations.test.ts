import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { operationCases, stored } from "./cases/operations.ts";
import { type Input, send } from "./support/calls.ts";
import { counters, notes, type RunningGate, startGate } from "./support/gate.ts";

const inOrder = (items: readonly Input[]) =>
  items.map((item) => JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

describe.each(["dynoxide", "dynalite"] as const)("operations through the SDK on %s", (kind) => {
  let running: RunningGate;

  beforeAll(async () => {
    running = await startGate(kind);
  });
  afterAll(() => running.close());

  beforeEach(async () => {
    const present = new Set(inOrder(await running.gate.rawItems(notes.name)));
    if (inOrder(stored).every((item) => present.has(item)) && present.size === stored.length) return;
    const left = await running.gate.rawItems(notes.name);
    for (const { owner, id } of left) {
      await running.engine.call("DeleteItem", JSON.stringify({ TableName: notes.name, Key: { owner, id } }));
    }
    for (const item of stored) {
      await running.engine.call("PutItem", JSON.stringify({ TableName: notes.name, Item: item }));
    }
  });

  test.each(operationCases.map((entry) => [`${entry.operation}: ${entry.name}`, entry] as const))(
    "%s",
    async (_name, entry) => {
      const result = await send(running.administrator, entry.operation, entry.input);
      if (entry.error === undefined) expect(result).toEqual({ output: entry.output });
      else {
        expect(result.error).toMatchObject({ name: entry.error, status: 400 });
        if (entry.message !== undefined) expect(result.error?.message).toBe(entry.message);
        if (entry.more !== undefined) {
          const { __type, Message, ...more } = result.error?.more ?? {};
          expect(more).toEqual(entry.more);
        }
      }
      expect(inOrder(await running.gate.rawItems(notes.name))).toEqual(inOrder(entry.after ?? stored));
      expect(running.log).toEqual([]);
    },
  );

  test("DescribeTable tells what the program declares", async () => {
    const { output } = await send(running.administrator, "DescribeTable", { TableName: notes.name });
    expect(output?.Table).toMatchObject({
      TableName: notes.name,
      TableArn: notes.arn,
      TableStatus: "ACTIVE",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      KeySchema: [
        { AttributeName: "owner", KeyType: "HASH" },
        { AttributeName: "id", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [{ IndexName: "by-topic", IndexArn: `${notes.arn}/index/by-topic` }],
      LocalSecondaryIndexes: [{ IndexName: "by-rank", Projection: { ProjectionType: "KEYS_ONLY" } }],
    });
  });

  test("writes of one item at a time lose nothing, and a transaction is never seen half done", async () => {
    const add = (number: string, by: string) => ({
      TableName: counters.name,
      Key: { number: { N: number } },
      UpdateExpression: "ADD amount :by",
      ExpressionAttributeValues: { ":by": { N: by } },
    });
    const move = () =>
      send(running.administrator, "TransactWriteItems", {
        TransactItems: [{ Update: add("1", "1") }, { Update: add("2", "-1") }],
      });
    const look = async () => {
      const { output } = await send(running.administrator, "TransactGetItems", {
        TransactItems: ["1", "2"].map((N) => ({ Get: { TableName: counters.name, Key: { number: { N } } } })),
      });
      const totals = ((output?.Responses ?? []) as { Item?: { amount: { N: string } } }[]).map((r) =>
        Number(r.Item?.amount.N ?? 0),
      );
      return (totals[0] ?? 0) + (totals[1] ?? 0);
    };
    const work = Array.from({ length: 20 }, (_, n) =>
      n % 4 === 3 ? look() : n % 2 === 0 ? move() : send(running.administrator, "UpdateItem", add("3", "1")),
    );
    const results = await Promise.all(work);
    expect(results.filter((sum) => typeof sum === "number")).toEqual([0, 0, 0, 0, 0]);
    const items = await running.gate.rawItems(counters.name);
    const totals = Object.fromEntries(items.map(({ number, amount }) => [(number as Input).N, (amount as Input).N]));
    expect(totals).toEqual({ 1: "10", 2: "-10", 3: "5" });
  });

  test("a transaction's token makes it happen once, and serves one request only", async () => {
    const transaction = (title: string) => ({
      ClientRequestToken: "token-1",
      TransactItems: [
        {
          Update: {
            TableName: counters.name,
            Key: { number: { N: "9" } },
            UpdateExpression: "SET title = :t ADD amount :by",
            ExpressionAttributeValues: { ":by": { N: "1" }, ":t": { S: title } },
          },
        },
      ],
    });
    await send(running.administrator, "TransactWriteItems", transaction("a"));
    expect(await send(running.administrator, "TransactWriteItems", transaction("a"))).toEqual({ output: {} });
    const other = await send(running.administrator, "TransactWriteItems", transaction("b"));
    expect(other.error?.name).toBe("IdempotentParameterMismatchException");
    const items = await running.gate.rawItems(counters.name);
    expect(items).toContainEqual({ number: { N: "9" }, amount: { N: "1" }, title: { S: "a" } });
  });
});
