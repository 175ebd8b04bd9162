import { endpoint, type Handler } from "./endpoint";
import { textAt } from "./http-event";
import { type HttpResponse, json, notFound } from "./http-response";
import { existsCondition, type Precondition, readIfMatch } from "./if-match";
import { readJsonObject } from "./json-body";
import { entityTag, type Item, isTodoId, itemKey, toTodo } from "./todo";
import { readTodoChanges, type TodoFields } from "./todo-fields";
import { conditionRefusal, connectTodoTable, type TodoTable } from "./todo-table";

/** `PUT /todos/{todoId}` */
export function updateTodo(): Handler {
  const table = connectTodoTable();
  return endpoint(async (event, userId) => {
    const body = readJsonObject(event);
    if ("refusal" in body) return body.refusal;
    const changes = readTodoChanges(body.value);
    if ("refusal" in changes) return changes.refusal;
    const precondition = readIfMatch(event);
    if ("refusal" in precondition) return precondition.refusal;

    const todoId = textAt(event, "pathParameters", "todoId");
    if (!isTodoId(todoId)) return notFound();
    return update(table, itemKey(userId, todoId), changes.value, precondition.value);
  });
}

/** One conditional UpdateItem: there is no moment between looking and writing. */
async function update(
  { client, sdk, tableName }: TodoTable,
  key: Item,
  changes: TodoFields,
  precondition: Precondition,
): Promise<HttpResponse> {
  const condition = existsCondition(precondition);
  const change = changeExpression(changes, new Date().toISOString());
  const command = new sdk.UpdateCommand({
    TableName: tableName,
    Key: key,
    UpdateExpression: change.expression,
    ConditionExpression: condition.expression,
    ExpressionAttributeNames: { ...change.names, ...condition.names },
    ExpressionAttributeValues: { ...change.values, ...condition.values },
    ReturnValues: "ALL_NEW",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  try {
    const todo = toTodo((await client.send(command)).Attributes ?? {});
    return json(200, todo, { etag: entityTag(todo) });
  } catch (error) {
    return conditionRefusal(error);
  }
}

interface ChangeExpression {
  readonly expression: string;
  readonly names: Record<string, string>;
  readonly values: Item;
}

/**
 * Built from the fields that are there, so that no placeholder stands without a value; every attribute goes by an
 * alias, because some names are reserved words inside expressions only.
 */
export function changeExpression(changes: TodoFields, now: string): ChangeExpression {
  const names: Record<string, string> = { "#updatedAt": "updatedAt", "#version": "version" };
  const values: Item = { ":updatedAt": now, ":one": 1 };
  const set = ["#updatedAt = :updatedAt", "#version = #version + :one"];
  const remove: string[] = [];
  for (const [field, value] of Object.entries(changes)) {
    names[`#${field}`] = field;
    if (value === null) {
      remove.push(`#${field}`);
    } else {
      values[`:${field}`] = value;
      set.push(`#${field} = :${field}`);
    }
  }
  const removal = remove.length > 0 ? ` REMOVE ${remove.join(", ")}` : "";
  return { expression: `SET ${set.join(", ")}${removal}`, names, values };
}
