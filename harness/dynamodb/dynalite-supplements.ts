import { isJsonObject, type JsonObject, memberOf } from "../json.ts";
import { itemSize, MAXIMUM_ITEM_SIZE_BYTES } from "./attribute-values.ts";
import type { EngineAnswer } from "./database.ts";
import type { EngineClient } from "./engine-client.ts";
import { conditionalCheckFailed, type DynamoDbError, errorName, validationError } from "./errors.ts";
import { sharedLock } from "./shared-lock.ts";
import { type ItemOperations, transactGet, transactWrite } from "./transactions.ts";

/**
 * Supplies in front of dynalite what it lacks, so that a program behaves as on the other engine and on AWS:
 * transactions, `ReturnValuesOnConditionCheckFailure`, and the size of an updated item in bytes.
 * What takes several calls runs alone, so that nothing comes between them.
 */
export function supplementDynalite(client: EngineClient): EngineClient {
  const lock = sharedLock();
  const items = itemOperations(client);
  const remembered = new Map<string, { readonly body: string; readonly answer: EngineAnswer }>();

  const write = async (body: string): Promise<EngineAnswer> => {
    const token = tokenOf(body);
    const earlier = token === undefined ? undefined : remembered.get(token);
    if (earlier !== undefined) return earlier.body === body ? earlier.answer : tokenReused();
    const answer = await transactWrite(items, JSON.parse(body) as JsonObject);
    if (token !== undefined && answer.status === 200) remember(remembered, token, { body, answer });
    return answer;
  };
  const alone: ReadonlyMap<string, (body: string) => Promise<EngineAnswer>> = new Map([
    ["TransactWriteItems", write],
    ["TransactGetItems", (body: string) => transactGet(items, JSON.parse(body) as JsonObject)],
    ["UpdateItem", (body: string) => updateItem(items, client, JSON.parse(body) as JsonObject)],
  ]);
  return {
    async call(operation, body) {
      if (body.includes('"__proto__":')) return answerOf(validationError(UNSTORABLE_NAME));
      const supplied = alone.get(operation);
      if (supplied !== undefined) return lock.exclusive(() => supplied(body));
      if (wantsFailedItem(operation, body)) {
        return lock.exclusive(() => conditionalWrite(items, operation, JSON.parse(body) as JsonObject));
      }
      return lock.shared(() => client.call(operation, body));
    },
    close: client.close,
  };
}

/** dynalite would take the item and lose the attribute. */
const UNSTORABLE_NAME = "The engine dynalite cannot store an attribute named __proto__: use another name or engine";

/** How many idempotency tokens are remembered; DynamoDB remembers each for ten minutes. */
const REMEMBERED_TOKENS = 1_000;

function remember<T>(memory: Map<string, T>, token: string, value: T): void {
  memory.set(token, value);
  const oldest = memory.keys().next().value;
  if (memory.size > REMEMBERED_TOKENS && oldest !== undefined) memory.delete(oldest);
}

function tokenOf(body: string): string | undefined {
  const token = memberOf(JSON.parse(body) as JsonObject, "ClientRequestToken");
  return typeof token === "string" ? token : undefined;
}

const tokenReused = (): EngineAnswer =>
  answerOf({
    status: 400,
    type: "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
    members: { Message: "The provided client token is already in use with different parameters" },
  });

const wantsFailedItem = (operation: string, body: string): boolean =>
  (operation === "PutItem" || operation === "DeleteItem") && body.includes('"ReturnValuesOnConditionCheckFailure"');

export function answerOf(error: DynamoDbError): EngineAnswer {
  return {
    status: error.status,
    body: Buffer.from(JSON.stringify({ __type: error.type, ...error.members })),
  };
}

/** The single-item calls that the supplements are made of. */
function itemOperations(client: EngineClient): ItemOperations {
  const keys = new Map<string, readonly string[]>();
  const ask = async (operation: string, input: JsonObject): Promise<JsonObject> => {
    const answer = await client.call(operation, JSON.stringify(input));
    const parsed: unknown = JSON.parse(answer.body.toString());
    if (answer.status >= 500 || !isJsonObject(parsed)) throw new Error("the engine failed");
    return parsed;
  };
  const keyNames = async (table: string): Promise<readonly string[]> => {
    const known = keys.get(table);
    if (known !== undefined) return known;
    const described = (await ask("DescribeTable", { TableName: table })).Table as JsonObject | undefined;
    const schema = (described?.KeySchema ?? []) as readonly { readonly AttributeName: string }[];
    const names = schema.map((element) => element.AttributeName);
    if (described !== undefined) keys.set(table, names);
    return names;
  };
  return {
    ask,
    async keyOf(table, item) {
      const names = await keyNames(table);
      return Object.fromEntries(names.map((name) => [name, memberOf(item, name)]));
    },
    async read(table, key) {
      const { Item } = await ask("GetItem", { TableName: table, Key: key, ConsistentRead: true });
      return isJsonObject(Item) ? Item : undefined;
    },
    async restore(table, key, image) {
      if (image === undefined) await ask("DeleteItem", { TableName: table, Key: key });
      else await ask("PutItem", { TableName: table, Item: image });
    },
  };
}

/** A PutItem or DeleteItem whose failed condition returns the item that failed it. */
async function conditionalWrite(items: ItemOperations, operation: string, input: JsonObject): Promise<EngineAnswer> {
  const { ReturnValuesOnConditionCheckFailure: wanted, ...plain } = input;
  const table = String(input.TableName);
  const answer = await items.ask(operation, plain);
  if (!isConditionFailure(answer) || wanted !== "ALL_OLD") return encode(answer);
  const key = isJsonObject(input.Item) ? await items.keyOf(table, input.Item) : (input.Key as JsonObject);
  return answerOf(conditionalCheckFailed(await items.read(table, key)));
}

/** An UpdateItem whose result is measured in bytes, and undone when it is too large. */
async function updateItem(items: ItemOperations, client: EngineClient, input: JsonObject): Promise<EngineAnswer> {
  const { ReturnValuesOnConditionCheckFailure: wanted, ...plain } = input;
  const table = String(input.TableName);
  const key = isJsonObject(input.Key) ? input.Key : {};
  const before = await items.read(table, key);
  const answer = await client.call("UpdateItem", JSON.stringify(plain));
  if (answer.status === 200) {
    const after = await items.read(table, key);
    if (after === undefined || itemSize(after) <= MAXIMUM_ITEM_SIZE_BYTES) return answer;
    await items.restore(table, key, before);
    return answerOf(validationError("Item size to update has exceeded the maximum allowed size"));
  }
  const failure: unknown = JSON.parse(answer.body.toString());
  return wanted === "ALL_OLD" && isJsonObject(failure) && isConditionFailure(failure)
    ? answerOf(conditionalCheckFailed(before))
    : answer;
}

export const isConditionFailure = (answer: JsonObject): boolean =>
  typeof answer.__type === "string" && errorName(answer.__type) === "ConditionalCheckFailedException";

const encode = (answer: JsonObject): EngineAnswer => ({
  status: typeof answer.__type === "string" ? 400 : 200,
  body: Buffer.from(JSON.stringify(answer)),
});
