import type { DynamoDbCase, Row } from "../support/case.ts";
import { rowsOf, tested } from "../support/case.ts";

const row = rowsOf("dynamodb");
/** The tables of the suite's fixture: `owner` and `id` as key, and the index `by-topic`. */
export const TABLE_NAME = "notes-1a2b3c4";
const ARN = `arn:aws:dynamodb:eu-west-1:123456789012:table/${TABLE_NAME}`;
const INDEX = `${ARN}/index/by-topic`;
const key = (id: string, owner = "ana") => ({ owner: { S: owner }, id: { S: id } });
const allow = (actions: readonly string[], resource: string | readonly string[] = ARN, condition?: object) => ({
  Effect: "Allow",
  Action: actions.map((action) => `dynamodb:${action}`),
  Resource: resource,
  ...(condition === undefined ? {} : { Condition: condition }),
});
const SESSION = "User: arn:aws:sts::123456789012:assumed-role/role-\\d+/create-note is not authorized to perform: ";
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const denied = (action: string, resource = ARN) => ({
  name: "AccessDeniedException",
  message: new RegExp(
    `^${SESSION}dynamodb:${action} on resource: ${escaped(resource)} because no identity-based policy allows the dynamodb:${action} action$`,
  ),
});
const call = (
  name: string,
  statements: readonly object[],
  operation: string,
  input: DynamoDbCase["input"],
  more: Partial<DynamoDbCase> = {},
): DynamoDbCase => ({
  name,
  statements,
  operation,
  input: { TableName: TABLE_NAME, ...input },
  ...more,
});
/** A case that is run on both engines. */
const operation = (name: string) => tested("tests/dynamodb/cases/operations.ts", name);
const property = (name: string) => tested("tests/iam/evaluator-properties.test.ts", name);
const exists = { ConditionExpression: "attribute_exists(id)" };
const missing = { ConditionExpression: "attribute_not_exists(id)" };
const byOwner = {
  KeyConditionExpression: "#o = :o",
  ExpressionAttributeNames: { "#o": "owner" },
  ExpressionAttributeValues: { ":o": { S: "ana" } },
};
const byTopic = {
  IndexName: "by-topic",
  KeyConditionExpression: "topic = :t",
  ExpressionAttributeValues: { ":t": { S: "x" } },
};
const own = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["ana"] } };
const POOL_VARIABLE = {
  "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [`\${cognito-identity.amazonaws.com:sub}`] },
};
const withoutTable = (entry: DynamoDbCase): DynamoDbCase => {
  const { TableName, ...input } = entry.input;
  return { ...entry, input };
};

