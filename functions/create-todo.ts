import { randomBytes } from "node:crypto";
import { endpoint, type Handler } from "./endpoint";
import { json } from "./http-response";
import { readJsonObject } from "./json-body";
import { entityTag, type Item, type Todo, toTodo } from "./todo";
import { readNewTodo } from "./todo-fields";
import { connectTodoTable, isConditionFailure, stored, type TodoTable } from "./todo-table";
import { uuidV7Source } from "./uuid-v7";

/** `POST /todos` */
export function createTodo(): Handler {
  const table = connectTodoTable();
  const nextId = uuidV7Source(
    () => Date.now(),
    (size) => randomBytes(size),
  );
  return endpoint(async (event, userId) => {
    const body = readJsonObject(event);
    if ("refusal" in body) return body.refusal;
    const fields = readNewTodo(body.value);
    if ("refusal" in fields) return fields.refusal;

    const now = new Date().toISOString();
    const todo: Todo = { todoId: nextId(), ...fields.value, createdAt: now, updatedAt: now, version: 1 };
    // The owner comes last: no field of the body can take its place.
    const item = { ...todo, userId };
    await putNew(table, item);
    return json(201, toTodo(item), { location: `/todos/${todo.todoId}`, etag: entityTag(todo) });
  });
}

/**
 * Writes only where nothing stands. The SDK sends a write again when its answer was lost, and then finds the row that it
 * wrote itself: that is success.
 */
async function putNew({ client, sdk, tableName }: TodoTable, item: Item): Promise<void> {
  const command = new sdk.PutCommand({
    TableName: tableName,
    Item: item,
    ConditionExpression: "attribute_not_exists(#todoId)",
    ExpressionAttributeNames: { "#todoId": "todoId" },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  try {
    await client.send(command);
  } catch (error) {
    if (!isConditionFailure(error) || !isSameRow(item, stored(error))) throw error;
  }
}

function isSameRow(item: Item, row: Item | undefined): boolean {
  return row !== undefined && Object.keys(item).every((name) => item[name] === row[name]);
}
