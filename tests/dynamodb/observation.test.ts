import { GetItemCommand, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { notes, type RunningGate, startGate } from "./support/gate.ts";

const TableName = notes.name;
const Item = { owner: { S: "ana" }, id: { S: "1" } };
let gate: RunningGate;
beforeAll(async () => {
  gate = await startGate("dynalite");
});
afterAll(() => gate?.close());

test("an observer sees who asked for what, in whose request, and what came of it", async () => {
  const client = gate.clientOf(
    [{ Effect: "Allow", Action: ["dynamodb:PutItem", "dynamodb:Query"], Resource: notes.arn }],
    () => "gateway-request-1",
  );
  await client.send(new PutItemCommand({ TableName, Item }));
  await expect(client.send(new GetItemCommand({ TableName, Key: Item }))).rejects.toThrow("is not authorized");
  await expect(client.send(new QueryCommand({ TableName }))).rejects.toThrow("KeyConditionExpression");
  expect(
    gate.observations.map(({ requestId, operation, outcome, asked, answer }) => ({
      requestId,
      operation,
      outcome,
      keys: asked.map(({ context }) => context["dynamodb:LeadingKeys"]),
      status: answer?.status,
    })),
  ).toEqual([
    { requestId: "gateway-request-1", operation: "PutItem", outcome: "executed", keys: [["ana"]], status: 200 },
    { requestId: "gateway-request-1", operation: "GetItem", outcome: "denied", keys: [["ana"]], status: undefined },
    { requestId: "gateway-request-1", operation: "Query", outcome: "refused", keys: [undefined], status: undefined },
  ]);
});
