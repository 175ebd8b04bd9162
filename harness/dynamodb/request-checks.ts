import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import { itemSize, keyText } from "./attribute-values.ts";
import { type DynamoDbError, validationError } from "./errors.ts";
import { keyAttributes } from "./item-keys.ts";
import { LEGACY_PARAMETERS, type Operation } from "./operations.ts";
import { emptyTableName, isReference, nullMember, resolveTable, type TableDirectory } from "./table-references.ts";
import { type AddressedItem, type Target, targetsOf } from "./targets.ts";

/** What an operation must hold, checked alike for every engine.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export function checkRequest(
  operation: Operation,
  body: JsonObject,
  input: JsonObject,
  directory: TableDirectory,
): DynamoDbError | undefined {
  const targets = targetsOf(operation.access, operation.name, input);
  return (
    (targets.some(({ table }) => table === "") ? emptyTableName : undefined) ??
    checkEnumerations(operation, input) ??
    refuseLegacy(body) ??
    checkPlaceholders(targets) ??
    checkLimits(operation, input) ??
    CHECKS.get(operation.name)?.(input, targets) ??
    checkDuplicates(operation, targets, directory)
  );
}

const RETURN_VALUES = ["ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW", "NONE"];
const CONSUMED_CAPACITY = ["INDEXES", "TOTAL", "NONE"];
const COLLECTION_METRICS = ["SIZE", "NONE"];
const SINGLE_WRITES: ReadonlySet<string> = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

/** Choices that there are not, all at once, in the words and the order of June 2026, `UPDATE_NEW` among them. UpdateItem
 * tells of the first alone that is its own. */
function checkEnumerations(operation: Operation, input: JsonObject): DynamoDbError | undefined {
  const { ReturnConsumedCapacity: capacity, ReturnItemCollectionMetrics: metrics, ReturnValues: values } = input;
  const wrong = (value: unknown, known: readonly string[]) => value !== undefined && !known.includes(String(value));
  const wrongValues = SINGLE_WRITES.has(operation.name) && wrong(values, RETURN_VALUES);
  const updates = operation.name === "UpdateItem" && wrongValues;
  const faults = [
    ...(wrong(capacity, CONSUMED_CAPACITY) && !updates
      ? [
          `Value '${String(capacity)}' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`,
        ]
      : []),
    ...(wrongValues
      ? [
          "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]",
        ]
      : []),
    ...(wrong(metrics, COLLECTION_METRICS) && !updates ? ["ReturnItemCollectionMetrics can only be SIZE or NONE"] : []),
  ];
  if (faults.length === 0) return undefined;
  const count = `${faults.length} validation error${faults.length === 1 ? "" : "s"} detected`;
  return validationError(`${count}: ${faults.join("; ")}`);
}

/** The engines differ in what they make of these, and the gate would not know what they read. */
function refuseLegacy(body: JsonObject): DynamoDbError | undefined {
  const requestItems = body.RequestItems;
  const nested = isJsonObject(requestItems) ? Object.values(requestItems).filter(isJsonObject) : [];
  for (const part of [body, ...nested]) {
    const given = (names: readonly string[]) => names.filter((name) => (memberOf(part, name) ?? null) !== null);
    const [used, ...others] = given(LEGACY_PARAMETERS);
    if (used === undefined) continue;
    const expressions = given(EXPRESSIONS);
    return expressions.length === 0
      ? validationError(`${used} is a legacy parameter that this emulator does not take: use expressions instead`)
      : validationError(
          `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${[used, ...others].join(", ")}} Expression parameters: {${expressions.join(", ")}}`,
        );
  }
  return undefined;
}

const EXPRESSIONS = [
  "ConditionExpression",
  "FilterExpression",
  "KeyConditionExpression",
  "ProjectionExpression",
  "UpdateExpression",
];

