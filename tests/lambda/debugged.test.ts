import { expect, test } from "vitest";
import { run } from "./functions.ts";

const source = {
  files: { "index.js": "exports.handler = () => new Promise((resolve) => setTimeout(resolve, 1300, 'late'));" },
  timeout: 1,
};

test.each([
  ["runs on while a debugger may have stopped it", true],
  ["is ended otherwise", false],
])("a function that takes longer than its timeout %s", async (_name, debugged) => {
  const running = await run({ f: source }, { debugged });
  const result = await running.invoke("f");
  expect(result.kind === "returned").toBe(debugged);
  expect(running.lines.some(({ line }) => line.includes("Task timed out after 1.00 seconds"))).toBe(!debugged);
});
