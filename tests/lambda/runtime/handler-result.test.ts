import { describe, expect, test } from "vitest";
import type { InvocationResult } from "../../../harness/lambda/invocation-types.ts";
import { run, type Source } from "../functions.ts";

describe("what a handler answers", () => {
  test.each<[string, Source, Partial<InvocationResult>]>([
    ["an object", "exports.handler = async () => ({ a: [1, null] });", { kind: "returned", payload: '{"a":[1,null]}' }],
    ["undefined", "exports.handler = async () => {};", { kind: "returned", payload: "null" }],
    ["a value, not a promise", "exports.handler = () => 'x';", { kind: "returned", payload: '"x"' }],
    ["a thenable", "exports.handler = () => ({ then: (f) => f(7) });", { kind: "returned", payload: "7" }],
    ["its event", "exports.handler = async (event) => event;", { kind: "returned", payload: '{"title":"é\u2028"}' }],
    [
      "an ES module",
      { files: { "index.mjs": "export const handler = async () => import.meta.url.endsWith('index.mjs');" } },
      { payload: "true" },
    ],
    [
      "an ES module by package.json",
      {
        files: {
          "index.js": "const x = await 5; export const handler = () => x;",
          "package.json": '{"type":"module"}',
        },
      },
      { payload: "5" },
    ],
    [
      "a default export's property",
      { files: { "index.mjs": "export default { handler: () => 3 };" } },
      { payload: "3" },
    ],
    ["a .cjs module", { files: { "index.cjs": "exports.handler = () => 4;" } }, { payload: "4" }],
    [
      "a nested path",
      { files: { "src/api/todo.js": "exports.v1 = { list: () => 6 };" }, handler: "src/api/todo.v1.list" },
      { payload: "6" },
    ],
    [
      "relative files",
      {
        files: {
          "index.js": "exports.handler = () => require('fs').readFileSync('data.txt', 'utf8');",
          "data.txt": "mine",
        },
      },
      { payload: '"mine"' },
    ],
    [
      "awaited relative files",
      {
        files: {
          "index.mjs":
            "import { readFile } from 'node:fs/promises'; export const handler = () => readFile('./data.txt', 'utf8');",
          "data.txt": "mine",
        },
      },
      { payload: '"mine"' },
    ],
    [
      "no file of the project",
      "exports.handler = () => require('fs').existsSync('package.json');",
      { payload: "false" },
    ],
    [
      "an error",
      "exports.handler = async () => { throw new TypeError('bad'); };",
      { kind: "failed", errorType: "TypeError", errorMessage: "bad" },
    ],
    [
      "an error at once",
      "exports.handler = () => { throw new RangeError('bad'); };",
      { kind: "failed", errorType: "RangeError", errorMessage: "bad" },
    ],
    [
      "a text as error",
      "exports.handler = async () => { throw 'bad'; };",
      { kind: "failed", errorType: "string", errorMessage: "bad" },
    ],
    [
      "an error without a message",
      "exports.handler = async () => { throw { toString() { throw 1; } }; };",
      { kind: "failed", errorType: "handled" },
    ],
    [
      "a circular value",
      "exports.handler = async () => { const a = {}; a.a = a; return a; };",
      { kind: "failed", errorType: "Runtime.JSONStringifyError", errorMessage: "Unable to stringify response body" },
    ],
    ["a bigint", "exports.handler = async () => 1n;", { kind: "failed", errorType: "Runtime.JSONStringifyError" }],
    [
      "a promise that never settles",
      "exports.handler = () => new Promise(() => {});",
      { kind: "failed", errorType: "Runtime.NodeJsExit" },
    ],
    [
      "more than 6 MiB",
      "exports.handler = async () => 'x'.repeat(6291556);",
      {
        kind: "failed",
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
      },
    ],
    [
      "more than 6 MiB of UTF-8",
      "exports.handler = async () => 'é'.repeat(3145778);",
      { kind: "failed", errorType: "Function.ResponseSizeTooLarge" },
    ],
    [
      "exit 0",
      "exports.handler = async () => process.exit(0);",
      {
        kind: "failed",
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: Runtime exited without providing a reason$/),
      },
    ],
    [
      "exit 3",
      "exports.handler = async () => process.exit(3);",
      {
        kind: "failed",
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: Runtime exited with error: exit status 3$/),
      },
    ],
    [
      "an unhandled rejection",
      "exports.handler = async () => { Promise.reject(new Error('lost')); return 1; };",
      { kind: "failed", errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: lost" },
    ],
    [
      "an uncaught exception",
      "exports.handler = () => new Promise(() => setImmediate(() => { throw new Error('thrown'); }));",
      { kind: "failed", errorType: "Error", errorMessage: "thrown" },
    ],
    [
      "a callback in its parameters",
      "exports.handler = async (event, context, callback) => 1;",
      {
        kind: "failed",
        errorType: "Runtime.CallbackHandlerDeprecated",
        errorMessage: expect.stringMatching(
          /^ERROR: AWS Lambda has removed support for callback-based function handlers/,
        ),
      },
    ],
    [
      "no such export",
      "exports.other = 1;",
      {
        kind: "failed",
        errorType: "Runtime.HandlerNotFound",
        errorMessage: "index.handler is undefined or not exported",
      },
    ],
    [
      "an export that is no function",
      "exports.handler = 1;",
      { kind: "failed", errorType: "Runtime.HandlerNotFound", errorMessage: "index.handler is not a function" },
    ],
    [
      "no such file",
      { files: { "other.js": "" } },
      {
        kind: "failed",
        errorType: "Runtime.ImportModuleError",
        errorMessage: expect.stringMatching(/^Error: Cannot find module 'index'/),
      },
    ],
    [
      "a bad handler name",
      { files: { "index.js": "" }, handler: "index" },
      { kind: "failed", errorType: "Runtime.MalformedHandlerName", errorMessage: "Bad handler" },
    ],
    [
      "a handler outside",
      { files: { "index.js": "" }, handler: "../index.handler" },
      { kind: "failed", errorType: "Runtime.MalformedHandlerName" },
    ],
    [
      "a syntax error",
      "exports.handler = async () => {",
      {
        kind: "failed",
        errorType: "Runtime.UserCodeSyntaxError",
        errorMessage: expect.stringMatching(/^SyntaxError: /),
      },
    ],
    [
      "an error at load",
      "throw new TypeError('at load');",
      { kind: "failed", errorType: "TypeError", errorMessage: "at load" },
    ],
    [
      "an exit at load",
      "process.exit(7);",
      { kind: "failed", errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/exit status 7$/) },
    ],
    [
      "a forgotten package",
      "require('jose'); exports.handler = () => 1;",
      {
        kind: "failed",
        errorType: "Runtime.ImportModuleError",
        errorMessage: expect.stringMatching(/^Error: Cannot find module 'jose'\nRequire stack:\n- .*index\.js/),
      },
    ],
    [
      "a package that it brings",
      {
        files: {
          "index.js": "exports.handler = () => require('jose');",
          "node_modules/jose/index.js": "module.exports = 'mine';",
        },
      },
      { payload: '"mine"' },
    ],
    [
      "a stream",
      "exports.handler = awslambda.streamifyResponse(async () => {});",
      { kind: "failed", errorMessage: expect.stringMatching(/streamifyResponse is not emulated/) },
    ],
    [
      "too much memory",
      "const keep = []; exports.handler = () => { for (;;) keep.push(new Array(1e5).fill(keep.length)); };",
      {
        kind: "failed",
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringMatching(/Runtime exited with error: signal: killed$/),
      },
    ],
  ])("%s", async (_name, source, expected) => {
    const { invoke } = await run({ f: source });
    expect(await invoke("f", { title: "é\u2028" })).toMatchObject(expected);
  });

  test.each<[string, Source, Partial<InvocationResult>]>([
    ["by callback", "exports.handler = (event, context, callback) => callback(null, 1);", { payload: "1" }],
    [
      "by a late callback",
      "exports.handler = (event, context, callback) => { setTimeout(() => callback(null, 2), 5); };",
      { payload: "2" },
    ],
    [
      "by the first callback",
      "exports.handler = (event, context, callback) => { callback(null, 1); callback(null, 2); };",
      { payload: "1" },
    ],
    [
      "by a callback's error",
      "exports.handler = (event, context, callback) => callback(new RangeError('no'));",
      { kind: "failed", errorType: "RangeError", errorMessage: "no" },
    ],
    [
      "after the event loop is empty",
      "let late = 0; exports.handler = (event, context, callback) => { const r = {}; setTimeout(() => { r.late = true; }, 5); callback(null, r); };",
      { payload: '{"late":true}' },
    ],
    [
      "without waiting for the event loop",
      "exports.handler = (event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; const r = {}; setTimeout(() => { r.late = true; }, 5); callback(null, r); };",
      { payload: "{}" },
    ],
    ["by context.done", "exports.handler = (event, context) => context.done(null, 3);", { payload: "3" }],
    ["by context.succeed", "exports.handler = (event, context) => context.succeed(4);", { payload: "4" }],
    [
      "by context.fail",
      "exports.handler = (event, context) => context.fail(new Error('no'));",
      { kind: "failed", errorMessage: "no" },
    ],
    ["by a promise", "exports.handler = async () => 5;", { payload: "5" }],
    ["nothing at all", "exports.handler = () => {};", { payload: "null" }],
    [
      "never",
      "exports.handler = async () => new Promise(() => {});",
      { kind: "failed", errorType: "Runtime.NodeJsExit" },
    ],
    [
      "at once, with a rejection behind it",
      "exports.handler = async () => { Promise.reject(new Error('lost')); return 1; };",
      { payload: "1" },
    ],
  ])("on Node.js 22 %s", async (_name, source, expected) => {
    const files = typeof source === "string" ? { "index.js": source } : source.files;
    const { invoke } = await run({ f: { files, runtime: "nodejs22.x" } });
    expect(await invoke("f")).toMatchObject(expected);
  });
});
