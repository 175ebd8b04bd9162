import type { Key, KeyType, SecondaryIndex, Table } from "../../harness/dynamodb/tables.ts";
import { tableArn } from "../dynamodb/support/gate.ts";

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: "HASH" | "RANGE";
}

interface IndexInput {
  readonly IndexName: string;
  readonly KeySchema: readonly KeyElement[];
  readonly Projection: {
    readonly ProjectionType?: SecondaryIndex["projection"];
    readonly NonKeyAttributes?: readonly string[];
  };
}

/** The part of a CreateTable request that makes a table. */
export interface CreateTableInput {
  readonly TableName: string;
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: KeyType }[];
  readonly KeySchema: readonly KeyElement[];
  readonly BillingMode?: Table["billingMode"];
  readonly ProvisionedThroughput?: { readonly ReadCapacityUnits: number; readonly WriteCapacityUnits: number };
  readonly GlobalSecondaryIndexes?: readonly IndexInput[];
  readonly LocalSecondaryIndexes?: readonly IndexInput[];
}

/** The table that a program would declare in the place of this request. Throws where the request makes none. */
export function tableOf(input: CreateTableInput): Table {
  const types = new Map(input.AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]));
  const index =
    (kind: SecondaryIndex["kind"]) =>
    (each: IndexInput): SecondaryIndex => ({
      name: each.IndexName,
      kind,
      ...keyOf(each.KeySchema, types),
      projection: each.Projection.ProjectionType ?? "ALL",
      nonKeyAttributes: each.Projection.NonKeyAttributes ?? [],
    });
  const { ReadCapacityUnits: read = 0, WriteCapacityUnits: write = 0 } = input.ProvisionedThroughput ?? {};
  return {
    name: input.TableName,
    arn: tableArn(input.TableName),
    ...keyOf(input.KeySchema, types),
    billingMode: input.BillingMode ?? "PROVISIONED",
    provisioned: { read, write },
    indexes: [
      ...(input.GlobalSecondaryIndexes ?? []).map(index("global")),
      ...(input.LocalSecondaryIndexes ?? []).map(index("local")),
    ],
    deletionProtection: false,
    tags: {},
  };
}

function keyOf(schema: readonly KeyElement[], types: ReadonlyMap<string, KeyType>): Key {
  const attribute = (wanted: KeyElement["KeyType"]) => {
    const name = schema.find(({ KeyType: type }) => type === wanted)?.AttributeName;
    const type = name === undefined ? undefined : types.get(name);
    return name === undefined || type === undefined ? undefined : { name, type };
  };
  const partitionKey = attribute("HASH");
  const sortKey = attribute("RANGE");
  if (partitionKey === undefined) throw new Error("The request has no partition key that is defined.");
  return { partitionKey, ...(sortKey === undefined ? {} : { sortKey }) };
}
