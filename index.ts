import { createTodo } from "./functions/create-todo";
import { deleteTodo } from "./functions/delete-todo";
import { getTodos } from "./functions/get-todos";
import { updateTodo } from "./functions/update-todo";
import { readSettings } from "./stack/config";
import { createHttpApi } from "./stack/http-api";
import { createIdentity } from "./stack/identity";
import { createTodoFunction } from "./stack/todo-function";
import { createTodoTable } from "./stack/todo-table";

const settings = readSettings();
const identity = createIdentity(settings);
const table = createTodoTable(settings);

const api = createHttpApi(settings, identity, [
  {
    name: "create-todo",
    routeKeys: ["POST /todos"],
    handler: createTodoFunction("create-todo", {
      handlerFactory: createTodo,
      table,
      tableActions: ["dynamodb:PutItem"],
      settings,
    }),
  },
  {
    name: "get-todos",
    routeKeys: ["GET /todos", "GET /todos/{todoId}"],
    handler: createTodoFunction("get-todos", {
      handlerFactory: getTodos,
      table,
      tableActions: ["dynamodb:Query", "dynamodb:GetItem"],
      settings,
    }),
  },
  {
    name: "update-todo",
    routeKeys: ["PUT /todos/{todoId}"],
    handler: createTodoFunction("update-todo", {
      handlerFactory: updateTodo,
      table,
      tableActions: ["dynamodb:UpdateItem"],
      settings,
    }),
  },
  {
    name: "delete-todo",
    routeKeys: ["DELETE /todos/{todoId}"],
    handler: createTodoFunction("delete-todo", {
      handlerFactory: deleteTodo,
      table,
      tableActions: ["dynamodb:DeleteItem"],
      settings,
    }),
  },
]);

export const apiUrl = api.apiEndpoint;
export const region = settings.region;
export const userPoolId = identity.userPool.id;
export const userPoolClientId = identity.client.id;
export const tableName = table.name;
