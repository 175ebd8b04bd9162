import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { apiCases } from "../functions/api-cases.ts";
import { type Response, runApiCase, type TodoHandlers } from "./run-api-case.ts";
import { functionEnvironment, startTodoDatabase, type TodoDatabase } from "./todo-database.ts";
import { type RouteKey, requestId, todoEvent } from "./todo-event.ts";

export interface HandlersUnderTest {
  readonly engine: "auto" | "dynalite";
  /** Called once the functions' environment is set, as Lambda does. */
  readonly load: () => Promise<TodoHandlers>;
}

const routeKeys = [
  "POST /todos",
  "GET /todos",
  "GET /todos/{todoId}",
  "PUT /todos/{todoId}",
  "DELETE /todos/{todoId}",
] as const satisfies readonly RouteKey[];

const anyId = "0190b0c1-7d2e-7abc-8def-0123456789ab";

/** Everything that the handlers must do, whichever form they are in: their source, or the text that is deployed. */
export function describeHandlers(name: string, { engine, load }: HandlersUnderTest): void {
  describe(name, () => {
    let database: TodoDatabase;
    let handlers: TodoHandlers;

    beforeAll(async () => {
      database = await startTodoDatabase(engine);
      for (const [key, value] of Object.entries(functionEnvironment(database))) vi.stubEnv(key, value);
      handlers = await load();
    });
    afterAll(async () => {
      vi.unstubAllEnvs();
      await database.close();
    });
    afterEach(() => vi.restoreAllMocks());

    const send = (call: RouteKey, sub: string, request: object = {}) =>
      handlers[call](todoEvent({ call, sub, body: '{"title":"private title"}', ...request }));

    test.each(apiCases)("$name", (apiCase) => runApiCase(apiCase, handlers, database));

    test("a failing table is 503 or 500, and the log says why", async () => {
      const logged = vi.spyOn(console, "error").mockImplementation(() => {});
      const attempts = failures.flatMap((failure) => routeKeys.map((call) => ({ ...failure, call })));
      await Promise.all(
        attempts.map(async ({ error, status, body, call }) => {
          const answer = await send(call, `fails-with-${error}`, { id: anyId });
          expect({ error, call, ...answer }).toMatchObject({ statusCode: status, body });
        }),
      );
      const lines = logged.mock.calls.map(([line]) => line as LogLine);
      const told = lines.map(({ routeKey, error }) => `${routeKey} ${error.name}`);
      expect(told.sort()).toEqual(attempts.map(({ call, error }) => `${call} ${error}`).sort());
      for (const line of lines) expect(line.requestId).toBe(requestId);
      expect(JSON.stringify(lines)).not.toMatch(/secret-token|private title|Bearer/);
    });

    test("reads are consistent, lists are queries, and every attribute in an expression goes by an alias", async () => {
      const sub = `ana-${randomUUID()}`;
      database.takeCalls();
      const created = JSON.parse((await send("POST /todos", sub)).body ?? "") as { readonly todoId: string };
      const change = JSON.stringify({ title: "b", completed: true, description: null, dueDate: "2027-01-01" });
      const request = { id: created.todoId, body: change, headers: { "if-match": '"1"' } };
      for (const call of routeKeys.slice(1)) await send(call, sub, { ...request, query: { limit: "7" } });
      const calls = database.takeCalls();
      expect(calls.map(({ operation }) => operation)).toEqual([
        "PutItem",
        "Query",
        "GetItem",
        "UpdateItem",
        "DeleteItem",
      ]);
      for (const { operation, input } of calls) {
        if (operation === "Query" || operation === "GetItem") expect(input.ConsistentRead).toBe(true);
        if (operation === "Query") expect(input.Limit).toBe(8);
        expectAliases(input);
      }
      expect(calls[0]?.input.ConditionExpression).toBe("attribute_not_exists(#todoId)");
      for (const { input } of calls.slice(3)) expect(input.ConditionExpression).toContain("attribute_exists(#todoId)");
    });

    test("a list goes on where a Query stopped at its size limit", async () => {
      const sub = `ana-${randomUUID()}`;
      const ids = ["1", "2", "3", "4"].map((end) => anyId.replace(/.$/, end));
      for (const todoId of ids) {
        const Item = { userId: { S: sub }, todoId: { S: todoId }, filling: { S: "x".repeat(350_000) } };
        await database.call("PutItem", { TableName: database.tableName, Item });
      }
      const pages = await walk((query) => send("GET /todos", sub, { query }));
      expect(pages.flat()).toEqual(ids.map((todoId) => ({ todoId })));
      expect(pages.length).toBeGreaterThan(1);
    });

    test("pages of any size give every todo once, oldest first", async () => {
      const sub = `ana-${randomUUID()}`;
      const created: unknown[] = [];
      for (let count = 0; count < 12; count++) created.push(JSON.parse((await send("POST /todos", sub)).body ?? ""));
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 14 }), async (limit) => {
          const pages = await walk((query) => send("GET /todos", sub, { query: { ...query, limit: String(limit) } }));
          expect(pages.flat()).toEqual(created);
          expect(pages.length).toBe(Math.ceil(created.length / limit));
        }),
        { numRuns: 20 },
      );
    });

    test("a cursor with one character changed is 400 and reads nothing", async () => {
      const sub = `ana-${randomUUID()}`;
      await send("POST /todos", sub);
      await send("POST /todos", sub);
      const first = await send("GET /todos", sub, { query: { limit: "1" } });
      const { nextCursor } = JSON.parse(first.body ?? "") as { readonly nextCursor: string };
      expect(Buffer.from(nextCursor, "base64url").toString("latin1")).not.toContain(sub);
      database.takeCalls();
      await fc.assert(
        fc.asyncProperty(fc.nat(nextCursor.length - 1), fc.stringMatching(/^[A-Za-z0-9_=-]{0,2}$/), async (at, put) => {
          const cursor = nextCursor.slice(0, at) + put + nextCursor.slice(at + 1);
          fc.pre(cursor !== nextCursor);
          const answer = await send("GET /todos", sub, { query: { cursor } });
          expect(answer.statusCode).toBe(400);
        }),
        { numRuns: 200 },
      );
      expect(database.takeCalls()).toEqual([]);
    });

    test("a put that DynamoDB took, and whose answer was lost, is a success when it is sent again", async () => {
      const sub = `ana-${randomUUID()}`;
      database.loseAnswers(1);
      const created = await send("POST /todos", sub);
      expect(created.statusCode).toBe(201);
      expect(database.takeCalls().filter(({ operation }) => operation === "PutItem").length).toBeGreaterThan(1);
      const listed = await send("GET /todos", sub);
      expect(JSON.parse(listed.body ?? "")).toEqual({ items: [JSON.parse(created.body ?? "")] });
    });

    test("a new todo never takes the place of another", async () => {
      const sub = `ana-${randomUUID()}`;
      vi.spyOn(console, "error").mockImplementation(() => {});
      database.beforeNextCall(({ input }) => {
        const Item = { ...(input.Item as object), title: { S: "was here first" } };
        return database.call("PutItem", { TableName: database.tableName, Item });
      });
      expect((await send("POST /todos", sub)).statusCode).toBe(500);
      const listed = await send("GET /todos", sub);
      expect(JSON.parse(listed.body ?? "")).toMatchObject({ items: [{ title: "was here first" }] });
    });

    test("one id that two users have is two todos", async () => {
      const [ana, ben] = [`ana-${randomUUID()}`, `ben-${randomUUID()}`];
      for (const sub of [ana, ben]) {
        const created = new Date(0).toISOString();
        const texts = { userId: sub, todoId: anyId, title: `${sub}'s`, createdAt: created, updatedAt: created };
        const strings = Object.entries(texts).map(([name, value]) => [name, { S: value }]);
        const Item = { ...Object.fromEntries(strings), completed: { BOOL: false }, version: { N: "1" } };
        await database.call("PutItem", { TableName: database.tableName, Item });
      }
      const titleFor = async (sub: string) => {
        const { statusCode, body } = await send("GET /todos/{todoId}", sub, { id: anyId });
        return statusCode === 200 ? (JSON.parse(body ?? "") as { readonly title: string }).title : statusCode;
      };
      expect([await titleFor(ana), await titleFor(ben)]).toEqual([`${ana}'s`, `${ben}'s`]);
      await send("PUT /todos/{todoId}", ben, { id: anyId, body: '{"title":"changed"}' });
      expect([await titleFor(ana), await titleFor(ben)]).toEqual([`${ana}'s`, "changed"]);
      await send("DELETE /todos/{todoId}", ben, { id: anyId });
      expect([await titleFor(ana), await titleFor(ben)]).toEqual([`${ana}'s`, 404]);
    });

    test("a change that meets a deletion is 404 and leaves no ghost", async () => {
      const sub = `ana-${randomUUID()}`;
      const { todoId } = JSON.parse((await send("POST /todos", sub)).body ?? "") as { readonly todoId: string };
      database.beforeNextCall(({ input }) => {
        return database.call("DeleteItem", { TableName: database.tableName, Key: input.Key });
      });
      expect((await send("PUT /todos/{todoId}", sub, { id: todoId })).statusCode).toBe(404);
      expect(JSON.parse((await send("GET /todos", sub)).body ?? "")).toEqual({ items: [] });
    });

    test("no event whatsoever makes a handler throw or fail", async () => {
      const logged = vi.spyOn(console, "error").mockImplementation(() => {});
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...routeKeys), arbitraryEvent, async (call, event) => {
          const answer = await handlers[call](event);
          expect([200, 201, 204, 400, 401, 404, 412, 413]).toContain(answer.statusCode);
          expect(() => JSON.parse(answer.body ?? "{}")).not.toThrow();
        }),
        { numRuns: 300 },
      );
      expect(logged).not.toHaveBeenCalled();
    });
  });
}

