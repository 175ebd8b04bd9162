import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../harness/pulumi/evaluate.ts";
import { violationText } from "../policy/rules/rule.ts";
import { rules } from "../policy/rules/rules.ts";
import { policyStack } from "../policy/rules/stack.ts";
import { policyResources } from "./support/policy-resources.ts";
import { programProperties, stacks } from "./support/program-properties.ts";

const programDirectory = resolve(import.meta.dirname, "..");

describe.each(stacks)("the program as stack %s", (stack) => {
  let program: EvaluatedProgram;
  beforeAll(async () => {
    program = await evaluateProgram({ programDirectory, stack });
  });

  test("breaks no rule of the policy pack", () => {
    const stack = policyStack(policyResources(program.graph));
    expect(rules.flatMap((rule) => rule.check(stack).map((violation) => violationText(rule, violation)))).toEqual([]);
  });

  test.each(programProperties)("$name", ({ expectHeld }) => expectHeld(program, stack));
});
