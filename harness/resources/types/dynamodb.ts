import { namedWithArn } from "../creation.ts";
import { emulatedType, type ResourceTypes, refusedType } from "../resource-type.ts";
import { block, blocks, flag, inert, number, only, type Properties, refused, text, texts } from "../treatments.ts";
import { READ_TAGS, REGION } from "./shared-rows.ts";

export const TABLE_TYPE = "aws:dynamodb/table:Table";

const CAPACITY = inert("capacity is not metered, so nothing is throttled");
const NO_STREAMS = "streams are not emulated";
const NO_REPLICAS = refused("there is one region, and nothing is replicated");
const NOTHING_RESTORED = "tables start empty or from the data directory";
const NO_RESTORE = refused(NOTHING_RESTORED);

/** What a local secondary index has. */
const LOCAL_INDEX: Properties = { name: text, nonKeyAttributes: texts, projectionType: text, rangeKey: text };

const GLOBAL_INDEX: Properties = {
  ...LOCAL_INDEX,
  hashKey: text,
  keySchemas: refused("multi-attribute index keys are not emulated", "use `hashKey` and `rangeKey`"),
  onDemandThroughput: CAPACITY,
  readCapacity: CAPACITY,
  warmThroughput: CAPACITY,
  writeCapacity: CAPACITY,
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
const TABLE: Properties = {
  ...REGION,
  ...READ_TAGS,
  attributes: blocks({ name: text, type: text }),
  billingMode: text,
  deletionProtectionEnabled: flag,
  globalSecondaryIndexes: blocks(GLOBAL_INDEX),
  globalTableWitness: NO_REPLICAS,
  hashKey: text,
  importTable: NO_RESTORE,
  localSecondaryIndexes: blocks(LOCAL_INDEX),
  name: text,
  onDemandThroughput: CAPACITY,
  pointInTimeRecovery: inert("no backups are made; `--data` keeps the table between starts"),
  rangeKey: text,
  readCapacity: number,
  replicas: NO_REPLICAS,
  restoreBackupArn: NO_RESTORE,
  restoreDateTime: NO_RESTORE,
  restoreSourceName: NO_RESTORE,
  restoreSourceTableArn: NO_RESTORE,
  restoreToLatestTime: only([false], NOTHING_RESTORED),
  serverSideEncryption: inert("encryption at rest cannot be observed through the API"),
  streamEnabled: only([false], NO_STREAMS, "remove it or set it to `false`"),
  streamViewType: refused(NO_STREAMS),
  tableClass: inert("the table class changes cost only"),
  ttl: block({ attributeName: text, enabled: flag }),
  warmThroughput: CAPACITY,
  writeCapacity: number,
};

const REPLICATED = refusedType("there is one region, and nothing is replicated");

export const DYNAMODB_TYPES: ResourceTypes = {
  [TABLE_TYPE]: emulatedType(TABLE, namedWithArn("dynamodb", "table/")),
  "aws:dynamodb/globalTable:GlobalTable": REPLICATED,
  "aws:dynamodb/tableReplica:TableReplica": REPLICATED,
  "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": refusedType(NO_STREAMS),
  "aws:dynamodb/resourcePolicy:ResourcePolicy": refusedType(
    "policies on tables are not emulated",
    "allow in the roles' policies and remove it",
  ),
  "aws:dynamodb/tableItem:TableItem": refusedType("items of the program are not written", "write them by the SDK"),
};
