import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Input, send } from "./support/calls.ts";
import { counters, notes, type RunningGate, startGate } from "./support/gate.ts";

const TableName = notes.name;
const key = (owner: string, id = "1") => ({ owner: { S: owner }, id: { S: id } });
const equals = { ":o": { S: "ana" } };

/** A call on ana's partition, and the ways in which the same call could reach for ben's. */
interface PartitionCase {
  readonly operation: string;
  readonly own: Input;
  readonly foreign: readonly Input[];
}

const cases: readonly PartitionCase[] = [
  {
    operation: "GetItem",
    own: { TableName, Key: key("ana") },
    foreign: [
      { TableName, Key: key("ben") },
      { TableName: notes.arn, Key: key("ben") },
    ],
  },
  { operation: "PutItem", own: { TableName, Item: key("ana") }, foreign: [{ TableName, Item: key("ben") }] },
  { operation: "UpdateItem", own: { TableName, Key: key("ana") }, foreign: [{ TableName, Key: key("ben") }] },
  { operation: "DeleteItem", own: { TableName, Key: key("ana") }, foreign: [{ TableName, Key: key("ben") }] },
  {
    operation: "Query",
    own: {
      TableName,
      KeyConditionExpression: "#o=:o",
      ExpressionAttributeNames: { "#o": "owner" },
      ExpressionAttributeValues: equals,
    },
    foreign: [
      ["#o=:o", { ":o": { S: "ben" } }],
      [":o=#o", { ":o": { S: "ben" } }],
      ["((#o) = (:o))", { ":o": { S: "ben" } }],
      ["(#o = :o) AND (id > :a)", { ":o": { S: "ben" }, ":a": { S: "a" } }],
      ["id > :a and #o = :o", { ":o": { S: "ben" }, ":a": { S: "a" } }],
      ["#o\n=\t:o", { ":o": { S: "ben" } }],
      ["#o = :a AND #o = :o", { ":o": { S: "ben" }, ":a": { S: "ana" } }],
      ["#o = :o AND #o = :a", { ":o": { S: "ben" }, ":a": { S: "ana" } }],
      ["#o = :a OR #o = :o", { ":o": { S: "ben" }, ":a": { S: "ana" } }],
      ["NOT #o = :a", { ":a": { S: "ana" } }],
      ["#o BETWEEN :a AND :o", { ":o": { S: "ben" }, ":a": { S: "ana" } }],
      ["#o IN (:a, :o)", { ":o": { S: "ben" }, ":a": { S: "ana" } }],
      ["begins_with(#o, :o)", { ":o": { S: "b" } }],
    ].map(([KeyConditionExpression, ExpressionAttributeValues]) => ({
      TableName,
      KeyConditionExpression,
      ExpressionAttributeNames: { "#o": "owner" },
      ExpressionAttributeValues,
    })),
  },
  {
    operation: "BatchGetItem",
    own: { RequestItems: { [TableName]: { Keys: [key("ana"), key("ana", "2")] } } },
    foreign: [
      { RequestItems: { [TableName]: { Keys: [key("ana"), key("ben")] } } },
      { RequestItems: { [notes.arn]: { Keys: [key("ben")] } } },
      { RequestItems: { [TableName]: { Keys: [key("ana")] }, [notes.arn]: { Keys: [key("ben")] } } },
    ],
  },
  {
    operation: "BatchWriteItem",
    own: {
      RequestItems: {
        [TableName]: [{ PutRequest: { Item: key("ana") } }, { DeleteRequest: { Key: key("ana", "2") } }],
      },
    },
    foreign: [
      { RequestItems: { [TableName]: [{ PutRequest: { Item: key("ana") } }, { DeleteRequest: { Key: key("ben") } }] } },
      { RequestItems: { [TableName]: [{ PutRequest: { Item: key("ana") }, DeleteRequest: { Key: key("ben") } }] } },
      {
        RequestItems: { [TableName]: [{ DeleteRequest: { Key: key("ana") }, PutRequest: { Item: key("ben", "2") } }] },
      },
    ],
  },
  {
    operation: "TransactGetItems",
    own: { TransactItems: [{ Get: { TableName, Key: key("ana") } }] },
    foreign: [{ TransactItems: [{ Get: { TableName, Key: key("ana") } }, { Get: { TableName, Key: key("ben") } }] }],
  },
  {
    operation: "TransactWriteItems",
    own: { TransactItems: [{ Put: { TableName, Item: key("ana") } }] },
    foreign: [
      { TransactItems: [{ Put: { TableName, Item: key("ana") } }, { Delete: { TableName, Key: key("ben") } }] },
      { TransactItems: [{ Put: { TableName, Item: key("ana") }, Delete: { TableName, Key: key("ben") } }] },
      { TransactItems: [{ Update: { TableName, Key: key("ben"), UpdateExpression: "REMOVE title" } }] },
      {
        TransactItems: [
          { ConditionCheck: { TableName, Key: key("ben"), ConditionExpression: "attribute_exists(id)" } },
        ],
      },
    ],
  },
];

