import type { RouteKey } from "../support/todo-event.ts";

/**
 * One request and what must come of it. `$name` in an id, a parameter, a header or an answer stands for what an earlier
 * step of the case saved under that name.
 */
export interface Step {
  readonly call: RouteKey;
  /** Whose token: `ana` unless told. */
  readonly as?: "ana" | "ben";
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as a value. */
  readonly json?: unknown;
  /** The body as text, for what is not JSON. */
  readonly text?: string;
  /** The body as the bytes that the gateway hands over in base64. */
  readonly bytes?: string | Uint8Array;
  /** Laid over the event. */
  readonly event?: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** What the answer must hold at least. */
  readonly answer?: Readonly<Record<string, unknown>>;
  /** Fields that must not be in the answer. */
  readonly without?: readonly string[];
  /** The fields that the errors of a 400 name. */
  readonly errors?: readonly string[];
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** The operations that reach DynamoDB. A refusal before the table makes none. */
  readonly table: readonly string[];
  /** Saves the answer's `nextCursor`, or else its `todoId`. */
  readonly save?: string;
}

export interface ApiCase {
  readonly name: string;
  readonly steps: readonly Step[];
}

const anyId = "0190b0c1-7d2e-7abc-8def-0123456789ab";
const notFound = { status: 404, answer: { message: "Not Found" } } as const;
const stale = { status: 412, answer: { message: "Precondition Failed" } } as const;

function create(save: string, fields: object = {}, as: "ana" | "ben" = "ana"): Step {
  return { call: "POST /todos", as, json: { title: save, ...fields }, status: 201, table: ["PutItem"], save };
}

function read(id: string, answer: Step["answer"] = {}, as: "ana" | "ben" = "ana"): Step {
  return { call: "GET /todos/{todoId}", as, id, status: 200, answer, table: ["GetItem"] };
}

function put(id: string, json: unknown, expected: Omit<Step, "call" | "table"> & Partial<Step>): Step {
  return { call: "PUT /todos/{todoId}", id, json, table: ["UpdateItem"], ...expected };
}

function list(query: Step["query"], expected: Omit<Step, "call" | "status" | "table">): Step {
  return { call: "GET /todos", ...(query ? { query } : {}), status: 200, table: ["Query"], ...expected };
}

const creating: readonly ApiCase[] = [
  {
    name: "a todo with a title alone",
    steps: [
      {
        call: "POST /todos",
        json: { title: "Milk" },
        status: 201,
        answer: { title: "Milk", completed: false, version: 1 },
        without: ["userId", "description", "dueDate"],
        responseHeaders: { etag: '"1"', "content-type": "application/json", "cache-control": "no-store" },
        table: ["PutItem"],
        save: "milk",
      },
      read("$milk", { todoId: "$milk", title: "Milk", completed: false, version: 1 }),
    ],
  },
  {
    name: "a todo with every field",
    steps: [
      create("full", { title: "  Brot \n", description: "", completed: true, dueDate: "2028-02-29" }),
      read("$full", { title: "Brot", description: "", completed: true, dueDate: "2028-02-29" }),
    ],
  },
  {
    name: "the longest values that fit, counted in characters and in bytes",
    steps: [
      create("emoji", { title: ` ${"🦊".repeat(200)} `, description: "é".repeat(2048) }),
      read("$emoji", { title: "🦊".repeat(200), description: "é".repeat(2048) }),
    ],
  },
  {
    name: "base64 of JSON is as good as JSON",
    steps: [
      {
        call: "POST /todos",
        bytes: JSON.stringify({ title: "Grüße" }),
        status: 201,
        answer: { title: "Grüße" },
        table: ["PutItem"],
      },
    ],
  },
  {
    name: "a body of exactly 16 KiB is read",
    steps: [
      { call: "POST /todos", text: `{"title":"a"}`.padEnd(16 * 1024), status: 201, table: ["PutItem"] },
      {
        call: "POST /todos",
        text: `{"title":"a"}`.padEnd(16 * 1024 + 1),
        status: 413,
        answer: { message: "Request Entity Too Large" },
        table: [],
      },
      { call: "POST /todos", bytes: `{"title":"é"}`.padEnd(16 * 1024), status: 413, table: [] },
    ],
  },
];