/** Placeholders come with expressions, and are not empty. Those that no expression uses the engines refuse. */
function checkPlaceholders(targets: readonly Target[]): DynamoDbError | undefined {
  for (const { input } of targets) {
    const uses = EXPRESSIONS.some((name) => input[name] !== undefined);
    for (const name of ["ExpressionAttributeNames", "ExpressionAttributeValues"]) {
      const placeholders = input[name];
      if (!isJsonObject(placeholders)) continue;
      if (!uses) return validationError(`${name} can only be specified when using expressions`);
      if (Object.keys(placeholders).length === 0) return validationError(`${name} must not be empty`);
    }
  }
  return undefined;
}

function checkLimits(operation: Operation, input: JsonObject): DynamoDbError | undefined {
  const { Limit: limit, Segment: segment, TotalSegments: total } = input;
  if (typeof limit === "number" && limit < 1) {
    const place = operation.name === "Query" ? "Value at 'Limit'" : `Value '${limit}' at 'limit'`;
    return constraint(place, "have value greater than or equal to 1");
  }
  if (typeof segment === "number" && segment < 0) return belowMinimum("segment", segment, 0);
  if (typeof total === "number" && (total < 1 || total > 1_000_000)) return belowMinimum("totalSegments", total, 1);
  if (typeof segment === "number" && typeof total !== "number") {
    return validationError(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    );
  }
  if (typeof total === "number" && typeof segment !== "number") {
    return validationError(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    );
  }
  if (typeof segment === "number" && typeof total === "number" && segment >= total) {
    return validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
  return undefined;
}

const belowMinimum = (name: string, value: number, minimum: number): DynamoDbError =>
  constraint(`Value '${value}' at '${name}'`, `have value greater than or equal to ${minimum}`);

const constraint = (place: string, rule: string): DynamoDbError =>
  validationError(`1 validation error detected: ${place} failed to satisfy constraint: Member must ${rule}`);

type Check = (input: JsonObject, targets: readonly Target[]) => DynamoDbError | undefined;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["BatchGetItem", (input, targets) => checkBatch(input, targets, 100, "BatchGetItem")],
  ["BatchWriteItem", (input, targets) => checkBatch(input, targets, 25, "BatchWriteItem") ?? checkWriteRequests(input)],
  ["TransactGetItems", checkTransaction],
  [
    "TransactWriteItems",
    (input, targets) => checkTransaction(input, targets) ?? checkActions(input) ?? checkSize(targets),
  ],
  ["Query", checkSelect],
  ["Scan", checkSelect],
]);

function checkBatch(
  input: JsonObject,
  targets: readonly Target[],
  most: number,
  operation: string,
): DynamoDbError | undefined {
  if (input.RequestItems === undefined) return nullMember("requestItems");
  if (targets.length === 0) return validationError(`The requestItems parameter is required for ${operation}`);
  const empty = targets.find((target) => target.items.length === 0);
  if (empty !== undefined) {
    return constraint(`Value '[]' at 'requestItems.${empty.table}.member'`, "have length greater than or equal to 1");
  }
  const full = targets.find((target) => target.items.length > most);
  if (full !== undefined) return tooMany(operation, full.table ?? "");
  const count = targets.reduce((sum, target) => sum + target.items.length, 0);
  return count > most ? validationError(`Too many items requested for the ${operation} call`) : undefined;
}

/** DynamoDB repeats the requests as its own program prints them, which tells nothing: they are left out here. */
function tooMany(operation: string, table: string): DynamoDbError {
  return operation === "BatchGetItem"
    ? constraint(`Value at 'RequestItems.${table}.member.Keys'`, "have length less than or equal to 100")
    : validationError(
        `1 validation error detected: Value '{${table}=[…]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]`,
      );
}

/** Each request is a put or a delete. With both, one would be carried out and the other authorized. */
function checkWriteRequests(input: JsonObject): DynamoDbError | undefined {
  const tables = isJsonObject(input.RequestItems) ? Object.values(input.RequestItems) : [];
  const requests = tables.flatMap((list) => (Array.isArray(list) ? list.filter(isJsonObject) : []));
  return requests.every((request) => Object.keys(request).length === 1)
    ? undefined
    : validationError(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
      );
}

