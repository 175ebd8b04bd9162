import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stored } from "../dynamodb/cases/operations.ts";
import { send } from "../dynamodb/support/calls.ts";
import { type RunningGate, startGate } from "../dynamodb/support/gate.ts";
import { sendRaw as sendSigned } from "../dynamodb/support/raw.ts";
import { TABLE_NAME } from "./sections/dynamodb.ts";
import { DYNAMODB_CASES, HTTP_CASES, type Identified, ROWS, TESTED_CASES } from "./sections/index.ts";
import type { DynamoDbCase, HttpCase } from "./support/case.ts";
import { differences } from "./support/check.ts";
import { observe, secretsOf } from "./support/run-case.ts";
import { sourceLink } from "./support/sources.ts";
import { startWorld, type World } from "./support/world.ts";

describe("the table", () => {
  test("every documented or observed row has a case, or says why it cannot", () => {
    const bare = ROWS.filter(({ cases, cannot }) => cases.length === 0 && cannot === undefined);
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  test("every open or disputed row says what is chosen here", () => {
    const open = ROWS.filter(({ confidence, ours }) => ours === undefined && ["U", "conflict"].includes(confidence[0]));
    expect(open.map(({ id }) => id)).toEqual([]);
  });

  test("a row that is shown elsewhere names what is there", async () => {
    for (const { id, shownBy = [], cases } of ROWS) {
      const tested = cases.flatMap((entry) => ("test" in entry ? [entry.test] : []));
      for (const [file, name] of [...shownBy, ...tested]) {
        const text = await readFile(resolve(import.meta.dirname, "../..", file), "utf8");
        expect({ id, file, there: text.includes(JSON.stringify(name)) }).toEqual({ id, file, there: true });
      }
    }
  });

  test("ids are unique, and every source is known", () => {
    const ids = [...ROWS, ...HTTP_CASES, ...DYNAMODB_CASES, ...TESTED_CASES].map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    for (const { sources } of ROWS) for (const name of sources) expect(() => sourceLink(name)).not.toThrow();
  });
});

const named = <T>(cases: readonly Identified<T>[]) => cases.map((entry) => [entry.id, entry.case] as const);

describe("over the wire", () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.close());

  test.each(named<HttpCase>(HTTP_CASES))("%s", async (_id, entry) => {
    const observed = await observe(world, entry);
    expect(differences(entry, observed)).toEqual([]);
    const kept = JSON.stringify([observed.inside?.journal, observed.inside?.access]);
    expect(secretsOf(entry, world.tokens).filter((secret) => kept.includes(secret))).toEqual([]);
    expect(world.defects).toEqual([]);
  });
});

describe("DynamoDB through the SDK", () => {
  let running: RunningGate;

  beforeAll(async () => {
    running = await startGate("dynoxide");
  });
  afterAll(() => running?.close());

  test.each(named<DynamoDbCase>(DYNAMODB_CASES))("%s", async (_id, entry) => {
    await refill(running);
    const client = running.clientOf(entry.statements);
    const before = await running.gate.rawItems(TABLE_NAME);
    const result = await send(client, entry.operation, entry.input);
    if (entry.error === undefined) expect(result.error).toBeUndefined();
    else {
      const { name, message, more } = entry.error;
      expect([result.error?.name, result.error?.status]).toEqual([name, 400]);
      if (typeof message === "string") expect(result.error?.message).toBe(message);
      else expect(result.error?.message).toMatch(message);
      if (more !== undefined) expect(withoutMessage(result.error?.more)).toEqual(more);
      expect(await running.gate.rawItems(TABLE_NAME)).toEqual(before);
    }
    if (entry.output !== undefined) expect(result.output).toMatchObject(entry.output);
    if (entry.wire === undefined) return;
    const { wire } = entry;
    const keys = await client.config.credentials();
    const credentials = {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      sessionToken: keys.sessionToken ?? "",
    };
    const answer = await sendSigned(
      running.url,
      credentials,
      `DynamoDB_20120810.${entry.operation}`,
      JSON.stringify(entry.input),
    );
    if (typeof wire.body === "string") expect(answer.body.toString()).toBe(wire.body);
    else expect(answer.body.toString()).toMatch(wire.body);
    for (const [name, pattern] of Object.entries(wire.header ?? {})) expect(answer.headers.get(name)).toMatch(pattern);
  });
});

/** What the SDK adds to every error beside the members of the answer. */
function withoutMessage(more: Readonly<Record<string, unknown>> | undefined) {
  const { Message, message, __type, ...rest } = more ?? {};
  return rest;
}

/** The table as each case finds it. */
async function refill({ gate, administrator }: RunningGate): Promise<void> {
  const kept = await gate.rawItems(TABLE_NAME);
  const requests = [
    ...kept
      .filter(
        (item) =>
          !stored.some((wanted) => JSON.stringify([wanted.owner, wanted.id]) === JSON.stringify([item.owner, item.id])),
      )
      .map((item) => ({ DeleteRequest: { Key: { owner: item.owner, id: item.id } } })),
    ...stored.map((Item) => ({ PutRequest: { Item } })),
  ];
  await send(administrator, "BatchWriteItem", { RequestItems: { [TABLE_NAME]: requests } });
}