interface BadBody {
  readonly name: string;
  readonly body: Pick<Step, "json" | "text" | "bytes" | "event">;
  readonly errors: readonly string[];
}

/** Bodies that neither POST nor PUT takes. */
const badBodies: readonly BadBody[] = [
  { name: "none", body: {}, errors: ["body"] },
  { name: "no text but null", body: { event: { body: null } }, errors: ["body"] },
  { name: "no text but undefined", body: { event: { body: undefined } }, errors: ["body"] },
  { name: "none, said to be bytes", body: { event: { isBase64Encoded: true } }, errors: ["body"] },
  { name: "empty", body: { text: "" }, errors: ["body"] },
  { name: "blank", body: { text: "  " }, errors: ["body"] },
  { name: "null", body: { text: "null" }, errors: ["body"] },
  { name: "an array", body: { json: [{ title: "a" }] }, errors: ["body"] },
  { name: "a string", body: { json: "text" }, errors: ["body"] },
  { name: "a number", body: { json: 5 }, errors: ["body"] },
  { name: "a cut-off object", body: { text: "{" }, errors: ["body"] },
  { name: "two objects", body: { text: '{"title":"a"}{}' }, errors: ["body"] },
  { name: "a byte order mark", body: { bytes: '\ufeff{"title":"a"}' }, errors: ["body"] },
  { name: "bytes that are not JSON", body: { bytes: "not JSON" }, errors: ["body"] },
  { name: "bytes that are not UTF-8", body: { bytes: Buffer.from('{"title":"\xff"}', "latin1") }, errors: ["body"] },
  { name: "a text that was bytes and no UTF-8", body: { text: '{"title":"\ufffd"}' }, errors: ["body"] },
  { name: "a lone surrogate in the text", body: { text: '{"title":"\ud800"}' }, errors: ["body"] },
  { name: "deep nesting", body: { text: `${"[".repeat(8000)}${"]".repeat(8000)}` }, errors: ["body"] },
  { name: "a title of the wrong type", body: { json: { title: 1 } }, errors: ["title"] },
  { name: "a null title", body: { json: { title: null } }, errors: ["title"] },
  { name: "an empty title", body: { json: { title: "" } }, errors: ["title"] },
  { name: "a blank title", body: { json: { title: " \t\u00a0 " } }, errors: ["title"] },
  { name: "a title of 201 characters", body: { json: { title: "a".repeat(201) } }, errors: ["title"] },
  { name: "a title with half a character", body: { text: '{"title":"\\ud800"}' }, errors: ["title"] },
  { name: "a description of the wrong type", body: { json: { title: "a", description: {} } }, errors: ["description"] },
  {
    name: "a description of 4 KiB and one byte",
    body: { json: { title: "a", description: `${"é".repeat(2048)}a` } },
    errors: ["description"],
  },
  {
    name: "a description with half a character",
    body: { text: '{"title":"a","description":"\\udc00"}' },
    errors: ["description"],
  },
  { name: "a text for completed", body: { json: { title: "a", completed: "true" } }, errors: ["completed"] },
  { name: "a null for completed", body: { json: { title: "a", completed: null } }, errors: ["completed"] },
  { name: "a day that is not there", body: { json: { title: "a", dueDate: "2027-02-29" } }, errors: ["dueDate"] },
  { name: "a thirteenth month", body: { json: { title: "a", dueDate: "2027-13-01" } }, errors: ["dueDate"] },
  { name: "a time in dueDate", body: { json: { title: "a", dueDate: "2027-01-01T00:00:00Z" } }, errors: ["dueDate"] },
  { name: "a line break after dueDate", body: { json: { title: "a", dueDate: "2027-01-01\n" } }, errors: ["dueDate"] },
  { name: "a number for dueDate", body: { json: { title: "a", dueDate: 20270101 } }, errors: ["dueDate"] },
  { name: "a userId", body: { json: { title: "a", userId: "ben" } }, errors: ["userId"] },
  { name: "a todoId", body: { json: { title: "a", todoId: anyId } }, errors: ["todoId"] },
  { name: "a createdAt", body: { json: { title: "a", createdAt: "2027-01-01T00:00:00Z" } }, errors: ["createdAt"] },
  { name: "an updatedAt", body: { json: { title: "a", updatedAt: "2027-01-01T00:00:00Z" } }, errors: ["updatedAt"] },
  { name: "a version", body: { json: { title: "a", version: 7 } }, errors: ["version"] },
  {
    name: "fields that todos do not have",
    body: { json: { title: "a", status: "open", name: "n" } },
    errors: ["status", "name"],
  },
  { name: "__proto__", body: { text: '{"__proto__":{"x":1},"title":"a"}' }, errors: ["__proto__"] },
  { name: "constructor", body: { json: { title: "a", constructor: 1 } }, errors: ["constructor"] },
  { name: "a field in another case", body: { json: { Title: "a", title: "a" } }, errors: ["Title"] },
  { name: "several faults", body: { json: { title: 1, dueDate: 1, x: 1 } }, errors: ["title", "dueDate", "x"] },
];