export const dynamoDbRows: readonly Row[] = [
  row("denied", "O", "A missing permission: 400, coral namespace, capital `Message`.", "php#1292 sst#4469", {
    cases: [
      call(
        "on the wire",
        [allow(["GetItem"])],
        "PutItem",
        { Item: key("9") },
        {
          error: denied("PutItem"),
          wire: {
            body: new RegExp(
              `^\\{"__type":"com\\.amazon\\.coral\\.service#AccessDeniedException","Message":"${SESSION}dynamodb:PutItem on resource: ${escaped(ARN)} because no identity-based policy allows the dynamodb:PutItem action"\\}$`,
            ),
            header: {
              "content-type": /^application\/x-amz-json-1\.0$/,
              "x-amzn-requestid": /^[A-Z0-9]{52}$/,
              "x-amz-crc32": /^\d+$/,
            },
          },
        },
      ),
      call("another action", [allow(["Scan"])], "GetItem", { Key: key("1") }, { error: denied("GetItem") }),
      call(
        "another table's",
        [allow(["GetItem"], `${ARN}-other`)],
        "GetItem",
        { Key: key("1") },
        { error: denied("GetItem") },
      ),
    ],
  }),
  row("session-name", "O", "The session's name is the function's.", "php#1292 sst#4469", {
    cases: [call("in the message", [allow(["Scan"])], "Query", byOwner, { error: denied("Query") })],
  }),
  row("explicit-deny", "D", "An explicit deny says so.", "iam-denied", {
    cases: [
      call(
        "beside an allow",
        [allow(["*"]), { ...allow(["DeleteItem"]), Effect: "Deny" }],
        "DeleteItem",
        { Key: key("1") },
        {
          error: {
            name: "AccessDeniedException",
            message: /dynamodb:DeleteItem on resource: \S+ with an explicit deny in an identity-based policy$/,
          },
        },
      ),
    ],
  }),
  row("index", "D", "An index is a resource of its own; permission on the table is not enough.", "ddb-conditions", {
    cases: [
      call("the table alone", [allow(["Query"])], "Query", byTopic, { error: denied("Query", INDEX) }),
      call("the index", [allow(["Query"], INDEX)], "Query", byTopic, { output: { Count: 2 } }),
    ],
  }),
  row("iam-first", "I", "IAM is asked first: no permission on a table that is not there is a denial.", "ddb-errors", {
    cases: [
      call(
        "no such table",
        [allow(["GetItem"])],
        "GetItem",
        { TableName: "nowhere", Key: key("1") },
        { error: denied("GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/nowhere") },
      ),
      call(
        "with permission",
        [allow(["GetItem"], "*")],
        "GetItem",
        { TableName: "nowhere", Key: key("1") },
        { error: { name: "ResourceNotFoundException", message: "Requested resource not found" } },
      ),
    ],
  }),
  row(
    "actions",
    "D",
    "Each operation is an action; old and new values need no `GetItem`, conditions no `ConditionCheckItem`.",
    "ddb-actions",
    {
      cases: [
        call(
          "GetItem",
          [allow(["GetItem"])],
          "GetItem",
          { Key: key("1") },
          { output: { Item: { ...key("1"), topic: { S: "x" }, rank: { N: "3" }, title: { S: "one" } } } },
        ),
        call("Query", [allow(["Query"])], "Query", byOwner, { output: { Count: 3 } }),
        call("Scan", [allow(["Scan"])], "Scan", {}, { output: { Count: 4 } }),
        call(
          "PutItem, with old values",
          [allow(["PutItem"])],
          "PutItem",
          { Item: key("1"), ReturnValues: "ALL_OLD" },
          { output: { Attributes: { ...key("1"), topic: { S: "x" }, rank: { N: "3" }, title: { S: "one" } } } },
        ),
        call(
          "UpdateItem, with new values and a condition",
          [allow(["UpdateItem"])],
          "UpdateItem",
          {
            Key: key("2"),
            UpdateExpression: "SET title = :t",
            ...exists,
            ExpressionAttributeValues: { ":t": { S: "new" } },
            ReturnValues: "UPDATED_NEW",
          },
          { output: { Attributes: { title: { S: "new" } } } },
        ),
        call("DeleteItem", [allow(["DeleteItem"])], "DeleteItem", { Key: key("1") }, { output: {} }),
        withoutTable(
          call(
            "BatchGetItem is not GetItem",
            [allow(["GetItem"])],
            "BatchGetItem",
            { RequestItems: { [TABLE_NAME]: { Keys: [key("1")] } } },
            { error: denied("BatchGetItem") },
          ),
        ),
        withoutTable(
          call(
            "BatchWriteItem is not PutItem",
            [allow(["PutItem"])],
            "BatchWriteItem",
            { RequestItems: { [TABLE_NAME]: [{ PutRequest: { Item: key("9") } }] } },
            { error: denied("BatchWriteItem") },
          ),
        ),
        call("Query is not Scan", [allow(["Query"])], "Scan", {}, { error: denied("Scan") }),
      ],
    },
  ),
  row(
    "transactions",
    "D",
    "A transaction needs the action of each of its parts, and has none of its own.",
    "ddb-transactions",
    {
      cases: [
        withoutTable(
          call(
            "a put in it",
            [allow(["PutItem"])],
            "TransactWriteItems",
            { TransactItems: [{ Put: { TableName: TABLE_NAME, Item: key("9") } }] },
            { output: {} },
          ),
        ),
        withoutTable(
          call(
            "a check in it",
            [allow(["PutItem"])],
            "TransactWriteItems",
            {
              TransactItems: [
                { Put: { TableName: TABLE_NAME, Item: key("9") } },
                { ConditionCheck: { TableName: TABLE_NAME, Key: key("1"), ...exists } },
              ],
            },
            { error: denied("ConditionCheckItem") },
          ),
        ),
        withoutTable(
          call(
            "a delete in it",
            [allow(["PutItem", "UpdateItem"])],
            "TransactWriteItems",
            { TransactItems: [{ Delete: { TableName: TABLE_NAME, Key: key("1") } }] },
            { error: denied("DeleteItem") },
          ),
        ),
        withoutTable(
          call(
            "reads",
            [allow(["GetItem"])],
            "TransactGetItems",
            { TransactItems: [{ Get: { TableName: TABLE_NAME, Key: key("1") } }] },
            { output: {} },
          ),
        ),
      ],
    },
  ),
  row("partiql", "D", "PartiQL has actions of its own.", "ddb-actions", {
    cannot: "PartiQL is not emulated: its operations answer UnknownOperationException.",
    shownBy: [["tests/dynamodb/cases/operations.ts", "PartiQL is refused by name"]],
  }),
  row(
    "leading-keys",
    "D",
    "`dynamodb:LeadingKeys` holds the partition keys of the request, and is absent in a Scan, which `ForAllValues` lets through.",
    "ddb-conditions iam-multi-value",
    {
      cases: [
        call("the own key", [allow(["GetItem"], ARN, own)], "GetItem", { Key: key("1") }, { output: {} }),
        call(
          "another's key",
          [allow(["GetItem"], ARN, own)],
          "GetItem",
          { Key: key("1", "ben") },
          { error: denied("GetItem") },
        ),
        call("the own partition", [allow(["Query"], ARN, own)], "Query", byOwner, { output: { Count: 3 } }),
        call(
          "another's partition",
          [allow(["Query"], ARN, own)],
          "Query",
          { ...byOwner, ExpressionAttributeValues: { ":o": { S: "ben" } } },
          { error: denied("Query") },
        ),
        call("a Scan is let through", [allow(["Scan"], ARN, own)], "Scan", {}, { output: { Count: 4 } }),
        call("an index has its own leading key", [allow(["Query"], INDEX, own)], "Query", byTopic, {
          error: denied("Query", INDEX),
        }),
        withoutTable(
          call(
            "all keys of a batch",
            [allow(["BatchGetItem"], ARN, own)],
            "BatchGetItem",
            { RequestItems: { [TABLE_NAME]: { Keys: [key("1"), key("1", "ben")] } } },
            { error: denied("BatchGetItem") },
          ),
        ),
      ],
    },
  ),
  row(
    "leading-keys-role",
    "D",
    "A function's role is one session for all users: an identity pool's variable has no value in it.",
    "iam-multi-value reference-app#42",
    {
      cases: [
        call(
          "a put is denied to everyone",
          [allow(["PutItem", "Query", "Scan"], ARN, POOL_VARIABLE)],
          "PutItem",
          { Item: key("9") },
          { error: denied("PutItem") },
        ),
        call("so is a query", [allow(["PutItem", "Query", "Scan"], ARN, POOL_VARIABLE)], "Query", byOwner, {
          error: denied("Query"),
        }),
        call(
          "and a scan is let through",
          [allow(["PutItem", "Query", "Scan"], ARN, POOL_VARIABLE)],
          "Scan",
          {},
          { output: { Count: 4 } },
        ),
      ],
    },
  ),
  row("condition", "O", "A failed condition: 400, `message` in lower case.", "dynalite ddb-errors", {
    cases: [
      call(
        "a put",
        [allow(["PutItem"])],
        "PutItem",
        { Item: key("1"), ...missing },
        {
          error: { name: "ConditionalCheckFailedException", message: "The conditional request failed" },
          wire: {
            body: '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}',
          },
        },
      ),
      call(
        "a delete",
        [allow(["DeleteItem"])],
        "DeleteItem",
        { Key: key("9"), ...exists },
        { error: { name: "ConditionalCheckFailedException", message: "The conditional request failed" } },
      ),
      call(
        "an update makes no item",
        [allow(["UpdateItem"])],
        "UpdateItem",
        {
          Key: key("9"),
          UpdateExpression: "SET title = :t",
          ExpressionAttributeValues: { ":t": { S: "x" } },
          ...exists,
        },
        { error: { name: "ConditionalCheckFailedException", message: "The conditional request failed" } },
      ),
    ],
  }),
  row(
    "condition-item",
    "D I",
    "`ReturnValuesOnConditionCheckFailure` adds the item, marshalled; none where there is none.",
    "ddb-put-item",
    {
      cases: [
        call(
          "an item",
          [allow(["PutItem"])],
          "PutItem",
          { Item: key("2"), ...missing, ReturnValuesOnConditionCheckFailure: "ALL_OLD" },
          {
            error: {
              name: "ConditionalCheckFailedException",
              message: "The conditional request failed",
              more: { Item: { ...key("2"), topic: { S: "y" }, rank: { N: "1" }, title: { S: "two" } } },
            },
          },
        ),
        call(
          "none",
          [allow(["DeleteItem"])],
          "DeleteItem",
          { Key: key("9"), ...exists, ReturnValuesOnConditionCheckFailure: "ALL_OLD" },
          { error: { name: "ConditionalCheckFailedException", message: "The conditional request failed", more: {} } },
        ),
      ],
    },
  ),
  row(
    "condition-transaction",
    "D",
    "In a transaction: reasons in the order of its parts, `None` for those without fault.",
    "ddb-transact-write",
    {
      cases: [
        withoutTable(
          call(
            "the second of two",
            [allow(["PutItem", "ConditionCheckItem"])],
            "TransactWriteItems",
            {
              TransactItems: [
                { Put: { TableName: TABLE_NAME, Item: key("8") } },
                { ConditionCheck: { TableName: TABLE_NAME, Key: key("9"), ...exists } },
              ],
            },
            {
              error: {
                name: "TransactionCanceledException",
                message: /\[None, ConditionalCheckFailed\]/,
                more: {
                  CancellationReasons: [
                    { Code: "None" },
                    { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
                  ],
                },
              },
            },
          ),
        ),
      ],
    },
  ),
  row(
    "validation",
    "O",
    "`ValidationException` in the namespace `com.amazon.coral.validate#`, `message` in lower case.",
    "dynalite",
    {
      cases: [
        call(
          "a key of a wrong type",
          [allow(["GetItem"])],
          "GetItem",
          { Key: { owner: { N: "1" }, id: { S: "1" } } },
          {
            error: { name: "ValidationException", message: "The provided key element does not match the schema" },
            wire: { body: /^\{"__type":"com\.amazon\.coral\.validate#ValidationException","message":"/ },
          },
        ),
        call(
          "an empty update",
          [allow(["UpdateItem"])],
          "UpdateItem",
          { Key: key("1"), UpdateExpression: "" },
          { error: { name: "ValidationException", message: /UpdateExpression/ } },
        ),
        call(
          "a reserved word",
          [allow(["UpdateItem"])],
          "UpdateItem",
          { Key: key("1"), UpdateExpression: "SET status = :s", ExpressionAttributeValues: { ":s": { S: "x" } } },
          { error: { name: "ValidationException", message: /reserved keyword: status/ } },
        ),
        call(
          "another partition's start key",
          [allow(["Query"])],
          "Query",
          { ...byOwner, ExclusiveStartKey: key("1", "ben") },
          { error: { name: "ValidationException", message: /starting key/ } },
        ),
      ],
    },
  ),
  row(
    "texts",
    "O",
    "Texts are those of eu-west-2 since 9 June 2026: what is wrong with a request by itself begins with `1 validation error detected: `, what a table's schema says does not.",
    "parity-june",
    {
      cases: [
        "wording: an expression",
        "wording: a name that no expression uses",
        "wording: values without an expression",
        "wording: a change of the key, which the table says",
        "wording: expressions beside what was there before them",
        "wording: no name of a table",
        "wording: choices that there are not, all at once",
        "wording: choices that there are not, of an update",
      ].map(operation),
    },
  ),
  row(
    "limits-of-a-request",
    "O",
    "An empty batch, 101 keys, 26 writes and a limit of 0 have texts of their own.",
    "parity-suite",
    {
      cases: [
        "wording: an empty batch",
        "wording: 101 keys",
        "wording: 26 writes",
        "wording: a limit of nothing, in a Query",
        "wording: a limit of nothing, in a Scan",
      ].map(operation),
    },
  ),
  row(
    "transaction-validation",
    "O",
    "A key or an item that is not the table's cancels a transaction with the reason `ValidationError`, and so does an update above 400 KB; a put above 400 KB is a plain `ValidationException`.",
    "parity-suite",
    {
      cases: [
        "a key that is not the table's cancels a transaction of reads",
        "an item without its key cancels a transaction of writes",
        "an item above 400 KB in a transaction is refused as it is alone",
        "an item updated above 400 KB cancels a transaction",
      ].map(operation),
    },
  ),
  row(
    "variables-without-value",
    "D",
    "A policy variable without a value matches nothing: an operator fails, and its negation holds, in permissions too.",
    "iam-variables",
    {
      cases: [
        property(
          "as a variable, matches nothing: an operator fails, its negation holds, whatever the request's one value",
        ),
      ],
    },
  ),
  row(
    "resources-without-value",
    "D",
    "A resource with a variable without a value matches nothing, in `Resource` and in `NotResource`.",
    "iam-variables",
    {
      ours: "Under `NotResource` a permission then permits nothing and a denial denies everything: were it the other way, a tag that is missing would open all that the statement keeps out.",
      cases: [property("in a resource permits nothing, and under NotResource denies all")],
    },
  ),
  row(
    "any-value-if-exists",
    "I conflict",
    "`ForAnyValue` with `IfExists` is false without the key: so two authors and AWS's words on `ForAnyValue`; one emulator's test says true.",
    "iam-multi-value",
    { cases: [property("satisfies no ForAnyValue, with IfExists or without, in a permission or a denial")] },
  ),
  row(
    "throttle",
    "D",
    "`ProvisionedThroughputExceededException` and `ThrottlingException`, which the SDK retries.",
    "ddb-errors",
    {
      cannot: "Capacity is not metered, so nothing is throttled; what the program's functions make of it is shown.",
      shownBy: [["tests/support/describe-handlers.ts", "a failing table is 503 or 500, and the log says why"]],
    },
  ),
  row("headers", "O", "`x-amzn-requestid`, `x-amz-crc32` and `application/x-amz-json-1.0`.", "dynalite", {
    cases: [
      call(
        "a success",
        [allow(["GetItem"])],
        "GetItem",
        { Key: key("nobody") },
        {
          output: {},
          wire: {
            body: "{}",
            header: {
              "content-type": /^application\/x-amz-json-1\.0$/,
              "x-amzn-requestid": /^[A-Z0-9]{52}$/,
              "x-amz-crc32": /^2745614147$/,
            },
          },
        },
      ),
    ],
  }),
];