interface LogLine {
  readonly requestId: string;
  readonly routeKey: string;
  readonly error: { readonly name: string; readonly message: string };
}

const failures = [
  ...["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"].map((error) => ({
    error,
    status: 503,
    body: '{"message":"Service Unavailable"}',
  })),
  ...["AccessDeniedException", "ResourceNotFoundException", "ValidationException", "Unheard.Of"].map((error) => ({
    error,
    status: 500,
    body: '{"message":"Internal Server Error"}',
  })),
];

/** Follows `nextCursor` to the end. */
async function walk(list: (query: object) => Promise<Response>): Promise<readonly (readonly unknown[])[]> {
  const pages: (readonly unknown[])[] = [];
  let query: object = {};
  do {
    const response = await list(query);
    expect(response.statusCode).toBe(200);
    const page = JSON.parse(response.body ?? "") as {
      readonly items: readonly unknown[];
      readonly nextCursor?: string;
    };
    pages.push(page.items);
    query = page.nextCursor === undefined ? {} : { cursor: page.nextCursor };
  } while ("cursor" in query && pages.length < 100);
  return pages;
}

const expressions = ["UpdateExpression", "ConditionExpression", "KeyConditionExpression"];
const expressionWords = ["SET", "REMOVE", "AND", "IN", "attribute_exists", "attribute_not_exists"];

