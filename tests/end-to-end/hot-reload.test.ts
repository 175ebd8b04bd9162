import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Call, call, create, rawCall } from "./support/calls.ts";
import { newPerson, type Person, signIn } from "./support/people.ts";
import { type ScratchProgram, scratchProgram } from "./support/scratch-program.ts";
import { type Served, serveProgram } from "./support/served.ts";

/** A URL that answers nobody until it is told to: a function that asks it is under way for as long as the test wants. */
async function openDoor(): Promise<{ url: string; reached: Promise<void>; let(): void }> {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: letThrough, resolve } = Promise.withResolvers<void>();
  const server = createServer(async (_request, response) => {
    reach();
    await letThrough;
    response.end();
    server.close();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reached, let: resolve };
}

/** The stack lets a hundred requests a second through: on this clock they arrive no faster. */
const MILLISECONDS_BETWEEN_REQUESTS = 15;

describe("a program that changes while it is served", () => {
  let program: ScratchProgram;
  let served: Served;
  let ana: Person;
  let aheadMilliseconds = 0;
  beforeAll(async () => {
    program = await scratchProgram();
    served = await serveProgram({
      programDirectory: program.directory,
      clock: { nowMilliseconds: () => Date.now() + aheadMilliseconds },
    });
    ana = await newPerson(served, "ana@example.com");
  });
  afterAll(async () => {
    await served?.close();
    await program?.remove();
  });

  const send = (sent: Omit<Call, "token">) => {
    aheadMilliseconds += MILLISECONDS_BETWEEN_REQUESTS;
    return rawCall(served, { token: ana.accessToken, ...sent });
  };

  /** Changes one place, tries it, and puts the file back as it was. */
  async function whileChanged(
    file: string,
    search: string,
    replacement: string,
    act: () => Promise<void>,
  ): Promise<void> {
    const before = await program.read(file);
    try {
      await program.replace(file, search, replacement);
      await act();
    } finally {
      await program.write(file, before);
    }
  }

  test("nothing changed: the version that is served stays", async () => {
    await served.reload();
    const model = served.model();
    expect(await served.reload()).toBe(false);
    expect(served.model()).toBe(model);
  });

  test("a comment is no change", async () => {
    await served.reload();
    await whileChanged("index.ts", "const settings", "// A remark.\nconst settings", async () => {
      expect(await served.reload()).toBe(false);
    });
  });

  test("a function changes; data, users, tokens, ports and requests in flight stay", async () => {
    await served.reload();
    const todo = await create(served, ana.accessToken, "kept");
    const [urlBefore, endpointBefore] = [served.apis()[0]?.url, served.awsEndpointUrl];
    const changed = '"cache-control": "no-store", "x-version": "two"';
    await whileChanged("functions/http-response.ts", '"cache-control": "no-store"', changed, async () => {
      const path = `/todos/${todo.todoId}`;
      expect((await send({ method: "GET", path })).headers).not.toHaveProperty("x-version");
      let reloading = true;
      const reload = served.reload().finally(() => {
        reloading = false;
      });
      const statuses: number[] = [];
      while (reloading) statuses.push((await send({ method: "GET", path })).status);
      expect(await reload).toBe(true);
      expect(statuses.length).toBeGreaterThan(0);
      expect(new Set(statuses)).toEqual(new Set([200]));
      const answer = await send({ method: "GET", path });
      expect(answer.headers).toMatchObject({ "x-version": "two" });
      expect(JSON.parse(answer.text)).toEqual(todo);
      expect((await signIn(served, ana.email)).accessToken).not.toBe("");
      expect([served.apis()[0]?.url, served.awsEndpointUrl]).toEqual([urlBefore, endpointBefore]);
    });
  });

  test("a request that is under way is answered by the version that took it", async () => {
    const search = "    if (textAt(event";
    const wait = 'const door = textAt(event, "headers", "x-door");\n    if (door !== undefined) await fetch(door);';
    await whileChanged("functions/get-todos.ts", search, `    ${wait}\n${search}`, async () => {
      // Longer than a busy machine takes to evaluate the program while the function waits.
      await program.replace("stack/todo-function.ts", "timeout: 10", "timeout: 29");
      await served.reload();
      const door = await openDoor();
      const slow = send({ method: "GET", path: "/todos", headers: { "x-door": door.url } });
      await door.reached;
      await program.replace("functions/http-response.ts", '"no-store"', '"no-store, private"');
      await served.reload();
      expect((await send({ method: "GET", path: "/todos" })).headers["cache-control"]).toBe("no-store, private");
      door.let();
      const answer = await slow;
      expect([answer.status, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
      await program.replace("functions/http-response.ts", '"no-store, private"', '"no-store"');
      await program.replace("stack/todo-function.ts", "timeout: 29", "timeout: 10");
    });
  });

  test("a route moves", () =>
    whileChanged("index.ts", '"GET /todos", "GET /todos/{todoId}"', '"GET /todos", "GET /tasks/{todoId}"', async () => {
      const todo = await create(served, ana.accessToken, "moved");
      expect(await served.reload()).toBe(true);
      expect((await send({ method: "GET", path: `/todos/${todo.todoId}` })).status).toBe(404);
      expect((await send({ method: "GET", path: `/tasks/${todo.todoId}` })).status).toBe(200);
    }));

  test("a policy shrinks, and the function's next call is denied", () =>
    whileChanged("index.ts", '"dynamodb:Query", "dynamodb:GetItem"', '"dynamodb:Query"', async () => {
      const todo = await create(served, ana.accessToken, "out of reach");
      expect(await served.reload()).toBe(true);
      const denied = await send({ method: "GET", path: `/todos/${todo.todoId}` });
      expect(denied).toMatchObject({ status: 500, text: '{"message":"Internal Server Error"}' });
      const requestId = denied.headers["apigw-requestid"] ?? "";
      const [entry] = served.journal.entries(requestId).filter(({ step }) => step === "dynamodb");
      expect(entry).toMatchObject({ outcome: "denied", subject: expect.stringContaining("dynamodb:GetItem") });
      expect(served.lines.join("\n")).toContain("is not authorized to perform: dynamodb:GetItem");
      expect((await send({ method: "GET", path: "/todos" })).status).toBe(200);
    }));

  test.each([
    ["does not parse", "const settings", "const const settings", /index\.ts/],
    ["throws", "const settings", 'throw new Error("broken on purpose");\nconst settings', /broken on purpose/],
    ["is refused", 'tableActions: ["dynamodb:DeleteItem"]', 'tableActions: ["dynamodb:NoSuchAction"]', /NoSuchAction/],
    [
      "has a configuration that is missing",
      "readSettings()",
      'readSettings();\nnew (require("@pulumi/pulumi").Config)().require("never")',
      /never/,
    ],
  ])("a program that %s is reported, and the last good one goes on", (_what, search, replacement, told) =>
    whileChanged("index.ts", search, replacement, async () => {
      const model = served.model();
      await expect(served.reload()).rejects.toThrow(told);
      expect(served.model()).toBe(model);
      await call(served, { method: "GET", path: "/todos", token: ana.accessToken }).expect(200);
    }),
  );

  test("a table with another key is refused, as its data would be lost", () =>
    whileChanged(
      "stack/todo-table.ts",
      'rangeKey: "todoId",\n      attributes: [\n        { name: "userId", type: "S" },\n        { name: "todoId", type: "S" }',
      'rangeKey: "otherId",\n      attributes: [\n        { name: "userId", type: "S" },\n        { name: "otherId", type: "S" }',
      async () => {
        await expect(served.reload()).rejects.toThrow(/todos/);
        await call(served, { method: "GET", path: "/todos", token: ana.accessToken }).expect(200);
      },
    ));

  test("another region is another stack", () =>
    whileChanged("Pulumi.dev.yaml", "aws:region: eu-west-1", "aws:region: eu-west-2", async () => {
      await expect(served.reload()).rejects.toThrow("The stack moved from eu-west-1 to eu-west-2.");
      await call(served, { method: "GET", path: "/todos", token: ana.accessToken }).expect(200);
    }));
});
