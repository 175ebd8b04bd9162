import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { graphJson, graphTable } from "../../harness/cli/graph-report.ts";
import type { EvaluatedProgram } from "../../harness/pulumi/evaluate.ts";
import { resourceGraph } from "../../harness/pulumi/resource-graph.ts";

const text = "exports.handler = () => 'ü';";
const program: EvaluatedProgram = {
  deployment: { project: "p", stack: "dev", partition: "aws", region: "eu-west-1", accountId: "123456789012" },
  graph: resourceGraph([
    {
      type: "aws:lambda/function:Function",
      name: "f",
      id: "f-1",
      arn: "arn:aws:lambda:eu-west-1:123456789012:function:f-1",
      inputs: {
        code: { kind: "archive", entries: { "__index.js": { kind: "text", text } } },
        layers: ["a"],
        kind: "text",
      },
      outputs: {},
    },
    { type: "aws:apigatewayv2/api:Api", name: "long-name", id: "a1b2c3d4e5", inputs: {}, outputs: {} },
  ]),
  exports: { url: "https://example" },
  secretExports: [],
  faults: [{ subject: "index.ts", rule: "is broken." }],
  files: [],
  fromCache: false,
};

describe("the graph for reading", () => {
  test("has a line for each resource in columns, and the faults", () => {
    expect(graphTable(program).split("\n")).toEqual([
      "aws:lambda/function:Function  f          arn:aws:lambda:eu-west-1:123456789012:function:f-1",
      "aws:apigatewayv2/api:Api      long-name  a1b2c3d4e5",
      "fault: index.ts: is broken.",
      "2 resources",
    ]);
  });

  test("of nothing is nothing", () => {
    expect(graphTable({ ...program, graph: resourceGraph([]), faults: [] })).toBe("0 resources");
  });
});

test("as JSON it holds everything, with program text by its size and digest", () => {
  const { deployment, exports, faults, resources } = JSON.parse(graphJson(program));
  expect({ deployment, exports, faults }).toEqual({
    deployment: program.deployment,
    exports: program.exports,
    faults: program.faults,
  });
  const sha256 = createHash("sha256").update(text).digest("hex");
  expect(resources[0].inputs).toEqual({
    code: { kind: "archive", entries: { "__index.js": { kind: "text", bytes: Buffer.byteLength(text), sha256 } } },
    layers: ["a"],
    kind: "text",
  });
});

test("as JSON it shows no secret", () => {
  const secret = "hunter2";
  const environment = { variables: { KEY: secret, PLAIN: "p" } };
  const resource = {
    type: "t",
    name: "f",
    id: "f",
    inputs: { environment, memorySize: 128 },
    outputs: { environment },
  };
  const json = graphJson({
    ...program,
    graph: resourceGraph([{ ...resource, secretInputs: ["environment"] }]),
    exports: { key: secret, url: "https://example" },
    secretExports: ["key"],
  });
  expect(json).not.toContain(secret);
  expect(JSON.parse(json)).toMatchObject({
    exports: { key: "[secret]", url: "https://example" },
    resources: [{ inputs: { environment: "[secret]", memorySize: 128 }, outputs: { environment: "[secret]" } }],
  });
});

test.each([
  ["aws:cognito/userPoolClient:UserPoolClient", "clientSecret"],
  ["random:index/randomPassword:RandomPassword", "result"],
])("as JSON it holds no %s's %s, wherever the program took it", (type, output) => {
  const secret = "0123456789abcdef";
  const outputs = { name: "it", [output]: secret };
  const inputs = { environment: { variables: { SECRET: secret, OTHER: "" } } };
  const graph = resourceGraph([
    { type, name: "it", id: "it", inputs: {}, outputs },
    { type: "aws:lambda/function:Function", name: "f", id: "f", inputs, outputs: {} },
  ]);
  const report = graphJson({ ...program, graph, exports: { secret, url: "u" } });
  expect(report).not.toContain(secret);
  const { exports, resources } = JSON.parse(report);
  expect(exports).toEqual({ secret: "[secret]", url: "u" });
  expect(resources[0].outputs).toEqual({ name: "it", [output]: "[secret]" });
  expect(resources[1].inputs.environment.variables).toEqual({ SECRET: "[secret]", OTHER: "" });
});

test("a client without a secret shows none", () => {
  const outputs = { clientSecret: "", description: "" };
  const type = "aws:cognito/userPoolClient:UserPoolClient";
  const graph = resourceGraph([{ type, name: "it", id: "it", inputs: {}, outputs }]);
  expect(JSON.parse(graphJson({ ...program, graph })).resources[0].outputs).toEqual(outputs);
});
