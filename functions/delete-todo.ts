import { endpoint, type Handler } from "./endpoint";
import { textAt } from "./http-event";
import { type HttpResponse, noContent, notFound } from "./http-response";
import { existsCondition, type Precondition, readIfMatch } from "./if-match";
import { type Item, isTodoId, itemKey } from "./todo";
import { conditionRefusal, connectTodoTable, type TodoTable } from "./todo-table";

/** `DELETE /todos/{todoId}` */
export function deleteTodo(): Handler {
  const table = connectTodoTable();
  return endpoint(async (event, userId) => {
    const precondition = readIfMatch(event);
    if ("refusal" in precondition) return precondition.refusal;
    const todoId = textAt(event, "pathParameters", "todoId");
    return isTodoId(todoId) ? remove(table, itemKey(userId, todoId), precondition.value) : notFound();
  });
}

/** DeleteItem succeeds on nothing, so the condition is what makes a missing todo a 404. */
async function remove(
  { client, sdk, tableName }: TodoTable,
  key: Item,
  precondition: Precondition,
): Promise<HttpResponse> {
  const { expression, names, values } = existsCondition(precondition);
  const command = new sdk.DeleteCommand({
    TableName: tableName,
    Key: key,
    ConditionExpression: expression,
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  try {
    await client.send(command);
    return noContent();
  } catch (error) {
    return conditionRefusal(error);
  }
}
