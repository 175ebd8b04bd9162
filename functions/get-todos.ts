import { type CursorScope, writeCursor } from "./cursor";
import { endpoint, type Handler } from "./endpoint";
import { textAt } from "./http-event";
import { type HttpResponse, json, notFound } from "./http-response";
import { type PageRequest, readPageRequest } from "./page-request";
import { entityTag, type Item, isTodoId, itemKey, toTodo, toTodos } from "./todo";
import { connectTodoTable, type TodoTable } from "./todo-table";

/** `GET /todos` and `GET /todos/{todoId}` */
export function getTodos(): Handler {
  const table = connectTodoTable();
  return endpoint(async (event, userId) => {
    if (textAt(event, "routeKey") === "GET /todos") return listTodos(table, event, userId);
    return getTodo(table, userId, textAt(event, "pathParameters", "todoId"));
  });
}

async function getTodo(table: TodoTable, userId: string, todoId: string | undefined): Promise<HttpResponse> {
  if (!isTodoId(todoId)) return notFound();
  const { client, sdk, tableName } = table;
  const found = await client.send(
    new sdk.GetCommand({ TableName: tableName, Key: itemKey(userId, todoId), ConsistentRead: true }),
  );
  if (found.Item === undefined) return notFound();
  const todo = toTodo(found.Item);
  return json(200, todo, { etag: entityTag(todo) });
}

async function listTodos(table: TodoTable, event: unknown, userId: string): Promise<HttpResponse> {
  const scope = { userId, tableName: table.tableName };
  const request = readPageRequest(event, scope);
  if ("refusal" in request) return request.refusal;
  const { items, nextAfter } = await queryPage(table, scope, request.value);
  const page = { items: toTodos(items) };
  return json(200, nextAfter === undefined ? page : { ...page, nextCursor: writeCursor(scope, nextAfter) });
}

interface Page {
  readonly items: readonly Item[];
  /** The sort key after which the next page starts; without it the list is at its end. */
  readonly nextAfter?: string;
}

/**
 * One Query, with one row more than asked for: that row, if it is there, shows that the list goes on. A Query also ends
 * after 1 MB, and then says where, so a short page may have a next one. Ids grow with time, so this is oldest first.
 */
async function queryPage(table: TodoTable, scope: CursorScope, { limit, after }: PageRequest): Promise<Page> {
  const { client, sdk, tableName } = table;
  const answer = await client.send(
    new sdk.QueryCommand({
      TableName: tableName,
      KeyConditionExpression: "#userId = :userId",
      ExpressionAttributeNames: { "#userId": "userId" },
      ExpressionAttributeValues: { ":userId": scope.userId },
      ...(after === undefined ? {} : { ExclusiveStartKey: itemKey(scope.userId, after) }),
      ConsistentRead: true,
      Limit: limit + 1,
    }),
  );
  const rows = answer.Items ?? [];
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : answer.LastEvaluatedKey;
  const nextAfter = textAt(last, "todoId");
  return nextAfter === undefined ? { items } : { items, nextAfter };
}
