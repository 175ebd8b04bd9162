import { resolve } from "node:path";
import { beforeAll, describe, test } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../harness/pulumi/evaluate.ts";
import { programProperties, stacks } from "./support/program-properties.ts";

const programDirectory = resolve(import.meta.dirname, "..");

describe.each(stacks)("the program as stack %s", (stack) => {
  let program: EvaluatedProgram;
  beforeAll(async () => {
    program = await evaluateProgram({ programDirectory, stack });
  });

  test.each(programProperties)("$name", ({ expectHeld }) => expectHeld(program, stack));
});
