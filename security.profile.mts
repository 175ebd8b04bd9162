import type { SecurityProfile } from "./harness/security/profile.ts";

/** How todos are used: what the attacks on ownership need to know. */
export const profile: SecurityProfile = {
  things: [
    {
      name: "todo",
      table: { name: "todos", ownerAttribute: "userId" },
      create: { route: "POST /todos", body: { title: "{text}" }, id: "todoId" },
      read: { route: "GET /todos/{todoId}" },
      list: {
        route: "GET /todos",
        items: "items",
        limit: "limit",
        cursor: { parameter: "cursor", next: "nextCursor" },
      },
      change: { route: "PUT /todos/{todoId}", body: { title: "{text}", completed: true } },
      remove: { route: "DELETE /todos/{todoId}" },
      textField: "description",
      serverFields: {
        userId: "somebody-else",
        todoId: "0190b0c1-7d2e-7abc-8def-0123456789ab",
        createdAt: "1970-01-01T00:00:00.000Z",
        updatedAt: "1970-01-01T00:00:00.000Z",
        version: 1_000_000,
      },
    },
  ],
};
