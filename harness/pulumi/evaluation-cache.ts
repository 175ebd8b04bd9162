import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Evaluation, EvaluationRequest } from "./evaluation.ts";

interface KeptEvaluation {
  readonly fingerprint: string;
  readonly evaluation: Evaluation;
}

/** Files that decide what the program's imports mean, though no program reads them itself. */
const PROJECT_FILES = ["package.json", "package-lock.json", "tsconfig.json"];

/** npm's own record of what is installed: it changes with every installation. */
const INSTALLED = ".package-lock.json";

async function fileDigest(path: string): Promise<string> {
  try {
    const status = await stat(path);
    if (!status.isDirectory())
      return createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
    const names = (await readdir(path)).sort();
    const digests = await Promise.all(names.map((name) => fileDigest(join(path, name))));
    return createHash("sha256")
      .update(JSON.stringify([names, digests]))
      .digest("hex");
  } catch {
    return "absent";
  }
}

async function harnessDigest(): Promise<string> {
  const folders = [import.meta.dirname, join(import.meta.dirname, "../resources")];
  return JSON.stringify(await Promise.all(folders.map(fileDigest)));
}

/** Everything that a result depends on, as one digest: the request, the program's files, the environment that it read,
 * the installed packages, Node.js and this code. */
async function fingerprint(request: EvaluationRequest, evaluation: Evaluation): Promise<string> {
  const project = PROJECT_FILES.map((name) => join(request.programDirectory, name));
  const packages = packagesFolder(request.programDirectory);
  const files = [...evaluation.files, ...project, ...(packages === undefined ? [] : [join(packages, INSTALLED)])];
  const [harness, ...digests] = await Promise.all([harnessDigest(), ...files.map(fileDigest)]);
  const environment = evaluation.environment.map((name) => process.env[name] ?? null);
  const all = [request, process.version, harness, files, digests, environment];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
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
export async function keptEvaluation(request: EvaluationRequest): Promise<Evaluation | undefined> {
  const file = cacheFile(request);
  if (file === undefined) return undefined;
  try {
    const kept = JSON.parse(await readFile(file, "utf8")) as KeptEvaluation;
    return kept.fingerprint === (await fingerprint(request, kept.evaluation)) ? kept.evaluation : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a result for the next start. Failing to is no failure: the next start is slower. */
export async function keepEvaluation(request: EvaluationRequest, evaluation: Evaluation): Promise<void> {
  const file = cacheFile(request);
  if (file === undefined) return;
  try {
    await mkdir(dirname(file), { recursive: true });
    const kept: KeptEvaluation = { fingerprint: await fingerprint(request, evaluation), evaluation };
    const temporary = `${file}.${process.pid}`;
    await writeFile(temporary, JSON.stringify(kept), { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    return;
  }
}
