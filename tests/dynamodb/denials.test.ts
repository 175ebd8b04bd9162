import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Input, send } from "./support/calls.ts";
import { counters, notes, type RunningGate, startGate, tableArn } from "./support/gate.ts";
import { sendRaw } from "./support/raw.ts";

const TableName = notes.name;
const Key = { owner: { S: "ana" }, id: { S: "1" } };
const allow = (Action: string | readonly string[], Resource: string | readonly string[], Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
const query = { TableName, KeyConditionExpression: "topic = :t", ExpressionAttributeValues: { ":t": { S: "x" } } };
const put = (item: Input) => ({ Put: { TableName, Item: item } });

interface DenialCase {
  readonly name: string;
  readonly statements: readonly object[];
  readonly operation: string;
  readonly input: Input;
  /** The action and resource that the denial names; nothing when the call is allowed. */
  readonly denied?: readonly [action: string, resource: string];
  readonly explicit?: boolean;
}

const cases: readonly DenialCase[] = [
  {
    name: "another action",
    statements: [allow("dynamodb:PutItem", notes.arn)],
    operation: "GetItem",
    input: { TableName, Key },
    denied: ["GetItem", notes.arn],
  },
  {
    name: "another table",
    statements: [allow("dynamodb:GetItem", counters.arn)],
    operation: "GetItem",
    input: { TableName, Key },
    denied: ["GetItem", notes.arn],
  },
  {
    name: "no table at all: IAM is asked first",
    statements: [allow("dynamodb:PutItem", counters.arn)],
    operation: "GetItem",
    input: { TableName: "nowhere", Key },
    denied: ["GetItem", tableArn("nowhere")],
  },
  {
    name: "a malformed key: IAM is asked first",
    statements: [allow("dynamodb:PutItem", counters.arn)],
    operation: "GetItem",
    input: { TableName, Key: {} },
    denied: ["GetItem", notes.arn],
  },
  {
    name: "an explicit denial wins",
    statements: [allow("dynamodb:*", "*"), { Effect: "Deny", Action: "dynamodb:DeleteItem", Resource: "*" }],
    operation: "DeleteItem",
    input: { TableName, Key },
    denied: ["DeleteItem", notes.arn],
    explicit: true,
  },
  {
    name: "sessions from before a moment are revoked: the session says when it was issued",
    statements: [
      allow("dynamodb:*", "*"),
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { DateLessThan: { "aws:TokenIssueTime": "2999-01-01T00:00:00Z" } },
      },
    ],
    operation: "GetItem",
    input: { TableName, Key },
    denied: ["GetItem", notes.arn],
    explicit: true,
  },
  {
    name: "sessions from after that moment are not",
    statements: [
      allow("dynamodb:GetItem", notes.arn),
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { DateLessThan: { "aws:TokenIssueTime": "2000-01-01T00:00:00Z" } },
      },
    ],
    operation: "GetItem",
    input: { TableName, Key },
  },
  {
    name: "the table is not its index",
    statements: [allow("dynamodb:Query", notes.arn)],
    operation: "Query",
    input: { ...query, IndexName: "by-topic" },
    denied: ["Query", `${notes.arn}/index/by-topic`],
  },
  {
    name: "the index",
    statements: [allow("dynamodb:Query", `${notes.arn}/index/*`)],
    operation: "Query",
    input: { ...query, IndexName: "by-topic" },
  },
  {
    name: "returned values need no read",
    statements: [allow("dynamodb:PutItem", notes.arn)],
    operation: "PutItem",
    input: { TableName, Item: Key, ReturnValues: "ALL_OLD" },
  },
  {
    name: "a condition needs no ConditionCheckItem",
    statements: [allow("dynamodb:PutItem", notes.arn)],
    operation: "PutItem",
    input: { TableName, Item: Key, ConditionExpression: "attribute_exists(id) OR attribute_not_exists(id)" },
  },
  {
    name: "a batch is an action of its own",
    statements: [allow("dynamodb:PutItem", notes.arn)],
    operation: "BatchWriteItem",
    input: { RequestItems: { [TableName]: [{ PutRequest: { Item: Key } }] } },
    denied: ["BatchWriteItem", notes.arn],
  },
  {
    name: "every table of a batch",
    statements: [allow("dynamodb:BatchGetItem", notes.arn)],
    operation: "BatchGetItem",
    input: { RequestItems: { [TableName]: { Keys: [Key] }, [counters.name]: { Keys: [{ number: { N: "1" } }] } } },
    denied: ["BatchGetItem", counters.arn],
  },
  {
    name: "a transaction has no action of its own",
    statements: [allow("dynamodb:BatchWriteItem", notes.arn)],
    operation: "TransactWriteItems",
    input: { TransactItems: [put(Key)] },
    denied: ["PutItem", notes.arn],
  },
  {
    name: "every action of a transaction",
    statements: [allow("dynamodb:PutItem", notes.arn)],
    operation: "TransactWriteItems",
    input: {
      TransactItems: [
        put(Key),
        { ConditionCheck: { TableName, Key: { ...Key, id: { S: "2" } }, ConditionExpression: "attribute_exists(id)" } },
      ],
    },
    denied: ["ConditionCheckItem", notes.arn],
  },
  {
    name: "a transaction's actions",
    statements: [allow("dynamodb:PutItem", notes.arn)],
    operation: "TransactWriteItems",
    input: { TransactItems: [put(Key)] },
  },
  {
    name: "the enclosing operation can be demanded",
    statements: [
      allow("dynamodb:PutItem", notes.arn, { StringEquals: { "dynamodb:EnclosingOperation": "TransactWriteItems" } }),
    ],
    operation: "PutItem",
    input: { TableName, Item: Key },
    denied: ["PutItem", notes.arn],
  },
  {
    name: "in a transaction it is there",
    statements: [
      allow("dynamodb:PutItem", notes.arn, { StringEquals: { "dynamodb:EnclosingOperation": "TransactWriteItems" } }),
    ],
    operation: "TransactWriteItems",
    input: { TransactItems: [put(Key)] },
  },
  {
    name: "reads of a transaction",
    statements: [allow("dynamodb:Query", notes.arn)],
    operation: "TransactGetItems",
    input: { TransactItems: [{ Get: { TableName, Key } }] },
    denied: ["GetItem", notes.arn],
  },
  {
    name: "a table by its ARN",
    statements: [allow("dynamodb:GetItem", counters.arn)],
    operation: "GetItem",
    input: { TableName: notes.arn, Key },
    denied: ["GetItem", notes.arn],
  },
  {
    name: "a table of another account",
    statements: [allow("dynamodb:GetItem", notes.arn)],
    operation: "GetItem",
    input: { TableName: notes.arn.replace("123456789012", "999999999999"), Key },
    denied: ["GetItem", notes.arn.replace("123456789012", "999999999999")],
  },
  {
    name: "the list of tables",
    statements: [allow("dynamodb:ListTables", notes.arn)],
    operation: "ListTables",
    input: {},
    denied: ["ListTables", tableArn("*")],
  },
  {
    name: "tags",
    statements: [allow("dynamodb:DescribeTable", notes.arn)],
    operation: "ListTagsOfResource",
    input: { ResourceArn: notes.arn },
    denied: ["ListTagsOfResource", notes.arn],
  },
  {
    name: "HTTPS can be demanded, as the deployed SDK speaks it",
    statements: [
      allow("dynamodb:GetItem", "*"),
      { Effect: "Deny", Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ],
    operation: "GetItem",
    input: { TableName, Key },
  },
  {
    name: "specific attributes can be demanded",
    statements: [allow("dynamodb:GetItem", "*", { StringEquals: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" } })],
    operation: "GetItem",
    input: { TableName, Key },
    denied: ["GetItem", notes.arn],
  },
  {
    name: "and are given by a projection",
    statements: [allow("dynamodb:GetItem", "*", { StringEquals: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" } })],
    operation: "GetItem",
    input: { TableName, Key, ProjectionExpression: "title" },
  },
  {
    name: "no values may be returned",
    statements: [allow("dynamodb:UpdateItem", "*", { StringEquals: { "dynamodb:ReturnValues": "NONE" } })],
    operation: "UpdateItem",
    input: { TableName, Key, ReturnValues: "ALL_OLD" },
    denied: ["UpdateItem", notes.arn],
  },
  {
    name: "and none are unless asked for",
    statements: [allow("dynamodb:UpdateItem", "*", { StringEquals: { "dynamodb:ReturnValues": "NONE" } })],
    operation: "UpdateItem",
    input: { TableName, Key },
  },
  {
    name: "consumed capacity may not be asked for",
    statements: [allow("dynamodb:GetItem", "*", { StringEquals: { "dynamodb:ReturnConsumedCapacity": "NONE" } })],
    operation: "GetItem",
    input: { TableName, Key, ReturnConsumedCapacity: "TOTAL" },
    denied: ["GetItem", notes.arn],
  },
];

describe("what a role may do", () => {
  let running: RunningGate;

  beforeAll(async () => {
    running = await startGate("dynoxide");
  });
  afterAll(() => running.close());

  test.each(cases.map((entry) => [entry.name, entry] as const))("%s", async (_name, entry) => {
    const before = await running.gate.rawItems(TableName);
    const result = await send(running.clientOf(entry.statements), entry.operation, entry.input);
    if (entry.denied === undefined) return expect(result.error).toBeUndefined();
    const [action, resource] = entry.denied;
    const because =
      entry.explicit === true
        ? "with an explicit deny in an identity-based policy"
        : `because no identity-based policy allows the dynamodb:${action} action`;
    expect(result.error?.name).toBe("AccessDeniedException");
    expect(result.error?.message).toMatch(
      /^User: arn:aws:sts::123456789012:assumed-role\/role-\d+\/create-note is not authorized/,
    );
    expect(result.error?.message.replace(/^User: \S+ /, "")).toBe(
      `is not authorized to perform: dynamodb:${action} on resource: ${resource} ${because}`,
    );
    expect(await running.gate.rawItems(TableName)).toEqual(before);
  });

  test("a denial has AWS's bytes and headers", async () => {
    const credentials = running.credentials.issueRoleSession({
      roleArn: "arn:aws:iam::123456789012:role/gone",
      sessionName: "create-note",
      currentRequestId: () => undefined,
    });
    const answer = await sendRaw(
      running.url,
      credentials,
      "DynamoDB_20120810.PutItem",
      JSON.stringify({ TableName, Item: Key }),
    );
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toBe(
      '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: arn:aws:sts::123456789012:assumed-role/gone/create-note is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/notes-1a2b3c4 because no identity-based policy allows the dynamodb:PutItem action"}',
    );
    expect(answer.headers.get("content-type")).toBe("application/x-amz-json-1.0");
    expect(answer.headers.get("x-amz-crc32")).toBe(String(crc32(answer.body)));
    expect(answer.headers.get("x-amzn-requestid")).toMatch(/^[A-Z0-9]{52}$/);
  });

  test("an answer's checksum is right, and no engine shows itself in the headers", async () => {
    const body = JSON.stringify({ TableName, Key });
    const answer = await sendRaw(running.url, running.credentials.administrator, "DynamoDB_20120810.GetItem", body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-amz-crc32")).toBe(String(crc32(answer.body)));
    expect([...answer.headers.keys()].filter((name) => /server|dynoxide/.test(name))).toEqual([]);
  });

  test("unsigned, unknown and wrongly signed requests reach nothing", async () => {
    const { administrator } = running.credentials;
    const body = JSON.stringify({ TableName, Item: { ...Key, id: { S: "smuggled" } } });
    const target = "DynamoDB_20120810.PutItem";
    const unsigned = await fetch(running.url, { method: "POST", headers: { "x-amz-target": target }, body });
    expect(await unsigned.json()).toEqual({
      __type: "com.amazon.coral.service#MissingAuthenticationTokenException",
      message: "Request is missing Authentication Token",
    });
    const unknown = await sendRaw(running.url, { ...administrator, accessKeyId: "AKIAIOSFODNN7EXAMPLE" }, target, body);
    expect(unknown.body.toString()).toContain("#UnrecognizedClientException");
    const wrong = await sendRaw(running.url, { ...administrator, secretAccessKey: "wrong" }, target, body);
    expect(wrong.body.toString()).toContain("#InvalidSignatureException");
    const items = await running.gate.rawItems(TableName);
    expect(items.filter((item) => (item.id as Input).S === "smuggled")).toEqual([]);
  });

  test("the journal has the decision under the invocation's request id, and no data", async () => {
    const client = running.clientOf([allow("dynamodb:PutItem", notes.arn)], () => "gateway-request-1");
    const secret = "zzz-secret-zzz";
    await send(client, "PutItem", { TableName, Item: { owner: { S: secret }, id: { S: "1" } } });
    await send(client, "GetItem", { TableName, Key: { owner: { S: secret }, id: { S: "1" } } });
    expect(running.journal.entries("gateway-request-1").map(({ at, ...entry }) => entry)).toEqual([
      {
        requestId: "gateway-request-1",
        step: "dynamodb",
        subject: `dynamodb:PutItem on ${notes.arn}`,
        outcome: "allowed",
        reason: "allowed by policy#0",
      },
      {
        requestId: "gateway-request-1",
        step: "dynamodb",
        subject: `dynamodb:GetItem on ${notes.arn}`,
        outcome: "denied",
        reason: "policy#0: Action does not match",
      },
    ]);
    expect(JSON.stringify([running.journal.entries(), running.log])).not.toContain(secret);
  });
});