function checkTransaction(input: JsonObject, targets: readonly Target[]): DynamoDbError | undefined {
  const items = input.TransactItems;
  if (!Array.isArray(items)) return nullMember("transactItems");
  if (items.length === 0) return constraint("Value '[]' at 'transactItems'", "have length greater than or equal to 1");
  if (items.length > 100) return constraint("Value '[…]' at 'transactItems'", "have length less than or equal to 100");
  const single = items.every((item) => isJsonObject(item) && Object.keys(item).length === 1);
  if (!single || targets.length !== items.length) {
    return validationError("TransactItems can only contain one of Check, Put, Update or Delete");
  }
  return undefined;
}

function checkActions(input: JsonObject): DynamoDbError | undefined {
  const items = Array.isArray(input.TransactItems) ? input.TransactItems.filter(isJsonObject) : [];
  for (const [position, item] of items.entries()) {
    const { ConditionCheck: check, Update: update } = item;
    const place = `transactItems.${position + 1}.member`;
    if (isJsonObject(check) && check.ConditionExpression === undefined) {
      return nullMember(`${place}.conditionCheck.conditionExpression`);
    }
    if (isJsonObject(update) && update.UpdateExpression === undefined) {
      return nullMember(`${place}.update.updateExpression`);
    }
  }
  return undefined;
}

const MAXIMUM_TRANSACTION_BYTES = 4 * 1024 * 1024;

function checkSize(targets: readonly Target[]): DynamoDbError | undefined {
  const size = targets.flatMap((target) => target.items).reduce((sum, item) => sum + itemSize(item.value ?? {}), 0);
  return size > MAXIMUM_TRANSACTION_BYTES
    ? validationError("Member must have size less than or equal to 4 MB: the transaction's items are larger in all")
    : undefined;
}

function checkSelect(input: JsonObject): DynamoDbError | undefined {
  const { Select: select, ProjectionExpression: projection } = input;
  if (select === "SPECIFIC_ATTRIBUTES" && projection === undefined) {
    return validationError(
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    );
  }
  if (select !== undefined && select !== "SPECIFIC_ATTRIBUTES" && projection !== undefined) {
    return validationError(`Cannot specify the ProjectionExpression when choosing to get ${String(select)}`);
  }
  return undefined;
}

/** No batch and no transaction names one item twice, be its table named by name or by ARN. */
function checkDuplicates(
  operation: Operation,
  targets: readonly Target[],
  directory: TableDirectory,
): DynamoDbError | undefined {
  const seen = new Set<string>();
  const batched = new Set<string>();
  for (const target of targets) {
    const reference = resolveTable(target.table, directory);
    if (!isReference(reference) || reference.table === undefined) continue;
    // One table under its name and its ARN would be one entry for the engine, and half of the request lost.
    if (operation.name.startsWith("Batch") && batched.has(reference.name)) return duplicateTable(reference.name);
    batched.add(reference.name);
    const names = keyAttributes(reference.table).map(({ name }) => name);
    for (const item of target.items) {
      const text = `${reference.name}\n${itemText(item, names)}`;
      if (seen.has(text)) return duplicate(operation);
      seen.add(text);
    }
  }
  return undefined;
}

const duplicateTable = (name: string): DynamoDbError =>
  validationError(`Table ${name} is named twice in the request, by its name and by its ARN`);

const itemText = (item: AddressedItem, names: readonly string[]): string =>
  JSON.stringify(names.map((name) => keyText(memberOf(item.value ?? {}, name))));

const duplicate = (operation: Operation): DynamoDbError =>
  validationError(
    operation.name.startsWith("Transact")
      ? "Transaction request cannot include multiple operations on one item"
      : "Provided list of item keys contains duplicates",
  );
