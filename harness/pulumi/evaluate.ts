import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HarnessError } from "../errors.ts";
import type { Fault } from "../faults.ts";
import { parseJsonObject } from "../json.ts";
import { findEntryPoint } from "./entry-point.ts";
import type { Evaluation, EvaluationRequest, Failure } from "./evaluation.ts";
import { cacheFolder, keepEvaluation, keptEvaluation, surroundingsOf } from "./evaluation-cache.ts";
import { ProgramError, SpareFailed, startEvaluator } from "./evaluator.ts";
import type { Deployment } from "./identifiers.ts";
import { checkProject, type ProgramSettings, programSettings } from "./program-settings.ts";
import { regionFaults } from "./region-faults.ts";
import { type ResourceGraph, resourceGraph } from "./resource-graph.ts";
import type { SpareEvaluators } from "./spare-evaluators.ts";
import type { StackConfiguration } from "./stack-configuration.ts";
import { textFaults } from "./text-faults.ts";
import { ABSENT, changedFiles, contentDigest, isOfPackages, type TrackedFile } from "./tracked-files.ts";
import type { TypeCheckRequest } from "./type-check-process.ts";

export interface EvaluateOptions {
  /** The folder with `Pulumi.yaml`. */
  readonly programDirectory: string;
  /** Default `dev`. A stack that is named must have its file; the default may lack one. */
  readonly stack?: string;
  /** Configuration that goes before the stack file's, as `pulumi config set` would take it. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Files with the outputs of other stacks, by the stack's name in a StackReference. */
  readonly references?: Readonly<Record<string, string>>;
  /** Random text that secrets are made of, such as an app client's: the same text, the same secrets. Default: new ones. */
  readonly secretSeed?: string;
  /** `false`: evaluate even where a kept result still holds. */
  readonly useCache?: boolean;
  /** What the program and Pulumi print while they run, line by line. */
  readonly onOutput?: (line: string) => void;
  /** Told of the files that each attempt depended on, also where it failed. */
  readonly onFiles?: (files: readonly TrackedFile[]) => void;
  /** Told once a kept result is found, or the program's own process is started. */
  readonly onUnderWay?: () => void;
  /** Ends an evaluation that is under way, which then rejects. */
  readonly signal?: AbortSignal;
  /** Has a process ready for the next evaluation of this program. Default: each is started when it is needed. */
  readonly evaluators?: SpareEvaluators;
}

/** A program as `pulumi up` would see it, with the identifiers that AWS would have made. */
export interface EvaluatedProgram {
  readonly deployment: Deployment;
  readonly graph: ResourceGraph;
  readonly exports: Readonly<Record<string, unknown>>;
  /** Names of the exports that are a secret or hold one. */
  readonly secretExports: readonly string[];
  /** What keeps the program from being served; readers of the graph find more. */
  readonly faults: readonly Fault[];
  /** Absolute paths to watch: the program's files and its configuration. */
  readonly files: readonly string[];
  /** Stands for the bytes of the files and folders that functions are packed from: the graph has only their paths. */
  readonly assetsDigest?: string;
  /** How `pulumi up` would check its types; absent where it would not. */
  readonly typeCheck?: TypeCheckRequest;
  readonly fromCache: boolean;
}

/** The account that AWS's documentation uses in its examples. */
const ACCOUNT_ID = "123456789012";
const DEFAULT_REGION = "us-east-1";
const DEFAULT_STACK = "dev";
const TYPESCRIPT = /(?<!\.d)\.[cm]?tsx?$/;

/** A program that changes its own files whenever it runs never comes to rest. */
const MOST_ATTEMPTS = 5;

/**
 * Runs a Pulumi program under mocks in a process of its own and answers with its resource graph. What it answers belongs
 * to the files as they are on disk at its end: where one changed meanwhile, the program is run again.
 *
 * @throws HarnessError PROGRAM_NOT_FOUND, CONFIGURATION (naming the key and the remedy), or EVALUATION_FAILED with the
 * program's own error.
 */