const refusedBodies: readonly ApiCase[] = badBodies.map(({ name, body, errors }) => ({
  name: `a body is refused: ${name}`,
  steps: [
    { call: "POST /todos", ...body, status: 400, errors, table: [] },
    { call: "PUT /todos/{todoId}", id: anyId, ...body, status: 400, errors, table: [] },
  ],
}));

const refusedToCreate: readonly ApiCase[] = [
  {
    name: "a new todo needs a title, and has no null",
    steps: [
      { call: "POST /todos", json: {}, status: 400, errors: ["title"], table: [] },
      { call: "POST /todos", json: { description: "a" }, status: 400, errors: ["title"], table: [] },
      { call: "POST /todos", json: { title: "a", dueDate: null }, status: 400, errors: ["dueDate"], table: [] },
    ],
  },
];

const listing: readonly ApiCase[] = [
  { name: "a new user's list is empty", steps: [list(undefined, { answer: { items: [] }, without: ["nextCursor"] })] },
  {
    name: "the list goes from the oldest on, and ends where it ends",
    steps: [
      create("one"),
      create("two"),
      create("three"),
      list({ limit: "2" }, { answer: { items: [{ title: "one" }, { title: "two" }] }, save: "next" }),
      list({ limit: "2", cursor: "$next" }, { answer: { items: [{ title: "three" }] }, without: ["nextCursor"] }),
      list({ limit: "1", cursor: "$next" }, { answer: { items: [{ title: "three" }] }, without: ["nextCursor"] }),
      list({ limit: "3" }, { without: ["nextCursor"] }),
      list(undefined, { without: ["nextCursor"] }),
    ],
  },
  {
    name: "a cursor outlives the todo at which it points",
    steps: [
      create("one"),
      create("two"),
      list({ limit: "1" }, { save: "next" }),
      { call: "DELETE /todos/{todoId}", id: "$one", status: 204, table: ["DeleteItem"] },
      list({ cursor: "$next" }, { answer: { items: [{ title: "two" }] } }),
    ],
  },
  {
    name: "another user's cursor is 400 and reads nothing",
    steps: [
      create("one"),
      create("two"),
      create("ben's", {}, "ben"),
      list({ limit: "1" }, { save: "next" }),
      { call: "GET /todos", as: "ben", query: { cursor: "$next" }, status: 400, errors: ["cursor"], table: [] },
    ],
  },
  {
    name: "other parameters say nothing",
    steps: [
      create("one", {}, "ben"),
      list({ userId: "ben", sub: "ben", limit: "5" }, { answer: { items: [] }, without: ["nextCursor"] }),
    ],
  },
  ...["0", "-1", "101", "1e9", "abc", "", "1,2", "01", "1.0", " 1", "+1", "0x10", "１"].map((limit) => ({
    name: `a limit of ${JSON.stringify(limit)} is refused`,
    steps: [{ call: "GET /todos", query: { limit }, status: 400, errors: ["limit"], table: [] } as const],
  })),
  ...["1", "100"].map((limit) => ({ name: `a limit of ${limit} is taken`, steps: [list({ limit }, {})] })),
  ...[
    "",
    "x",
    "=",
    "null",
    "a,b",
    "%",
    "\ud800",
    Buffer.from(JSON.stringify({ userId: "ana", todoId: anyId })).toString("base64"),
    ...[
      { extra: { S: "x" }, userId: { S: "ana" }, todoId: { S: anyId } },
      { todoId: { N: "1" } },
      { after: anyId },
      [anyId],
    ].map((key) => Buffer.from(JSON.stringify(key)).toString("base64url")),
    Buffer.from(anyId).toString("base64url"),
    Buffer.concat([Buffer.alloc(16), Buffer.from(anyId)]).toString("base64url"),
    "A".repeat(10_000),
  ].map((cursor) => ({
    name: `a made-up cursor is refused: ${cursor.slice(0, 12)}`,
    steps: [{ call: "GET /todos", query: { cursor }, status: 400, errors: ["cursor"], table: [] } as const],
  })),
];

