import { type Report, readKey, reportProperties } from "./table-parts.ts";
import { globalIndexProperties, localIndexProperties } from "./table-properties.ts";
import type { Key, KeyType, SecondaryIndex } from "./tables.ts";

type Inputs = Readonly<Record<string, unknown>>;

interface IndexContext {
  readonly inputs: Inputs;
  /** The table's own key. */
  readonly key: Key;
  readonly attributes: ReadonlyMap<string, KeyType>;
  readonly report: Report;
}

const elements = (value: unknown): readonly Inputs[] => (Array.isArray(value) ? (value as readonly Inputs[]) : []);

/** The table's secondary indexes within DynamoDB's quotas: 20 global and 5 local ones.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export function readIndexes(context: IndexContext): readonly SecondaryIndex[] {
  const global = elements(context.inputs.globalSecondaryIndexes);
  const local = elements(context.inputs.localSecondaryIndexes);
  if (global.length > 20) context.report("A table has at most 20 global secondary indexes.");
  if (local.length > 5) context.report("A table has at most 5 local secondary indexes.");
  if (local.length > 0 && context.key.sortKey === undefined) {
    context.report("Local secondary indexes need a table with a rangeKey.");
  }
  const indexes = [
    ...global.map((index, position) => readGlobalIndex(index, `globalSecondaryIndexes[${position}].`, context)),
    ...local.map((index, position) => readLocalIndex(index, `localSecondaryIndexes[${position}].`, context)),
  ].filter((index) => index !== undefined);
  const names = indexes.map((index) => index.name);
  if (new Set(names).size < names.length) context.report("Two secondary indexes have the same name.");
  return indexes;
}

function readGlobalIndex(index: Inputs, prefix: string, context: IndexContext): SecondaryIndex | undefined {
  reportProperties(index, globalIndexProperties, prefix, context.report);
  const key = readKey(index, context.attributes, prefix, context.report);
  return readIndex({ index, kind: "global", key, prefix, report: context.report });
}

/** A local index shares the table's partition key. */
function readLocalIndex(index: Inputs, prefix: string, context: IndexContext): SecondaryIndex | undefined {
  reportProperties(index, localIndexProperties, prefix, context.report);
  const { attributes, report } = context;
  if (typeof index.rangeKey !== "string" || index.rangeKey === "") report(`${prefix}rangeKey is missing.`);
  const key = readKey({ hashKey: context.key.partitionKey.name, rangeKey: index.rangeKey }, attributes, prefix, report);
  return readIndex({ index, kind: "local", key, prefix, report });
}

function readIndex(part: {
  readonly index: Inputs;
  readonly kind: SecondaryIndex["kind"];
  readonly key: Key | undefined;
  readonly prefix: string;
  readonly report: Report;
}): SecondaryIndex | undefined {
  const { index, kind, key, prefix, report } = part;
  const { name, projectionType: projection } = index;
  const nonKeyAttributes = elements(index.nonKeyAttributes).map(String);
  if (projection !== "ALL" && projection !== "KEYS_ONLY" && projection !== "INCLUDE") {
    report(`${prefix}projectionType must be ALL, KEYS_ONLY or INCLUDE.`);
    return undefined;
  }
  if ((projection === "INCLUDE") !== nonKeyAttributes.length > 0) {
    report(`${prefix}nonKeyAttributes go with projectionType INCLUDE, and INCLUDE needs them.`);
  }
  if (typeof name !== "string" || !/^[a-zA-Z0-9_.-]{3,255}$/.test(name)) {
    report(`${prefix}name must be 3 to 255 letters, digits, "_", "." or "-".`);
    return undefined;
  }
  return key === undefined ? undefined : { name, kind, ...key, projection, nonKeyAttributes };
}
