import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { create, rawCall, rowsOf } from "./support/calls.ts";
import { newPerson, PASSWORD, signIn } from "./support/people.ts";
import { type Served, serveProgram } from "./support/served.ts";

describe.each(["dynoxide", "dynalite"] as const)("a data directory, with %s", (kind) => {
  let dataDirectory: string;
  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), "data-directory-"));
  });
  afterAll(() => rm(dataDirectory, { recursive: true, force: true }));
  const start = () => serveProgram({ dataDirectory, engine: { kind } });
  const closing = async <Result>(act: (served: Served) => Promise<Result>): Promise<Result> => {
    const served = await start();
    try {
      return await act(served);
    } finally {
      await served.close();
    }
  };

  test("keeps items, users and keys from one start to the next", async () => {
    const email = `${kind}@example.com`;
    const first = await closing(async (served) => {
      const ana = await newPerson(served, email);
      const todo = await create(served, ana.accessToken, "kept");
      return { ana, todo, rows: await rowsOf(served, ana.sub), pool: served.userPoolId, table: served.tableName };
    });
    await closing(async (served) => {
      expect([served.userPoolId, served.tableName]).toEqual([first.pool, first.table]);
      expect(await rowsOf(served, first.ana.sub)).toBe(first.rows);
      const path = `/todos/${first.todo.todoId}`;
      const withOldToken = await rawCall(served, { method: "GET", path, token: first.ana.accessToken });
      expect([withOldToken.status, JSON.parse(withOldToken.text)]).toEqual([200, first.todo]);
      const again = await signIn(served, email);
      expect((await rawCall(served, { method: "DELETE", path, token: again.accessToken })).status).toBe(204);
    });
    await closing(async (served) => expect(await rowsOf(served, first.ana.sub)).toBe(""));
  });

  test("is held by one harness at a time, and named to the second", async () => {
    await closing(async () => {
      await expect(start()).rejects.toMatchObject({
        code: "DATA_DIRECTORY",
        message: expect.stringContaining(`${dataDirectory} is in use by process ${process.pid}`),
      });
    });
    await closing(async (served) => expect(served.tableName).not.toBe(""));
  });

  test("is taken over when its holder was killed", async () => {
    // No process has an id above the kernel's own limit.
    await writeFile(join(dataDirectory, "harness.pid"), "99999999");
    await closing(async (served) => expect(served.tableName).not.toBe(""));
    expect(await readdir(dataDirectory)).not.toContain("harness.pid");
  });

  test("is for its owner's eyes alone where secrets are, and holds no password", async () => {
    await closing((served) => newPerson(served, `private-${kind}@example.com`));
    const secrets = await stat(join(dataDirectory, "cognito.json"));
    expect(secrets.mode & 0o077).toBe(0);
    expect(await readFile(join(dataDirectory, "cognito.json"), "utf8")).not.toContain(PASSWORD);
  });
});

test("without one nothing is kept", async () => {
  const first = await serveProgram();
  const ana = await newPerson(first, "ana@example.com");
  await create(first, ana.accessToken, "gone");
  await first.close();
  const second = await serveProgram();
  try {
    expect(await second.rawItems(second.tableName)).toEqual([]);
    await expect(signIn(second, "ana@example.com")).rejects.toMatchObject({ name: "NotAuthorizedException" });
    expect(await rawCall(second, { method: "GET", path: "/todos", token: ana.accessToken })).toMatchObject({
      status: 401,
    });
  } finally {
    await second.close();
  }
});

test("two harnesses in one process share nothing", async () => {
  const [first, second] = await Promise.all([serveProgram(), serveProgram()]);
  try {
    const ana = await newPerson(first, "ana@example.com");
    await create(first, ana.accessToken, "first's");
    expect(await second.rawItems(second.tableName)).toEqual([]);
    expect(second.outbox()).toEqual([]);
    expect(second.journal.entries()).toEqual([]);
    expect(second.invocations()).toEqual([]);
    expect(await rawCall(second, { method: "GET", path: "/todos", token: ana.accessToken })).toMatchObject({
      status: 401,
    });
  } finally {
    await Promise.all([first.close(), second.close()]);
  }
});
