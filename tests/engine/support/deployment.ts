import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeSummary, DeployedResource, RegisteredResource } from "../comparison.ts";
import { askedResource } from "../provider/resource.ts";
import type { EngineHome } from "./pulumi-command.ts";

export interface DeploymentSetup {
  /** The program's folder, which the engine writes to. */
  readonly directory: string;
  readonly project: string;
  readonly stack: string;
  /** As `pulumi up` does; without it a type error passes. */
  readonly checkTypes: boolean;
}

export interface DeploymentRequest {
  readonly operation: "preview" | "up" | "unprotect" | "destroy" | "cancel";
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
  close(): Promise<void>;
}

/** Opens a stack for the engine; further variables reach the stand-in provider. */
export function openDeployment(
  home: EngineHome,
  setup: DeploymentSetup,
  variables: Readonly<Record<string, string>> = {},
): Deployment {
  const log = join(home.folder, `${setup.project}-${setup.stack}.jsonl`);
  const child = fork(join(import.meta.dirname, "deployment-process.mts"), {
    execArgv: ["--disable-warning=ExperimentalWarning", "--disable-warning=DEP0180"],
    env: { ...home.environment, STAND_IN_LOG: log, ...variables },
    silent: true,
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  child.send({ setup });
  const run = async (operation: DeploymentRequest["operation"]): Promise<DeploymentReply> => {
    child.send({ operation });
    const [message] = (await Promise.race([once(child, "message"), ended(child, output)])) as [DeploymentReply];
    return message;
  };
  return {
    run,
    async succeed(operation) {
      const reply = await run(operation);
      if (reply.kind === "failed") throw new Error(`${operation} of ${setup.stack} failed:\n${reply.message}`);
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
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
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
