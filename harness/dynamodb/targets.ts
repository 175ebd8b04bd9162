import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import type { AccessKind } from "./operations.ts";

/** An item that a request addresses: by its key, or whole. */
export interface AddressedItem {
  readonly kind: "key" | "item";
  readonly value: JsonObject | undefined;
}

/** The part of a request that one IAM request is made for. */
export interface Target {
  /** Without `dynamodb:`. */
  readonly action: string;
  /** A table's name or ARN, as given. */
  readonly table: string | undefined;
  readonly index?: string;
  /** The object whose expressions and placeholders belong to this part. */
  readonly input: JsonObject;
  readonly items: readonly AddressedItem[];
  /** The transaction that the part belongs to. */
  readonly enclosing?: "TransactGetItems" | "TransactWriteItems";
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const object = (value: unknown): JsonObject | undefined => (isJsonObject(value) ? value : undefined);
const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

const key = (input: JsonObject | undefined): AddressedItem => ({ kind: "key", value: object(input?.Key) });
const item = (input: JsonObject | undefined): AddressedItem => ({ kind: "item", value: object(input?.Item) });

type ReadTargets = (operation: string, input: JsonObject) => readonly Target[];

/** The actions that a transaction's verbs need: there is none for the transaction itself.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const TRANSACTION_ACTIONS: ReadonlyMap<string, string> = new Map([
  ["Get", "GetItem"],
  ["Put", "PutItem"],
  ["Update", "UpdateItem"],
  ["Delete", "DeleteItem"],
  ["ConditionCheck", "ConditionCheckItem"],
]);

const READERS: Readonly<Record<AccessKind, ReadTargets>> = {
  item: (action, input) => [
    { action, table: text(input.TableName), input, items: [action === "PutItem" ? item(input) : key(input)] },
  ],
  query: (action, input) => {
    const index = text(input.IndexName);
    const target = { action, table: text(input.TableName), input, items: [] };
    return [index === undefined ? target : { ...target, index }];
  },
  "batch-get": (action, input) =>
    Object.entries(object(input.RequestItems) ?? {}).map(([table, request]) => {
      const entry = object(request) ?? {};
      return { action, table, input: entry, items: list(entry.Keys).map((value) => ({ kind: "key", value })) };
    }),
  "batch-write": (action, input) =>
    Object.entries(object(input.RequestItems) ?? {}).map(([table, requests]) => ({
      action,
      table,
      input: {},
      items: list(requests).map(batchWriteItem),
    })),
  "transact-get": (enclosing, input) => transactionTargets(enclosing, input),
  "transact-write": (enclosing, input) => transactionTargets(enclosing, input),
  table: (action, input) => [{ action, table: text(input.TableName) ?? text(input.ResourceArn), input, items: [] }],
  account: () => [],
};

function batchWriteItem(request: JsonObject): AddressedItem {
  const put = object(memberOf(request, "PutRequest"));
  return put === undefined ? key(object(memberOf(request, "DeleteRequest"))) : item(put);
}

function transactionTargets(operation: string, input: JsonObject): readonly Target[] {
  const enclosing = operation === "TransactGetItems" ? "TransactGetItems" : "TransactWriteItems";
  return list(input.TransactItems).flatMap((entry) =>
    Object.entries(entry).map(([verb, content]): Target => {
      const part = object(content) ?? {};
      return {
        action: TRANSACTION_ACTIONS.get(verb) ?? verb,
        table: text(part.TableName),
        input: part,
        items: [verb === "Put" ? item(part) : key(part)],
        enclosing,
      };
    }),
  );
}

/** The parts of a request, in wire order. Empty for operations on the account. */
export function targetsOf(access: AccessKind, operation: string, input: JsonObject): readonly Target[] {
  return READERS[access](operation, input);
}
