import type { Shape } from "./shapes.ts";

/** How an operation is served. */
export type Handling =
  /** Checked, then carried out by the engine. */
  | { readonly kind: "engine" }
  /** Answered from the program's own declarations. */
  | { readonly kind: "declared" }
  /** Known to DynamoDB, refused here by name. */
  | { readonly kind: "refused"; readonly because: string };

/** Which targets the IAM requests of an operation are made for; see `targets.ts`. */
export type AccessKind =
  | "item"
  | "query"
  | "batch-get"
  | "batch-write"
  | "transact-get"
  | "transact-write"
  | "table"
  | "account";

export interface Operation {
  readonly name: string;
  readonly handling: Handling;
  readonly access: AccessKind;
  readonly shape: Shape;
}

const members = (shapes: Readonly<Record<string, Shape>>): Shape => ({ members: new Map(Object.entries(shapes)) });

const attributes: Shape = { map: "value" };
const names: Shape = { map: "string" };

const expressionMembers = { ExpressionAttributeNames: names, ExpressionAttributeValues: attributes } as const;
const projectionMembers = { ProjectionExpression: "string", ExpressionAttributeNames: names } as const;
const capacityMembers = { ReturnConsumedCapacity: "string" } as const;
const conditionMembers = {
  ConditionExpression: "string",
  ...expressionMembers,
  ReturnValuesOnConditionCheckFailure: "string",
} as const;
const writeMembers = {
  TableName: "string",
  ...conditionMembers,
  ...capacityMembers,
  ReturnItemCollectionMetrics: "string",
  ReturnValues: "string",
} as const;
const readManyMembers = {
  TableName: "string",
  IndexName: "string",
  Select: "string",
  FilterExpression: "string",
  ...projectionMembers,
  ...expressionMembers,
  ...capacityMembers,
  ConsistentRead: "boolean",
  Limit: "integer",
  ExclusiveStartKey: attributes,
} as const;

const transactWrite = members({
  Put: members({ TableName: "string", Item: attributes, ...conditionMembers }),
  Update: members({ TableName: "string", Key: attributes, UpdateExpression: "string", ...conditionMembers }),
  Delete: members({ TableName: "string", Key: attributes, ...conditionMembers }),
  ConditionCheck: members({ TableName: "string", Key: attributes, ...conditionMembers }),
});

const engine = (name: string, access: AccessKind, shape: Shape): Operation => ({
  name,
  handling: { kind: "engine" },
  access,
  shape,
});

const declared = (name: string, access: AccessKind, shape: Shape): Operation => ({
  name,
  handling: { kind: "declared" },
  access,
  shape,
});

const SERVED: readonly Operation[] = [
  engine(
    "GetItem",
    "item",
    members({
      TableName: "string",
      Key: attributes,
      ...projectionMembers,
      ...capacityMembers,
      ConsistentRead: "boolean",
    }),
  ),
  engine("PutItem", "item", members({ ...writeMembers, Item: attributes })),
  engine("UpdateItem", "item", members({ ...writeMembers, Key: attributes, UpdateExpression: "string" })),
  engine("DeleteItem", "item", members({ ...writeMembers, Key: attributes })),
  engine(
    "Query",
    "query",
    members({ ...readManyMembers, KeyConditionExpression: "string", ScanIndexForward: "boolean" }),
  ),
  engine("Scan", "query", members({ ...readManyMembers, Segment: "integer", TotalSegments: "integer" })),
  engine(
    "BatchGetItem",
    "batch-get",
    members({
      RequestItems: { map: members({ Keys: { list: attributes }, ...projectionMembers, ConsistentRead: "boolean" }) },
      ...capacityMembers,
    }),
  ),
  engine(
    "BatchWriteItem",
    "batch-write",
    members({
      RequestItems: {
        map: {
          list: members({ PutRequest: members({ Item: attributes }), DeleteRequest: members({ Key: attributes }) }),
        },
      },
      ...capacityMembers,
      ReturnItemCollectionMetrics: "string",
    }),
  ),
  engine(
    "TransactGetItems",
    "transact-get",
    members({
      TransactItems: {
        list: members({ Get: members({ TableName: "string", Key: attributes, ...projectionMembers }) }),
      },
      ...capacityMembers,
    }),
  ),
  engine(
    "TransactWriteItems",
    "transact-write",
    members({
      TransactItems: { list: transactWrite },
      ClientRequestToken: "string",
      ...capacityMembers,
      ReturnItemCollectionMetrics: "string",
    }),
  ),
  declared("DescribeTable", "table", members({ TableName: "string" })),
  declared("DescribeTimeToLive", "table", members({ TableName: "string" })),
  declared("ListTagsOfResource", "table", members({ ResourceArn: "string", NextToken: "string" })),
  declared("ListTables", "account", members({ ExclusiveStartTableName: "string", Limit: "integer" })),
];

