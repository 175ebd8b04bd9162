import { expect, test } from "vitest";
import { testFiles } from "./support/test-files.mts";

const { fast, processes } = testFiles();

test.each([
  "tests/iam/values.test.ts",
  "tests/apigateway/gateway.test.ts",
  "tests/cognito/walk.test.ts",
  "tests/http-server.test.ts",
])("%s starts no process", (file) => expect(fast).toContain(file));

test.each([
  ["itself", "tests/cognito/persistence.test.ts"],
  ["through the evaluation of a program", "tests/program.test.ts"],
  ["through a sandbox", "tests/lambda/function.test.ts"],
  ["through a DynamoDB engine", "tests/functions/handlers.test.ts"],
  ["through the whole harness", "tests/end-to-end/walk.test.ts"],
])("a test that starts processes is known: %s", (_how, file) => expect(processes).toContain(file));

test("a fast test that starts a process after all fails with what to do", async () => {
  const { spawn } = await import(["node", "child_process"].join(":"));
  const { Worker } = await import(["node", "worker_threads"].join(":"));
  expect(() => spawn("true")).toThrow("A fast test called spawn. Import");
  expect(() => new Worker("")).toThrow("A fast test called Worker. Import");
});
