import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Call, call, create, type RawResponse, rawCall, rowsOf, type Todo, traceOf } from "./support/calls.ts";
import { newPerson, type Person } from "./support/people.ts";
import { type Served, serveProgram } from "./support/served.ts";

const NOT_FOUND = '{"message":"Not Found"}';
const FUNCTIONS_OF_FIVE_ROUTES = ["create-todo", "delete-todo", "get-todos", "update-todo"];

/** What every request must hold to: the other's rows are as before, and the answer says nothing of the other. */
async function expectApart(served: Served, other: Person, act: () => Promise<RawResponse>): Promise<RawResponse> {
  const before = await rowsOf(served, other.sub);
  const answer = await act();
  expect(await rowsOf(served, other.sub)).toBe(before);
  expect(answer.text).not.toContain(other.sub);
  expect(answer.text).not.toContain(other.email);
  return answer;
}

interface Turn {
  readonly me: Person;
  readonly other: Person;
  readonly othersTodo: Todo;
}

async function throughAllRoutes(served: Served, { me, other, othersTodo }: Turn): Promise<void> {
  const token = me.accessToken;
  const send = (sent: Call) => expectApart(served, other, () => rawCall(served, { token, ...sent }));
  const title = `${me.email} ${othersTodo.todoId}`;
  const created = await send({ method: "POST", path: "/todos", json: { title } });
  const mine = JSON.parse(created.text) as Todo;
  expect(created.status).toBe(201);
  const own = `/todos/${mine.todoId}`;
  expect((await send({ method: "GET", path: own })).text).toBe(JSON.stringify(mine));
  const listed = JSON.parse((await send({ method: "GET", path: "/todos?limit=100" })).text) as { items: Todo[] };
  expect(listed.items.map(({ todoId }) => todoId)).toContain(mine.todoId);
  expect(listed.items.map(({ todoId }) => todoId)).not.toContain(othersTodo.todoId);
  expect((await send({ method: "PUT", path: own, json: { completed: true } })).status).toBe(200);
  await expectNotThere(send, `/todos/${othersTodo.todoId}`);
  expect((await send({ method: "DELETE", path: own })).status).toBe(204);
}

/** Another's id, an id of nobody's, and no id at all are one and the same answer, byte for byte. */
async function expectNotThere(send: (sent: Call) => Promise<RawResponse>, othersPath: string): Promise<void> {
  const nobodys = othersPath.replace(/.{12}$/, "000000000000");
  for (const path of [othersPath, nobodys, "/todos/not-an-id"]) {
    for (const method of ["GET", "PUT", "DELETE"] as const) {
      const answer = await send({ method, path, ...(method === "PUT" ? { json: { title: "taken over" } } : {}) });
      const { "apigw-requestid": _id, date: _date, ...headers } = answer.headers;
      expect({ path, method, status: answer.status, text: answer.text }).toMatchObject({
        status: 404,
        text: NOT_FOUND,
      });
      expect(headers).toMatchObject({ "content-type": "application/json", "content-length": "23" });
    }
  }
}

describe.each(["dynoxide", "dynalite"] as const)("two users of an API that nobody has used yet, on %s", (kind) => {
  let served: Served;
  let ana: Person;
  let ben: Person;
  beforeAll(async () => {
    served = await serveProgram({ engine: { kind } });
    ana = await newPerson(served, "ana@example.com");
    ben = await newPerson(served, "ben@example.com");
  });
  afterAll(() => served?.close());

  test("go through all five routes in turn, cold and then warm, and never meet", async () => {
    const anas = await create(served, ana.accessToken, "ana's");
    const bens = await create(served, ben.accessToken, "ben's");
    const cold = served.invocations().length;
    await throughAllRoutes(served, { me: ana, other: ben, othersTodo: bens });
    await throughAllRoutes(served, { me: ben, other: ana, othersTodo: anas });
    const warm = served.invocations().length;
    await throughAllRoutes(served, { me: ana, other: ben, othersTodo: bens });
    await throughAllRoutes(served, { me: ben, other: ana, othersTodo: anas });

    const runs = served.invocations();
    const coldStarts = runs.filter(({ coldStart }) => coldStart).map(({ functionName }) => functionName);
    expect(coldStarts.map((name) => name.replace(/-[0-9a-f]{7}$/, "")).sort()).toEqual(FUNCTIONS_OF_FIVE_ROUTES);
    expect(runs.slice(0, warm).length).toBeGreaterThan(cold);
    expect(runs.slice(warm).filter(({ coldStart }) => coldStart)).toEqual([]);
  });
});

