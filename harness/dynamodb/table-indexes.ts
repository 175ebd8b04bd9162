import type { Inputs } from "../resources/inputs.ts";
import { readKey, withSortKey } from "./table-parts.ts";
import type { Key, KeyType, SecondaryIndex } from "./tables.ts";

interface IndexContext {
  readonly inputs: Inputs;
  /** The table's own key. */
  readonly key: Key;
  readonly attributes: ReadonlyMap<string, KeyType>;
}

/** The table's secondary indexes within DynamoDB's quotas: 20 global and 5 local ones.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export function readIndexes(context: IndexContext): readonly SecondaryIndex[] {
  const { inputs, key } = context;
  const global = inputs.blocks("globalSecondaryIndexes");
  const local = inputs.blocks("localSecondaryIndexes");
  if (global.length > 20) inputs.report("A table has at most 20 global secondary indexes.");
  if (local.length > 5) inputs.report("A table has at most 5 local secondary indexes.");
  if (local.length > 0 && key.sortKey === undefined) {
    inputs.report("Local secondary indexes need a table with a `rangeKey`.");
  }
  const indexes = [
    ...global.map((index) => readIndex(index, "global", readKey(index, context.attributes))),
    ...local.map((index) => readIndex(index, "local", readLocalKey(index, context))),
  ].filter((index) => index !== undefined);
  const names = indexes.map((index) => index.name);
  if (new Set(names).size < names.length) inputs.report("Two secondary indexes have the same name.");
  return indexes;
}

/** A local index shares the table's partition key, and has a sort key of its own. */
function readLocalKey(index: Inputs, { key, attributes }: IndexContext): Key | undefined {
  if ((index.text("rangeKey") ?? "") === "") index.fault("rangeKey", "is missing");
  return withSortKey(key.partitionKey, index, attributes);
}

function readIndex(index: Inputs, kind: SecondaryIndex["kind"], key: Key | undefined): SecondaryIndex | undefined {
  const projection = index.text("projectionType");
  const nonKeyAttributes = index.texts("nonKeyAttributes");
  if (projection !== "ALL" && projection !== "KEYS_ONLY" && projection !== "INCLUDE") {
    index.fault("projectionType", "must be ALL, KEYS_ONLY or INCLUDE");
    return undefined;
  }
  if ((projection === "INCLUDE") !== nonKeyAttributes.length > 0) {
    index.fault("nonKeyAttributes", "go with `projectionType` INCLUDE, and INCLUDE needs them");
  }
  const name = index.text("name") ?? "";
  if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(name)) {
    index.fault("name", 'must be 3 to 255 letters, digits, "_", "." or "-"');
    return undefined;
  }
  return key === undefined ? undefined : { name, kind, ...key, projection, nonKeyAttributes };
}
