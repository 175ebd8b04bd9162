import { afterAll, beforeAll, describe, test } from "vitest";
import { evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { type Deployer, openDeployer } from "./support/deployment.ts";
import { expectServed, STATE_AT_THE_END_ALONE } from "./support/expect-served.ts";
import { copyProgram, type ProgramCopy, ROOT } from "./support/program-copy.ts";
import { type EngineHome, engineHome, findPulumi } from "./support/pulumi-command.ts";

const found = findPulumi(process.env);
const reason = "missing" in found ? ` (skipped: ${found.missing})` : "";

describe.skipIf("missing" in found)(`each stack, by Pulumi's own engine over the stand-in provider${reason}`, () => {
  let home: EngineHome;
  let copy: ProgramCopy;
  let deployer: Deployer;
  beforeAll(async () => {
    home = await engineHome("path" in found ? found.path : "");
    copy = await copyProgram(ROOT);
    // The trail is a component of a plugin that only a network can give.
    await copy.edit("Pulumi.prod.yaml", 'audit: "true"', 'audit: "false"');
    // As pulumi up has it: types are checked, and the packages come out of that compiler.
    deployer = openDeployer(home, { directory: copy.directory, project: "pulumi-jwt-todo-api", checkTypes: true });
  });
  afterAll(async () => {
    await deployer?.close();
    await copy?.remove();
    await home?.remove();
  });

  test.each(["dev", "staging", "prod, without its audit trail, whose plugin is not here", "localstack"])(
    "previewed, made, left as it is and taken away, is what the harness serves: %s",
    async (title) => {
      const [stack = ""] = title.split(",");
      const program = await evaluateProgram({ programDirectory: copy.directory, stack });
      await expectServed(deployer.stack(stack, STATE_AT_THE_END_ALONE), program);
    },
  );
});
