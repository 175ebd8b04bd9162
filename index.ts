import * as pulumi from "@pulumi/pulumi";
import { createTodo } from "./functions/create-todo";
import { deleteTodo } from "./functions/delete-todo";
import { getTodos } from "./functions/get-todos";
import { updateTodo } from "./functions/update-todo";
import { createAlarms } from "./stack/alarms";
import { readSettings } from "./stack/config";
import { createCustomDomain } from "./stack/custom-domain";
import { createDashboard } from "./stack/dashboard";
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

if (settings.alarms) {
  const watched = { api, accessLog, functions: endpoints, table };
  createAlarms(settings, watched);
  createDashboard(settings, watched);
}
// Loaded only where it is wanted: its package is large, and evaluating a sandbox must stay fast.
if (settings.audit) (require("./stack/audit") as typeof import("./stack/audit")).createAudit(settings, table);
const domain = settings.customDomain === "" ? undefined : createCustomDomain(settings, api, stage);

export const apiUrl = domain === undefined ? api.apiEndpoint : pulumi.interpolate`https://${domain.domainName}`;
export const region = settings.region;
export const userPoolId = identity.userPool.id;
export const userPoolClientId = identity.client.id;
export const tableName = table.name;
