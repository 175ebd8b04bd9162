import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import { canonicalNumber } from "./attribute-values.ts";
import { type DynamoDbError, validationError } from "./errors.ts";
import type { ResolvedExpressions } from "./expression-context.ts";
import { checkStartKey, emptyKey } from "./item-keys.ts";
import type { Key, KeyAttribute, SecondaryIndex, Table } from "./tables.ts";
import type { AddressedItem, Target } from "./targets.ts";

/** The partitions that keys and items lie in, each once. They were found to have the table's key. */
export function leadingKeysOfItems(items: readonly AddressedItem[], { partitionKey }: Key): readonly string[] {
  return [...new Set(items.map((item) => conditionText(memberOf(item.value ?? {}, partitionKey.name), partitionKey)))];
}

/** A partition key's value as conditions compare it: the text, the number, or the Base64. */
function conditionText(value: unknown, { type }: KeyAttribute): string {
  const content = isJsonObject(value) ? memberOf(value, type) : undefined;
  return type === "N" ? canonicalNumber(String(content)) : String(content);
}

type KeyEqualities = ResolvedExpressions["keyEqualities"];

interface SearchFacts {
  readonly leadingKeys?: readonly string[];
  readonly problem?: DynamoDbError;
}

/** A Query is in one partition of its table or index; a Scan is in none, and has no leading keys. */
export function readSearch(target: Target, table: Table, keyEqualities: KeyEqualities): SearchFacts {
  const index = table.indexes.find((candidate) => candidate.name === target.index);
  if (target.index !== undefined && index === undefined) {
    return problem(`The table does not have the specified index: ${target.index}`);
  }
  const checkStart = (partition: unknown): SearchFacts => {
    const start = target.input.ExclusiveStartKey;
    const refused = isJsonObject(start) ? checkStartKey(table, index, start, partition) : undefined;
    return refused === undefined ? {} : { problem: refused };
  };
  if (target.action === "Scan") return checkStart(undefined);
  const key = index ?? table;
  const partition = queriedPartition(target.input, key, keyEqualities);
  if ("problem" in partition) return partition;
  return { leadingKeys: [conditionText(partition.value, key.partitionKey)], ...checkStart(partition.value) };
}

/** The one value that a Query's key condition equates the partition key with.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html */
function queriedPartition(
  input: JsonObject,
  { partitionKey }: Key | SecondaryIndex,
  keyEqualities: KeyEqualities,
): { readonly value: unknown } | { readonly problem: DynamoDbError } {
  if (input.KeyConditionExpression === undefined) {
    return problem("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  }
  const [found, ...others] = keyEqualities.filter(({ attribute }) => attribute === partitionKey.name);
  if (found === undefined) return problem(`Query condition missed key schema element: ${partitionKey.name}`);
  if (others.length > 0) return problem("KeyConditionExpressions must only contain one condition per key");
  const content = isJsonObject(found.value) ? memberOf(found.value, partitionKey.type) : undefined;
  if (typeof content !== "string") {
    return problem("One or more parameter values were invalid: Condition parameter type does not match schema type");
  }
  return content === "" ? { problem: emptyKey(partitionKey.name, partitionKey.type) } : { value: found.value };
}

function problem(text: string): { readonly problem: DynamoDbError } {
  return { problem: validationError(text) };
}