const changing: readonly ApiCase[] = [
  {
    name: "each field alone; what is left out stays",
    steps: [
      create("milk", { description: "two litres", dueDate: "2027-01-01" }),
      put("$milk", { title: " oat milk " }, { status: 200, answer: { title: "oat milk", version: 2 } }),
      put("$milk", { completed: true }, { status: 200, answer: { completed: true, version: 3 } }),
      put("$milk", { description: "one litre" }, { status: 200, answer: { description: "one litre", version: 4 } }),
      put(
        "$milk",
        { dueDate: "2027-01-02" },
        {
          status: 200,
          answer: { title: "oat milk", description: "one litre", completed: true, dueDate: "2027-01-02", version: 5 },
          without: ["userId"],
          responseHeaders: { etag: '"5"' },
        },
      ),
      read("$milk", { title: "oat milk", version: 5 }),
    ],
  },
  {
    name: "null clears an optional field, also one that is not set",
    steps: [
      create("milk", { description: "two litres", dueDate: "2027-01-01" }),
      put("$milk", { description: null }, { status: 200, without: ["description"], answer: { dueDate: "2027-01-01" } }),
      put("$milk", { description: null, dueDate: null }, { status: 200, without: ["description", "dueDate"] }),
      { ...read("$milk", { title: "milk", version: 3 }), without: ["description", "dueDate"] },
    ],
  },
  {
    name: "a change of nothing is refused",
    steps: [create("milk"), put("$milk", {}, { status: 400, errors: ["body"], table: [] }), read("$milk")],
  },
  {
    name: "a change of nothing that can be changed is refused",
    steps: [
      create("milk"),
      put("$milk", { status: "done" }, { status: 400, errors: ["status"], table: [] }),
      put("$milk", { name: "x", metadata: {} }, { status: 400, errors: ["name", "metadata"], table: [] }),
      put("$milk", { title: null, completed: null }, { status: 400, errors: ["title", "completed"], table: [] }),
      read("$milk", { title: "milk", completed: false, version: 1 }),
    ],
  },
  {
    name: "a change never creates",
    steps: [
      put(anyId, { title: "ghost" }, notFound),
      put(anyId, { description: null }, notFound),
      { call: "GET /todos/{todoId}", id: anyId, ...notFound, table: ["GetItem"] },
      list(undefined, { answer: { items: [] } }),
    ],
  },
  {
    name: "a todo that was deleted stays deleted",
    steps: [
      create("milk"),
      { call: "DELETE /todos/{todoId}", id: "$milk", status: 204, table: ["DeleteItem"] },
      put("$milk", { title: "again" }, notFound),
      { call: "DELETE /todos/{todoId}", id: "$milk", ...notFound, table: ["DeleteItem"] },
      { call: "GET /todos/{todoId}", id: "$milk", ...notFound, table: ["GetItem"] },
    ],
  },
];

