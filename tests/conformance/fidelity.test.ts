import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../harness/clock.ts";
import { readModel } from "../../harness/model.ts";
import { type Resource, resourceGraph } from "../../harness/pulumi/resource-graph.ts";
import { fidelityPage } from "./fidelity.ts";
import { REFUSALS } from "./sections/not-emulated.ts";
import { SMALL_PROGRAM as SMALL } from "./support/small-program.ts";

test("docs/fidelity.md is what npm run docs:fidelity writes", async () => {
  const page = await readFile(resolve(import.meta.dirname, "../../docs/fidelity.md"), "utf8").catch(() => "");
  expect(page).toBe(fidelityPage());
});

const RESOURCES: Readonly<Record<string, string>> = {
  api: "aws:apigatewayv2/api:Api",
  route: "aws:apigatewayv2/route:Route",
  jwt: "aws:apigatewayv2/authorizer:Authorizer",
  integration: "aws:apigatewayv2/integration:Integration",
  stage: "aws:apigatewayv2/stage:Stage",
  function: "aws:lambda/function:Function",
  permission: "aws:lambda/permission:Permission",
};

function changed(resource: string, inputs: Readonly<Record<string, unknown>>): readonly Resource[] {
  return SMALL.graph.resources.map((each) =>
    each.type === RESOURCES[resource] ? { ...each, inputs: { ...each.inputs, ...inputs } } : each,
  );
}

const load = (resources: readonly Resource[]) => () =>
  readModel({ ...SMALL, graph: resourceGraph(resources) }, systemClock);

test("the small program is sound", () => {
  expect(load(SMALL.graph.resources)).not.toThrow();
});

test("a stage that reaches its limits and does not pass them is sound", () => {
  const variables = Array.from({ length: 100 }, (_, at) => [String(at).padStart(64, "n"), "x".repeat(512)] as const);
  const accessLogSettings = {
    destinationArn: "arn:aws:logs:eu-west-1:123456789012:log-group:x",
    format: "é".repeat(1_536),
  };
  const inputs = { accessLogSettings, stageVariables: Object.fromEntries(variables) };
  expect(load(changed("stage", inputs))).not.toThrow();
});

test.each(REFUSALS.map((entry) => [entry.name, entry] as const))("refused at start: %s", (_name, { change, fault }) => {
  expect(load(changed(change.resource, change.inputs))).toThrow(fault);
});
