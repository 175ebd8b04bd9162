import { isJsonObject, type JsonObject } from "../json.ts";
import { itemSize, MAXIMUM_ITEM_SIZE_BYTES } from "./attribute-values.ts";
import type { EngineAnswer } from "./database.ts";
import { errorName } from "./errors.ts";

/** Calls on single items, for an engine that has no transactions. */
export interface ItemOperations {
  /** One operation; refusals come back with their `__type`. Rejects when the engine fails. */
  ask(operation: string, input: JsonObject): Promise<JsonObject>;
  /** The key attributes of an item. */
  keyOf(table: string, item: JsonObject): Promise<JsonObject>;
  read(table: string, key: JsonObject): Promise<JsonObject | undefined>;
  /** Puts an item back as it was; `undefined` when there was none. */
  restore(table: string, key: JsonObject, image: JsonObject | undefined): Promise<void>;
}

interface Action {
  readonly verb: string;
  readonly table: string;
  readonly key: JsonObject;
  readonly input: JsonObject;
  /** The item before the transaction. */
  readonly before: JsonObject | undefined;
}

interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: JsonObject;
}

const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ["Put", "PutItem"],
  ["Update", "UpdateItem"],
  ["Delete", "DeleteItem"],
  // With a condition and no update, UpdateItem checks the condition and changes no item that is there.
  ["ConditionCheck", "UpdateItem"],
]);

/**
 * TransactWriteItems out of single writes; the caller sees to it that nothing else runs meanwhile. No two actions
 * are on one item, so each is tried on its own, and if any fails all are undone.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export async function transactWrite(items: ItemOperations, input: JsonObject): Promise<EngineAnswer> {
  const actions: Action[] = [];
  for (const entry of input.TransactItems as readonly JsonObject[]) actions.push(await readAction(items, entry));
  const reasons: CancellationReason[] = [];
  try {
    for (const action of actions) reasons.push(await attempt(items, action));
  } catch (error) {
    await undo(items, actions);
    throw error;
  }
  const cancelled = reasons.some((reason) => reason.Code !== "None");
  await undo(items, cancelled ? actions : actions.filter(isCheckOfNothing));
  return cancelled ? cancellation(reasons) : { status: 200, body: Buffer.from("{}") };
}

/** A passed check of an item that does not exist has made a bare one. */
const isCheckOfNothing = (action: Action): boolean => action.verb === "ConditionCheck" && action.before === undefined;

async function readAction(items: ItemOperations, entry: JsonObject): Promise<Action> {
  const [verb = "", content] = Object.entries(entry)[0] ?? [];
  const input = content as JsonObject;
  const table = String(input.TableName);
  const key = verb === "Put" ? await items.keyOf(table, input.Item as JsonObject) : (input.Key as JsonObject);
  return { verb, table, key, input, before: await items.read(table, key) };
}

async function attempt(items: ItemOperations, action: Action): Promise<CancellationReason> {
  const { ReturnValuesOnConditionCheckFailure: wanted, ...plain } = action.input;
  const answer = await items.ask(OPERATIONS.get(action.verb) ?? action.verb, plain);
  if (typeof answer.__type !== "string") return tooLarge(await items.read(action.table, action.key));
  if (errorName(answer.__type) !== "ConditionalCheckFailedException") {
    return { Code: "ValidationError", Message: String(answer.message ?? answer.Message ?? "") };
  }
  const item = wanted === "ALL_OLD" && action.before !== undefined ? { Item: action.before } : {};
  return { Code: "ConditionalCheckFailed", Message: "The conditional request failed", ...item };
}

function tooLarge(item: JsonObject | undefined): CancellationReason {
  if (item === undefined || itemSize(item) <= MAXIMUM_ITEM_SIZE_BYTES) return { Code: "None" };
  return { Code: "ValidationError", Message: "Item size to update has exceeded the maximum allowed size" };
}

async function undo(items: ItemOperations, actions: readonly Action[]): Promise<void> {
  for (const { table, key, before } of actions) await items.restore(table, key, before);
}

function cancellation(reasons: readonly CancellationReason[]): EngineAnswer {
  const codes = reasons.map((reason) => reason.Code).join(", ");
  const body = {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    CancellationReasons: reasons,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
  };
  return { status: 400, body: Buffer.from(JSON.stringify(body)) };
}

/** TransactGetItems out of single reads: the first refusal refuses all. */
export async function transactGet(items: ItemOperations, input: JsonObject): Promise<EngineAnswer> {
  const responses: JsonObject[] = [];
  for (const entry of input.TransactItems as readonly JsonObject[]) {
    const get = isJsonObject(entry.Get) ? entry.Get : {};
    const answer = await items.ask("GetItem", { ...get, ConsistentRead: true });
    if (typeof answer.__type === "string") return { status: 400, body: Buffer.from(JSON.stringify(answer)) };
    responses.push(isJsonObject(answer.Item) ? { Item: answer.Item } : {});
  }
  return { status: 200, body: Buffer.from(JSON.stringify({ Responses: responses })) };
}
