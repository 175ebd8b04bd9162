import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import { itemSize, keyText, MAXIMUM_ITEM_SIZE_BYTES } from "./attribute-values.ts";
import { type DynamoDbError, validationError } from "./errors.ts";
import type { Key, KeyAttribute, SecondaryIndex, Table } from "./tables.ts";

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAXIMUM_PARTITION_KEY_BYTES = 2_048;
const MAXIMUM_SORT_KEY_BYTES = 1_024;

const SCHEMA_MISMATCH = "The provided key element does not match the schema";
const INVALID_START = "The provided starting key is invalid";

/** The attributes of a key, the partition key first. */
export const keyAttributes = (key: Key): readonly KeyAttribute[] =>
  key.sortKey === undefined ? [key.partitionKey] : [key.partitionKey, key.sortKey];

/** The content of a key attribute's value when it has the right type. */
function content(value: unknown, type: KeyAttribute["type"]): string | undefined {
  const inner = isJsonObject(value) ? memberOf(value, type) : undefined;
  return typeof inner === "string" ? inner : undefined;
}

/** The refusal of a `Key` that is not exactly the table's. */
export function checkKey(table: Key, key: JsonObject): DynamoDbError | undefined {
  const attributes = keyAttributes(table);
  const fits =
    Object.keys(key).length === attributes.length &&
    attributes.every(({ name, type }) => content(memberOf(key, name), type) !== undefined);
  return fits ? checkKeyValues(table, key) : validationError(SCHEMA_MISMATCH);
}

/** The refusal of an item that lacks the table's key, or is too large. */
export function checkItem(table: Key, item: JsonObject): DynamoDbError | undefined {
  for (const { name, type } of keyAttributes(table)) {
    const value = memberOf(item, name);
    if (value === undefined) return invalidParameter(`Missing the key ${name} in the item`);
    if (content(value, type) === undefined) {
      const actual = isJsonObject(value) ? Object.keys(value)[0] : "";
      return invalidParameter(`Type mismatch for key ${name} expected: ${type} actual: ${actual}`);
    }
  }
  return checkItemSize(item) ?? checkKeyValues(table, item);
}

export function checkItemSize(item: JsonObject): DynamoDbError | undefined {
  return itemSize(item) > MAXIMUM_ITEM_SIZE_BYTES
    ? validationError("Item size has exceeded the maximum allowed size")
    : undefined;
}

const invalidParameter = (text: string) => validationError(`One or more parameter values were invalid: ${text}`);

/** Keys are not empty, and have a size limit in bytes. */
function checkKeyValues(table: Key, item: JsonObject): DynamoDbError | undefined {
  for (const { name, type } of keyAttributes(table)) {
    const text = content(memberOf(item, name), type);
    if (text === "" && type !== "N") return emptyKey(name, type);
  }
  if (keySize(table.partitionKey, item) > MAXIMUM_PARTITION_KEY_BYTES) {
    return invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  }
  if (table.sortKey !== undefined && keySize(table.sortKey, item) > MAXIMUM_SORT_KEY_BYTES) {
    return invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
  return undefined;
}

const keySize = ({ name }: KeyAttribute, item: JsonObject): number => itemSize({ "": memberOf(item, name) });

export function emptyKey(name: string, type: KeyAttribute["type"]): DynamoDbError {
  const kind = type === "B" ? "binary" : "string";
  return validationError(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
  );
}

/** The refusal of an `ExclusiveStartKey`; for a Query also when it lies in another partition than the one asked for. */
export function checkStartKey(
  table: Table,
  index: SecondaryIndex | undefined,
  start: JsonObject,
  partition: unknown,
): DynamoDbError | undefined {
  const attributes = new Map(
    [...keyAttributes(table), ...(index === undefined ? [] : keyAttributes(index))].map(({ name, type }) => [
      name,
      type,
    ]),
  );
  const complete = [...attributes.keys()].every((name) => memberOf(start, name) !== undefined);
  if (!complete || Object.keys(start).length !== attributes.size) {
    return validationError(partition === undefined ? `${INVALID_START}: ${SCHEMA_MISMATCH}` : INVALID_START);
  }
  const typed = [...attributes].every(([name, type]) => content(memberOf(start, name), type) !== undefined);
  if (!typed) return validationError(`${INVALID_START}: ${SCHEMA_MISMATCH}`);
  if (partition === undefined) return undefined;
  const { name } = (index ?? table).partitionKey;
  return keyText(memberOf(start, name)) === keyText(partition)
    ? undefined
    : validationError("The provided starting key is outside query boundaries based on provided conditions");
}
