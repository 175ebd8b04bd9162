import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readNewTodo, readTodoChanges } from "../../functions/todo-fields.ts";
import { readOpenApi } from "./openapi-document.ts";

const api = readOpenApi();

describe("the OpenAPI document", () => {
  test("asks for a token everywhere", () => {
    expect(api.document.security).toEqual([{ accessToken: [] }]);
    for (const [name, operation] of api.operations) expect(operation, name).not.toHaveProperty("security");
  });

  test("has examples that are valid by their own schemas", () => {
    for (const { requestBody, responses } of api.operations.values()) {
      const answers = Object.values(responses).map((response) => api.response(response).content);
      for (const content of [requestBody?.content, ...answers]) {
        const media = content?.["application/json"];
        if (media === undefined) continue;
        const validate = api.schema(media.schema.$ref);
        for (const example of Object.values(media.examples ?? {})) {
          expect(validate(api.example(example)), JSON.stringify(validate.errors)).toBe(true);
        }
      }
    }
  });

  /** Bodies at the borders of the rules; without spaces around a title, which count before they are taken off. */
  const title = fc.oneof(
    fc.stringMatching(/^[a-z]{0,3}$/),
    fc.constantFrom("x".repeat(200), "x".repeat(201), " ", 7, null),
  );
  const description = fc.oneof(
    fc.string({ unit: "grapheme-ascii" }),
    fc.constantFrom("x".repeat(4096), "x".repeat(4097), null, 1),
  );
  const dueDate = fc.constantFrom(
    "2026-02-28",
    "2026-02-29",
    "2028-02-29",
    "2026-13-01",
    "26-01-01",
    "",
    null,
    20260101,
  );
  const body = fc.record(
    { title, description, completed: fc.constantFrom(true, false, null, "true"), dueDate, owner: fc.constant("me") },
    { requiredKeys: [] },
  );

  test.each([
    ["NewTodo", readNewTodo],
    ["TodoChanges", readTodoChanges],
  ] as const)("takes as %s what the functions take, and nothing else", (name, read) => {
    const validate = api.schema(name);
    fc.assert(
      fc.property(body, (value) => {
        expect("value" in read(value)).toBe(validate(value));
      }),
      { numRuns: 2_000 },
    );
  });
});
