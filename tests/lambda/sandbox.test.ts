import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { LambdaOptions } from "../../harness/lambda/runner.ts";
import { ISOLATIONS, logged, run as runOn, type Source, task, WAIT_FOR_FILE } from "./functions.ts";

describe.each(ISOLATIONS)("a sandbox that is a %s", (isolation) => {
  const run = (sources: Readonly<Record<string, Source>>, options: Partial<LambdaOptions> = {}) =>
    runOn(sources, { isolation, ...options });

  test("keeps its module state while warm, and its own log stream", async () => {
    const { value, lambda } = await run({ f: "let n = 0; exports.handler = (e, c) => [++n, c.logStreamName];" });
    const [[first, stream], second] = [Object(await value("f")), await value("f")];
    expect(first).toBe(1);
    expect(second).toEqual([2, stream]);
    expect(lambda.stats()).toMatchObject([{ invocations: 2, coldStarts: 1, sandboxes: 1, busy: 0 }]);
  });

  test.each([
    ["an exit", "process.exit(1)"],
    ["an unhandled rejection", "void Promise.reject(1)"],
    ["an uncaught exception", "(setImmediate(() => { throw 1; }), new Promise(() => setTimeout(() => {}, 9999)))"],
  ])("is replaced after %s", async (_name, death) => {
    const { invoke, value } = await run({ f: `let n = 0; exports.handler = async (e) => (e.die ? ${death} : ++n);` });
    expect(await value("f")).toBe(1);
    expect(await invoke("f", { die: true })).toMatchObject({ kind: "failed" });
    expect(await value("f")).toBe(1);
  });

  test("survives an error that its handler threw", async () => {
    const { invoke, value } = await run({
      f: "let n = 0; exports.handler = async (e) => { n++; if (e.fail) throw n; return n; };",
    });
    await invoke("f", { fail: true });
    expect(await value("f")).toBe(2);
  });

  test.each([
    ["an infinite loop", "for (;;);"],
    ["a wait", "await new Promise((resolve) => setTimeout(resolve, 60_000));"],
  ])("is killed at the function's timeout in %s, and replaced", async (_name, forever) => {
    const source = `let n = 0; exports.handler = async (e) => { if (e.hang) { console.log('before'); ${forever} } return ++n; };`;
    const { invoke, value, lines, revoked } = await run({ f: { files: { "index.js": source }, timeout: 1 } });
    expect(await value("f")).toBe(1);
    const result = await invoke("f", { hang: true });
    const message = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [0-9a-f-]{36} Task timed out after 1\.00 seconds$/;
    expect(result).toMatchObject({ kind: "timed-out", errorMessage: expect.stringMatching(message) });
    expect(revoked).toEqual(["ASIAf0"]);
    const text = lines.map(({ line }) => line);
    expect(text).toEqual(
      expect.arrayContaining([expect.stringMatching(/\tINFO\tbefore$/), expect.stringMatching(message)]),
    );
    expect(text.at(-1)).toMatch(/Status: timeout$/);
    expect(await value("f")).toBe(1);
  });

  test("runs init once more inside the invocation when it failed, and is warm when it then succeeds", async () => {
    const source = `
      if (process.env.AWS_ACCESS_KEY_ID === 'ASIAf0') throw new Error('first time');
      exports.handler = () => 'second time';`;
    const { value, lambda, lines } = await run({ f: source });
    expect(await value("f")).toBe("second time");
    expect(lambda.stats()).toMatchObject([{ invocations: 1, sandboxes: 1 }]);
    expect(lines.some(({ line }) => line.includes("Init Error") && line.includes("first time"))).toBe(true);
  });

  test("whose init takes too long starts over inside the invocation's own timeout", async () => {
    const files = { "index.mjs": "await new Promise((r) => setTimeout(r, 60_000)); export const handler = () => 1;" };
    const { invoke, lambda } = await run({ f: { files, timeout: 1 } }, { initTimeoutMilliseconds: 50 });
    expect(await invoke("f")).toMatchObject({ kind: "timed-out" });
    expect(lambda.stats()).toMatchObject([{ invocations: 0 }]);
  });

  test("whose init takes too long runs it again inside the invocation, and is warm when it then ends", async () => {
    const source = `
      import fs from "node:fs";
      while (!fs.existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 2));
      export const handler = () => "after all";`;
    const { value, lambda, sessions, root } = await run(
      { f: { files: { "index.mjs": source }, timeout: 60 } },
      { initTimeoutMilliseconds: 50 },
    );
    const pending = value("f");
    while (sessions.size < 2) await new Promise((resolve) => setImmediate(resolve));
    await writeFile(join(await task(root, "f"), "go"), "");
    expect(await pending).toBe("after all");
    expect(lambda.stats()).toMatchObject([{ invocations: 1, sandboxes: 1, busy: 0 }]);
  });

  test("with a top-level await that never settles exits with status 13", async () => {
    const { invoke } = await run({
      f: { files: { "index.mjs": "await new Promise(() => {}); export const handler = 1;" } },
    });
    expect(await invoke("f")).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(/exit status 13$/),
    });
  });

  test("shares nothing with another function's", async () => {
    const source =
      "globalThis.n = (globalThis.n ?? 0) + 1; process.env.MARK ??= process.env.AWS_LAMBDA_FUNCTION_NAME; exports.handler = () => [globalThis.n, process.env.MARK];";
    const { value, sessions } = await run({ f: source, g: source });
    expect(await value("f")).toEqual([1, "f"]);
    expect(await value("g")).toEqual([1, "g"]);
    expect([...sessions.keys()]).toEqual(["ASIAf0", "ASIAg1"]);
  });

  test("does not see what the project changes while it runs", async () => {
    const { value, root } = await run({
      f: "exports.handler = () => require('fs').readFileSync(__filename, 'utf8').length;",
    });
    await writeFile(join(root, "index.js"), "changed");
    expect(await value("f")).toBeGreaterThan(10);
  });

  test("tells its role session which request it works on", async () => {
    const source = `${WAIT_FOR_FILE} exports.handler = () => { console.log('running'); return appears('go'); };`;
    const running = await run({ f: source });
    const { invoke, sessions, lambda, root } = running;
    await lambda.prewarm();
    const current = sessions.get("ASIAf0");
    expect(current?.()).toBeUndefined();
    const pending = invoke("f", {}, "request-1=");
    await logged(running, "running");
    expect(current?.()).toBe("request-1=");
    await writeFile(join(await task(root, "f"), "go"), "");
    await pending;
    expect(current?.()).toBeUndefined();
  });

  test("has a /tmp of its own, which ends with it", async () => {
    const source = `
      const fs = require("fs"); const { tmpdir } = require("os"); const { pathToFileURL } = require("url");
      exports.handler = async ({ stay }) => {
        const before = fs.readdirSync("/tmp");
        fs.writeFileSync("/tmp/note", "mine");
        const made = fs.mkdtempSync(tmpdir() + "/");
        fs.writeFileSync(made + "/deep", "d");
        await fs.promises.writeFile(pathToFileURL("/tmp/url"), "u");
        const found = [fs.readFileSync("/tmp/note", "utf8"), fs.readFileSync(made + "/deep", "utf8"), fs.existsSync("/tmp/url")];
        if (!stay) process.exit(1);
        return { before, found };
      };`;
    const { invoke, value, root } = await run({ f: source });
    expect(await value("f", { stay: true })).toEqual({ before: [], found: ["mine", "d", true] });
    expect(existsSync("/tmp/note")).toBe(false);
    expect(Object(await value("f", { stay: true })).before).toHaveLength(3);
    expect(await invoke("f")).toMatchObject({ kind: "failed" });
    const folder = dirname(await task(root, "f"));
    await vi.waitFor(async () => expect((await readdir(folder)).filter((name) => name !== "task")).toEqual([]));
    expect(Object(await value("f", { stay: true })).before).toEqual([]);
  });
});
