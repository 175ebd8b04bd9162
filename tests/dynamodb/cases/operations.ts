import type { Input } from "../support/calls.ts";
import { counters, notes, tableArn } from "../support/gate.ts";

const TableName = notes.name;
const key = (id: string, owner = "ana") => ({ owner: { S: owner }, id: { S: id } });
const item = (id: string, more: Input = {}, owner = "ana") => ({ ...key(id, owner), ...more });
const ownersNotes = {
  TableName,
  KeyConditionExpression: "#o = :o",
  ExpressionAttributeNames: { "#o": "owner" },
  ExpressionAttributeValues: { ":o": { S: "ana" } },
};
const nested = (levels: number): Input => (levels === 0 ? { S: "x" } : { L: [nested(levels - 1)] });
const many = <T>(count: number, make: (position: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, position) => make(position));

/** What a call must come to: its output, a part of it, or the error's name. */
export interface OperationCase {
  readonly name: string;
  readonly operation: string;
  readonly input: Input;
  readonly output?: Input;
  /** The name of the error, and what else comes with it. */
  readonly error?: string;
  readonly message?: string;
  readonly more?: Input;
  /** The items of the table afterwards; unchanged when not given. */
  readonly after?: readonly Input[];
}

/** The table before each case: three notes of ana, one of ben. */
export const stored: readonly Input[] = [
  item("1", { topic: { S: "x" }, rank: { N: "3" }, title: { S: "one" } }),
  item("2", { topic: { S: "y" }, rank: { N: "1" }, title: { S: "two" } }),
  item("3", { rank: { N: "2" }, list: { L: [{ S: "a" }, { M: { b: { N: "1" } } }] } }),
  item("1", { topic: { S: "x" }, title: { S: "ben's" } }, "ben"),
];
const [one, two, three, bens] = stored as [Input, Input, Input, Input];

const validation = (name: string, operation: string, input: Input, message?: string): OperationCase => ({
  name,
  operation,
  input,
  error: "ValidationException",
  ...(message === undefined ? {} : { message }),
});
const serialization = (name: string, operation: string, input: Input): OperationCase => ({
  name,
  operation,
  input,
  error: "SerializationException",
});

