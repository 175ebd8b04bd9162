import { describe, expect, test } from "vitest";
import { endLines, startLines, timeoutMessage } from "../../harness/lambda/logs.ts";
import { run, type Source } from "./functions.ts";

const ID = "527cb862-4f5e-49a9-9ae4-a7edc90f0fda";
const AT = Date.UTC(2026, 5, 23, 14, 8, 22, 417);

const text = { logFormat: "Text", systemLogLevel: undefined, requestId: ID, atMilliseconds: AT } as const;
const json = { logFormat: "JSON", systemLogLevel: "INFO", requestId: ID, atMilliseconds: AT } as const;
const report = {
  durationMilliseconds: 12.344,
  initDurationMilliseconds: undefined,
  memorySizeMegabytes: 128,
  maximumMemoryUsedMegabytes: 31,
  status: "success",
  errorType: undefined,
} as const;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
describe("Lambda's own lines", () => {
  test("start and end an invocation as text", () => {
    expect(startLines(text)).toEqual([`START RequestId: ${ID} Version: $LATEST`]);
    expect(endLines(text, report, undefined)).toEqual([
      `END RequestId: ${ID}`,
      `REPORT RequestId: ${ID}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\t`,
    ]);
  });

  test.each([
    [
      { initDurationMilliseconds: 80 },
      "Billed Duration: 93 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\tInit Duration: 80.00 ms\t",
    ],
    [{ status: "timeout" }, "\tStatus: timeout"],
    [{ status: "error", errorType: "Runtime.ExitError" }, "\tStatus: error\tError Type: Runtime.ExitError"],
  ] as const)("report %j", (more, end) => {
    expect(
      endLines(text, { ...report, ...more }, undefined)
        .at(-1)
        ?.endsWith(end),
    ).toBe(true);
  });

  test("name the cause before the end", () => {
    const cause = timeoutMessage(ID, AT, 3);
    expect(cause).toBe(`2026-06-23T14:08:22.417Z ${ID} Task timed out after 3.00 seconds`);
    expect(endLines(text, { ...report, status: "timeout" }, cause)[0]).toBe(cause);
  });

  test("are events in JSON", () => {
    expect(startLines(json).map((line) => JSON.parse(line))).toEqual([
      { time: "2026-06-23T14:08:22.417Z", type: "platform.start", record: { requestId: ID, version: "$LATEST" } },
    ]);
    const metrics = { durationMs: 12.344, billedDurationMs: 13, memorySizeMB: 128, maxMemoryUsedMB: 31 };
    expect(endLines(json, report, "not a line in JSON").map((line) => JSON.parse(line))).toEqual([
      {
        time: "2026-06-23T14:08:22.417Z",
        type: "platform.report",
        record: { requestId: ID, status: "success", metrics },
      },
    ]);
  });

  test.each([
    ["DEBUG", 1, 1, 1],
    ["INFO", 1, 1, 1],
    ["WARN", 0, 0, 1],
  ] as const)("at system level %s", (systemLogLevel, starts, successes, failures) => {
    const log = { ...json, systemLogLevel };
    expect(startLines(log)).toHaveLength(starts);
    expect(endLines(log, report, undefined)).toHaveLength(successes);
    expect(endLines(log, { ...report, status: "timeout" }, undefined)).toHaveLength(failures);
  });
});

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const UUID = "[0-9a-f-]{36}";

async function linesOf(source: Source, requests = 1): Promise<readonly string[]> {
  const { invoke, lines } = await run({ f: source });
  for (let request = 0; request < requests; request++) await invoke("f");
  return lines.map(({ line }) => line);
}

