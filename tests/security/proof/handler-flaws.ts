import type { PlantedFlaw } from "./planted-flaw.ts";

const inQuery = (name: string) => `textAt(event, "queryStringParameters", "${name}")`;

/** Mistakes of those who write handlers. */
export const handlerFlaws: readonly PlantedFlaw[] = [
  {
    name: "owner-from-the-body-of-a-change",
    flaw: "Whose todo is changed is read from the body.",
    changes: [
      {
        file: "functions/update-todo.ts",
        search: "const changes = readTodoChanges(body.value);",
        replacement:
          "const { userId: named, ...rest } = body.value as Record<string, unknown>;\n    const changes = readTodoChanges(rest);",
      },
      {
        file: "functions/update-todo.ts",
        search: "itemKey(userId, todoId), changes.value",
        replacement: 'itemKey(typeof named === "string" ? named : userId, todoId), changes.value',
      },
    ],
  },
  {
    name: "owner-from-the-query-of-a-list",
    flaw: "Whose todos are listed is read from the query.",
    changes: [
      {
        file: "functions/get-todos.ts",
        search: "const scope = { userId, tableName",
        replacement: `const scope = { userId: ${inQuery("userId")} ?? userId, tableName`,
      },
    ],
  },
  {
    name: "owner-from-the-query-of-a-read",
    flaw: "Whose todo is read is taken from the query.",
    changes: [
      {
        file: "functions/get-todos.ts",
        search: 'return getTodo(table, userId, textAt(event, "pathParameters", "todoId"));',
        replacement: `return getTodo(table, ${inQuery("user_id")} ?? userId, textAt(event, "pathParameters", "todoId"));`,
      },
    ],
  },
  {
    name: "owner-from-a-header-of-a-deletion",
    flaw: "Whose todo is deleted is read from a header.",
    changes: [
      {
        file: "functions/delete-todo.ts",
        search: "remove(table, itemKey(userId, todoId)",
        replacement: 'remove(table, itemKey(textAt(event, "headers", "x-owner-id") ?? userId, todoId)',
      },
    ],
  },
  {
    name: "owner-from-a-cookie",
    flaw: "A cookie can stand for the token.",
    changes: [
      {
        file: "functions/http-event.ts",
        search: "const sub = textAt(event",
        replacement:
          'const cookies = valueAt(event, "cookies");\n  const cookie = Array.isArray(cookies) ? cookies.find((one) => String(one).startsWith("userId=")) : undefined;\n  const sub = cookie !== undefined ? String(cookie).slice(7) : textAt(event',
      },
    ],
  },
  {
    name: "unverified-decoding",
    flaw: "A token in another header is decoded without being verified.",
    changes: [
      {
        file: "functions/http-event.ts",
        search: "const sub = textAt(event",
        replacement:
          'const other = textAt(event, "headers", "x-id-token")?.replace("Bearer ", "").split(".")[1];\n  const sub = other !== undefined ? (JSON.parse(Buffer.from(other, "base64url").toString()) as { sub: string }).sub : textAt(event',
      },
    ],
  },
  {
    name: "user-name-for-the-subject",
    flaw: "The user name, which users choose, stands for the subject.",
    changes: [
      {
        file: "functions/http-event.ts",
        search: 'textAt(event, "requestContext", "authorizer", "jwt", "claims", "sub")',
        replacement:
          '(textAt(event, "requestContext", "authorizer", "jwt", "claims", "username") ?? textAt(event, "requestContext", "authorizer", "jwt", "claims", "sub"))',
      },
    ],
  },
  {
    name: "custom-claim-for-the-subject",
    flaw: "A custom attribute, which users may write, stands for the subject.",
    changes: [
      {
        file: "functions/http-event.ts",
        search: 'textAt(event, "requestContext", "authorizer", "jwt", "claims", "sub")',
        replacement:
          '(textAt(event, "requestContext", "authorizer", "jwt", "claims", "custom:tenant") ?? textAt(event, "requestContext", "authorizer", "jwt", "claims", "sub"))',
      },
    ],
  },
  {
    name: "subject-in-lower-case",
    flaw: "Two subjects that differ in case are one user.",
    changes: [
      {
        file: "functions/http-event.ts",
        search: "? sub : undefined;",
        replacement: "? sub.toLowerCase() : undefined;",
      },
    ],
  },
  {
    name: "subject-trimmed",
    flaw: "Two subjects that differ in blanks are one user.",
    changes: [
      { file: "functions/http-event.ts", search: "? sub : undefined;", replacement: "? sub.trim() : undefined;" },
    ],
  },
  {
    name: "claims-of-a-lambda-authorizer",
    flaw: "What a Lambda authorizer would say of the caller is believed, and there is none.",
    changes: [
      {
        file: "functions/http-event.ts",
        search: 'textAt(event, "requestContext", "authorizer", "jwt", "claims", "sub")',
        replacement:
          '(textAt(event, "requestContext", "authorizer", "jwt", "claims", "sub") ?? textAt(event, "requestContext", "authorizer", "lambda", "sub"))',
      },
    ],
  },
  {
    name: "cursor-unsigned",
    flaw: "The place in a cursor is taken without looking at its tag.",
    changes: [
      {
        file: "functions/cursor.ts",
        search: "given.length === expected.length && timingSafeEqual(given, expected) ? todoId : undefined",
        replacement: "given.length + expected.length > 0 && timingSafeEqual(given, given) ? todoId : undefined",
      },
    ],
  },
  {
    name: "cursor-names-the-partition",
    flaw: "The list goes on in whichever partition the cursor names.",
    changes: [
      {
        file: "functions/page-request.ts",
        search: "const after = cursor === undefined ? undefined : readCursor(scope, cursor);",
        replacement:
          'const start = cursor?.startsWith("ey") === true ? (JSON.parse(Buffer.from(cursor, "base64url").toString()) as Record<string, string>) : undefined;\n  if (start?.userId !== undefined && typeof start.userId === "string") (scope as { userId: string }).userId = start.userId;\n  const after = start !== undefined ? String(start.todoId) : cursor === undefined ? undefined : readCursor(scope, cursor);',
      },
    ],
  },
  {
    name: "unknown-fields-kept",
    flaw: "Fields that nobody knows are kept: a spread of the body.",
    changes: [
      {
        file: "functions/todo-fields.ts",
        search: ': "is not a field that can be set";',
        replacement: ": undefined;",
      },
    ],
  },
  {
    name: "version-from-the-body",
    flaw: "A client may set the version of a new todo.",
    changes: [
      {
        file: "functions/create-todo.ts",
        search: "const fields = readNewTodo(body.value);",
        replacement:
          "const { version, ...given } = body.value as Record<string, unknown>;\n    const fields = readNewTodo(given);",
      },
      {
        file: "functions/create-todo.ts",
        search: "updatedAt: now, version: 1 }",
        replacement: 'updatedAt: now, version: typeof version === "number" ? version : 1 }',
      },
    ],
  },
  {
    name: "id-from-the-body",
    flaw: "A client may choose the id of a new todo.",
    changes: [
      {
        file: "functions/create-todo.ts",
        search: "const fields = readNewTodo(body.value);",
        replacement:
          "const { todoId: chosen, ...given } = body.value as Record<string, unknown>;\n    const fields = readNewTodo(given);",
      },
      {
        file: "functions/create-todo.ts",
        search: "todoId: nextId(),",
        replacement: 'todoId: typeof chosen === "string" ? chosen : nextId(),',
      },
    ],
  },
  {
    name: "error-text-returned",
    flaw: "What the JSON parser says is told to the client.",
    changes: [
      {
        file: "functions/json-body.ts",
        search: 'if (parsed === undefined) return refused("must be JSON in UTF-8");',
        replacement:
          'if (parsed === undefined) {\n    try {\n      JSON.parse(bytes.toString());\n    } catch (error) {\n      return refused(String(error));\n    }\n    return refused("must be JSON in UTF-8");\n  }',
      },
    ],
  },
  {
    name: "stack-returned",
    flaw: "A todo that is not there is answered with a stack trace.",
    changes: [
      {
        file: "functions/http-response.ts",
        search: 'return message(404, "Not Found");',
        replacement: 'return message(404, new Error("Not Found").stack ?? "");',
      },
    ],
  },
  {
    name: "table-name-returned",
    flaw: "A todo that is not there is answered with the name of the table.",
    changes: [
      {
        file: "functions/http-response.ts",
        search: 'return message(404, "Not Found");',
        replacement: `return message(404, \`Not Found in \${process.env.TABLE_NAME}\`);`,
      },
    ],
  },
  {
    name: "list-cached-across-users",
    flaw: "A list is remembered in the sandbox, and given to whoever asks next.",
    changes: [
      {
        file: "functions/get-todos.ts",
        search: "  return endpoint(async (event, userId) => {",
        replacement:
          '  const remembered = new Map<string, HttpResponse>();\n  return endpoint(async (event, userId) => {\n    const key = textAt(event, "rawPath") + "?" + textAt(event, "rawQueryString");\n    const known = remembered.get(key);\n    if (known !== undefined) return known;\n    if (textAt(event, "routeKey") === "GET /todos") {\n      const page = await listTodos(table, event, userId);\n      remembered.set(key, page);\n      setTimeout(() => remembered.delete(key), 500);\n      return page;\n    }',
      },
    ],
  },
  {
    name: "todo-cached-across-users",
    flaw: "A todo is remembered in the sandbox by its id alone.",
    changes: [
      {
        file: "functions/get-todos.ts",
        search: "  return endpoint(async (event, userId) => {",
        replacement:
          '  const remembered = new Map<string, HttpResponse>();\n  return endpoint(async (event, userId) => {\n    const id = textAt(event, "pathParameters", "todoId");\n    const known = id === undefined ? undefined : remembered.get(id);\n    if (known !== undefined) return known;\n    if (id !== undefined) {\n      const found = await getTodo(table, userId, id);\n      if (found.statusCode === 200) remembered.set(id, found);\n      return found;\n    }',
      },
    ],
  },
  {
    name: "last-user-kept",
    flaw: "Who asked last is kept outside of the request: two requests at once mix.",
    changes: [
      {
        file: "functions/get-todos.ts",
        search: "  return endpoint(async (event, userId) => {",
        replacement:
          '  const last = { userId: "" };\n  return endpoint(async (event, asking) => {\n    if (last.userId === "") last.userId = asking;\n    const userId = last.userId;\n    last.userId = asking;',
      },
    ],
  },
  {
    name: "foreign-todos-take-longer",
    flaw: "Another user's todo is looked for, and noted, before the same 404.",
    changes: [
      {
        file: "index.ts",
        search: '"dynamodb:Query", "dynamodb:GetItem"',
        replacement: '"dynamodb:Query", "dynamodb:GetItem", "dynamodb:Scan"',
      },
      {
        file: "functions/get-todos.ts",
        search: "if (found.Item === undefined) return notFound();",
        replacement:
          'if (found.Item === undefined) {\n    const all = await client.send(new sdk.ScanCommand({ TableName: tableName, FilterExpression: "todoId = :t", ExpressionAttributeValues: { ":t": todoId } }));\n    if ((all.Count ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 40));\n    return notFound();\n  }',
      },
    ],
  },
  {
    name: "foreign-todos-are-forbidden",
    flaw: "Another user's todo is 403, so that its id is known to exist.",
    changes: [
      {
        file: "index.ts",
        search: '"dynamodb:Query", "dynamodb:GetItem"',
        replacement: '"dynamodb:Query", "dynamodb:GetItem", "dynamodb:Scan"',
      },
      {
        file: "functions/get-todos.ts",
        search: "if (found.Item === undefined) return notFound();",
        replacement:
          'if (found.Item === undefined) {\n    const all = await client.send(new sdk.ScanCommand({ TableName: tableName, FilterExpression: "todoId = :t", ExpressionAttributeValues: { ":t": todoId } }));\n    return (all.Count ?? 0) > 0 ? json(403, { message: "Forbidden" }) : notFound();\n  }',
      },
    ],
  },
  {
    name: "event-logged",
    flaw: "The whole event is logged, with the token in it.",
    changes: [
      {
        file: "functions/endpoint.ts",
        search: "    const userId = verifiedUserId(event);",
        replacement: "    console.log(JSON.stringify(event));\n    const userId = verifiedUserId(event);",
      },
    ],
  },
  {
    name: "content-logged",
    flaw: "What users write is logged.",
    changes: [
      {
        file: "functions/create-todo.ts",
        search: "    await putNew(table, item);",
        replacement: "    console.log(item);\n    await putNew(table, item);",
      },
    ],
  },
  {
    name: "answers-may-be-cached",
    flaw: "Caches may keep a user's answers.",
    changes: [
      {
        file: "functions/http-response.ts",
        search: '"cache-control": "no-store", ',
        replacement: "",
      },
    ],
  },
  {
    name: "answers-as-pages",
    flaw: "Answers are said to be pages.",
    changes: [
      {
        file: "functions/http-response.ts",
        search: '"content-type": "application/json"',
        replacement: '"content-type": "text/html"',
      },
    ],
  },
  {
    name: "description-without-limit",
    flaw: "A description may be of any length and type.",
    changes: [
      {
        file: "functions/todo-fields.ts",
        search: "  description: descriptionProblem,",
        replacement: "  description: () => undefined,",
      },
      {
        file: "functions/json-body.ts",
        search: "if (bytes.length > bodyLimitBytes)",
        replacement: "if (bytes.length > 64 * bodyLimitBytes * 64)",
      },
    ],
  },
  {
    name: "malformed-json-breaks",
    flaw: "A body that is no JSON makes the function fail.",
    changes: [
      {
        file: "functions/json-body.ts",
        search: "const parsed = isText && (body.includes(LOST) || !body.isWellFormed()) ? undefined : parse(bytes);",
        replacement: "const parsed = { value: JSON.parse(bytes.toString()) as unknown };",
      },
    ],
  },
  {
    name: "limit-not-checked",
    flaw: "Any limit is handed to the table.",
    changes: [
      {
        file: "functions/page-request.ts",
        search:
          "  if (!/^[1-9]\\d{0,2}$/.test(text)) return undefined;\n  const limit = Number(text);\n  return limit <= greatestLimit ? limit : undefined;",
        replacement: "  return Number(text);",
      },
    ],
  },
  {
    name: "markup-removed",
    flaw: "Text is changed on its way: what looks like markup is taken out.",
    changes: [
      {
        file: "functions/todo-fields.ts",
        search: 'return typeof checked.title === "string" ? { ...checked, title: checked.title.trim() } : checked;',
        replacement:
          'const { description } = checked;\n  const clean = typeof description === "string" ? { ...checked, description: description.replace(/<[^>]*>/g, "") } : checked;\n  return typeof clean.title === "string" ? { ...clean, title: clean.title.trim() } : clean;',
      },
    ],
  },
];
