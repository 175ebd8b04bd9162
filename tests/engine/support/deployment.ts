import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeSummary, DeployedResource, RegisteredResource } from "../comparison.ts";
import { askedResource } from "../provider/resource.ts";
import type { EngineHome } from "./pulumi-command.ts";

export interface DeployerSetup {
  /** The program's folder, which the engine writes to. */
  readonly directory: string;
  readonly project: string;
  /** As `pulumi up` does; without it a type error passes. */
  readonly checkTypes: boolean;
}

export interface DeploymentRequest {
  readonly stack: string;
  readonly operation: "preview" | "up" | "unprotect" | "destroy" | "cancel";
  /** Reach the engine and the stand-in provider. */
  readonly variables: Readonly<Record<string, string>>;
}

export type DeploymentReply =
  | {
      readonly kind: "done";
      readonly summary: ChangeSummary;
      readonly warnings: readonly string[];
      readonly state: unknown;
    }
  | { readonly kind: "failed"; readonly message: string; readonly warnings: readonly string[] };

export interface Deployment {
  run(operation: DeploymentRequest["operation"]): Promise<DeploymentReply>;
  /** As `run`, and fails where the engine fails. */
  succeed(operation: DeploymentRequest["operation"]): Promise<Extract<DeploymentReply, { readonly kind: "done" }>>;
  /** What the engine asked the provider for since the last call, with the values of a deployment and not of a preview. */
  registered(): Promise<readonly RegisteredResource[]>;
  /** The URNs that the provider was told to update since the last call of `registered`. */
  updated(): Promise<readonly string[]>;
}

/** A process that runs one program for the engine, for each of its stacks, one operation at a time. */
export interface Deployer {
  /** A stack, created where it is not there yet; the variables go to the engine and to the stand-in provider. */
  stack(name: string, variables?: Readonly<Record<string, string>>): Deployment;
  close(): Promise<void>;
}

export function openDeployer(home: EngineHome, setup: DeployerSetup): Deployer {
  const child = fork(join(import.meta.dirname, "deployment-process.mts"), {
    execArgv: ["--disable-warning=ExperimentalWarning", "--disable-warning=DEP0180"],
    env: home.environment,
    silent: true,
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  const end = ended(child, output);
  // Nobody may be waiting when it ends.
  end.catch(() => {});
  child.send({ setup });
  const ask = async (request: DeploymentRequest): Promise<DeploymentReply> => {
    child.send(request);
    const [message] = (await Promise.race([once(child, "message"), end])) as [DeploymentReply];
    return message;
  };
  return {
    stack(name, variables = {}) {
      const log = join(home.folder, `${setup.project}-${name}.jsonl`);
      return deployment({ ask, log, stack: name, variables: { STAND_IN_LOG: log, ...variables } });
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
  };
}

interface OpenStack extends Omit<DeploymentRequest, "operation"> {
  readonly ask: (request: DeploymentRequest) => Promise<DeploymentReply>;
  /** Where the stand-in provider writes what it was asked. */
  readonly log: string;
}

function deployment({ ask, log, stack, variables }: OpenStack): Deployment {
  const run = (operation: DeploymentRequest["operation"]) => ask({ stack, operation, variables });
  return {
    run,
    async succeed(operation) {
      const reply = await run(operation);
      if (reply.kind === "failed") throw new Error(`${operation} of ${stack} failed:\n${reply.message}`);
      return reply;
    },
    async registered() {
      const entries = await logEntries(log);
      await rm(log, { force: true });
      return entries.flatMap(({ kind, urn, inputs }) =>
        kind === "check" && inputs ? [askedResource(urn, inputs)] : [],
      );
    },
    updated: async () => (await logEntries(log)).flatMap(({ kind, urn }) => (kind === "update" ? [urn] : [])),
  };
}

async function ended(child: ChildProcess, output: readonly string[]): Promise<never> {
  const [code, signal] = await once(child, "exit");
  throw new Error(`The deploying process ended (${signal ?? `exit code ${code}`}).\n${output.join("").slice(-2_000)}`);
}

interface LogEntry {
  readonly kind: "check" | "create" | "update" | "delete";
  readonly urn: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

async function logEntries(file: string): Promise<readonly LogEntry[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as LogEntry]));
}

/** The resources in a state, or none where there is no state. */
export function resourcesOf(state: unknown): readonly DeployedResource[] {
  const { resources } = Object(state ?? {}) as { readonly resources?: readonly DeployedResource[] };
  return resources ?? [];
}
