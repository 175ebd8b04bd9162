import { beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../harness/clock.ts";
import { readModel } from "../harness/model.ts";
import { type EvaluatedProgram, evaluateProgram } from "../harness/pulumi/evaluate.ts";
import { type Resource, resourceGraph } from "../harness/pulumi/resource-graph.ts";
import { ROOT } from "./end-to-end/support/scratch-program.ts";

describe("a program as its services see it", () => {
  let program: EvaluatedProgram;
  beforeAll(async () => {
    program = await evaluateProgram({ programDirectory: ROOT, stack: "dev" });
  });

  const changed = (
    type: string,
    change: (resource: Resource) => Readonly<Record<string, unknown>>,
  ): EvaluatedProgram => ({
    ...program,
    graph: resourceGraph(
      program.graph.resources.map((resource) =>
        resource.type === type ? { ...resource, inputs: { ...resource.inputs, ...change(resource) } } : resource,
      ),
    ),
  });

  test("everything is read", () => {
    const model = readModel(program, systemClock);
    expect([model.apis, model.functions, model.tables, model.userPools].map(({ length }) => length)).toEqual([
      1, 4, 1, 1,
    ]);
    for (const { functionArn, roleArn } of model.functions) {
      expect(model.roles.byArn(roleArn)).toBeDefined();
      const other = "arn:aws:execute-api:eu-west-1:123456789012:somebodys/$default/GET/todos";
      expect(model.permissions.mayInvoke(functionArn, other).kind).toBe("ImplicitlyDenied");
    }
  });

  test("a function whose role Lambda cannot assume is refused, as CreateFunction would", () => {
    const assumeRolePolicy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
    const broken = changed("aws:iam/role:Role", ({ name }) => (name === "get-todos" ? { assumeRolePolicy } : {}));
    const read = () => readModel(broken, systemClock);
    expect(read).toThrow(/^The program is not served: one fault\.\n {2}aws:lambda\/function:Function get-todos\n/);
    expect(read).toThrow(/cannot be assumed by Lambda: its trust policy must allow sts:AssumeRole/);
  });

  test("the faults of evaluation and of every service are told together", () => {
    const table = changed("aws:dynamodb/table:Table", () => ({ hashKey: "nothing" }));
    const both = { ...table, faults: [{ subject: "index.ts", rule: "stayed undefined." }] };
    const role = both.graph.resources.map((resource) =>
      resource.type === "aws:iam/rolePolicy:RolePolicy" && resource.name === "get-todos"
        ? {
            ...resource,
            inputs: { ...resource.inputs, policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}' },
          }
        : resource,
    );
    const read = () => readModel({ ...both, graph: resourceGraph(role) }, systemClock);
    expect(read).toThrow(expect.objectContaining({ code: "PROGRAM_REFUSED" }));
    for (const told of [
      /faults\.\n/,
      /index\.ts\n {4}stayed undefined\./,
      /dynamodb\/table:Table todos/,
      /rolePolicy:RolePolicy get-todos/,
    ]) {
      expect(read).toThrow(told);
    }
  });
});
