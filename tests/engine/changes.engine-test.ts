import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EvaluateOptions, evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import type { TrackedFile } from "../../harness/pulumi/tracked-files.ts";
import { typeChecker } from "../../harness/pulumi/type-check.ts";
import { changeDifferences, edgeDifferences } from "./comparison.ts";
import { type Deployer, openDeployer, resourcesOf } from "./support/deployment.ts";
import { askedOfProvider } from "./support/expect-served.ts";
import { copyProgram, type ProgramCopy, ROOT } from "./support/program-copy.ts";
import { type EngineHome, engineHome, findPulumi } from "./support/pulumi-command.ts";

const found = findPulumi(process.env);
const reason = "missing" in found ? ` (skipped: ${found.missing})` : "";

describe.skipIf("missing" in found)(`a deployment that changes, by Pulumi's own engine${reason}`, () => {
  let home: EngineHome;
  let copy: ProgramCopy;
  let deployer: Deployer;
  beforeAll(async () => {
    home = await engineHome("path" in found ? found.path : "");
    copy = await copyProgram(ROOT);
    deployer = openDeployer(home, { directory: copy.directory, project: "pulumi-jwt-todo-api", checkTypes: true });
  });
  afterAll(async () => {
    await deployer?.close();
    await copy?.remove();
    await home?.remove();
  });
  const evaluated = (onFiles: NonNullable<EvaluateOptions["onFiles"]> = () => {}) =>
    evaluateProgram({ programDirectory: copy.directory, stack: "dev", onFiles });

  /** What the harness says of the program's types beside serving it. */
  async function typesChecked(): Promise<string> {
    let read: readonly TrackedFile[] = [];
    const { typeCheck } = await evaluated((files) => {
      read = files;
    });
    const checker = typeChecker();
    const errors = typeCheck === undefined ? undefined : await checker.check(typeCheck, read);
    checker.interrupt();
    if (errors === undefined) throw new Error("the harness did not check the types");
    return errors.join("\n");
  }

  test("killed halfway, is completed by the next up", async () => {
    const killed = await deployer.stack("dev", { STAND_IN_KILL_ENGINE_AT: "20" }).run("up");
    expect(killed.kind).toBe("failed");
    const next = deployer.stack("dev");
    // The engine that was killed still holds the stack.
    const held = await next.succeed("cancel");
    const program = await evaluated();
    expect(resourcesOf(held.state).length).toBeLessThan(program.graph.resources.length);
    await next.succeed("up");
    const after = await next.succeed("up");
    expect(changeDifferences(after.summary)).toEqual([]);
    expect(edgeDifferences(resourcesOf(after.state), askedOfProvider(program))).toEqual([]);
  });

  test("by a handler, updates that function alone", async () => {
    const deployment = deployer.stack("dev");
    await deployment.registered();
    await copy.edit("functions/create-todo.ts", "return json(201", "return json(200");
    const changed = await deployment.succeed("up");
    expect(changeDifferences(changed.summary, { update: 1 })).toEqual([]);
    expect((await deployment.updated()).map((urn) => urn.split("::").slice(2).join(" "))).toEqual([
      "aws:lambda/function:Function create-todo",
    ]);
  });

  test("by a provider that reports changes, is not taken for unchanged", async () => {
    const reported = await deployer.stack("dev", { STAND_IN_ALWAYS_CHANGED: "true" }).succeed("up");
    expect(changeDifferences(reported.summary)).toEqual([expect.stringMatching(/resources to update in place of 0/)]);
    await deployer.stack("dev").succeed("destroy");
  });

  test("by a type error, stops, and the harness says the same of it", async () => {
    await copy.edit("index.ts", /$/, '\nexport const wrong: number = "text";\n');
    const reply = await deployer.stack("dev").run("preview");
    if (reply.kind === "done") throw new Error("the engine took a type error");
    const told = typeErrors(reply.message);
    expect(told).toEqual([expect.stringMatching(/^index\.ts\(\d+,14\): error TS2322: /)]);
    expect(typeErrors(await typesChecked())).toEqual(told);
  });
});

/** The errors of the TypeScript compiler in a text, a line each, once. */
function typeErrors(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\S+\(\d+,\d+\): error TS\d+: .*/g)].map(([line]) => line.trim()))];
}
