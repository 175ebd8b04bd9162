import { createTodo } from "./functions/create-todo";
import { deleteTodo } from "./functions/delete-todo";
import { getTodos } from "./functions/get-todos";
import { updateTodo } from "./functions/update-todo";
import { readSettings } from "./stack/config";
import { createHttpApi, type Endpoint } from "./stack/http-api";
import { createIdentity } from "./stack/identity";
import { createTodoFunction } from "./stack/todo-function";
import { createTodoTable } from "./stack/todo-table";

const settings = readSettings();
const identity = createIdentity(settings);
const table = createTodoTable(settings);

const endpoints: readonly Endpoint[] = [
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
];
const { api, stage, accessLog } = createHttpApi(settings, identity, endpoints);

// What a stack does not have is not loaded either: evaluating a sandbox must stay fast.
if (settings.alarms) {
  const { watchStack } = require("./stack/operations") as typeof import("./stack/operations");
  watchStack(settings, { api, accessLog, functions: endpoints, table });
}
if (settings.audit) (require("./stack/audit") as typeof import("./stack/audit")).createAudit(settings, table);
const domainName =
  settings.customDomain === ""
    ? undefined
    : (require("./stack/custom-domain") as typeof import("./stack/custom-domain")).createCustomDomain(
        settings,
        api,
        stage,
      );

export const apiUrl = domainName?.apply((name) => `https://${name}`) ?? api.apiEndpoint;
export const region = settings.region;
export const userPoolId = identity.userPool.id;
export const userPoolClientId = identity.client.id;
export const tableName = table.name;
