import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { graphMermaid } from "../../harness/cli/graph-diagram.ts";
import { type EvaluatedProgram, evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { type Resource, resourceGraph } from "../../harness/pulumi/resource-graph.ts";
import { ROOT } from "../end-to-end/support/scratch-program.ts";

describe("the graph as a picture", () => {
  let program: EvaluatedProgram;
  beforeAll(async () => {
    program = await evaluateProgram({ programDirectory: ROOT, stack: "dev" });
  });

  test("is the one in the README: npm run --silent graph -- --mermaid", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const drawn = /```mermaid\n([\s\S]*?)\n```/.exec(readme)?.[1];
    expect(drawn).toBe(graphMermaid(program.graph));
  });

  /** The graph with one resource's inputs changed; `undefined` takes an input away. */
  const changed = (type: string, inputs: Record<string, unknown>) => {
    const resources = program.graph.resources.map(
      (resource): Resource =>
        resource.type === type ? { ...resource, inputs: { ...resource.inputs, ...inputs } } : resource,
    );
    return graphMermaid(resourceGraph(resources));
  };

  test("shows a route that asks for no token", () => {
    expect(graphMermaid(program.graph)).not.toContain("no token");
    expect(changed("aws:apigatewayv2/route:Route", { authorizationType: "NONE" }).match(/"no token"/g)).toHaveLength(5);
  });

  test("shows a function that its route may not invoke", () => {
    expect(graphMermaid(program.graph)).not.toContain("may not invoke");
    const another = changed("aws:lambda/permission:Permission", {
      sourceArn: "arn:aws:execute-api:eu-west-1:1:other/*",
    });
    expect(another.match(/may not invoke/g)).toHaveLength(5);
  });

  test("shows what a role may do to a table, however its policy is written", () => {
    const policy = (statement: unknown) => JSON.stringify({ Statement: statement });
    const wide = changed("aws:iam/rolePolicy:RolePolicy", {
      policy: policy({ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }),
    });
    expect(wide.match(/-- "\*" -->/g)).toHaveLength(4);
    expect(changed("aws:iam/rolePolicy:RolePolicy", { policy: "no JSON" })).not.toContain("--> table0");
  });
});