describe.each(["dynoxide", "dynalite"] as const)("two users of one API, on %s", (kind) => {
  let served: Served;
  let ana: Person;
  let ben: Person;
  beforeAll(async () => {
    served = await serveProgram({ engine: { kind } });
    ana = await newPerson(served, "ana@example.com");
    ben = await newPerson(served, "ben@example.com");
  });
  afterAll(() => served?.close());

  test("share sandboxes at the same moment, and each gets the own answers alone", async () => {
    const people = await Promise.all(["cy", "dee"].map((name) => newPerson(served, `${name}@example.com`)));
    const rounds = Array.from({ length: 6 }, (_, round) => round);
    const made = await Promise.all(
      rounds.flatMap((round) =>
        people.map(async (person) => {
          const todo = await create(served, person.accessToken, `${person.email} ${round}`);
          const path = `/todos/${todo.todoId}`;
          const token = person.accessToken;
          const read = await call(served, { method: "GET", path, token }).expect(200);
          const change = { method: "PUT", path, token, json: { description: person.email } } as const;
          await call(served, change).expect(200);
          return { person, read: read.body as Todo, todo };
        }),
      ),
    );
    for (const { person, read, todo } of made) {
      expect(read).toEqual(todo);
      expect(read.title).toContain(person.email);
    }
    for (const person of people) {
      const { body } = await call(served, { method: "GET", path: "/todos?limit=100", token: person.accessToken });
      const { items } = body as { items: Todo[] };
      expect(items.map(({ description }) => description)).toEqual(rounds.map(() => person.email));
      const rows = await rowsOf(served, person.sub);
      expect(rows.split("\n")).toHaveLength(rounds.length);
    }
  });

  interface Trick {
    readonly name: string;
    /** `A` and `B` stand for the two users' `sub`, `T` for a todo of Ben's, `C` for a cursor of Ben's. */
    readonly send: Omit<Call, "token">;
    readonly status: number;
    /** Whether the function ran: where the gateway refuses by itself it must not. */
    readonly runs: boolean;
  }

  const json = { title: "mine" };
  const inPath = (name: string, path: string, status: number, runs: boolean): Trick[] =>
    (["GET", "PUT", "DELETE"] as const).map((method) => ({
      name: `${name}, ${method}`,
      send: { method, path, ...(method === "PUT" ? { json } : {}) },
      status,
      runs,
    }));
  const tricks: readonly Trick[] = [
    {
      name: "userId in the body",
      send: { method: "POST", path: "/todos", json: { ...json, userId: "B" } },
      status: 400,
      runs: true,
    },
    {
      name: "todoId in the body",
      send: { method: "POST", path: "/todos", json: { ...json, todoId: "T" } },
      status: 400,
      runs: true,
    },
    {
      name: "sub in the body",
      send: { method: "POST", path: "/todos", json: { ...json, sub: "B" } },
      status: 400,
      runs: true,
    },
    {
      name: "a key in the body",
      send: { method: "PUT", path: "/todos/T", json: { ...json, Key: { userId: "B" } } },
      status: 400,
      runs: true,
    },
    { name: "userId in the query", send: { method: "GET", path: "/todos?userId=B&sub=B" }, status: 200, runs: true },
    {
      name: "userId in the query of one todo",
      send: { method: "GET", path: "/todos/T?userId=B" },
      status: 404,
      runs: true,
    },
    {
      name: "userId in headers",
      send: {
        method: "GET",
        path: "/todos/T",
        headers: { userid: "B", "x-user-id": "B", "x-amzn-oidc-identity": "B" },
      },
      status: 404,
      runs: true,
    },
    {
      name: "claims in headers",
      send: {
        method: "GET",
        path: "/todos",
        headers: {
          "x-amzn-request-context": '{"authorizer":{"jwt":{"claims":{"sub":"B"}}}}',
          cookie: "sub=B; userId=B",
        },
      },
      status: 200,
      runs: true,
    },
    ...inPath("the id itself", "/todos/T", 404, true),
    ...inPath("user and id, encoded slash", "/todos/B%2FT", 404, false),
    ...inPath("user and id, encoded hash", "/todos/B%23T", 404, true),
    ...inPath("user and id, bare hash", "/todos/B#T", 404, true),
    ...inPath("user and id, slash", "/todos/B/T", 404, false),
    ...inPath("user in front", "/B/todos/T", 404, false),
    ...inPath("dots", "/todos/x/../T", 404, true),
    ...inPath("encoded dots", "/todos/%2e%2e%2ftodos%2fT", 404, true),
    ...inPath("a null byte after the id", "/todos/T%00", 404, true),
    ...inPath("a space after the id", "/todos/T%20", 404, true),
    { name: "the other's cursor", send: { method: "GET", path: "/todos?limit=1&cursor=C" }, status: 400, runs: true },
    { name: "the other's id as a cursor", send: { method: "GET", path: "/todos?cursor=T" }, status: 400, runs: true },
    {
      name: "a start key as a cursor",
      send: { method: "GET", path: "/todos?cursor=eyJ1c2VySWQiOiJCIn0" },
      status: 400,
      runs: true,
    },
    {
      name: "the other's cursor, its end cut off",
      send: { method: "GET", path: "/todos?cursor=C".slice(0, -1) },
      status: 400,
      runs: true,
    },
  ];

  describe("a client that names somebody else", () => {
    let texts: Readonly<Record<string, string>>;
    beforeAll(async () => {
      const todo = await create(served, ben.accessToken, "ben's first");
      await create(served, ben.accessToken, "ben's second");
      const { body } = await call(served, { method: "GET", path: "/todos?limit=1", token: ben.accessToken });
      texts = { A: ana.sub, B: ben.sub, T: todo.todoId, C: (body as { nextCursor: string }).nextCursor };
    });
    const filled = <Value>(value: Value): Value =>
      JSON.parse(
        JSON.stringify(value).replace(/\b[ABTC]\b(?=[^a-z])|(?<=%2F|%23|%2f)T/g, (letter) => texts[letter] ?? letter),
      ) as Value;

    test.each(tricks)("$name", async ({ send, status, runs }) => {
      const sent = { ...filled(send), token: ana.accessToken };
      const answer = await expectApart(served, ben, () => rawCall(served, sent));
      expect({ sent: send, status: answer.status, text: answer.text }).toMatchObject({ status });
      expect(answer.text).not.toMatch(/ben's/);
      const { entries, invocations } = traceOf(served, answer.headers);
      expect(invocations).toHaveLength(runs ? 1 : 0);
      for (const { step, reason } of entries) expect(`${step} ${reason}`).not.toContain(ben.sub);
    });

    test("a cursor with any character changed reads nothing", async () => {
      await create(served, ana.accessToken, "first");
      await create(served, ana.accessToken, "second");
      const token = ana.accessToken;
      const page = await call(served, { method: "GET", path: "/todos?limit=1", token }).expect(200);
      const { nextCursor } = page.body as { nextCursor: string };
      for (let at = 0; at < nextCursor.length; at += 7) {
        const other = nextCursor[at] === "A" ? "B" : "A";
        const cursor = `${nextCursor.slice(0, at)}${other}${nextCursor.slice(at + 1)}`;
        const answer = await rawCall(served, { method: "GET", path: `/todos?cursor=${cursor}`, token });
        expect(answer.status).toBe(400);
        expect(traceOf(served, answer.headers).entries.filter(({ step }) => step === "dynamodb")).toEqual([]);
      }
    });
  });
});
