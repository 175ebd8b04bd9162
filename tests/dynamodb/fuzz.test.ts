import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "../../harness/dynamodb/operations.ts";
import { operationCases } from "./cases/operations.ts";
import { send } from "./support/calls.ts";
import { notes, type RunningGate, startGate } from "./support/gate.ts";
import { sendRaw } from "./support/raw.ts";

const names = [...OPERATIONS.keys(), "PutItem", "Query", "UpdateItem", "TransactWriteItems", "BatchWriteItem"];
const deep = (open: string, close: string, levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
const read = { StringEquals: { "dynamodb:LeadingKeys": "nobody" } };

/** Bodies that no SDK sends. */
const bodies: readonly (string | Buffer)[] = [
  "",
  "null",
  "[]",
  "1",
  '"text"',
  "{",
  '{"TableName":',
  "{}{}",
  "\u0000",
  Buffer.from([0xff, 0xfe, 0x00]),
  deep("[", "]", 100_000),
  `{"TableName":"${notes.name}","Item":${deep('{"a":', "}", 50_000)}}`,
  `{"TableName":"${notes.name}","Key":{"owner":${deep('{"L":[', "]}", 2_000)}}}`,
  `{"TableName":"${notes.name}","Limit":1e999}`,
  `{"TableName":"${notes.name}","Limit":-1e999}`,
  `{"TableName":"${notes.name}","KeyConditionExpression":"${"(".repeat(4_000)}"}`,
  `{"TableName":"${notes.name}","FilterExpression":"${"NOT ".repeat(1_000)}"}`,
  `{"TableName":"${notes.name}","Item":{"owner":{"S":"\\ud800"},"id":{"S":"\\u0000"}}}`,
  `{"TableName":"${notes.name}","Item":{"owner":{"S":"a"},"id":{"S":"1"},"n":{"N":"1${"0".repeat(100_000)}"}}}`,
  `{"TableName":"${notes.name}","Item":{"owner":{"S":"a"},"id":{"S":"1"},"n":{"N":"1e${"9".repeat(1_000)}"}}}`,
  '{"__proto__":{"TableName":"x"},"constructor":{"prototype":{}}}',
  `{"TableName":"${notes.name}","Item":{"__proto__":{"S":"x"},"owner":{"S":"a"},"id":{"S":"1"}}}`,
  `{"TableName":"${notes.name}","Item":{"owner":{"__proto__":{"S":"x"}},"id":{"S":"1"}}}`,
  `{"TableName":"${notes.name}","Key":{"owner":{"S":"kept"},"id":{"S":"1"}},"TableName":"other"}`,
  `{"RequestItems":{"__proto__":[],"${notes.name}":null}}`,
  `{"RequestItems":{"${notes.name}":{"Keys":[null]}}}`,
  `{"TransactItems":[null,1,"x",[],{}]}`,
  `{"TransactItems":{"length":1}}`,
];

/** A case's input with one place in it changed into anything. */
const mutated = fc
  .tuple(fc.constantFrom(...operationCases), fc.array(fc.nat(), { maxLength: 6 }), fc.jsonValue({ maxDepth: 3 }))
  .map(([entry, path, value]) => ({
    operation: entry.operation,
    body: JSON.stringify(replaceAt(entry.input, path, value)),
  }));

function replaceAt(target: unknown, path: readonly number[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof target !== "object" || target === null) return value;
  const entries = Object.entries(target);
  const chosen = entries[step % Math.max(entries.length, 1)];
  if (chosen === undefined) return value;
  const changed = entries.map(([name, content]) => [
    name,
    name === chosen[0] ? replaceAt(content, rest, value) : content,
  ]);
  return Array.isArray(target) ? changed.map(([, content]) => content) : Object.fromEntries(changed);
}

describe.each(["dynoxide", "dynalite"] as const)("input of any kind, on %s", (kind) => {
  let running: RunningGate;
  const kept = { owner: { S: "kept" }, id: { S: "1" }, title: { S: "still here" } };

  beforeAll(async () => {
    running = await startGate(kind);
    await send(running.administrator, "PutItem", { TableName: notes.name, Item: kept });
  });
  afterAll(() => running.close());

  /** An answer of DynamoDB's form, from an engine that is still the same. */
  const isAnswered = async (target: string, body: string | Buffer, credentials = running.credentials.administrator) => {
    const answer = await sendRaw(running.url, credentials, target, body);
    expect([200, 400, 413], `${target} ${body.toString().slice(0, 500)} → ${answer.body}`).toContain(answer.status);
    const parsed = JSON.parse(answer.body.toString());
    if (answer.status !== 200) expect(parsed.__type).toMatch(/^com\.amazon(aws)?\.[a-z0-9.]+#[A-Za-z]+$/);
    expect(answer.body.toString()).not.toMatch(/\bat .*:\d+:\d+|node:internal|panicked/);
  };

  test.each(bodies.map((body) => [body.toString().slice(0, 40), body] as const))("the body %j", async (_name, body) => {
    for (const name of [
      "PutItem",
      "Query",
      "UpdateItem",
      "BatchGetItem",
      "BatchWriteItem",
      "TransactWriteItems",
      "DescribeTable",
    ]) {
      await isAnswered(`DynamoDB_20120810.${name}`, body);
    }
  });

  test.each([
    "DynamoDB_20120810.",
    "DynamoDB_20120810.__proto__",
    "DynamoDB_20120810.constructor",
    "DynamoDB_20111205.GetItem",
    "DynamoDB_20120810.getitem",
    "x",
  ])("the target %s is no operation", async (target) => {
    const answer = await sendRaw(running.url, running.credentials.administrator, target, "{}");
    expect(answer.body.toString()).toBe('{"__type":"com.amazon.coral.service#UnknownOperationException"}');
  });

  test("any JSON for any operation", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 4 }), (name, value) =>
        isAnswered(`DynamoDB_20120810.${name}`, JSON.stringify(value)),
      ),
      { numRuns: 100 },
    );
  });

  test("a good request with something wrong in it", async () => {
    await fc.assert(
      fc.asyncProperty(mutated, ({ operation, body }) => isAnswered(`DynamoDB_20120810.${operation}`, body)),
      { numRuns: 300 },
    );
  });

  test("a caller with no permission changes and learns nothing by any of it", async () => {
    const client = running.clientOf([{ Effect: "Allow", Action: "dynamodb:*", Resource: "*", Condition: read }]);
    const before = await running.gate.rawItems(notes.name);
    for (const entry of operationCases) {
      const { output } = await send(client, entry.operation, entry.input);
      expect(output, entry.name).toBeUndefined();
    }
    expect(await running.gate.rawItems(notes.name)).toEqual(before);
  });

  test("a body above 16 MB is refused", async () => {
    const body = Buffer.alloc(16 * 1024 * 1024 + 1, "x");
    const answer = await sendRaw(running.url, running.credentials.administrator, "DynamoDB_20120810.PutItem", body);
    expect(answer.status).toBe(413);
  });

  test("after all of it the engine is the same one, with what it held", async () => {
    const items = await running.gate.rawItems(notes.name);
    expect(items).toContainEqual(kept);
    expect(running.log).toEqual([]);
  });
});
