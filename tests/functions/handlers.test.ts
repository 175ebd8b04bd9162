import { createTodo } from "../../functions/create-todo.ts";
import { deleteTodo } from "../../functions/delete-todo.ts";
import { getTodos } from "../../functions/get-todos.ts";
import { updateTodo } from "../../functions/update-todo.ts";
import { describeHandlers } from "../support/describe-handlers.ts";

describeHandlers("the handlers, from their source", {
  engine: "auto",
  load: async () => {
    const read = getTodos();
    return {
      "POST /todos": createTodo(),
      "GET /todos": read,
      "GET /todos/{todoId}": read,
      "PUT /todos/{todoId}": updateTodo(),
      "DELETE /todos/{todoId}": deleteTodo(),
    };
  },
});