const BY_PROGRAM = "tables are made and changed by the Pulumi program";
const NO_PARTIQL = "PartiQL is not emulated; use the item operations";
const NO_BACKUPS = "backups are not emulated";
const NO_REPLICAS = "global tables are not emulated";
const NO_STREAMS = "streams are not emulated";
const NO_TRANSFER = "import and export are not emulated";
const NO_INSIGHTS = "contributor insights are not emulated";
const NO_POLICIES = "resource policies are not emulated";

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html */
const REFUSED: Readonly<Record<string, string>> = {
  BatchExecuteStatement: NO_PARTIQL,
  ExecuteStatement: NO_PARTIQL,
  ExecuteTransaction: NO_PARTIQL,
  CreateTable: BY_PROGRAM,
  DeleteTable: BY_PROGRAM,
  UpdateTable: BY_PROGRAM,
  UpdateTimeToLive: BY_PROGRAM,
  TagResource: BY_PROGRAM,
  UntagResource: BY_PROGRAM,
  CreateBackup: NO_BACKUPS,
  DeleteBackup: NO_BACKUPS,
  DescribeBackup: NO_BACKUPS,
  DescribeContinuousBackups: NO_BACKUPS,
  ListBackups: NO_BACKUPS,
  RestoreTableFromBackup: NO_BACKUPS,
  RestoreTableToPointInTime: NO_BACKUPS,
  UpdateContinuousBackups: NO_BACKUPS,
  CreateGlobalTable: NO_REPLICAS,
  DescribeGlobalTable: NO_REPLICAS,
  DescribeGlobalTableSettings: NO_REPLICAS,
  DescribeTableReplicaAutoScaling: NO_REPLICAS,
  ListGlobalTables: NO_REPLICAS,
  UpdateGlobalTable: NO_REPLICAS,
  UpdateGlobalTableSettings: NO_REPLICAS,
  UpdateTableReplicaAutoScaling: NO_REPLICAS,
  DescribeKinesisStreamingDestination: NO_STREAMS,
  DisableKinesisStreamingDestination: NO_STREAMS,
  EnableKinesisStreamingDestination: NO_STREAMS,
  UpdateKinesisStreamingDestination: NO_STREAMS,
  DescribeExport: NO_TRANSFER,
  DescribeImport: NO_TRANSFER,
  ExportTableToPointInTime: NO_TRANSFER,
  ImportTable: NO_TRANSFER,
  ListExports: NO_TRANSFER,
  ListImports: NO_TRANSFER,
  DescribeContributorInsights: NO_INSIGHTS,
  ListContributorInsights: NO_INSIGHTS,
  UpdateContributorInsights: NO_INSIGHTS,
  DeleteResourcePolicy: NO_POLICIES,
  GetResourcePolicy: NO_POLICIES,
  PutResourcePolicy: NO_POLICIES,
  DescribeEndpoints: "an endpoint found by discovery would lead away from this machine",
  DescribeLimits: "account quotas are not emulated",
};

/** Every operation of DynamoDB's API, by name. An operation that is not here does not exist. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ...SERVED.map((operation) => [operation.name, operation] as const),
  ...Object.entries(REFUSED).map(
    ([name, because]) =>
      [name, { name, handling: { kind: "refused", because }, access: "account", shape: members({}) } as const] as const,
  ),
]);

/** Parameters from before expressions. Nothing here reads them, so a request that relies on them is refused by name.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html */
export const LEGACY_PARAMETERS: readonly string[] = [
  "AttributesToGet",
  "AttributeUpdates",
  "ConditionalOperator",
  "Expected",
  "KeyConditions",
  "QueryFilter",
  "ScanFilter",
];
