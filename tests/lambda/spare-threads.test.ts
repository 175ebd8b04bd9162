import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { spareThreads, type ThreadKind } from "../../harness/lambda/spare-threads.ts";
import { logged, run } from "./functions.ts";

const SMALL: ThreadKind = { heapMegabytes: 128, compileCache: undefined, environment: {} };
const LARGE: ThreadKind = { ...SMALL, heapMegabytes: 512 };

describe("a thread that is kept ready", () => {
  function kept() {
    const started: ThreadKind[] = [];
    const spares = spareThreads((kind) => {
      started.push(kind);
      return new Worker("setInterval(() => {}, 1000)", { eval: true });
    });
    onTestFinished(() => spares.close());
    return { spares, started };
  }

  test("is given to one function alone, and only to one of its kind; another one follows of the kind asked for", async () => {
    const { spares, started } = kept();
    expect(spares.take(SMALL)).toBeUndefined();
    expect(started).toEqual([]);
    spares.keep(SMALL);
    expect(spares.take(LARGE)).toBeUndefined();
    const taken = spares.take(SMALL);
    expect(taken).toBeInstanceOf(Worker);
    expect(spares.take(SMALL)).toBeUndefined();
    await vi.waitFor(() => expect(started).toEqual([SMALL, SMALL]), 5_000);
    await taken?.terminate();
  });

  test("is not given away once it has died", async () => {
    const worker = new Worker("", { eval: true });
    const spares = spareThreads(() => worker);
    spares.keep(SMALL);
    await once(worker, "exit");
    expect(spares.take(SMALL)).toBeUndefined();
    await spares.close();
  });

  test("ends when the functions do", async () => {
    const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
    const spares = spareThreads(() => worker);
    spares.keep(SMALL);
    await spares.close();
    expect(worker.threadId).toBe(-1);
    expect(spares.take(SMALL)).toBeUndefined();
  });
});

describe("a function that is given a thread which was ready", () => {
  const source = `
    const { workerData, threadId, threadName, resourceLimits } = require("node:worker_threads");
    let n = 0;
    exports.handler = () => ({
      n: ++n, threadId, threadName, heap: resourceLimits.maxOldGenerationSizeMb, workerData: Object.keys(workerData), cwd: process.cwd(),
      environment: { ...process.env, AWS_LAMBDA_LOG_STREAM_NAME: undefined, AWS_ACCESS_KEY_ID: undefined },
      role: process.env.AWS_ACCESS_KEY_ID,
    });`;

  test("finds there what it finds in one that was started for it", async () => {
    const { value, lambda } = await run({ f: source });
    const started = Object(await value("f"));
    const second = await run({ f: source });
    await second.lambda.prepare();
    const given = Object(await second.value("f"));
    const placeless = ({ environment, threadId: _, threadName: __, cwd: ___, ...rest }: Record<string, object>) => ({
      ...rest,
      environment: { ...environment, LAMBDA_TASK_ROOT: "", NODE_PATH: "" },
    });
    expect(placeless(given)).toEqual(placeless(started));
    expect(given.workerData).toEqual([]);
    expect([started.threadName, given.threadName]).toEqual(["f", "spare"]);
    expect(given.cwd).toBe(given.environment.LAMBDA_TASK_ROOT);
    expect(second.lambda.stats()).toMatchObject([{ invocations: 1, coldStarts: 1, sandboxes: 1 }]);
    expect(lambda.stats()).toMatchObject([{ coldStarts: 1 }]);
  });

  test("keeps it for itself: another function has another one, with its own memory and settings", async () => {
    const other = { files: { "index.js": source }, memorySize: 512 };
    const { value, lambda } = await run({ f: source, g: other, h: source });
    await lambda.prepare();
    const [f, g, h] = [Object(await value("f")), Object(await value("g")), Object(await value("h"))];
    expect(new Set([f.threadId, g.threadId, h.threadId]).size).toBe(3);
    expect([f.n, g.n, h.n]).toEqual([1, 1, 1]);
    expect([f.heap, g.heap, h.heap]).toEqual([128, 512, 128]);
    expect([f, g, h].map(({ environment }) => environment.AWS_LAMBDA_FUNCTION_NAME)).toEqual(["f", "g", "h"]);
    expect(new Set([f.role, g.role, h.role]).size).toBe(3);
  });

  test("logs and dies as in any other", async () => {
    const dying = "exports.handler = async () => { console.log('last words'); process.exit(7); };";
    const running = await run({ f: dying });
    await running.lambda.prepare();
    expect(await running.invoke("f")).toMatchObject({
      kind: "failed",
      errorMessage: expect.stringContaining("exit status 7"),
    });
    await logged(running, "last words");
  });
});
