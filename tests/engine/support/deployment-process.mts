/**
 * Runs one program by Pulumi's engine, in a process of its own: the program becomes part of it. The engine is told of it
 * as an inline program, since then it needs no language host; all else is as the command line does it.
 */
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import type { EngineEvent, Stack, LocalWorkspace as Workspace } from "@pulumi/pulumi/automation";
import type { DeployerSetup, DeploymentReply, DeploymentRequest } from "./deployment.ts";

type Exported = Awaited<ReturnType<Stack["exportStack"]>>;

process.once("message", ({ setup }: { readonly setup: DeployerSetup }) => {
  const open = stackOpener(setup);
  process.on("message", async (request: DeploymentRequest) => {
    const { stack, variables, operation } = request;
    process.send?.(await reply(await open(stack, variables), operation));
  });
});

/** What is loaded once serves all stacks; the program itself is read anew each time that it runs. */
function stackOpener({ directory, project, checkTypes }: DeployerSetup) {
  process.chdir(directory);
  const load = createRequire(join(directory, "package.json"));
  registerTypeScript(load, checkTypes);
  const { LocalWorkspace } = load("@pulumi/pulumi/automation") as { LocalWorkspace: typeof Workspace };
  const program = async () => {
    for (const file of Object.keys(load.cache))
      if (file.startsWith(directory + sep) && !file.includes("node_modules")) delete load.cache[file];
    return load("./index.ts") as Record<string, unknown>;
  };
  const opened = new Map<string, Stack>();
  return async (stackName: string, variables: DeploymentRequest["variables"]): Promise<Stack> => {
    const stack =
      opened.get(stackName) ??
      (await LocalWorkspace.createOrSelectStack({ stackName, projectName: project, program }, { workDir: directory }));
    opened.set(stackName, stack);
    (stack.workspace as Workspace).envVars = { ...variables };
    return stack;
  };
}

/** The loader of Pulumi's own language host, with its defaults.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/run/run.ts */
function registerTypeScript(load: NodeJS.Require, checkTypes: boolean): void {
  const tsutils = load("@pulumi/pulumi/tsutils");
  const project = "tsconfig.json";
  const skipProject = !load("node:fs").existsSync(project);
  load("ts-node").register({
    transpileOnly: !checkTypes,
    project,
    skipProject,
    compilerOptions: {
      target: "ES2020",
      module: "nodenext",
      moduleResolution: "nodenext",
      sourceMap: "true",
      ...(skipProject ? {} : tsutils.loadTypeScriptCompilerOptions(project)),
    },
  });
  // The SDK takes a stack for each promise, to tell of one that is never kept. Finding the TypeScript of every line in them
  // is a sixth of all work, and nobody reads them here.
  Object.assign(Error, { prepareStackTrace: undefined });
}

async function reply(stack: Stack, operation: DeploymentRequest["operation"]): Promise<DeploymentReply> {
  const warnings: string[] = [];
  const onEvent = ({ diagnosticEvent }: EngineEvent) => {
    if (diagnosticEvent !== undefined && ["warning", "error"].includes(diagnosticEvent.severity))
      warnings.push(diagnosticEvent.message.trim());
  };
  try {
    return { kind: "done", warnings, ...(await perform(stack, operation, onEvent)) };
  } catch (error) {
    return { kind: "failed", warnings, message: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(stack: Stack, operation: DeploymentRequest["operation"], onEvent: (event: EngineEvent) => void) {
  switch (operation) {
    case "preview":
      return { summary: { ...(await stack.preview({ onEvent })).changeSummary }, state: undefined };
    case "up":
      return { summary: { ...(await stack.up({ onEvent })).summary.resourceChanges }, state: await state(stack) };
    case "destroy":
      return { summary: { ...(await stack.destroy({ onEvent })).summary.resourceChanges }, state: await state(stack) };
    case "unprotect":
      await stack.importStack(unprotected(await stack.exportStack()));
      return { summary: {}, state: await state(stack) };
    case "cancel":
      await stack.cancel();
      return { summary: {}, state: await state(stack) };
  }
}

/** As `pulumi state unprotect --all` writes it. */
function unprotected(exported: Exported): Exported {
  const resources = exported.deployment.resources?.map((resource: object) => ({ ...resource, protect: false }));
  return { ...exported, deployment: { ...exported.deployment, resources } };
}

async function state(stack: Stack): Promise<unknown> {
  return (await stack.exportStack()).deployment;
}
