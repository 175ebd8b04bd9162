import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { changeDifferences, edgeDifferences, resourceDifferences } from "./comparison.ts";
import { type Deployment, openDeployment, resourcesOf } from "./support/deployment.ts";
import { copyProgram, type ProgramCopy, ROOT } from "./support/program-copy.ts";
import { type EngineHome, engineHome, findPulumi } from "./support/pulumi-command.ts";

const found = findPulumi(process.env);
const reason = "missing" in found ? ` (skipped: ${found.missing})` : "";
const ECHO = join(ROOT, "tests/conformance/echo-stack");
/** The trail is a component of a plugin that only a network can give: production is tried without it, and says so. */
const WITHOUT_TRAIL = " (without its audit trail, whose plugin is not here)";
const PROGRAMS = [
  ...["dev", "staging", "prod", "localstack"].map((stack) => ({
    title: `pulumi-jwt-todo-api, stack ${stack}${stack === "prod" ? WITHOUT_TRAIL : ""}`,
    from: ROOT,
    project: "pulumi-jwt-todo-api",
    stack,
  })),
  { title: "echo-stack, stack dev", from: ECHO, project: "echo-stack", stack: "dev" },
] as const;

/** The engine writes its state after each resource, which for hundreds of them takes longer than all else. */
const AT_THE_END_ALONE = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/** The harness's own resources are the provider's and the stack's; the rest was asked of a provider. */
const ofProvider = ({ type }: { readonly type: string }) => !type.startsWith("pulumi:");

async function expectServed(deployment: Deployment, { graph }: EvaluatedProgram): Promise<void> {
  const resources = graph.resources.filter(ofProvider);
  const preview = await deployment.succeed("preview");
  const { create = 0 } = preview.summary;
  expect(create).toBeGreaterThanOrEqual(resources.length);
  await deployment.registered();

  const made = await deployment.succeed("up");
  expect(changeDifferences(made.summary, { create })).toEqual([]);
  expect(resourceDifferences(await deployment.registered(), resources)).toEqual([]);
  expect(edgeDifferences(resourcesOf(made.state), resources)).toEqual([]);

  const again = await deployment.succeed("up");
  expect(changeDifferences(again.summary)).toEqual([]);

  // What a stack protects, the engine deletes only after it was told so.
  if (resources.some(({ options }) => options?.protect === true)) await deployment.succeed("unprotect");
  const destroyed = await deployment.succeed("destroy");
  expect(changeDifferences(destroyed.summary, { delete: create })).toEqual([]);
  expect(resourcesOf(destroyed.state)).toEqual([]);
  expect([preview, made, again, destroyed].flatMap(({ warnings }) => warnings)).toEqual([]);
}

describe.skipIf("missing" in found)(`Pulumi's own engine, over the stand-in provider${reason}`, () => {
  let home: EngineHome;
  beforeAll(async () => {
    home = await engineHome("path" in found ? found.path : "");
  });
  afterAll(() => home?.remove());

  describe.concurrent("previewed, made, left as it is and taken away, is what the harness serves", () => {
    test.each(PROGRAMS)("$title", async ({ from, project, stack }) => {
      const copy = await copyProgram(from);
      if (from === ROOT && stack === "prod") await copy.edit("Pulumi.prod.yaml", 'audit: "true"', 'audit: "false"');
      const setup = { directory: copy.directory, project, stack, checkTypes: stack === "dev" };
      const deployment = openDeployment(home, setup, AT_THE_END_ALONE);
      try {
        await expectServed(deployment, await evaluateProgram({ programDirectory: copy.directory, stack }));
      } finally {
        await deployment.close();
        await copy.remove();
      }
    });
  });

  describe("a deployment that changes", () => {
    const setup = { project: "pulumi-jwt-todo-api", stack: "dev" };
    let copy: ProgramCopy;
    beforeAll(async () => {
      copy = await copyProgram(ROOT);
    });
    afterAll(() => copy?.remove());
    const open = (variables: Readonly<Record<string, string>> = {}, checkTypes = false) =>
      openDeployment(home, { ...setup, directory: copy.directory, checkTypes }, variables);

    test("killed halfway, is completed by the next up", async () => {
      const killed = open({ STAND_IN_KILL_ENGINE_AT: "20" });
      expect((await killed.run("up")).kind).toBe("failed");
      await killed.close();
      const next = open();
      // The engine that was killed still holds the stack.
      await next.succeed("cancel");
      await next.succeed("up");
      const after = await next.succeed("up");
      expect(changeDifferences(after.summary)).toEqual([]);
      const { graph } = await evaluateProgram({ programDirectory: copy.directory, stack: "dev" });
      expect(edgeDifferences(resourcesOf(after.state), graph.resources.filter(ofProvider))).toEqual([]);
      await next.close();
    });

    test("by a handler, updates that function alone", async () => {
      const deployment = open();
      await deployment.registered();
      await copy.edit("functions/create-todo.ts", "return json(201", "return json(200");
      const changed = await deployment.succeed("up");
      expect(changeDifferences(changed.summary, { update: 1 })).toEqual([]);
      expect((await deployment.updated()).map((urn) => urn.split("::").slice(2).join(" "))).toEqual([
        "aws:lambda/function:Function create-todo",
      ]);
      await deployment.close();
    });

    test("by a provider that reports changes, is not taken for unchanged", async () => {
      const deployment = open({ STAND_IN_ALWAYS_CHANGED: "true" });
      const reported = await deployment.succeed("up");
      expect(changeDifferences(reported.summary)).toEqual([expect.stringMatching(/resources to update in place of 0/)]);
      await deployment.succeed("destroy");
      await deployment.close();
    });

    test("by a type error, stops", async () => {
      await copy.edit("index.ts", /$/, '\nexport const wrong: number = "text";\n');
      const deployment = open({}, true);
      const reply = await deployment.run("preview");
      expect(reply).toMatchObject({ kind: "failed", message: expect.stringMatching(/TS2322/) });
      await deployment.close();
    });
  });
});
