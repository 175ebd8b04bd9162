import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../harness/clock.ts";
import type { HttpResponse } from "../harness/http.ts";
import { type Listener, listen } from "../harness/http-server.ts";
import { credentialStore } from "../harness/iam/credentials.ts";
import { memoryJournal } from "../harness/journal.ts";
import { type Model, readModel } from "../harness/model.ts";
import { evaluateProgram } from "../harness/pulumi/evaluate.ts";
import { startVersions, type Versions } from "../harness/versions.ts";
import { ROOT } from "./end-to-end/support/scratch-program.ts";

/** Answers with its name; with a `door` in the query it asks that URL first. */
function named(model: Model, name: string): Model {
  const text = `exports.handler = async (event) => {
    const door = (event.queryStringParameters ?? {}).door;
    if (door !== undefined) await fetch(door);
    return ${JSON.stringify(name)};
  };`;
  const code = { kind: "archive", entries: { "__index.js": { kind: "text", text } } } as const;
  return { ...model, functions: model.functions.map((lambdaFunction) => ({ ...lambdaFunction, code })) };
}

describe("one version of the program after the other", () => {
  let model: Model;
  let folder: string;
  let versions: Versions;
  let door: Listener;
  let knock: PromiseWithResolvers<void>;
  let opened: PromiseWithResolvers<void>;
  beforeAll(async () => {
    model = readModel(await evaluateProgram({ programDirectory: join(ROOT, "tests/fixtures/echo") }), systemClock);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "versions-"));
    knock = Promise.withResolvers();
    opened = Promise.withResolvers();
    const handler = async (): Promise<HttpResponse> => {
      knock.resolve();
      await opened.promise;
      return { status: 200, headers: [], body: "" };
    };
    door = await listen({ name: "the door", port: 0, handler, clock: systemClock, onDefect: () => {} });
    versions = await startVersions(named(model, "one"), {
      clock: systemClock,
      journal: memoryJournal(systemClock),
      credentials: credentialStore({ accountId: "123456789012", clock: systemClock, randomBytes }),
      findSigningKey: () => ({ kind: "unknown-kid" }),
      functionsRoot: folder,
      compileCache: join(folder, "compiled"),
      isolation: "thread",
      debugged: false,
      awsEndpointUrl: "http://127.0.0.1:9",
      layerFrom: ROOT,
      logSink: () => {},
      accessLog: () => {},
      onCorsProblem: () => {},
    });
  });
  afterEach(async () => {
    opened.resolve();
    await versions.close(0);
    await door.close(0);
    await rm(folder, { recursive: true, force: true });
  });

  async function get(path: string, apiId = model.apis[0]?.apiId ?? ""): Promise<string> {
    const response = await versions.handlerFor(apiId)({
      method: "GET",
      target: `/dev${path}`,
      headers: [["host", "localhost"]],
      body: Buffer.alloc(0),
      bodyTooLarge: false,
      sourceAddress: "127.0.0.1",
      receivedAtMilliseconds: Date.now(),
    });
    return `${response.status} ${response.body}`;
  }

  test("the newest answers, and all runs are remembered", async () => {
    expect(await get("/hello")).toBe("200 one");
    await versions.replace(named(model, "two"));
    expect(await get("/hello")).toBe("200 two");
    expect(versions.current().model.functions[0]?.functionName).toBe(model.functions[0]?.functionName);
    expect(versions.invocations().map(({ coldStart }) => coldStart)).toEqual([true, true]);
  });

  test("the old one finishes what it has begun", async () => {
    const slow = get(`/hello?door=${encodeURIComponent(door.url)}`);
    await knock.promise;
    await versions.replace(named(model, "two"));
    expect(await get("/hello")).toBe("200 two");
    opened.resolve();
    expect(await slow).toBe("200 one");
    expect(versions.invocations()).toHaveLength(2);
  });

  test("closing waits for no old one, and removes what was unpacked", async () => {
    const slow = get(`/hello?door=${encodeURIComponent(door.url)}`);
    await knock.promise;
    await versions.replace(named(model, "two"));
    await versions.close(0);
    expect(await slow).toMatch(/^50\d \{"message":"/);
    expect((await readdir(folder)).filter((name) => name !== "compiled")).toEqual([]);
  });

  test("one that cannot be started leaves the old one in place", async () => {
    const code = { kind: "archive", entries: { "../outside.js": { kind: "text", text: "" } } } as const;
    const broken = { ...model, functions: model.functions.map((lambdaFunction) => ({ ...lambdaFunction, code })) };
    await expect(versions.replace(broken)).rejects.toThrow();
    expect(await get("/hello")).toBe("200 one");
  });

  test("an API that is not there is not found", async () => {
    expect(await get("/hello", "constructor")).toBe('404 {"message":"Not Found"}');
  });
});
