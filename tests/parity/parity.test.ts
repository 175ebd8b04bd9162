import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCommandLine } from "./command-line.ts";
import { type Endpoint, startEndpoint } from "./endpoint.ts";
import { summarize } from "./summary.ts";

describe("the command line", () => {
  test.each([
    [["--suite", "d"], { suite: "d", engine: "dynoxide", write: false }],
    [["--suite", "d", "--engine", "dynalite", "--write"], { suite: "d", engine: "dynalite", write: true }],
  ] as const)("%j", (words, options) => expect(parseCommandLine(words)).toEqual({ kind: "run", options }));

  test.each([
    [[], "--suite DIR names the checkout to run."],
    [["--suite", "d", "--engine", "moto"], "--engine takes dynoxide or dynalite."],
    [["--suite", "d", "--nope"], "--nope"],
  ] as const)("%j is refused in a sentence", (words, message) => {
    expect(parseCommandLine(words)).toEqual({ kind: "wrong", message: expect.stringContaining(message) });
  });

  test("--help", () => expect(parseCommandLine(["--help"])).toEqual({ kind: "help" }));
});

describe("the summary", () => {
  const failed = (file: string, message: string) => ({
    name: `/suite/tests/${file}.test.ts`,
    assertionResults: [
      { fullName: "a test", status: "failed", failureMessages: [`AssertionError: ${message}\n at x`] },
    ],
  });
  const reasonOf = (file: string, message: string) =>
    summarize({ testResults: [failed(file, message)] }, "/suite").failures[0]?.reason;
  const since = "1 validation error detected: Invalid UpdateExpression: Syntax error; token";

  test.each([
    ["tier3/query", "expected 'ResourceNotFoundException' to be 'ValidationException' // Object.is equality", "code"],
    ["tier1/query/basic", "expected undefined to be defined", "code"],
    ["tier3/query", "expected 'One thing' to be 'Another thing' // Object.is equality", "text"],
    ["tier3/query", "expected 'One thing' to contain 'Limit'", "text"],
    [
      "tier3/updateItem",
      `expected '${since}…' to be 'Invalid UpdateExpression: Syntax error; …' // Object.is equality`,
      "reworded since",
    ],
    ["tier3/updateItem", `expected '${since}' to be 'Invalid UpdateExpression: another' // Object.is equality`, "text"],
    [
      "tier3/putItem",
      "expected '1 validation error detected: Value at 'TableName' failed' to be '1 validation error detected: Value \\'\\' at \\'tableName\\' failed'",
      "reworded since",
    ],
    ["tier2/partiql/executeStatement", "expected undefined to be defined", "not emulated"],
    ["tier3/error-messages/createTable", "expected 'a b' to be 'c d'", "not emulated"],
    [
      "tier1/query",
      "UnknownOperationException: ExecuteStatement is not emulated: use the item operations.",
      "not emulated",
    ],
  ])("%s: %s", (file, message, reason) => expect(reasonOf(file, message)).toBe(reason));

  test("counts what is emulated, and names what does not pass", () => {
    const passed = { name: "/suite/tests/tier1/a.test.ts", assertionResults: [{ fullName: "b", status: "passed" }] };
    const skipped = { name: "/suite/tests/tier1/c.test.ts", assertionResults: [{ fullName: "d", status: "pending" }] };
    const ttl = { name: "/suite/tests/tier2/ttl/e.test.ts", assertionResults: [{ fullName: "f", status: "passed" }] };
    const report = { testResults: [passed, skipped, ttl, failed("tier1/g", "expected 1 to be 2")] };
    expect(summarize(report, "/suite")).toEqual({
      tests: 4,
      emulated: 2,
      passed: 1,
      failures: [
        { test: "tier1/c.test.ts: d", reason: "not emulated", message: "" },
        { test: "tier2/ttl/e.test.ts: f", reason: "not emulated", message: "" },
        { test: "tier1/g.test.ts: a test", reason: "code", message: "AssertionError: expected 1 to be 2" },
      ],
    });
  });
});

describe("the endpoint", () => {
  let endpoint: Endpoint;
  let client: DynamoDBClient;

  beforeAll(async () => {
    endpoint = await startEndpoint("dynalite");
    const { DYNAMODB_ENDPOINT, AWS_REGION, AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = endpoint.environment;
    client = new DynamoDBClient({
      endpoint: DYNAMODB_ENDPOINT ?? "",
      region: AWS_REGION ?? "",
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client?.destroy();
    await endpoint?.close();
  });

  const TableName = "a-table";
  const create = () =>
    client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );

  test("makes a table, serves it through the gate, and forgets it", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ name: "ResourceInUseException" });
    await client.send(new PutItemCommand({ TableName, Item: { pk: { S: "1" } } }));
    const read = () => client.send(new GetItemCommand({ TableName, Key: { pk: { S: "1" } } }));
    expect((await read()).Item).toEqual({ pk: { S: "1" } });
    await client.send(new DeleteTableCommand({ TableName }));
    await expect(read()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await create();
    expect((await read()).Item).toBeUndefined();
    expect((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus).toBe("ACTIVE");
  });
});