const statement = (Action: string | readonly string[], Condition: object) => ({
  Effect: "Allow",
  Action,
  Resource: [notes.arn, `${notes.arn}/index/*`, counters.arn],
  Condition,
});
const everything = "dynamodb:*";
const anasOnly = [statement(everything, { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["ana"] } })];

describe.each(["dynoxide", "dynalite"] as const)("one partition only, on %s", (kind) => {
  let running: RunningGate;

  beforeAll(async () => {
    running = await startGate(kind);
    await send(running.administrator, "PutItem", {
      TableName,
      Item: { ...key("ben"), title: { S: "ben's own" }, topic: { S: "x" } },
    });
  });
  afterAll(() => running.close());

  const bens = async () => (await running.gate.rawItems(TableName)).filter((item) => (item.owner as Input).S === "ben");

  test.each(cases.map((entry) => [entry.operation, entry] as const))("%s", async (operation, { own, foreign }) => {
    const client = running.clientOf(anasOnly);
    const before = await bens();
    expect((await send(client, operation, own)).error).toBeUndefined();
    for (const input of foreign) {
      const result = await send(client, operation, input);
      expect(result.error?.name, JSON.stringify(input)).toMatch(/^(AccessDenied|Validation)Exception$/);
      expect(JSON.stringify(result)).not.toContain("ben's own");
    }
    expect(await bens()).toEqual(before);
    expect(before).toHaveLength(1);
  });

  test("on an index the leading key is the index's", async () => {
    const topics = [statement("dynamodb:Query", { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["x"] } })];
    const query = (topic: string) => ({
      TableName,
      IndexName: "by-topic",
      KeyConditionExpression: "topic = :t",
      ExpressionAttributeValues: { ":t": { S: topic } },
    });
    expect((await send(running.clientOf(topics), "Query", query("x"))).output?.Count).toBe(1);
    expect((await send(running.clientOf(topics), "Query", query("y"))).error?.name).toBe("AccessDeniedException");
    expect((await send(running.clientOf(anasOnly), "Query", query("x"))).error?.name).toBe("AccessDeniedException");
  });

  test("a Scan has no leading keys, and ForAllValues is true of none", async () => {
    expect((await send(running.clientOf(anasOnly), "Scan", { TableName })).error).toBeUndefined();
    const present = { Null: { "dynamodb:LeadingKeys": "false" } };
    expect((await send(running.clientOf([statement(everything, present)]), "Scan", { TableName })).error?.name).toBe(
      "AccessDeniedException",
    );
  });

  test("a variable that a role's session does not have shuts every keyed call, and no Scan", async () => {
    const isolated = [
      statement(["dynamodb:Query", "dynamodb:PutItem", "dynamodb:Scan"], {
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [`\${cognito-identity.amazonaws.com:sub}`] },
      }),
    ];
    const client = running.clientOf(isolated);
    expect((await send(client, "PutItem", { TableName, Item: key("ana") })).error?.name).toBe("AccessDeniedException");
    expect((await send(client, "Scan", { TableName })).error).toBeUndefined();
  });

  test("a number is compared as DynamoDB stores it", async () => {
    const client = running.clientOf([
      statement(everything, { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["10"] } }),
    ]);
    for (const [number, allowed] of [
      ["10", true],
      ["1e1", true],
      ["10.0", true],
      ["+10", true],
      ["1", false],
      ["100", false],
    ] as const) {
      const { error } = await send(client, "GetItem", { TableName: counters.name, Key: { number: { N: number } } });
      expect(error?.name, number).toBe(allowed ? undefined : "AccessDeniedException");
    }
  });

  const titles = [
    statement(everything, {
      "ForAllValues:StringEquals": { "dynamodb:Attributes": ["owner", "id", "title"] },
      StringEqualsIfExists: {
        "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
        "dynamodb:ReturnValues": ["NONE", "UPDATED_NEW"],
      },
    }),
  ];
  const set = (UpdateExpression: string, ExpressionAttributeNames?: Input) => ({
    TableName,
    Key: key("ana"),
    UpdateExpression,
    ExpressionAttributeValues: { ":t": { S: "t" } },
    ...(ExpressionAttributeNames === undefined ? {} : { ExpressionAttributeNames }),
  });

  test.each([
    ["GetItem", { TableName, Key: key("ana"), ProjectionExpression: "title" }, true],
    ["GetItem", { TableName, Key: key("ana") }, false],
    ["GetItem", { TableName, Key: key("ana"), ProjectionExpression: "title, topic" }, false],
    ["GetItem", { TableName, Key: key("ana"), ProjectionExpression: "title, topic.deep[0]" }, false],
    [
      "GetItem",
      { TableName, Key: key("ana"), ProjectionExpression: "#x", ExpressionAttributeNames: { "#x": "topic" } },
      false,
    ],
    ["PutItem", { TableName, Item: { ...key("ana"), title: { S: "t" } } }, true],
    ["PutItem", { TableName, Item: { ...key("ana"), topic: { S: "t" } } }, false],
    [
      "PutItem",
      { TableName, Item: key("ana"), ConditionExpression: "attribute_not_exists(topic) OR attribute_exists(id)" },
      false,
    ],
    ["PutItem", { TableName, Item: key("ana"), ReturnValues: "ALL_OLD" }, false],
    ["UpdateItem", set("SET title = :t"), true],
    ["UpdateItem", set("SET topic = :t"), false],
    ["UpdateItem", set("SET title = if_not_exists(topic, :t)"), false],
    ["UpdateItem", set("SET title = :t REMOVE #x", { "#x": "topic" }), false],
    ["Scan", { TableName, ProjectionExpression: "title" }, true],
    ["Scan", { TableName, ProjectionExpression: "title", FilterExpression: "attribute_exists(topic)" }, false],
    ["Scan", { TableName, ProjectionExpression: "title", FilterExpression: "size(topic) > title" }, false],
    ["Scan", { TableName }, false],
    ["BatchGetItem", { RequestItems: { [TableName]: { Keys: [key("ana")], ProjectionExpression: "topic" } } }, false],
    [
      "BatchWriteItem",
      { RequestItems: { [TableName]: [{ PutRequest: { Item: { ...key("ana"), topic: { S: "t" } } } }] } },
      false,
    ],
    [
      "TransactGetItems",
      { TransactItems: [{ Get: { TableName, Key: key("ana"), ProjectionExpression: "topic" } }] },
      false,
    ],
  ] as const)("attributes that may be named: %s %j", async (operation, input, allowed) => {
    const { error } = await send(running.clientOf(titles), operation, input as Input);
    expect(error?.name).toBe(allowed ? undefined : "AccessDeniedException");
  });
});
