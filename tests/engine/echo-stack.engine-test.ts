import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { type Deployer, openDeployer } from "./support/deployment.ts";
import { expectServed, STATE_AT_THE_END_ALONE } from "./support/expect-served.ts";
import { copyProgram, type ProgramCopy, ROOT } from "./support/program-copy.ts";
import { type EngineHome, engineHome, findPulumi } from "./support/pulumi-command.ts";

const found = findPulumi(process.env);
const reason = "missing" in found ? ` (skipped: ${found.missing})` : "";
const ECHO = join(ROOT, "tests/conformance/echo-stack");

describe.skipIf("missing" in found)(`hundreds of resources, by Pulumi's own engine${reason}`, () => {
  let home: EngineHome;
  let copy: ProgramCopy;
  let deployer: Deployer;
  beforeAll(async () => {
    home = await engineHome("path" in found ? found.path : "");
    copy = await copyProgram(ECHO);
    // Transpiled alone, as a Pulumi.yaml can have it: the stacks of the todo API are run with their types checked.
    deployer = openDeployer(home, { directory: copy.directory, project: "echo-stack", checkTypes: false });
  });
  afterAll(async () => {
    await deployer?.close();
    await copy?.remove();
    await home?.remove();
  });

  test("the echo stack, previewed, made, left as it is and taken away, is what the harness serves", async () => {
    const program = await evaluateProgram({ programDirectory: copy.directory, stack: "dev" });
    await expectServed(deployer.stack("dev", STATE_AT_THE_END_ALONE), program);
  });
});
