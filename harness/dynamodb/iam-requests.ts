import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import { canonicalNumber } from "./attribute-values.ts";
import { type DynamoDbError, transactionCanceled, validationError } from "./errors.ts";
import { resolveExpressions } from "./expression-context.ts";
import type { ReadExpressionFacts } from "./expression-facts.ts";
import { checkItem, checkItemSize, checkKey, checkStartKey, emptyKey, keyAttributes } from "./item-keys.ts";
import type { Operation } from "./operations.ts";
import { isReference, nullMember, resolveTable, type TableDirectory, type TableReference } from "./table-references.ts";
import type { Key, KeyAttribute, SecondaryIndex } from "./tables.ts";
import { type AddressedItem, type Target, targetsOf } from "./targets.ts";

/** An IAM request but for its principal. */
export interface AccessPart {
  /** `dynamodb:PutItem` */
  readonly action: string;
  readonly resourceArn: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** What a request amounts to. With a `problem` it is refused: after IAM was asked, and without reaching the engine. */
export interface Access {
  readonly parts: readonly AccessPart[];
  readonly tables: readonly TableReference[];
  readonly problem?: DynamoDbError;
}

export interface AccessEnvironment extends TableDirectory {
  readonly readFacts: ReadExpressionFacts;
}

/**
 * The IAM requests that an operation amounts to, with every condition key that DynamoDB would set. A key is left out
 * only where DynamoDB leaves it out, because `ForAllValues` is true of an absent key; when a key cannot be determined
 * the request has a problem and reads or writes nothing.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function accessOf(operation: Operation, input: JsonObject, environment: AccessEnvironment): Access {
  if (operation.access === "account") return accountAccess(operation, environment);
  const targets = targetsOf(operation.access, operation.name, input).map((target) => readTarget(target, environment));
  const problem = targets.find((target) => target.problem !== undefined)?.problem ?? cancellation(targets);
  return {
    parts: targets.flatMap((target) => (target.reference === undefined ? [] : [partOf(target, input)])),
    tables: targets.flatMap((target) => target.reference ?? []),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** A part of a transaction that does not fit its table cancels the transaction, as a condition that fails does. */
function cancellation(targets: readonly ReadTarget[]): DynamoDbError | undefined {
  const faults = targets.map(({ misfit }) => (misfit === undefined ? undefined : String(misfit.members.message)));
  return faults.some((fault) => fault !== undefined) ? transactionCanceled(faults) : undefined;
}

/** Operations on all tables are authorized on the pattern of all tables, as their denials show. */
function accountAccess(operation: Operation, { region, accountId }: AccessEnvironment): Access {
  const resourceArn = `arn:aws:dynamodb:${region}:${accountId}:table/*`;
  return { parts: [{ action: `dynamodb:${operation.name}`, resourceArn, context: {} }], tables: [] };
}

interface ReadTarget {
  readonly target: Target;
  readonly reference?: TableReference;
  readonly attributes: readonly string[];
  readonly leadingKeys?: readonly string[];
  readonly problem?: DynamoDbError;
  /** In a transaction: the key or the item is not one of the table. */
  readonly misfit?: DynamoDbError;
}

function readTarget(target: Target, environment: AccessEnvironment): ReadTarget {
  const reference = resolveTable(target.table, environment);
  if (!isReference(reference)) return { target, attributes: [], problem: reference };
  const expressions = resolveExpressions(target.input, environment.readFacts);
  if (expressions.kind === "refused") return { target, reference, attributes: [], problem: expressions.error };
  const attributes = [...new Set([...target.items.flatMap(itemAttributes), ...expressions.attributes])];
  const read = { target, reference, attributes };
  const { table } = reference;
  // Nothing can be read from a table that is not there; IAM is still asked first.
  if (table === undefined) return read;
  if (target.action === "Query" || target.action === "Scan")
    return { ...read, ...readMany(target, table, expressions) };
  const problem = target.items.map((item) => checkAddressed(item, table)).find((found) => found !== undefined);
  if (problem !== undefined) return { ...read, ...(cancels(target) ? { misfit: problem } : { problem }) };
  return target.items.length === 0 ? read : { ...read, leadingKeys: leadingKeys(target.items, table) };
}

/** A missing key and an item over 400 KB refuse a transaction like any request. */
function cancels({ enclosing, items }: Target): boolean {
  return (
    enclosing !== undefined &&
    items.every(({ kind, value }) => value !== undefined && (kind === "key" || checkItemSize(value) === undefined))
  );
}

const itemAttributes = (item: AddressedItem): readonly string[] => Object.keys(item.value ?? {});

function checkAddressed(item: AddressedItem, table: Key): DynamoDbError | undefined {
  if (item.value === undefined) return nullMember(item.kind);
  return item.kind === "key" ? checkKey(table, item.value) : checkItem(table, item.value);
}

function leadingKeys(items: readonly AddressedItem[], { partitionKey }: Key): readonly string[] {
  return [...new Set(items.map((item) => keyString(memberOf(item.value ?? {}, partitionKey.name), partitionKey)))];
}

/** A partition key's value as conditions compare it: the text, the number, or the Base64. */
function keyString(value: unknown, { type }: KeyAttribute): string {
  const content = isJsonObject(value) ? memberOf(value, type) : undefined;
  return type === "N" ? canonicalNumber(String(content)) : String(content);
}

type ManyFacts = Pick<ReadTarget, "leadingKeys" | "problem">;

/** A Query is in one partition; a Scan is in none, and has no leading keys. */
function readMany(
  target: Target,
  table: NonNullable<TableReference["table"]>,
  expressions: { readonly keyEqualities: readonly { readonly attribute: string; readonly value: unknown }[] },
): ManyFacts {
  const index = table.indexes.find((candidate) => candidate.name === target.index);
  if (target.index !== undefined && index === undefined) {
    return problem(`The table does not have the specified index: ${target.index}`);
  }
  const start = isJsonObject(target.input.ExclusiveStartKey) ? target.input.ExclusiveStartKey : undefined;
  if (target.action === "Scan") {
    const refused = start === undefined ? undefined : checkStartKey(table, index, start, undefined);
    return refused === undefined ? {} : { problem: refused };
  }
  const partition = partitionOf(target.input, index ?? table, expressions.keyEqualities);
  if ("problem" in partition) return partition;
  const leading = { leadingKeys: [keyString(partition.value, (index ?? table).partitionKey)] };
  const refused = start === undefined ? undefined : checkStartKey(table, index, start, partition.value);
  return refused === undefined ? leading : { ...leading, problem: refused };
}

const problem = (text: string): { readonly problem: DynamoDbError } => ({ problem: validationError(text) });

function partitionOf(
  input: JsonObject,
  { partitionKey }: Key | SecondaryIndex,
  equalities: readonly { readonly attribute: string; readonly value: unknown }[],
): { readonly value: unknown } | { readonly problem: DynamoDbError } {
  if (input.KeyConditionExpression === undefined) {
    return problem("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  }
  const [found, ...others] = equalities.filter(({ attribute }) => attribute === partitionKey.name);
  if (found === undefined) return problem(`Query condition missed key schema element: ${partitionKey.name}`);
  if (others.length > 0) return problem("KeyConditionExpressions must only contain one condition per key");
  const content = isJsonObject(found.value) ? memberOf(found.value, partitionKey.type) : undefined;
  if (typeof content !== "string") {
    return problem("One or more parameter values were invalid: Condition parameter type does not match schema type");
  }
  return content === "" ? { problem: emptyKey(partitionKey.name, partitionKey.type) } : { value: found.value };
}

const READS = new Set(["GetItem", "BatchGetItem", "Query", "Scan"]);
const SINGLE_WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

function partOf(read: ReadTarget, input: JsonObject): AccessPart {
  const { target, reference } = read;
  const arn = reference?.arn ?? "";
  const resourceArn = target.index === undefined ? arn : `${arn}/index/${target.index}`;
  return { action: `dynamodb:${target.action}`, resourceArn, context: contextOf(read, input) };
}

function contextOf(
  { target, reference, attributes, leadingKeys }: ReadTarget,
  input: JsonObject,
): AccessPart["context"] {
  const touchesItems = target.items.length > 0 || READS.has(target.action);
  if (!touchesItems) return {};
  const { ReturnValues: returnValues, ReturnConsumedCapacity: capacity } = input;
  return {
    ...(leadingKeys === undefined ? {} : { "dynamodb:LeadingKeys": leadingKeys }),
    "dynamodb:Attributes": attributesOf(attributes, reference),
    "dynamodb:ReturnConsumedCapacity": typeof capacity === "string" ? capacity : "NONE",
    ...(READS.has(target.action) ? { "dynamodb:Select": selectOf(target) } : {}),
    ...(SINGLE_WRITES.has(target.action)
      ? { "dynamodb:ReturnValues": typeof returnValues === "string" ? returnValues : "NONE" }
      : {}),
    ...(target.enclosing === undefined ? {} : { "dynamodb:EnclosingOperation": target.enclosing }),
  };
}

/** A request that names no attribute at all still reads keys: an empty set would satisfy every `ForAllValues`. */
function attributesOf(named: readonly string[], reference: TableReference | undefined): readonly string[] {
  if (named.length > 0 || reference?.table === undefined) return named;
  return keyAttributes(reference.table).map(({ name }) => name);
}

/** The `Select` parameter, or what DynamoDB takes without one. */
function selectOf({ input, index }: Target): string {
  if (typeof input.Select === "string") return input.Select;
  if (typeof input.ProjectionExpression === "string") return "SPECIFIC_ATTRIBUTES";
  return index === undefined ? "ALL_ATTRIBUTES" : "ALL_PROJECTED_ATTRIBUTES";
}