describe("a handler's lines as text", () => {
  test("carry time, request id and level, between Lambda's own", async () => {
    const source = `console.log("init"); exports.handler = async () => { console.log("a %s", "b", { c: [1] }); console.error("two\\nlines"); process.stdout.write("raw\\n"); console.warn(); };`;
    const lines = await linesOf(source);
    const patterns = [
      `^${TIME}\t-\tINFO\tinit$`,
      `^START RequestId: ${UUID} Version: \\$LATEST$`,
      `^${TIME}\t${UUID}\tINFO\ta b { c: \\[ 1 \\] }$`,
      `^${TIME}\t${UUID}\tERROR\ttwo\nlines$`,
      "^raw$",
      `^${TIME}\t${UUID}\tWARN\t$`,
      `^END RequestId: ${UUID}$`,
      `^REPORT RequestId: ${UUID}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: [1-9]\\d* MB\tInit Duration: [\\d.]+ ms\t$`,
    ];
    expect(lines).toEqual(patterns.map((pattern) => expect.stringMatching(new RegExp(pattern))));
  });

  test.each([
    ["console.trace(1)", "TRACE"],
    ["console.debug(1)", "DEBUG"],
    ["console.info(1)", "INFO"],
    ["console.log(1)", "INFO"],
    ["console.warn(1)", "WARN"],
    ["console.error(1)", "ERROR"],
    ["console.fatal(1)", "FATAL"],
  ])("%s is %s", async (call, level) => {
    const lines = await linesOf(`exports.handler = () => { ${call}; };`);
    expect(lines[1]).toMatch(new RegExp(`^${TIME}\t${UUID}\t${level}\t1$`));
  });

  test("show an error with all that it holds", async () => {
    const lines = await linesOf(
      "exports.handler = async () => { throw Object.assign(new TypeError('bad'), { code: 'E', more: 1 }); };",
    );
    const [head, error] = (lines[1] ?? "").split("Invoke Error \t");
    expect(head).toMatch(new RegExp(`^${TIME}\t${UUID}\tERROR\t$`));
    expect(JSON.parse(error ?? "")).toEqual({
      errorType: "TypeError",
      errorMessage: "bad",
      code: "E",
      more: 1,
      stack: expect.arrayContaining(["TypeError: bad"]),
    });
  });

  test("keep what a dying handler said, and why it died", async () => {
    const lines = await linesOf("exports.handler = async () => { console.log('last words'); process.exit(3); };");
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/\tINFO\tlast words$/),
      expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 3\nRuntime.ExitError$/),
      expect.stringMatching(/^END RequestId/),
      expect.stringMatching(/Status: error\tError Type: Runtime.ExitError$/),
    ]);
  });

  test("are not lost, however many a dying handler wrote", async () => {
    const lines = await linesOf(
      "exports.handler = () => { for (let i = 0; i < 5000; i++) console.log(i); process.exit(3); };",
    );
    expect(lines.filter((line) => line.includes("\tINFO\t"))).toHaveLength(5000);
    expect(lines.at(-2)).toMatch(/^END/);
  });

  test("warn of callbacks on Node.js 22, unless told not to", async () => {
    const files = { "index.js": "exports.handler = (event, context, callback) => callback();" };
    const warned = await linesOf({ files, runtime: "nodejs22.x" });
    expect(warned[0]).toMatch(/\tundefined\tWARN\tAWS Lambda plans to remove support for callback-based/);
    const variables = { AWS_LAMBDA_NODEJS_DISABLE_CALLBACK_WARNING: "true" };
    const silent = await linesOf({ files, runtime: "nodejs22.x", environment: { variables } });
    expect(silent[0]).toMatch(/^START/);
  });
});

describe("a handler's lines in JSON", () => {
  const loggingConfig = { logFormat: "JSON", systemLogLevel: "WARN" };

  test.each<[string, Readonly<Record<string, unknown>>]>([
    [`console.log("text")`, { level: "INFO", message: "text" }],
    [`console.log({ a: 1 })`, { level: "INFO", message: { a: 1 } }],
    [`console.warn("a %s", "b")`, { level: "WARN", message: "a b" }],
    [`console.log(1n)`, { level: "INFO", message: "1n" }],
    [`console.log(undefined)`, { level: "INFO" }],
    [`const a = {}; a.a = a; console.log(a)`, { level: "INFO", message: "<ref *1> { a: [Circular *1] }" }],
    [
      `console.error(new RangeError("r"))`,
      {
        level: "ERROR",
        message: { errorType: "RangeError", errorMessage: "r", stackTrace: expect.arrayContaining(["RangeError: r"]) },
      },
    ],
    [
      `console.error("failed:", new RangeError("r"))`,
      {
        level: "ERROR",
        message: expect.stringMatching(/^failed: RangeError: r/),
        errorType: "RangeError",
        errorMessage: "r",
        stackTrace: expect.any(Array),
      },
    ],
  ])("%s", async (call, expected) => {
    const files = { "index.js": `exports.handler = () => { ${call}; };` };
    const [line] = await linesOf({ files, loggingConfig });
    const timestamp = expect.stringMatching(new RegExp(`^${TIME}$`));
    const requestId = expect.stringMatching(new RegExp(`^${UUID}$`));
    expect(JSON.parse(line ?? "")).toEqual({ timestamp, requestId, ...expected });
  });

  test.each([
    ["TRACE", ["TRACE", "DEBUG", "INFO", "INFO", "WARN", "ERROR", "FATAL"]],
    ["DEBUG", ["DEBUG", "INFO", "INFO", "WARN", "ERROR", "FATAL"]],
    [undefined, ["INFO", "INFO", "WARN", "ERROR", "FATAL"]],
    ["WARN", ["WARN", "ERROR", "FATAL"]],
    ["FATAL", ["FATAL"]],
  ])("at application level %s", async (applicationLogLevel, expected) => {
    const calls = ["trace", "debug", "info", "log", "warn", "error", "fatal"].map((name) => `console.${name}(1);`);
    const files = { "index.js": `exports.handler = () => { ${calls.join(" ")} };` };
    const lines = await linesOf({ files, loggingConfig: { ...loggingConfig, applicationLogLevel } });
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
  });

  test("go to the group that the function chose, under the request's id", async () => {
    const files = { "index.js": "exports.handler = (e, c) => { console.log(c.logStreamName); };" };
    const { invoke, lines } = await run({ f: { files, loggingConfig: { ...loggingConfig, logGroup: "shared" } } });
    await invoke("f");
    const [logged] = lines;
    expect(logged).toMatchObject({ functionName: "f", logGroup: "shared" });
    const { requestId, message } = JSON.parse(logged?.line ?? "");
    expect(logged?.requestId).toBe(requestId);
    expect(message).toMatch(/^\d{4}\/\d\d\/\d\d\/f\[\$LATEST\]\[[0-9a-f]{32}\]$/);
  });
});