const reads: readonly OperationCase[] = [
  { name: "an item by its key", operation: "GetItem", input: { TableName, Key: key("1") }, output: { Item: one } },
  {
    name: "by the table's ARN",
    operation: "GetItem",
    input: { TableName: tableArn(TableName), Key: key("1") },
    output: { Item: one },
  },
  { name: "no item", operation: "GetItem", input: { TableName, Key: key("9") }, output: {} },
  {
    name: "a projection with nested paths",
    operation: "GetItem",
    input: {
      TableName,
      Key: key("3"),
      ProjectionExpression: "#l[1].b, id",
      ExpressionAttributeNames: { "#l": "list" },
    },
    output: { Item: { id: { S: "3" }, list: { L: [{ M: { b: { N: "1" } } }] } } },
  },
  {
    name: "a partition in order",
    operation: "Query",
    input: ownersNotes,
    output: { Items: [one, two, three], Count: 3, ScannedCount: 3 },
  },
  {
    name: "newest first",
    operation: "Query",
    input: { ...ownersNotes, ScanIndexForward: false },
    output: { Items: [three, two, one], Count: 3, ScannedCount: 3 },
  },
  {
    name: "a page",
    operation: "Query",
    input: { ...ownersNotes, Limit: 2, ConsistentRead: true },
    output: { Items: [one, two], Count: 2, ScannedCount: 2, LastEvaluatedKey: key("2") },
  },
  {
    name: "the page after",
    operation: "Query",
    input: { ...ownersNotes, ExclusiveStartKey: key("2") },
    output: { Items: [three], Count: 1, ScannedCount: 1 },
  },
  {
    name: "a filter empties the page, which has a next one",
    operation: "Query",
    input: {
      ...ownersNotes,
      Limit: 1,
      FilterExpression: "title = :t",
      ExpressionAttributeValues: { ":o": { S: "ana" }, ":t": { S: "two" } },
    },
    output: { Items: [], Count: 0, ScannedCount: 1, LastEvaluatedKey: key("1") },
  },
  {
    name: "begins_with on the sort key",
    operation: "Query",
    input: {
      ...ownersNotes,
      KeyConditionExpression: "#o = :o AND begins_with(id, :i)",
      ExpressionAttributeValues: { ":o": { S: "ana" }, ":i": { S: "2" } },
    },
    output: { Items: [two], Count: 1, ScannedCount: 1 },
  },
  {
    name: "a global index",
    operation: "Query",
    input: {
      TableName,
      IndexName: "by-topic",
      KeyConditionExpression: "topic = :t",
      ExpressionAttributeValues: { ":t": { S: "y" } },
    },
    output: { Items: [two], Count: 1, ScannedCount: 1 },
  },
  {
    name: "a local index of keys only, by number",
    operation: "Query",
    input: { ...ownersNotes, IndexName: "by-rank", Limit: 1 },
    output: {
      Items: [{ ...key("2"), rank: { N: "1" } }],
      Count: 1,
      ScannedCount: 1,
      LastEvaluatedKey: { ...key("2"), rank: { N: "1" } },
    },
  },
  { name: "a count", operation: "Scan", input: { TableName, Select: "COUNT" }, output: { Count: 4, ScannedCount: 4 } },
  {
    name: "a batch",
    operation: "BatchGetItem",
    input: { RequestItems: { [TableName]: { Keys: [key("1")] } } },
    output: { Responses: { [TableName]: [one] }, UnprocessedKeys: {} },
  },
  {
    name: "a batch by ARN is answered by ARN",
    operation: "BatchGetItem",
    input: { RequestItems: { [tableArn(TableName)]: { Keys: [key("1")] } } },
    output: { Responses: { [tableArn(TableName)]: [one] }, UnprocessedKeys: {} },
  },
  {
    name: "a transaction, with a gap for what is not there",
    operation: "TransactGetItems",
    input: { TransactItems: [{ Get: { TableName, Key: key("1") } }, { Get: { TableName, Key: key("9") } }] },
    output: { Responses: [{ Item: one }, {}] },
  },
];