export async function evaluateProgram(options: EvaluateOptions): Promise<EvaluatedProgram> {
  for (let attempt = 1; ; attempt += 1) {
    const read: TrackedFile[] = [];
    const outcome = await evaluateOnce(options, read).then(
      (evaluated) => ({ evaluated }),
      (error: unknown) => ({ error }),
    );
    options.onFiles?.(read);
    // What was kept was compared with the disk just now. What is installed is compared at the next start or look at the disk.
    const isKept = "evaluated" in outcome && outcome.evaluated.program.fromCache;
    const [changed] = isKept ? [] : await changedFiles(read.filter(({ aspect }) => !isOfPackages(aspect)));
    if (changed === undefined || attempt === MOST_ATTEMPTS || options.signal?.aborted === true) {
      if ("error" in outcome) throw outcome.error;
      if (changed === undefined) outcome.evaluated.keep();
      else options.onOutput?.(`${changed.path} changes whenever the program runs, so that the result is not kept.`);
      return outcome.evaluated.program;
    }
  }
}

interface Evaluated {
  readonly program: EvaluatedProgram;
  /** Keeps it for the next start, where that is wanted and it was not kept before. */
  readonly keep: () => void;
}

/** @param read what the outcome depends on is added to it, also before it rejects. */
async function evaluateOnce(options: EvaluateOptions, read: TrackedFile[]): Promise<Evaluated> {
  const directory = resolve(options.programDirectory);
  const { text, projectFile } = await readProject(directory, read);
  const stack = options.stack ?? DEFAULT_STACK;
  const stackFile = await readStackFile({ directory, stack, named: options.stack !== undefined, read }).catch(
    async (error: unknown) => {
      // What is wrong with the project itself comes first.
      await checkProject(text);
      throw error;
    },
  );
  const folder = cacheFolder(directory);
  const source = { project: text, stackFile, overrides: options.configuration ?? {} };
  const { project, configuration } = await programSettings(source, folder);
  const { warnings, ...entry } = await findEntryPoint(directory, project, read);
  for (const warning of warnings) options.onOutput?.(`warning: ${warning}`);
  const request: EvaluationRequest = {
    programDirectory: directory,
    ...entry,
    typeScript: project.typeScript,
    tsconfig: resolve(entry.workingDirectory, project.tsconfig ?? "tsconfig.json"),
    types: false,
    debugger: false,
    deployment: deploymentOf(project, stack, configuration),
    organization: "organization",
    configuration: configuration.values,
    secretKeys: configuration.secretKeys,
    references: await readReferences(options.references ?? {}, read),
    secretSeed: options.secretSeed ?? randomBytes(32).toString("base64"),
    ...(folder === undefined ? {} : { compileCacheDirectory: join(folder, "compiled") }),
  };
  const surroundings = options.useCache === false ? undefined : await surroundingsOf(request);
  const kept = surroundings === undefined ? undefined : await keptEvaluation(request, surroundings);
  if (kept !== undefined) options.onUnderWay?.();
  const evaluation = kept ?? (await runAsPulumiDoes(request, options, read));
  if (kept !== undefined) read.push(...kept.files);
  options.evaluators?.expect(request, evaluation.sdkFiles);
  const configurationFiles = stackFile === undefined ? [projectFile] : [projectFile, join(directory, stackFile.name)];
  return {
    program: {
      deployment: request.deployment,
      graph: resourceGraph(evaluation.resources, evaluation.components),
      exports: evaluation.exports,
      secretExports: evaluation.secretExports,
      faults: [
        ...evaluation.faults,
        ...textFaults(evaluation),
        ...regionFaults(evaluation.resources, request.deployment.region),
      ],
      files: [...new Set([...configurationFiles, ...evaluation.files.filter(isThere).map(({ path }) => path)])],
      assetsDigest: assetsDigest(evaluation),
      ...typeCheckOf(request, evaluation),
      fromCache: kept !== undefined,
    },
    keep() {
      if (kept === undefined && surroundings !== undefined) keepEvaluation({ request, surroundings, evaluation });
    },
  };
}

/** @see https://www.pulumi.com/docs/iac/languages-sdks/javascript/#typescript */
function typeCheckOf(
  { typeScript, workingDirectory, tsconfig }: EvaluationRequest,
  { files }: Evaluation,
): Pick<EvaluatedProgram, "typeCheck"> {
  if (!typeScript || process.env.PULUMI_NODEJS_TRANSPILE_ONLY === "true") return {};
  const sources = files.filter((file) => isThere(file) && TYPESCRIPT.test(file.path)).map(({ path }) => path);
  return { typeCheck: { workingDirectory, tsconfig, files: sources } };
}

function assetsDigest({ assets, files }: Evaluation): string {
  const packed = files.filter(({ aspect, path }) => aspect === "content" && assets.includes(path));
  return contentDigest(JSON.stringify(packed.map(({ path, digest }) => [path, digest])));
}

