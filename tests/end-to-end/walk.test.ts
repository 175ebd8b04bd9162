import { GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, create, type Todo, traceOf } from "./support/calls.ts";
import { administratorDynamoDb, newPerson, type Person } from "./support/people.ts";
import { type Served, serveProgram } from "./support/served.ts";

describe.each(["dynoxide", "dynalite"] as const)("a new user's way through the API, on %s", (kind) => {
  let served: Served;
  let ana: Person;
  let ben: Person;
  beforeAll(async () => {
    served = await serveProgram({ engine: { kind } });
    ana = await newPerson(served, "ana@example.com");
    ben = await newPerson(served, "ben@example.com");
  });
  afterAll(() => served?.close());

  test("creates, lists, reads, changes and deletes", async () => {
    const { accessToken: token, sub } = await newPerson(served, "dee@example.com");
    const created = await call(served, {
      method: "POST",
      path: "/todos",
      token,
      json: { title: " Buy milk ", dueDate: "2027-01-31" },
    }).expect(201);
    const todo = created.body as Todo;
    expect(todo).toMatchObject({ title: "Buy milk", dueDate: "2027-01-31", completed: false, version: 1 });
    expect(created.headers).toMatchObject({ location: `/todos/${todo.todoId}`, etag: '"1"' });
    expect(created.text).not.toContain(sub);

    const path = `/todos/${todo.todoId}`;
    const read = await call(served, { method: "GET", path, token }).expect(200);
    expect(read.body).toEqual(todo);
    expect(read.headers.etag).toBe('"1"');
    const listed = await call(served, { method: "GET", path: "/todos", token }).expect(200);
    expect(listed.body).toEqual({ items: [todo] });

    const change = { completed: true, dueDate: null };
    const headers = { "if-match": '"1"' };
    const changed = await call(served, { method: "PUT", path, token, headers, json: change }).expect(200);
    expect(changed.body).toMatchObject({ todoId: todo.todoId, title: "Buy milk", completed: true, version: 2 });
    expect(changed.body).not.toHaveProperty("dueDate");
    await call(served, { method: "PUT", path, token, headers, json: change }).expect(412);

    const deleted = await call(served, { method: "DELETE", path, token }).expect(204);
    expect(deleted.text).toBe("");
    await call(served, { method: "GET", path, token }).expect(404);
    await call(served, { method: "PUT", path, token, json: change }).expect(404);
    await call(served, { method: "DELETE", path, token }).expect(404);
    await call(served, { method: "GET", path: "/todos", token }).expect(200, '{"items":[]}');
  });

  test("a second user sees nothing of the first", async () => {
    const todo = await create(served, ana.accessToken, "Ana's own");
    const listed = await call(served, { method: "GET", path: "/todos", token: ben.accessToken }).expect(200);
    expect(listed.text).toBe('{"items":[]}');
    await call(served, { method: "GET", path: `/todos/${todo.todoId}`, token: ben.accessToken }).expect(404);
  });

  test("pages through a list by cursor", async () => {
    const cy = await newPerson(served, "cy@example.com");
    const made: Todo[] = [];
    for (const title of ["one", "two", "three", "four", "five"]) made.push(await create(served, cy.accessToken, title));
    const seen: Todo[] = [];
    let path = "/todos?limit=2";
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await call(served, { method: "GET", path, token: cy.accessToken }).expect(200);
      const page = body as { items: Todo[]; nextCursor?: string };
      seen.push(...page.items);
      expect(page.nextCursor === undefined).toBe(pages === 2);
      path = `/todos?limit=2&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(made);
  });

  test("every step of a request stands in the journal under its id", async () => {
    const { headers } = await call(served, { method: "GET", path: "/todos", token: ana.accessToken }).expect(200);
    const { entries, invocations } = traceOf(served, headers);
    expect(entries.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      "route allowed",
      "authorizer allowed",
      "permission allowed",
      "dynamodb allowed",
      "invocation answered",
      "response answered",
    ]);
    expect(invocations).toHaveLength(1);
    expect(entries.find(({ step }) => step === "dynamodb")?.subject).toContain("dynamodb:Query");
  });

  test("the table holds what was created, for the administrator with the ordinary SDK", async () => {
    const { todoId } = await create(served, ana.accessToken, "In the table");
    const client = administratorDynamoDb(served);
    const document = DynamoDBDocumentClient.from(client);
    const TableName = served.tableName;
    const plain = await client.send(
      new GetItemCommand({ TableName, Key: { userId: { S: ana.sub }, todoId: { S: todoId } } }),
    );
    expect(plain.Item).toMatchObject({ title: { S: "In the table" }, version: { N: "1" }, userId: { S: ana.sub } });
    const decoded = await document.send(new GetCommand({ TableName, Key: { userId: ana.sub, todoId } }));
    expect(decoded.Item).toMatchObject({ title: "In the table", version: 1, completed: false });
    const queried = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "userId = :user AND todoId = :todo",
        ExpressionAttributeValues: { ":user": { S: ana.sub }, ":todo": { S: todoId } },
      }),
    );
    expect(queried.Items).toEqual([plain.Item]);
    const item = { userId: { S: "made-by-hand" }, todoId: { S: "x" } };
    await client.send(new PutItemCommand({ TableName, Item: item }));
    const scanned = await client.send(
      new ScanCommand({
        TableName,
        FilterExpression: "userId = :hand",
        ExpressionAttributeValues: { ":hand": { S: "made-by-hand" } },
      }),
    );
    expect(scanned.Items).toEqual([item]);
    client.destroy();
  });

  test("nothing that was printed holds a token, password or code", async () => {
    await create(served, ana.accessToken, "A private title");
    const printed = served.lines.join("\n");
    for (const { accessToken, idToken, refreshToken } of [ana, ben]) {
      for (const secret of [accessToken, idToken, refreshToken]) expect(printed).not.toContain(secret);
    }
    for (const { code } of served.outbox()) expect(printed).not.toContain(` ${code}`);
    expect(printed).not.toContain("A private title");
    expect(JSON.stringify(served.journal.entries())).not.toMatch(/A private title|eyJ|Correct-horse/);
  });
});