const writes: readonly OperationCase[] = [
  {
    name: "PutItem replaces",
    operation: "PutItem",
    input: { TableName, Item: item("1"), ReturnValues: "ALL_OLD" },
    output: { Attributes: one },
    after: [item("1"), two, three, bens],
  },
  {
    name: "empty text and bytes are values, but no keys",
    operation: "PutItem",
    input: { TableName, Item: item("1", { text: { S: "" } }) },
    output: {},
    after: [item("1", { text: { S: "" } }), two, three, bens],
  },
  {
    name: "a condition that fails",
    operation: "PutItem",
    input: { TableName, Item: item("1"), ConditionExpression: "attribute_not_exists(id)" },
    error: "ConditionalCheckFailedException",
    message: "The conditional request failed",
    more: {},
  },
  ...(["PutItem", "UpdateItem", "DeleteItem"] as const).map((operation) => ({
    name: `${operation}: a condition that fails returns the item when asked to`,
    operation,
    input: {
      TableName,
      ...(operation === "PutItem" ? { Item: item("1") } : { Key: key("1") }),
      ConditionExpression: "attribute_not_exists(id)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    },
    error: "ConditionalCheckFailedException",
    message: "The conditional request failed",
    more: { Item: one },
  })),
  {
    name: "a condition that fails on no item returns none",
    operation: "UpdateItem",
    input: {
      TableName,
      Key: key("9"),
      UpdateExpression: "SET title = :t",
      ConditionExpression: "attribute_exists(id)",
      ExpressionAttributeValues: { ":t": { S: "x" } },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    },
    error: "ConditionalCheckFailedException",
    more: {},
  },
  {
    name: "UpdateItem sets, removes and adds at once",
    operation: "UpdateItem",
    input: {
      TableName,
      Key: key("1"),
      UpdateExpression: "SET title = if_not_exists(title, :t), seen = :n REMOVE topic ADD #r :n",
      ExpressionAttributeNames: { "#r": "rank" },
      ExpressionAttributeValues: { ":t": { S: "other" }, ":n": { N: "1" } },
      ReturnValues: "ALL_NEW",
    },
    output: { Attributes: item("1", { rank: { N: "4" }, title: { S: "one" }, seen: { N: "1" } }) },
    after: [item("1", { rank: { N: "4" }, title: { S: "one" }, seen: { N: "1" } }), two, three, bens],
  },
  {
    name: "UpdateItem without an expression makes a bare item",
    operation: "UpdateItem",
    input: { TableName, Key: key("9") },
    output: {},
    after: [one, two, three, item("9"), bens],
  },
  { name: "DeleteItem of nothing", operation: "DeleteItem", input: { TableName, Key: key("9") }, output: {} },
  {
    name: "DeleteItem returns what was there",
    operation: "DeleteItem",
    input: { TableName, Key: key("1"), ReturnValues: "ALL_OLD" },
    output: { Attributes: one },
    after: [two, three, bens],
  },
  {
    name: "BatchWriteItem puts and deletes",
    operation: "BatchWriteItem",
    input: {
      RequestItems: { [TableName]: [{ PutRequest: { Item: item("4") } }, { DeleteRequest: { Key: key("1") } }] },
    },
    output: { UnprocessedItems: {} },
    after: [two, three, item("4"), bens],
  },
  {
    name: "a number is one key however it is written",
    operation: "BatchWriteItem",
    input: {
      RequestItems: {
        [counters.name]: [
          { PutRequest: { Item: { number: { N: "1" } } } },
          { DeleteRequest: { Key: { number: { N: "1.0" } } } },
        ],
      },
    },
    error: "ValidationException",
    message: "Provided list of item keys contains duplicates",
  },
];

const check = (condition: string, id: string, more: Input = {}) => ({
  ConditionCheck: { TableName, Key: key(id), ConditionExpression: condition, ...more },
});

const transactions: readonly OperationCase[] = [
  {
    name: "all of it happens",
    operation: "TransactWriteItems",
    input: {
      TransactItems: [
        { Put: { TableName, Item: item("4") } },
        {
          Update: {
            TableName,
            Key: key("1"),
            UpdateExpression: "REMOVE topic, #r",
            ExpressionAttributeNames: { "#r": "rank" },
          },
        },
        { Delete: { TableName, Key: key("2") } },
        check("attribute_exists(id)", "3"),
        check("attribute_not_exists(id)", "9"),
      ],
    },
    output: {},
    after: [item("1", { title: { S: "one" } }), three, item("4"), bens],
  },
  {
    name: "or none of it, with a reason for each",
    operation: "TransactWriteItems",
    input: {
      TransactItems: [
        { Put: { TableName, Item: item("4") } },
        { Delete: { TableName, Key: key("2") } },
        check("attribute_not_exists(id)", "1", { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
        check("attribute_exists(id)", "9"),
      ],
    },
    error: "TransactionCanceledException",
    message:
      "Transaction cancelled, please refer cancellation reasons for specific reasons [None, None, ConditionalCheckFailed, ConditionalCheckFailed]",
    more: {
      CancellationReasons: [
        { Code: "None" },
        { Code: "None" },
        { Code: "ConditionalCheckFailed", Message: "The conditional request failed", Item: one },
        { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
      ],
    },
  },
  validation(
    "one item twice",
    "TransactWriteItems",
    { TransactItems: [check("attribute_exists(id)", "1"), { Delete: { TableName, Key: key("1") } }] },
    "Transaction request cannot include multiple operations on one item",
  ),
  validation("two actions in one", "TransactWriteItems", {
    TransactItems: [{ Put: { TableName, Item: item("8") }, Delete: { TableName, Key: key("1") } }],
  }),
  validation("two actions in one and none in another", "TransactWriteItems", {
    TransactItems: [{ Put: { TableName, Item: item("8") }, Delete: { TableName, Key: key("1") } }, {}],
  }),
  validation("no action", "TransactWriteItems", { TransactItems: [{}] }),
  validation("nothing", "TransactWriteItems", { TransactItems: [] }),
  validation("more than 100", "TransactGetItems", {
    TransactItems: many(101, (position) => ({ Get: { TableName, Key: key(`n${position}`) } })),
  }),
  validation("an update without an expression", "TransactWriteItems", {
    TransactItems: [{ Update: { TableName, Key: key("1") } }],
  }),
];

const keys: readonly OperationCase[] = [
  ...[
    ["no key", {}],
    ["half a key", { owner: { S: "ana" } }],
    ["more than a key", item("1", { z: { S: "z" } })],
    ["a key of another type", { owner: { S: "ana" }, id: { N: "1" } }],
  ].map(([name, Key]) =>
    validation(String(name), "GetItem", { TableName, Key }, "The provided key element does not match the schema"),
  ),
  validation("an empty key", "GetItem", { TableName, Key: key("") }),
  validation("an empty key in an item", "PutItem", { TableName, Item: item("") }),
  validation(
    "an item without its key",
    "PutItem",
    { TableName, Item: { owner: { S: "ana" } } },
    "One or more parameter values were invalid: Missing the key id in the item",
  ),
  validation(
    "an item with a key of another type",
    "PutItem",
    { TableName, Item: { owner: { N: "1" }, id: { S: "1" } } },
    "One or more parameter values were invalid: Type mismatch for key owner expected: S actual: N",
  ),
  validation("a partition key above 2048 bytes, in bytes", "PutItem", {
    TableName,
    Item: item("1", {}, "é".repeat(1025)),
  }),
  validation("a sort key above 1024 bytes, in bytes", "PutItem", { TableName, Item: item("é".repeat(513)) }),
  validation(
    "an item above 400 KB, in bytes",
    "PutItem",
    { TableName, Item: item("1", { text: { S: "é".repeat(205_000) } }) },
    "Item size has exceeded the maximum allowed size",
  ),
  validation(
    "an item updated above 400 KB, in bytes",
    "UpdateItem",
    {
      TableName,
      Key: key("1"),
      UpdateExpression: "SET a = :a, b = :a",
      ExpressionAttributeValues: { ":a": { S: "é".repeat(110_000) } },
    },
    "Item size to update has exceeded the maximum allowed size",
  ),
  validation("nesting beyond 32 levels", "PutItem", { TableName, Item: item("1", { deep: nested(32) }) }),
];

const starts: readonly OperationCase[] = [
  validation(
    "another partition's key",
    "Query",
    { ...ownersNotes, ExclusiveStartKey: key("1", "ben") },
    "The provided starting key is outside query boundaries based on provided conditions",
  ),
  validation("half a key", "Query", { ...ownersNotes, ExclusiveStartKey: { owner: { S: "ana" } } }),
  validation("more than a key", "Query", { ...ownersNotes, ExclusiveStartKey: item("1", { z: { S: "z" } }) }),
  validation("another type", "Query", { ...ownersNotes, ExclusiveStartKey: { owner: { S: "ana" }, id: { N: "1" } } }),
  validation("an index's key without the index", "Query", {
    ...ownersNotes,
    ExclusiveStartKey: item("1", { rank: { N: "1" } }),
  }),
  validation("a table's key on an index", "Query", {
    ...ownersNotes,
    IndexName: "by-rank",
    ExclusiveStartKey: key("1"),
  }),
  validation("half a key of a Scan", "Scan", { TableName, ExclusiveStartKey: { owner: { S: "ana" } } }),
].map((entry) => ({ ...entry, name: `start key: ${entry.name}` }));

const expressions: readonly OperationCase[] = [
  ...["status", "name", "Owner", "SIZE"].map((word) =>
    validation(`the reserved word ${word}`, "GetItem", { TableName, Key: key("1"), ProjectionExpression: word }),
  ),
  validation("the reserved word status in a filter", "Query", {
    ...ownersNotes,
    FilterExpression: "status = :s",
    ExpressionAttributeValues: { ":o": { S: "ana" }, ":s": { S: "open" } },
  }),
  validation("the reserved word name in an update", "UpdateItem", {
    TableName,
    Key: key("1"),
    UpdateExpression: "SET name = :n",
    ExpressionAttributeValues: { ":n": { S: "x" } },
  }),
  {
    name: "reserved words behind aliases",
    operation: "Query",
    input: {
      ...ownersNotes,
      FilterExpression: "attribute_not_exists(#s)",
      ProjectionExpression: "id, #s",
      ExpressionAttributeNames: { "#o": "owner", "#s": "status" },
    },
    output: { Items: ["1", "2", "3"].map((id) => ({ id: { S: id } })), Count: 3, ScannedCount: 3 },
  },
  ...["metadata", "title", "todoId", "dueDate", "version1", "completed"].map((word) => ({
    name: `the ordinary word ${word}`,
    operation: "GetItem",
    input: { TableName, Key: key("9"), ProjectionExpression: word },
    output: {},
  })),
  ...[
    "",
    " ",
    "title =",
    "title = :t AND",
    "(title = :t",
    "title = :t)",
    "title ** :t",
    "unknown(title)",
    "begins_with(title)",
    "title = :missing",
    "#missing = :t",
    "title BETWEEN :t",
    "title IN ()",
    "size(title)",
    "NOT",
    `${"(".repeat(400)}title = :t${")".repeat(400)}`,
    "title = :t OR ".repeat(400),
  ].map((ConditionExpression) =>
    validation(`the condition ${JSON.stringify(ConditionExpression).slice(0, 40)}`, "PutItem", {
      TableName,
      Item: item("1"),
      ConditionExpression,
      ExpressionAttributeValues: { ":t": { S: "x" } },
    }),
  ),
  ...[
    "",
    "SET",
    "SET a",
    "SET a = ",
    "title = :t",
    "REMOVE",
    "ADD a",
    "SET a = :t SET b = :t",
    "SET a = :t,",
    "SET owner = :t",
  ].map((UpdateExpression) =>
    validation(`the update ${JSON.stringify(UpdateExpression)}`, "UpdateItem", {
      TableName,
      Key: key("1"),
      UpdateExpression,
      ExpressionAttributeValues: { ":t": { S: "x" } },
    }),
  ),
  validation("an update whose second value is missing", "UpdateItem", {
    TableName,
    Key: key("1"),
    UpdateExpression: "SET title = :t, done = :done",
    ExpressionAttributeValues: { ":t": { S: "x" } },
  }),
  {
    name: "REMOVE alone, without values",
    operation: "UpdateItem",
    input: {
      TableName,
      Key: key("3"),
      UpdateExpression: "REMOVE #l, #r",
      ExpressionAttributeNames: { "#l": "list", "#r": "rank" },
    },
    output: {},
    after: [one, two, item("3"), bens],
  },
  validation("REMOVE alone, with an empty map of values", "UpdateItem", {
    TableName,
    Key: key("1"),
    UpdateExpression: "REMOVE topic",
    ExpressionAttributeValues: {},
  }),
  validation("an unused name", "GetItem", {
    TableName,
    Key: key("1"),
    ProjectionExpression: "title",
    ExpressionAttributeNames: { "#a": "a" },
  }),
  validation("an unused value", "PutItem", {
    TableName,
    Item: item("1"),
    ConditionExpression: "attribute_exists(id)",
    ExpressionAttributeValues: { ":a": { S: "a" } },
  }),
  validation("no values", "PutItem", {
    TableName,
    Item: item("1"),
    ConditionExpression: "attribute_exists(id)",
    ExpressionAttributeValues: {},
  }),
  validation("names without an expression", "PutItem", {
    TableName,
    Item: item("1"),
    ExpressionAttributeNames: { "#a": "a" },
  }),
  ...[
    "#o > :o",
    "id = :o",
    "#o = :o OR id = :o",
    "#o = :o AND #o = :o",
    "NOT #o = :o",
    "#o = :o AND title = :o",
    "attribute_exists(#o)",
  ].map((KeyConditionExpression) =>
    validation(`the key condition ${KeyConditionExpression}`, "Query", { ...ownersNotes, KeyConditionExpression }),
  ),
  validation(
    "two conditions on the partition key",
    "Query",
    {
      ...ownersNotes,
      KeyConditionExpression: "#o = :o AND #o = :p",
      ExpressionAttributeValues: { ":o": { S: "ana" }, ":p": { S: "ben" } },
    },
    "KeyConditionExpressions must only contain one condition per key",
  ),
  validation("a key condition of another type", "Query", {
    ...ownersNotes,
    ExpressionAttributeValues: { ":o": { N: "1" } },
  }),
  validation("a filter on the key", "Query", { ...ownersNotes, FilterExpression: "id = :o" }),
];

const shapes: readonly OperationCase[] = [
  validation("no table", "GetItem", { Key: key("1") }),
  validation("a table's name of two letters", "GetItem", { TableName: "ab", Key: key("1") }),
  validation("a table's name with a dollar", "GetItem", { TableName: "a$b", Key: key("1") }),
  validation(
    "no index of that name",
    "Query",
    { ...ownersNotes, IndexName: "by-nothing" },
    "The table does not have the specified index: by-nothing",
  ),
  validation("a consistent read of a global index", "Query", {
    TableName,
    IndexName: "by-topic",
    ConsistentRead: true,
    KeyConditionExpression: "topic = :t",
    ExpressionAttributeValues: { ":t": { S: "y" } },
  }),
  ...[0, -1].map((Limit) => validation(`a limit of ${Limit}`, "Query", { ...ownersNotes, Limit })),
  validation("specific attributes without any", "Query", { ...ownersNotes, Select: "SPECIFIC_ATTRIBUTES" }),
  validation("a segment without their number", "Scan", { TableName, Segment: 0 }),
  validation("return values that a put has not", "PutItem", { TableName, Item: item("1"), ReturnValues: "ALL_NEW" }),
  validation("a null that is false", "PutItem", { TableName, Item: item("1", { a: { NULL: false } }) }),
  validation("a set with a member twice", "PutItem", { TableName, Item: item("1", { a: { SS: ["a", "a"] } }) }),
  validation("an empty set", "PutItem", { TableName, Item: item("1", { a: { SS: [] } }) }),
  ...["abc", "", "1e400", "1".repeat(39), "0x10", " 1"].map((N) =>
    validation(`the number ${N}`, "PutItem", { TableName, Item: item("1", { a: { N } }) }),
  ),
  ...["AttributesToGet", "Expected", "KeyConditions", "QueryFilter", "ScanFilter", "AttributeUpdates"].map((name) =>
    validation(`the legacy parameter ${name}`, legacyHome(name), {
      ...(legacyHome(name) === "Query" ? { TableName } : { TableName, Key: key("1") }),
      ...(name === "Expected" ? { Item: item("1") } : {}),
      [name]: name === "AttributesToGet" ? ["title"] : {},
    }),
  ),
  validation("26 writes", "BatchWriteItem", {
    RequestItems: { [TableName]: many(26, (n) => ({ PutRequest: { Item: item(`n${n}`) } })) },
  }),
  validation("101 reads", "BatchGetItem", { RequestItems: { [TableName]: { Keys: many(101, (n) => key(`n${n}`)) } } }),
  validation("one item twice", "BatchGetItem", { RequestItems: { [TableName]: { Keys: [key("1"), key("1")] } } }),
  validation("a table by name and by ARN", "BatchGetItem", {
    RequestItems: { [TableName]: { Keys: [key("1")] }, [tableArn(TableName)]: { Keys: [key("2")] } },
  }),
  validation("no tables", "BatchWriteItem", { RequestItems: {} }),
  validation("a put that is a delete too", "BatchWriteItem", {
    RequestItems: { [TableName]: [{ PutRequest: { Item: item("8") }, DeleteRequest: { Key: key("1") } }] },
  }),
  serialization("a fractional limit", "Query", { ...ownersNotes, Limit: 1.5 }),
  {
    name: "no such table",
    operation: "GetItem",
    input: { TableName: "nowhere", Key: key("1") },
    error: "ResourceNotFoundException",
    message: "Requested resource not found",
  },
  {
    name: "a table of another region",
    operation: "GetItem",
    input: { TableName: tableArn(TableName).replace("eu-west-1", "us-east-1"), Key: key("1") },
    error: "ResourceNotFoundException",
  },
];

function legacyHome(name: string): string {
  if (name === "Expected") return "PutItem";
  if (name === "AttributeUpdates") return "UpdateItem";
  if (name === "ScanFilter") return "Scan";
  return name === "AttributesToGet" ? "GetItem" : "Query";
}

const declared: readonly OperationCase[] = [
  {
    name: "the tables of the program",
    operation: "ListTables",
    input: {},
    output: { TableNames: [counters.name, notes.name] },
  },
  {
    name: "a page of tables",
    operation: "ListTables",
    input: { Limit: 1 },
    output: { TableNames: [counters.name], LastEvaluatedTableName: counters.name },
  },
  {
    name: "the page after",
    operation: "ListTables",
    input: { ExclusiveStartTableName: counters.name },
    output: { TableNames: [notes.name] },
  },
  {
    name: "time to live as declared",
    operation: "DescribeTimeToLive",
    input: { TableName },
    output: { TimeToLiveDescription: { TimeToLiveStatus: "ENABLED", AttributeName: "expires" } },
  },
  {
    name: "tags as declared",
    operation: "ListTagsOfResource",
    input: { ResourceArn: notes.arn },
    output: { Tags: [{ Key: "project", Value: "notes" }] },
  },
  ...["DeleteTable", "UpdateTable", "DescribeContinuousBackups"].map((operation) => ({
    name: `${operation} is refused by name`,
    operation,
    input: { TableName },
    error: "UnknownOperationException",
  })),
  {
    name: "PartiQL is refused by name",
    operation: "ExecuteStatement",
    input: { Statement: `DELETE FROM "${TableName}"` },
    error: "UnknownOperationException",
  },
];

const alone = "1 validation error detected: ";
const big = { S: "é".repeat(205_000) };
const reason = (text: string) => ({
  error: "TransactionCanceledException",
  message: "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]",
  more: { CancellationReasons: [{ Code: "None" }, { Code: "ValidationError", Message: text }] },
});

/** What DynamoDB says in eu-west-2 since 9 June 2026. */
const wording: readonly OperationCase[] = [
  validation(
    "wording: an expression",
    "UpdateItem",
    { TableName, Key: key("1"), UpdateExpression: "INVALID SYNTAX" },
    `${alone}Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"`,
  ),
  validation(
    "wording: a name that no expression uses",
    "UpdateItem",
    {
      TableName,
      Key: key("1"),
      UpdateExpression: "SET a = :a",
      ExpressionAttributeNames: { "#unused": "b" },
      ExpressionAttributeValues: { ":a": { S: "x" } },
    },
    `${alone}Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}`,
  ),
  validation(
    "wording: values without an expression",
    "PutItem",
    { TableName, Item: item("4"), ExpressionAttributeValues: { ":v": { S: "x" } } },
    `${alone}ExpressionAttributeValues can only be specified when using expressions`,
  ),
  validation(
    "wording: a change of the key, which the table says",
    "UpdateItem",
    {
      TableName,
      Key: key("1"),
      UpdateExpression: "SET id = :v",
      ExpressionAttributeValues: { ":v": { S: "x" } },
    },
    "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
  ),
  validation(
    "wording: expressions beside what was there before them",
    "PutItem",
    {
      TableName,
      Item: item("4"),
      Expected: { id: { Exists: false } },
      ConditionExpression: "attribute_not_exists(id)",
    },
    `${alone}Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}`,
  ),
  ...[
    ["SS", "An string set  may not be empty"],
    ["NS", "An number set  may not be empty"],
    ["BS", "Binary sets should not be empty"],
  ].map(([type = "", text]) =>
    validation(
      `wording: an empty ${type}`,
      "PutItem",
      { TableName, Item: item("4", { set: { [type]: [] } }) },
      `${alone}One or more parameter values were invalid: ${text}`,
    ),
  ),
  validation(
    "wording: no name of a table",
    "PutItem",
    { TableName: "", Item: item("4"), ReturnValues: "INVALID" },
    `${alone}Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  ),
  validation(
    "wording: choices that there are not, all at once",
    "PutItem",
    {
      TableName: "nowhere",
      Item: item("4"),
      ReturnValues: "INVALID",
      ReturnConsumedCapacity: "INVALID",
      ReturnItemCollectionMetrics: "INVALID",
    },
    "3 validation errors detected: Value 'INVALID' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]; ReturnItemCollectionMetrics can only be SIZE or NONE",
  ),
  validation(
    "wording: choices that there are not, of an update",
    "UpdateItem",
    { TableName, Key: key("1"), ReturnValues: "INVALID", ReturnConsumedCapacity: "INVALID" },
    `${alone}Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]`,
  ),
  validation(
    "wording: a limit of nothing, in a Query",
    "Query",
    { ...ownersNotes, Limit: 0 },
    `${alone}Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  ),
  validation(
    "wording: a limit of nothing, in a Scan",
    "Scan",
    { TableName, Limit: 0 },
    `${alone}Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  ),
  validation(
    "wording: an empty batch",
    "BatchWriteItem",
    { RequestItems: {} },
    "The requestItems parameter is required for BatchWriteItem",
  ),
  validation(
    "wording: 101 keys",
    "BatchGetItem",
    { RequestItems: { [TableName]: { Keys: many(101, (position) => key(`n${position}`)) } } },
    `${alone}Value at 'RequestItems.${TableName}.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100`,
  ),
  validation(
    "wording: 26 writes",
    "BatchWriteItem",
    { RequestItems: { [TableName]: many(26, (at) => ({ PutRequest: { Item: item(`n${at}`) } })) } },
    `${alone}Value '{${TableName}=[…]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]`,
  ),
  {
    name: "a key that is not the table's cancels a transaction of reads",
    operation: "TransactGetItems",
    input: { TransactItems: [{ Get: { TableName, Key: key("1") } }, { Get: { TableName, Key: {} } }] },
    ...reason("The provided key element does not match the schema"),
  },
  {
    name: "an item without its key cancels a transaction of writes",
    operation: "TransactWriteItems",
    input: {
      TransactItems: [{ Delete: { TableName, Key: key("1") } }, { Put: { TableName, Item: { owner: { S: "ana" } } } }],
    },
    ...reason("One or more parameter values were invalid: Missing the key id in the item"),
  },
  validation(
    "an item above 400 KB in a transaction is refused as it is alone",
    "TransactWriteItems",
    { TransactItems: [{ Delete: { TableName, Key: key("1") } }, { Put: { TableName, Item: item("4", { big }) } }] },
    "Item size has exceeded the maximum allowed size",
  ),
  {
    name: "an item updated above 400 KB cancels a transaction",
    operation: "TransactWriteItems",
    input: {
      TransactItems: [
        { Delete: { TableName, Key: key("1") } },
        {
          Update: {
            TableName,
            Key: key("2"),
            UpdateExpression: "SET a = :a, b = :a",
            ExpressionAttributeValues: { ":a": { S: "é".repeat(110_000) } },
          },
        },
      ],
    },
    ...reason("Item size to update has exceeded the maximum allowed size"),
  },
];

/** Each is run on both engines, and must come to the same. */
export const operationCases: readonly OperationCase[] = [
  ...reads,
  ...writes,
  ...transactions,
  ...keys,
  ...starts,
  ...expressions,
  ...shapes,
  ...declared,
  ...wording,
];
