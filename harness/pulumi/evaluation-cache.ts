import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { secretOutputValues } from "../resources/secret-outputs.ts";
import type { Evaluation, EvaluationRequest } from "./evaluation.ts";
import { foldersFrom, INSTALLATION_RECORDS } from "./installed-packages.ts";
import { keepJson, keptJson } from "./kept-json.ts";
import { ABSENT, changedFiles, contentDigest, currentDigest } from "./tracked-files.ts";

interface KeptEvaluation {
  readonly surroundings: string;
  /** Stands for the values of the variables that the program read, which may be secret. */
  readonly environment: string;
  readonly evaluation: Evaluation;
}

/** What of this code decides a result. */
const EVALUATING_CODE = [import.meta.dirname, join(import.meta.dirname, "../resources")];

async function harnessDigest(): Promise<string> {
  return JSON.stringify(await Promise.all(EVALUATING_CODE.map((folder) => currentDigest(folder))));
}

/** Everything besides the program's files and variables that a result depends on, as one digest: the request, the installed
 * packages, Node.js with its own variables, and this code. What depends on the seed of secrets is not kept. */
export async function surroundingsOf({ secretSeed: _seed, ...request }: EvaluationRequest): Promise<string> {
  const [harness, installed] = await Promise.all([harnessDigest(), installationRecords(request.programDirectory)]);
  const environment = environmentDigest(["NODE_PATH", "NODE_OPTIONS"]);
  return contentDigest(JSON.stringify([request, process.version, harness, installed, environment]));
}

function environmentDigest(names: readonly string[]): string {
  return contentDigest(JSON.stringify(names.map((name) => process.env[name] ?? null)));
}

/** Also those above: the packages of a workspace are installed there. */
async function installationRecords(directory: string): Promise<readonly string[]> {
  const folders = foldersFrom(directory).map((folder) => join(folder, "node_modules"));
  const places = folders.filter((folder) => existsSync(folder));
  const records = places.flatMap((place) => INSTALLATION_RECORDS.map((name) => join(place, name)));
  return Promise.all(records.map((record) => currentDigest(record)));
}

/** Changes with every installation of packages for a program; `undefined` where nothing tells of that. */
export async function installedDigest(directory: string): Promise<string | undefined> {
  const records = await installationRecords(directory);
  return records.every((digest) => digest === ABSENT) ? undefined : records.join();
}

/** The nearest `node_modules` above the program, where installed packages keep what can be made again. */
function packagesFolder(directory: string): string | undefined {
  const folder = join(directory, "node_modules");
  if (existsSync(folder)) return folder;
  return dirname(directory) === directory ? undefined : packagesFolder(dirname(directory));
}

/** The folder for what can be made again, or `undefined` where nothing is installed. */
export function cacheFolder(programDirectory: string): string | undefined {
  const folder = packagesFolder(resolve(programDirectory));
  return folder === undefined ? undefined : join(folder, ".cache", "pulumi-harness");
}

function cacheFile(request: EvaluationRequest): string | undefined {
  const folder = cacheFolder(request.programDirectory);
  if (folder === undefined) return undefined;
  const identity = JSON.stringify([request.entryPoint, request.deployment]);
  const name = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  return join(folder, `${name}.json`);
}

/** The kept result of the same request, or `undefined` when there is none or anything that it depends on has changed. */
export async function keptEvaluation(
  request: EvaluationRequest,
  surroundings: string,
): Promise<Evaluation | undefined> {
  const file = cacheFile(request);
  if (file === undefined) return undefined;
  try {
    const kept = keptJson(file) as KeptEvaluation | undefined;
    if (kept?.surroundings !== surroundings) return undefined;
    if (kept.environment !== environmentDigest(kept.evaluation.environment)) return undefined;
    return (await changedFiles(kept.evaluation.files)).length === 0 ? kept.evaluation : undefined;
  } catch {
    return undefined;
  }
}

export interface ResultToKeep {
  readonly request: EvaluationRequest;
  /** As they were before it was evaluated: what is installed meanwhile is seen at the next start. */
  readonly surroundings: string;
  readonly evaluation: Evaluation;
}

/** Keeps a result for the next start, under the digests of the bytes that it was made of. What may be another next time
 * is not kept, nor what holds a secret: the file would hold it in plain text. */
export function keepEvaluation({ request, surroundings, evaluation }: ResultToKeep): void {
  const file = cacheFile(request);
  if (file === undefined || evaluation.askedOutside || holdsSecret(request, evaluation)) return;
  const kept: KeptEvaluation = { surroundings, environment: environmentDigest(evaluation.environment), evaluation };
  keepJson(file, kept);
}

/** Marked as one by the program, made by a provider, or a secret setting that stands in it without a mark. */
function holdsSecret(request: EvaluationRequest, evaluation: Evaluation): boolean {
  // Which outputs of another stack are secret its file does not say.
  if (evaluation.secretExports.length > 0 || Object.keys(request.references).length > 0) return true;
  if (evaluation.resources.some(({ secretInputs = [] }) => secretInputs.length > 0)) return true;
  if (secretOutputValues(evaluation.resources).size > 0) return true;
  const text = JSON.stringify(evaluation);
  return request.secretKeys.some((key) => text.includes(JSON.stringify(request.configuration[key] ?? "").slice(1, -1)));
}