function isThere({ aspect, digest }: TrackedFile): boolean {
  return aspect === "content" && digest !== ABSENT;
}

/** Reads a file of the project and notes its bytes. */
async function readTracked(path: string, read: TrackedFile[]): Promise<string> {
  const bytes = await readFile(path);
  read.push({ path, aspect: "content", digest: contentDigest(bytes) });
  return bytes.toString();
}

/** @throws HarnessError CONFIGURATION for a file that cannot be read, or holds no object. */
async function readReferences(
  files: Readonly<Record<string, string>>,
  read: TrackedFile[],
): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  const entries = Object.entries(files).map(async ([name, file]) => {
    const text = await readTracked(resolve(file), read).catch(() => undefined);
    const outputs = text === undefined ? undefined : parseJsonObject(text);
    if (outputs !== undefined) return [name, outputs] as const;
    const remedy = `Write it with: pulumi stack output --json --show-secrets --stack ${name} > ${file}`;
    throw new HarnessError("CONFIGURATION", `${file} holds no outputs of the stack ${name}. ${remedy}`);
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function readProject(directory: string, read: TrackedFile[]): Promise<{ text: string; projectFile: string }> {
  for (const name of ["Pulumi.yaml", "Pulumi.yml"]) {
    const projectFile = join(directory, name);
    if (existsSync(projectFile)) return { text: await readTracked(projectFile, read), projectFile };
  }
  throw new HarnessError(
    "PROGRAM_NOT_FOUND",
    `There is no Pulumi.yaml in ${directory}. Name the program's folder with --program.`,
  );
}

interface StackFileSearch {
  readonly directory: string;
  readonly stack: string;
  readonly named: boolean;
  readonly read: TrackedFile[];
}

async function readStackFile({
  directory,
  stack,
  named,
  read,
}: StackFileSearch): Promise<{ name: string; text: string } | undefined> {
  for (const name of [`Pulumi.${stack}.yaml`, `Pulumi.${stack}.yml`]) {
    const path = join(directory, name);
    if (existsSync(path)) return { name, text: await readTracked(path, read) };
    read.push({ path, aspect: "existence", digest: ABSENT });
  }
  if (!named) return undefined;
  const stacks = await stackNames(directory);
  const known = stacks.length === 0 ? "there are no stack files" : `there are: ${stacks.join(", ")}`;
  throw new HarnessError(
    "CONFIGURATION",
    `There is no Pulumi.${stack}.yaml in ${directory}; ${known}. Choose one with --stack.`,
  );
}

/** The stacks that a program has files for. */
export async function stackNames(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).flatMap((name) => /^Pulumi\.(.+)\.ya?ml$/.exec(name)?.[1] ?? []).sort();
}

function deploymentOf(
  project: ProgramSettings["project"],
  stack: string,
  configuration: StackConfiguration,
): Deployment {
  const region = configuration.values["aws:region"] ?? DEFAULT_REGION;
  return { project: project.name, stack, partition: "aws", region, accountId: ACCOUNT_ID };
}

/** The quick way first: without a look at types, which is four times as fast, and without the debugger. */
async function runAsPulumiDoes(
  request: EvaluationRequest,
  { evaluators, onOutput = () => {}, onUnderWay, signal }: EvaluateOptions,
  read: TrackedFile[],
): Promise<Evaluation> {
  const onFiles = (files: readonly TrackedFile[]) => void read.push(...files);
  const surroundings = { onOutput, onFiles, ...(signal === undefined ? {} : { signal }) };
  for (let way: EvaluationRequest | undefined = request; ; ) {
    try {
      const evaluator = (await evaluators?.take(way)) ?? startEvaluator({ request: way });
      onUnderWay?.();
      return await evaluator.evaluate(surroundings);
    } catch (error) {
      if (error instanceof SpareFailed) continue;
      way = error instanceof ProgramError ? otherWay(way, error.failure) : undefined;
      if (way === undefined) throw error;
    }
  }
}

/** Where the program cannot be loaded, with a look at types: an export of a mere type that is not marked as one, for example,
 * is left out then. Where a function cannot be serialized, with the debugger: then Pulumi says where it stands. */
function otherWay(request: EvaluationRequest, failure: Failure): EvaluationRequest | undefined {
  if (failure === "loading" && request.typeScript && !request.types) return { ...request, types: true };
  if (failure === "serializing" && !request.debugger) return { ...request, debugger: true };
  return undefined;
}
