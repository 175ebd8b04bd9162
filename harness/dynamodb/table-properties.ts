/** What the harness does with a property: `emulated`, `inert` (no effect that a program can observe locally), or refuses it. */
export type PropertyHandling =
  | { readonly kind: "emulated" }
  | { readonly kind: "inert"; readonly because: string }
  | { readonly kind: "refused"; readonly because: string };

const emulated: PropertyHandling = { kind: "emulated" };
const inert = (because: string): PropertyHandling => ({ kind: "inert", because });
const refused = (because: string): PropertyHandling => ({ kind: "refused", because });

const capacity = inert("capacity is not metered, so nothing is throttled");
const noStreams = refused("streams are not emulated; remove it, or leave streamEnabled false");
const noReplicas = refused("there is one region, and nothing is replicated");
const noRestore = refused("tables start empty or from the data directory; nothing is imported or restored");

/** Every property of `aws:dynamodb/table:Table`. A property that is not here is a fault.
 * @see https://www.pulumi.com/registry/packages/aws/api-docs/dynamodb/table/ */
export const tableProperties: ReadonlyMap<string, PropertyHandling> = new Map([
  ["arn", inert("computed by the provider")],
  ["attributes", emulated],
  ["billingMode", emulated],
  ["deletionProtectionEnabled", inert("nothing deletes a table locally")],
  ["globalSecondaryIndexes", emulated],
  ["globalTableWitness", noReplicas],
  ["hashKey", emulated],
  ["importTable", noRestore],
  ["localSecondaryIndexes", emulated],
  ["name", emulated],
  ["onDemandThroughput", capacity],
  ["pointInTimeRecovery", inert("no backups are made; `--data` keeps the table between starts")],
  ["rangeKey", emulated],
  ["readCapacity", capacity],
  ["region", emulated],
  ["replicas", noReplicas],
  ["restoreBackupArn", noRestore],
  ["restoreDateTime", noRestore],
  ["restoreSourceName", noRestore],
  ["restoreSourceTableArn", noRestore],
  ["restoreToLatestTime", noRestore],
  ["serverSideEncryption", inert("encryption at rest cannot be observed through the API")],
  ["streamEnabled", noStreams],
  ["streamViewType", noStreams],
  ["tableClass", inert("the table class changes cost only")],
  ["tags", emulated],
  ["tagsAll", emulated],
  ["ttl", inert("expired items stay: DynamoDB deletes them within days, and returns them until then")],
  ["warmThroughput", capacity],
  ["writeCapacity", capacity],
]);

/** Every property of a global secondary index. */
export const globalIndexProperties: ReadonlyMap<string, PropertyHandling> = new Map([
  ["hashKey", emulated],
  ["keySchemas", refused("multi-attribute index keys are not emulated; use hashKey and rangeKey")],
  ["name", emulated],
  ["nonKeyAttributes", emulated],
  ["onDemandThroughput", capacity],
  ["projectionType", emulated],
  ["rangeKey", emulated],
  ["readCapacity", capacity],
  ["warmThroughput", capacity],
  ["writeCapacity", capacity],
]);

/** Every property of a local secondary index. */
export const localIndexProperties: ReadonlyMap<string, PropertyHandling> = new Map([
  ["name", emulated],
  ["nonKeyAttributes", emulated],
  ["projectionType", emulated],
  ["rangeKey", emulated],
]);
