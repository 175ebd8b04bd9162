import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ISOLATIONS, run } from "./functions.ts";

const REQUEST_ID = "[0-9a-f-]{36}";
const KILLED = {
  kind: "failed",
  errorType: "Runtime.ExitError",
  errorMessage: expect.stringMatching(
    new RegExp(`^RequestId: ${REQUEST_ID} Error: Runtime exited with error: signal: killed$`),
  ),
};

/** A function that does what it is told, and one beside it that shows that the harness serves on. */
const OBEDIENT = `
  const { createRequire } = require("module");
  const { setTimeout: sleep } = require("timers/promises");
  let calls = 0;
  exports.handler = async ({ code }) => {
    calls += 1;
    if (code === undefined) return calls;
    return new Function("require", "sleep", "return (async () => { " + code + " })()")(require, sleep);
  };`;

async function obedient(isolation: (typeof ISOLATIONS)[number], inputs: Readonly<Record<string, unknown>> = {}) {
  const running = await run(
    { f: { files: { "index.js": OBEDIENT }, timeout: 20, ...inputs }, neighbour: OBEDIENT },
    { isolation },
  );
  const serveOn = async () => {
    expect(await running.value("neighbour")).toBe(1);
    expect(await running.value("f")).toBeGreaterThan(0);
  };
  return { ...running, serveOn };
}

describe.each(ISOLATIONS)("a handler in a %s that speaks on the runtime's channel", (isolation) => {
  const send = (expression: string) =>
    isolation === "thread"
      ? `const { MessagePort } = require("worker_threads"); const { postMessage } = MessagePort.prototype;
         MessagePort.prototype.postMessage = function () { postMessage.call(this, ${expression}); }; return 1;`
      : `const text = JSON.stringify(${expression}); const head = Buffer.alloc(4); head.writeUInt32BE(Buffer.byteLength(text));
         require("fs").writeSync(4, Buffer.concat([head, Buffer.from(text)])); await sleep(10_000);`;

  test.each([
    ["null", "null"],
    ["a number", "7"],
    ["a list", "[]"],
    ["no kind", "{}"],
    ["an unknown kind", '{ kind: "constructor" }'],
    ["a number as payload", '{ kind: "returned", payload: 7, memoryBytes: 1 }'],
    ["no payload", '{ kind: "returned", memoryBytes: 1 }'],
    ["a payload over the limit", '{ kind: "returned", payload: "x".repeat(6_291_557), memoryBytes: 1 }'],
    ["no memory", '{ kind: "returned", payload: "1", memoryBytes: "much" }'],
    ["ready again", '{ kind: "ready" }'],
    ["a line that is no text", '{ kind: "log", line: { toString: 1 } }'],
    ["an error without a type", '{ kind: "failed", phase: "invoke", fatal: false, errorMessage: "", memoryBytes: 0 }'],
  ])("and sends %s is ended, and the harness serves on", async (_name, message) => {
    const { invoke, serveOn, lines } = await obedient(isolation);
    expect(await invoke("f", { code: send(message) })).toMatchObject(KILLED);
    expect(lines.some(({ line }) => line.includes("wrote to Lambda's own channel"))).toBe(true);
    await serveOn();
  });

  test("answers nobody before it is asked", async () => {
    const early =
      isolation === "thread"
        ? `const [port] = process._getActiveHandles().filter((handle) => handle.constructor.name === "MessagePort");
           const { MessagePort } = require("worker_threads"); const { postMessage } = MessagePort.prototype;
           MessagePort.prototype.postMessage = function (m) { postMessage.call(this, m); postMessage.call(this, m); }; return 1;`
        : `const text = JSON.stringify({ kind: "returned", payload: "1", memoryBytes: 1 }); const head = Buffer.alloc(4);
           head.writeUInt32BE(text.length); const frame = Buffer.concat([head, Buffer.from(text)]);
           require("fs").writeSync(4, Buffer.concat([frame, frame])); await sleep(10_000);`;
    const { invoke, value, serveOn } = await obedient(isolation);
    await invoke("f", { code: early });
    expect(await value("f")).toBe(1);
    await serveOn();
  });

  test("and throws nothing at all past every listener is an exit", async () => {
    const { invoke, serveOn } = await obedient(isolation);
    const code = "process.removeAllListeners(); setImmediate(() => { throw null; }); await sleep(10_000);";
    expect(await invoke("f", { code })).toMatchObject({ kind: "failed", errorType: "Runtime.ExitError" });
    await serveOn();
  });

  test("and closes it is ended", async () => {
    const code =
      isolation === "thread"
        ? `const { MessagePort } = require("worker_threads"); MessagePort.prototype.postMessage = function () { this.close(); }; return 1;`
        : `require("fs").closeSync(4); await sleep(10_000);`;
    const { invoke, serveOn } = await obedient(isolation);
    expect(await invoke("f", { code })).toMatchObject({ kind: "failed", errorType: "Runtime.ExitError" });
    await serveOn();
  });
});

