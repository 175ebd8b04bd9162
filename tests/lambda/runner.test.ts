import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ISOLATIONS, logged, type Running, run, task, WAIT_FOR_FILE } from "./functions.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("concurrency", () => {
  const waiting = `${WAIT_FOR_FILE} let n = 0; exports.handler = async (e) => { n++; if (e.id) console.log('running-' + e.id); if (e.id) await appears('go'); return n; };`;

  async function go(root: string): Promise<void> {
    await writeFile(join(await task(root, "f"), "go"), "");
  }

  async function bothRunning(running: Running, ids: readonly string[]): Promise<void> {
    for (const id of ids) await logged(running, `running-${id}`);
  }

  test("gives events that come together sandboxes of their own", async () => {
    const running = await run({ f: waiting });
    const { value, lambda, root } = running;
    const both = [value("f", { id: "a" }), value("f", { id: "b" })];
    await bothRunning(running, ["a", "b"]);
    expect(lambda.stats()).toMatchObject([{ sandboxes: 2, busy: 2 }]);
    await go(root);
    expect(await Promise.all(both)).toEqual([1, 1]);
    expect(lambda.stats()).toMatchObject([{ coldStarts: 2, busy: 0, waiting: 0 }]);
  });

  test("starts more than there are cores when events wait in vain", async () => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const running = await run({ f: waiting });
    const { value, lambda, root } = running;
    const all = ids.map((id) => value("f", { id }));
    await bothRunning(running, ids);
    await go(root);
    expect(await Promise.all(all)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(lambda.stats()).toMatchObject([{ sandboxes: 6 }]);
  });

  test("lets events wait when the bound is reached", async () => {
    const running = await run({ f: waiting }, { maximumSandboxesPerFunction: 1 });
    const { value, lambda, root } = running;
    const both = [value("f", { id: "a" }), value("f", { id: "b" })];
    await bothRunning(running, ["a"]);
    expect(lambda.stats()).toMatchObject([{ sandboxes: 1, busy: 1, waiting: 1 }]);
    await go(root);
    expect(await Promise.all(both)).toEqual([1, 2]);
  });

  test("throttles above the reserved concurrency", async () => {
    const running = await run({ f: { files: { "index.js": waiting }, reservedConcurrentExecutions: 1 } });
    const { value, invoke, root, lambda } = running;
    const first = value("f", { id: "a" });
    expect(await invoke("f")).toMatchObject({ kind: "throttled" });
    await bothRunning(running, ["a"]);
    await go(root);
    expect(await first).toBe(1);
    expect(await value("f")).toBe(2);
    expect(lambda.stats()).toMatchObject([{ invocations: 2 }]);
  });

  test("throttles everything at a reservation of zero", async () => {
    const { invoke, lambda } = await run({ f: { files: { "index.js": waiting }, reservedConcurrentExecutions: 0 } });
    await lambda.prewarm();
    expect(await invoke("f")).toMatchObject({ kind: "throttled" });
    expect(lambda.stats()).toMatchObject([{ invocations: 0, sandboxes: 0 }]);
  });

  test("ends an idle sandbox of another function when there is no more room", async () => {
    const one = "exports.handler = () => 1;";
    const { value, lambda } = await run({ f: one, g: one, h: one }, { maximumSandboxes: 2 });
    for (const name of ["f", "g", "h"]) expect(await value(name)).toBe(1);
    expect(lambda.stats().map(({ sandboxes }) => sandboxes)).toEqual([0, 1, 1]);
  });
});

describe("the service", () => {
  test("starts a sandbox ahead of any event, and runs no handler for it", async () => {
    const { lambda, value, lines } = await run({ f: "exports.handler = () => 1;", g: "exports.handler = () => 2;" });
    await lambda.prewarm();
    expect(lambda.stats()).toMatchObject([
      { sandboxes: 1, invocations: 0 },
      { sandboxes: 1, invocations: 0 },
    ]);
    expect(lambda.invocations()).toEqual([]);
    expect(lines).toEqual([]);
    await value("f", {}, "request-1=");
    expect(lambda.invocations()).toEqual([
      { requestId: "request-1=", awsRequestId: expect.stringMatching(UUID), functionName: "f", coldStart: false },
    ]);
    expect(lines.at(-1)?.line).not.toContain("Init Duration");
  });

  test("refuses a function that it does not have, and an event over 6 MiB, without a run", async () => {
    const { lambda, invoke } = await run({ f: "exports.handler = () => 1;" });
    expect(await invoke("other")).toMatchObject({ kind: "failed", errorType: "ResourceNotFoundException" });
    expect(await invoke("f", "x".repeat(6_291_455))).toMatchObject({
      kind: "failed",
      errorType: "RequestTooLargeException",
      errorMessage: "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
    });
    expect(await invoke("f", "x".repeat(6_291_454))).toMatchObject({ kind: "returned" });
    expect(lambda.stats()).toMatchObject([{ invocations: 1 }]);
  });

  test.each(ISOLATIONS)("leaves no %s, session or package behind when closed, even in a loop", async (isolation) => {
    const source = "exports.handler = async (e) => { if (e.loop) { console.log('running'); for (;;); } };";
    const files = { "index.js": source };
    const running = await run({ f: { files, timeout: 60 }, g: source }, { isolation });
    const { lambda, invoke, revoked, root, sessions } = running;
    await lambda.prewarm();
    const pending = invoke("f", { loop: true });
    await logged(running, "running");
    await lambda.close(0);
    expect(await pending).toMatchObject({ kind: "failed" });
    expect(revoked.toSorted()).toEqual([...sessions.keys()].toSorted());
    expect(lambda.stats().every(({ sandboxes }) => sandboxes === 0)).toBe(true);
    expect(await readdir(root)).toEqual([]);
    expect(await invoke("g")).toMatchObject({ kind: "failed", errorType: "ServiceException" });
  });

  test("lets a running event end before it closes", async () => {
    const { lambda, value } = await run({
      f: "exports.handler = () => new Promise((r) => setTimeout(r, 20, 'done'));",
    });
    await lambda.prewarm();
    const pending = value("f");
    await lambda.close(10_000);
    expect(await pending).toBe("done");
  });
});
