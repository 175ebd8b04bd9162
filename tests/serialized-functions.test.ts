import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../harness/pulumi/evaluate.ts";
import {
  functionNames,
  packageEntries,
  packageProperties,
  packageText,
  type UnpackedFunctions,
  unpackFunctions,
} from "./support/deployment-packages.ts";
import { describeHandlers } from "./support/describe-handlers.ts";

const root = resolve(import.meta.dirname, "..");

describe("the deployment packages", () => {
  let functions: UnpackedFunctions;
  let program: EvaluatedProgram;
  beforeAll(async () => {
    program = await evaluateProgram({ programDirectory: root, stack: "dev" });
    functions = await unpackFunctions(program);
  });
  afterAll(() => functions?.remove());

  test.each(packageProperties)("$name", ({ expectHeld }) => expectHeld(program));

  test("come out the same from two evaluations, whatever secrets the machine's environment and configuration hold", async () => {
    const marker = "marker-5d0c8a";
    process.env.TABLE_NAME = marker;
    process.env.AWS_SECRET_ACCESS_KEY = marker;
    const configuration = { "elsewhere:secret": marker };
    const again = await evaluateProgram({ programDirectory: root, stack: "dev", useCache: false, configuration });
    delete process.env.TABLE_NAME;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    for (const name of functionNames) {
      expect(packageEntries(again, name)).toEqual(packageEntries(program, name));
      expect(packageText(again, name)).not.toContain(marker);
      expect(packageText(again, name)).not.toContain(root);
    }
    expect(JSON.stringify(again.graph.resources)).not.toContain(marker);
  });

  describeHandlers("the serialized handlers", { engine: "dynalite", load: async () => functions.load() });
});