describe("a handler in a process that wants out", () => {
  const victim = async () => {
    const folder = await mkdtemp(join(tmpdir(), "developer-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "secret.txt"), "of the developer");
    return folder;
  };

  const refused: readonly (readonly [string, string])[] = [
    ["the inspector of the main thread", `new (require("inspector").Session)().connectToMainThread()`],
    ["its own inspector", `new (require("inspector").Session)().connect()`],
    ["an open inspector", `require("inspector").open(0)`],
    ["the host's environment", `require("fs").readFileSync("/proc/self/environ")`],
    ["the parent's environment", `require("fs").readFileSync("/proc/" + process.ppid + "/environ")`],
    ["the harness's memory", `require("fs").openSync("/proc/" + process.ppid + "/mem")`],
    ["which ports listen", `require("fs").readFileSync("/proc/net/tcp")`],
    ["the end of the harness", `process.kill(process.ppid, "SIGKILL")`],
    ["the end of its group", `process.kill(0, "SIGTERM")`],
    ["a signal in a box", `process.kill({ valueOf: () => process.ppid, [Symbol.toPrimitive]: () => process.ppid }, 0)`],
    ["the harness's debugger", `process._debugProcess(process.ppid)`],
    ["Node's own kill", `process._kill(process.ppid, 9)`],
    ["the harness's priority", `require("os").setPriority(process.ppid, 19)`],
    ["V8's flags, which write files", `require("v8").setFlagsFromString("--trace-turbo")`],
    ["a command", `require("child_process").execSync("pwd")`],
    ["a process in its place", `process.execve("/bin/true", ["true"])`],
    ["a thread", `new (require("worker_threads").Worker)("1", { eval: true })`],
    ["an addon", `process.dlopen({ exports: {} }, "/lib/x86_64-linux-gnu/libm.so.6")`],
    ["WASI", `new (require("wasi").WASI)({ version: "preview1" })`],
    ["Node's bindings", `process.binding("fs")`],
    ["a data base", `new (require("node:sqlite").DatabaseSync)(VICTIM + "/x.db")`],
    ["a data base by another door", `new (process.getBuiltinModule("node:sqlite").DatabaseSync)(VICTIM + "/x.db")`],
    ["the developer's file", `require("fs").readFileSync(VICTIM + "/secret.txt")`],
    ["the developer's folder", `require("fs").readdirSync(VICTIM)`],
    ["a link to the developer's file", `require("fs").symlinkSync(VICTIM + "/secret.txt", "/tmp/link")`],
    ["a hard link to it", `require("fs").linkSync(VICTIM + "/secret.txt", "/tmp/link")`],
    ["the way up from /tmp", `require("fs").readFileSync("/tmp/../../../../../../../../etc/passwd")`],
    ["a file in the developer's folder", `require("fs").writeFileSync(VICTIM + "/new.txt", "")`],
    ["its own code", `require("fs").appendFileSync(__filename, "")`],
    ["another function's code", `require("fs").writeFileSync("../../neighbour/task/index.js", "")`],
    ["another function's code to read", `require("fs").readFileSync("../../neighbour/task/index.js")`],
    ["the compile cache of all", `require("fs").writeFileSync(CACHE + "/x", "")`],
    ["the runtime's code", `require("fs").appendFileSync(RUNTIME + "/handler.ts", "")`],
    ["a report", `process.report.writeReport(VICTIM + "/report.json")`],
    ["a heap snapshot", `require("v8").writeHeapSnapshot(VICTIM + "/heap")`],
    ["a module of the harness's", `require(RUNTIME + "/../../harness.ts")`],
  ];

  test("gets nothing: each is refused, and the harness serves on", async () => {
    const folder = await victim();
    const running = await obedient("process");
    const RUNTIME = join(import.meta.dirname, "../../harness/lambda/runtime");
    const CACHE = join(tmpdir(), "lambda-test-compile-cache");
    const constants = Object.entries({ VICTIM: folder, CACHE, RUNTIME, __filename: "/" }).map(
      ([name, text]) =>
        `const ${name} = ${name === "__filename" ? "process.env.LAMBDA_TASK_ROOT + '/index.js'" : JSON.stringify(text)};`,
    );
    for (const [name, code] of refused) {
      const asked = await running.invoke("f", { code: `${constants.join(" ")} ${code}; return "done";` });
      expect({ name, ...asked }).toMatchObject({ name, kind: "failed" });
    }
    expect(await readdir(folder)).toEqual(["secret.txt"]);
    expect(existsSync(join(CACHE, "x"))).toBe(false);
    await running.serveOn();
  });

  test("finds nothing of the host's environment in a report", async () => {
    vi.stubEnv("A_SECRET_OF_THE_HOST", "of the developer");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { value } = await obedient("process");
    const report = Object(await value("f", { code: "return process.report.getReport();" }));
    expect(JSON.stringify(report)).not.toContain("of the developer");
    expect(report.environmentVariables.AWS_LAMBDA_FUNCTION_NAME).toBe("f");
  });

  test("ends itself alone", async () => {
    const { invoke, serveOn } = await obedient("process");
    expect(await invoke("f", { code: "process.kill(process.pid); await sleep(10_000);" })).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(/signal: terminated$/),
    });
    await serveOn();
  });

  const memory = [
    [
      "buffers",
      "const all = []; for (let i = 0; i < 60; i++) { all.push(Buffer.alloc(10e6, 1)); await sleep(1); } return all.length;",
    ],
    ["buffers at one go", "return Buffer.alloc(600e6, 1).length;"],
    ["buffers in a loop that never waits", "const all = []; for (;;) all.push(Buffer.alloc(10e6, 1));"],
    ["objects", "const all = []; for (;;) all.push({ all });"],
  ] as const;
  test.runIf(process.platform === "linux").each(memory)("is killed for too much memory, in %s", async (_name, code) => {
    const { invoke, serveOn } = await obedient("process", { memorySize: 256 });
    expect(await invoke("f", { code })).toMatchObject(KILLED);
    await serveOn();
  });

  test("is gone with the harness, though it listens to no signal", async () => {
    const { value, lambda } = await obedient("process");
    const pid = Number(await value("f", { code: "return process.pid;" }));
    expect(process.kill(pid, 0)).toBe(true);
    await lambda.close(0);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"));
  });
});
