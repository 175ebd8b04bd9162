import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Evaluation, EvaluationRequest } from "./evaluation.ts";

interface KeptEvaluation {
  readonly fingerprint: string;
  readonly evaluation: Evaluation;
}

/** Files that decide what the program's imports mean, though no program reads them itself. */
const PROJECT_FILES = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  join("node_modules", ".package-lock.json"),
];

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
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith(".ts")).sort();
  return JSON.stringify(await Promise.all(names.map((name) => fileDigest(join(import.meta.dirname, name)))));
}

/** Everything that a result depends on, as one digest: the request, the program's files, the environment that it read,
 * the installed packages, Node.js and this code. */
async function fingerprint(request: EvaluationRequest, evaluation: Evaluation): Promise<string> {
  const files = [...evaluation.files, ...PROJECT_FILES.map((name) => join(request.programDirectory, name))];
  const [harness, ...digests] = await Promise.all([harnessDigest(), ...files.map(fileDigest)]);
  const environment = evaluation.environment.map((name) => process.env[name] ?? null);
  const all = [request, process.version, harness, files, digests, environment];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

function cacheFile(request: EvaluationRequest): string {
  const name = createHash("sha256")
    .update(JSON.stringify([request.entryPoint, request.deployment]))
    .digest("hex")
    .slice(0, 16);
  return join(request.programDirectory, "node_modules", ".cache", "pulumi-harness", `${name}.json`);
}

/** The kept result of the same request, or `undefined` when there is none or anything that it depends on has changed. */
export async function keptEvaluation(request: EvaluationRequest): Promise<Evaluation | undefined> {
  try {
    const kept = JSON.parse(await readFile(cacheFile(request), "utf8")) as KeptEvaluation;
    return kept.fingerprint === (await fingerprint(request, kept.evaluation)) ? kept.evaluation : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a result for the next start. Failing to is no failure: the next start is slower. */
export async function keepEvaluation(request: EvaluationRequest, evaluation: Evaluation): Promise<void> {
  const file = cacheFile(request);
  try {
    if (!(await stat(join(request.programDirectory, "node_modules"))).isDirectory()) return;
    await mkdir(dirname(file), { recursive: true });
    const kept: KeptEvaluation = { fingerprint: await fingerprint(request, evaluation), evaluation };
    const temporary = `${file}.${process.pid}`;
    await writeFile(temporary, JSON.stringify(kept), { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    return;
  }
}