const ifMatch = (value: string) => ({ headers: { "if-match": value } });

const preconditions: readonly ApiCase[] = [
  ...['"1"', "*", '"9", "1"', ' "1" ,', ', "1"', 'W/"7","1"', '"1","1"', '"x,y", "1"'].map((value) => ({
    name: `If-Match ${value} fits version 1`,
    steps: [
      create("milk"),
      put("$milk", { title: "oat" }, { ...ifMatch(value), status: 200, answer: { version: 2 } }),
      create("tea"),
      { call: "DELETE /todos/{todoId}", id: "$tea", ...ifMatch(value), status: 204, table: ["DeleteItem"] } as const,
    ],
  })),
  ...['"2"', 'W/"1"', '"01"', '"1x"', '""', '"2","3"', '"99999999999999999999"'].map((value) => ({
    name: `If-Match ${value} does not fit version 1`,
    steps: [
      create("milk"),
      put("$milk", { title: "oat" }, { ...ifMatch(value), ...stale }),
      { call: "DELETE /todos/{todoId}", id: "$milk", ...ifMatch(value), ...stale, table: ["DeleteItem"] } as const,
      read("$milk", { title: "milk", version: 1 }),
    ],
  })),
  {
    name: "of two changes to one version, the second is refused",
    steps: [
      create("milk"),
      put("$milk", { title: "oat" }, { ...ifMatch('"1"'), status: 200 }),
      put("$milk", { title: "soy" }, { ...ifMatch('"1"'), ...stale }),
      read("$milk", { title: "oat", version: 2 }),
    ],
  },
  {
    name: "what is not there is 404, whatever its version should be",
    steps: [
      put(anyId, { title: "ghost" }, { ...ifMatch('"1"'), ...notFound }),
      put(anyId, { title: "ghost" }, { ...ifMatch("*"), ...notFound }),
      put(anyId, { title: "ghost" }, { ...ifMatch('W/"1"'), ...notFound }),
      { call: "DELETE /todos/{todoId}", id: anyId, ...ifMatch('"1"'), ...notFound, table: ["DeleteItem"] },
    ],
  },
  ...[
    "",
    "1",
    '"1',
    "'1'",
    '*, "1"',
    'w/"1"',
    '"1" "2"',
    "W/1",
    Array.from({ length: 101 }, (_, i) => `"${i + 1}"`).join(),
  ].map((value) => ({
    name: `If-Match ${value.slice(0, 20)} is refused`,
    steps: [
      {
        call: "PUT /todos/{todoId}",
        id: anyId,
        json: { title: "a" },
        ...ifMatch(value),
        status: 400,
        errors: ["If-Match"],
        table: [],
      },
      { call: "DELETE /todos/{todoId}", id: anyId, ...ifMatch(value), status: 400, errors: ["If-Match"], table: [] },
    ] as const,
  })),
];

const malformedIds = [
  "",
  " ",
  "1",
  "undefined",
  anyId.toUpperCase(),
  `${anyId}\n`,
  `ana#${anyId}`,
  `ana/${anyId}`,
  "0190b0c1-7d2e-4abc-8def-0123456789ab",
  "0190b0c1-7d2e-7abc-cdef-0123456789ab",
  "\u0000",
  "a".repeat(5000),
  "__proto__",
];

