import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readStackFacts, type StackFacts } from "../../../harness/targets/stack-facts.ts";
import { type Deployment, type DeploymentReply, openDeployer } from "../../engine/support/deployment.ts";
import { copyProgram, type ProgramCopy, ROOT } from "../../engine/support/program-copy.ts";
import type { EngineHome } from "../../engine/support/pulumi-command.ts";

const STACK = "localstack";

/** The program's stack for a local endpoint, opened for Pulumi's engine with the endpoint's address in it. */
export interface EndpointStack {
  readonly copy: ProgramCopy;
  readonly deployment: Deployment;
  close(): Promise<void>;
}

export async function openEndpointStack(home: EngineHome, url: string): Promise<EndpointStack> {
  const copy = await copyProgram(ROOT);
  const file = join(copy.directory, `Pulumi.${STACK}.yaml`);
  await writeFile(file, (await readFile(file, "utf8")).replaceAll("http://localhost:4566", url));
  const setup = { directory: copy.directory, project: "pulumi-jwt-todo-api", checkTypes: false };
  const deployer = openDeployer(home, setup);
  return {
    copy,
    deployment: deployer.stack(STACK, { STAND_IN_MAKES: "at endpoints" }),
    async close() {
      await deployer.close();
      await copy.remove();
    },
  };
}

/** What a deployed stack's state says of it. */
export function factsOf(reply: Extract<DeploymentReply, { readonly kind: "done" }>): StackFacts {
  return readStackFacts(JSON.stringify({ deployment: reply.state }), "the engine's state");
}