/** Names are `#aliases`, values are `:placeholders`; each is defined, and none is defined in vain. */
function expectAliases(input: Readonly<Record<string, unknown>>): void {
  const text = expressions.map((name) => input[name] ?? "").join(" ");
  const words = text.match(/[#:]?[A-Za-z_]\w*/g) ?? [];
  const aliases = words.filter((word) => /^[#:]/.test(word));
  expect(words.filter((word) => !aliases.includes(word) && !expressionWords.includes(word))).toEqual([]);
  const defined = { ...(input.ExpressionAttributeNames ?? {}), ...(input.ExpressionAttributeValues ?? {}) };
  expect(Object.keys(defined).sort()).toEqual([...new Set(aliases)].sort());
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", anyId, "*", '"1"', "__proto__", "1,2", "\ud800"),
);
const anything = fc.anything({ withNullPrototype: true, withBigInt: true, maxDepth: 2 });
const leaf = fc.oneof({ weight: 3, arbitrary: text }, anything);
const fields = fc.dictionary(fc.constantFrom("title", "description", "completed", "dueDate", "userId", "x"), leaf);
const body = fc.oneof(
  text,
  fields.map((value) => JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? 1 : inner))),
  fc.string({ maxLength: 40 }).map((value) => Buffer.from(value).toString("base64")),
  anything,
);

/** Events of every kind of brokenness, from near the real thing to nothing like it. */
const arbitraryEvent = fc.oneof(
  anything,
  fc.record(
    {
      version: fc.constantFrom("2.0", "2.0", "2.0", "1.0", 2),
      routeKey: fc.oneof(fc.constantFrom<unknown>(...routeKeys), leaf),
      headers: fc.oneof(fc.dictionary(fc.constantFrom("if-match", "x"), leaf), anything),
      queryStringParameters: fc.oneof(fc.dictionary(fc.constantFrom("limit", "cursor", "x"), leaf), anything),
      pathParameters: fc.oneof(fc.record({ todoId: leaf }), anything),
      body,
      isBase64Encoded: fc.oneof(fc.boolean(), leaf),
      requestContext: fc.record({
        requestId: leaf,
        authorizer: fc.record({ jwt: fc.record({ claims: fc.record({ sub: fc.oneof(fc.constant("fuzz"), leaf) }) }) }),
      }),
    },
    { requiredKeys: ["version", "requestContext"] },
  ),
);
