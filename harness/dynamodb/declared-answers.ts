import type { JsonObject } from "../json.ts";
import { type DynamoDbError, validationError } from "./errors.ts";
import { attributeDefinitions, keySchema, projection } from "./provisioning.ts";
import type { SecondaryIndex, Table } from "./tables.ts";

/** What an engine counts of a table; DynamoDB brings these numbers up to date every six hours. */
export interface TableCounts {
  readonly items: number;
  readonly bytes: number;
}

/** DescribeTable from the program's declaration, so that it is the same whatever the engine.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html */
export function describeTable(table: Table, counts: TableCounts, createdAtMilliseconds: number): JsonObject {
  const global = table.indexes.filter((index) => index.kind === "global");
  const local = table.indexes.filter((index) => index.kind === "local");
  return {
    Table: {
      AttributeDefinitions: attributeDefinitions(table),
      TableName: table.name,
      KeySchema: keySchema(table),
      TableStatus: "ACTIVE",
      CreationDateTime: createdAtMilliseconds / 1000,
      ProvisionedThroughput: throughput(table),
      TableSizeBytes: counts.bytes,
      ItemCount: counts.items,
      TableArn: table.arn,
      ...(table.billingMode === "PAY_PER_REQUEST" ? { BillingModeSummary: { BillingMode: table.billingMode } } : {}),
      ...(local.length > 0 ? { LocalSecondaryIndexes: local.map((index) => describeIndex(table, index)) } : {}),
      ...(global.length > 0
        ? { GlobalSecondaryIndexes: global.map((index) => describeGlobalIndex(table, index)) }
        : {}),
      DeletionProtectionEnabled: table.deletionProtection,
    },
  };
}

const throughput = ({ provisioned }: Table) => ({
  NumberOfDecreasesToday: 0,
  ReadCapacityUnits: provisioned.read,
  WriteCapacityUnits: provisioned.write,
});

const describeIndex = (table: Table, index: SecondaryIndex) => ({
  IndexName: index.name,
  KeySchema: keySchema(index),
  Projection: projection(index),
  IndexArn: `${table.arn}/index/${index.name}`,
});

const describeGlobalIndex = (table: Table, index: SecondaryIndex) => ({
  ...describeIndex(table, index),
  IndexStatus: "ACTIVE",
  ProvisionedThroughput: throughput(table),
});

export function describeTimeToLive({ timeToLiveAttribute: attribute }: Table): JsonObject {
  const description =
    attribute === undefined
      ? { TimeToLiveStatus: "DISABLED" }
      : { TimeToLiveStatus: "ENABLED", AttributeName: attribute };
  return { TimeToLiveDescription: description };
}

export function listTags({ tags }: Table): JsonObject {
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

/** The program's tables by name, a page at a time. */
export function listTables(names: readonly string[], input: JsonObject): JsonObject | DynamoDbError {
  const { Limit: limit = 100, ExclusiveStartTableName: after = "" } = input;
  if (typeof limit !== "number" || limit < 1 || limit > 100) {
    return validationError(
      `1 validation error detected: Value '${String(limit)}' at 'limit' failed to satisfy constraint: Member must have value between 1 and 100`,
    );
  }
  const rest = names.toSorted().filter((name) => name > String(after));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return rest.length > page.length && last !== undefined
    ? { TableNames: page, LastEvaluatedTableName: last }
    : { TableNames: page };
}