const isolation: readonly ApiCase[] = [
  {
    name: "nobody sees, changes or deletes another user's todo",
    steps: [
      create("ana's", { description: "private" }),
      { call: "GET /todos/{todoId}", as: "ben", id: "$ana's", ...notFound, table: ["GetItem"] },
      put("$ana's", { title: "taken" }, { as: "ben", ...notFound }),
      put("$ana's", { title: "taken" }, { as: "ben", ...ifMatch('"1"'), ...notFound }),
      { call: "DELETE /todos/{todoId}", as: "ben", id: "$ana's", ...notFound, table: ["DeleteItem"] },
      list(undefined, { as: "ben", answer: { items: [] } }),
      read("$ana's", { title: "ana's", description: "private", version: 1 }),
    ],
  },
  {
    name: "headers name nobody",
    steps: [create("milk"), { ...read("$milk"), as: "ben", headers: { "x-user-id": "ana" }, ...notFound }],
  },
  ...malformedIds.map((id) => ({
    name: `the id ${JSON.stringify(id).slice(0, 40)} names nothing`,
    steps: [
      { call: "GET /todos/{todoId}", id, ...notFound, table: [] },
      { call: "PUT /todos/{todoId}", id, json: { title: "a" }, ...notFound, table: [] },
      { call: "DELETE /todos/{todoId}", id, ...notFound, table: [] },
    ] as const,
  })),
  {
    name: "a missing path parameter names nothing",
    steps: [
      { call: "GET /todos/{todoId}", ...notFound, table: [] },
      { call: "PUT /todos/{todoId}", json: { title: "a" }, ...notFound, table: [] },
      { call: "DELETE /todos/{todoId}", ...notFound, table: [] },
    ],
  },
];

const jwt = (claims: unknown) => ({ requestContext: { authorizer: { jwt: { claims, scopes: null } } } });

const unidentified: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "no request context": { requestContext: undefined },
  "an empty request context": { requestContext: {} },
  "no authorizer": { requestContext: { authorizer: null } },
  "no claims": jwt(undefined),
  "no sub": jwt({ username: "ana", email: "ana@example.com" }),
  "an empty sub": jwt({ sub: "" }),
  "a blank sub": jwt({ sub: "  " }),
  "a sub that is no text": jwt({ sub: 5 }),
  "a list of subs": jwt({ sub: ["ana"] }),
  "an inherited sub": jwt(Object.create({ sub: "ana" })),
  "a sub with half a character": jwt({ sub: "ana\ud800" }),
  "a sub longer than a key": jwt({ sub: "a".repeat(2049) }),
  "the claims of format 1.0": { version: "1.0", requestContext: { authorizer: { claims: { sub: "ana" } } } },
  "format 1.0 with claims where 2.0 has them": { version: "1.0" },
  "claims of a Lambda authorizer": { requestContext: { authorizer: { lambda: { sub: "ana" } } } },
};

const identity: readonly ApiCase[] = Object.entries(unidentified).map(([name, event]) => ({
  name: `nobody is signed in: ${name}`,
  steps: (
    [
      { call: "POST /todos", json: { title: "a" } },
      { call: "GET /todos" },
      { call: "GET /todos/{todoId}", id: anyId },
      { call: "PUT /todos/{todoId}", id: anyId, json: { title: "a" } },
      { call: "DELETE /todos/{todoId}", id: anyId },
    ] as const
  ).map((step) => ({ ...step, event, status: 401, answer: { message: "Unauthorized" }, table: [] })),
}));

export const apiCases: readonly ApiCase[] = [
  ...creating,
  ...refusedBodies,
  ...refusedToCreate,
  ...listing,
  ...changing,
  ...preconditions,
  ...isolation,
  ...identity,
];
