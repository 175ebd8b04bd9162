import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startHarness } from "../harness/harness.ts";

describe("the places of a thrown error in the program", () => {
  const lines: string[] = [];
  const waiting = new Map<string, (line: string) => void>();
  let harness: Harness;

  beforeAll(async () => {
    const log = (line: string) => {
      lines.push(line);
      const [, functionName = ""] = /^\[(\S+) .*\] in the program: /.exec(line) ?? [];
      waiting.get(functionName)?.(line);
    };
    const programDirectory = resolve(import.meta.dirname, "fixtures/throwing");
    harness = await startHarness({ programDirectory, port: 0, awsPort: 0, log, showProgramFrames: true });
  });
  afterAll(() => harness?.close());

  test.each([
    ["serialized", "functions/thrower.ts:18:9, called from functions/thrower.ts:7:12"],
    ["folder", "packed/index.js:2:9"],
    ["mapped", "packed/mapped.ts:6:9"],
  ])("of a function from %s code follow its log line, which stays Lambda's", async (functionName, places) => {
    const told = new Promise<string>((resolveLine) => waiting.set(functionName, resolveLine));
    const { functionArn = "" } = harness.model().functions.find((one) => one.functionName === functionName) ?? {};
    await harness.invoke({ functionArn, payload: '{"rawPath":"/x","a":"y"}', requestId: "r" });
    expect(await told).toMatch(new RegExp(`\\] in the program: ${places}$`));
    const logged = lines.find((line) => line.startsWith(`[${functionName} `) && line.includes('"stack"'));
    expect(logged).toMatch(/\/task\/\S+\.js:\d+:\d+\)/);
  });
});
