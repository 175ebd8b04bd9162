/**
 * Which installed packages go into the package of a function. Pulumi looks at each of them to tell, and npm's reader at all
 * that is installed: up to a third of an evaluation's time, and mostly the same answer as before.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { keepJson, keptJson } from "./kept-json.ts";
import type { ObservedReads } from "./observed-reads.ts";
import { contentDigest, SEVERAL, type TrackedFile } from "./tracked-files.ts";

type PulumiSdk = typeof import("@pulumi/pulumi");
type Assets = ReadonlyMap<string, object>;

interface ComputingRuntime {
  computeCodePaths(...args: unknown[]): Promise<Assets>;
}

/** One entry of a function's package. */
interface CodePath {
  readonly archivePath: string;
  /** On disk, from the working directory. */
  readonly path: string;
  readonly isArchive: boolean;
}

interface KeptCodePaths {
  /** What Pulumi read for it. */
  readonly files: readonly TrackedFile[];
  readonly paths: readonly CodePath[];
}

export interface CodePathsOptions {
  readonly pulumi: PulumiSdk;
  readonly reads: ObservedReads;
  /** Where answers of this version of Pulumi are kept. */
  readonly folder: string;
}

/**
 * Has the program's SDK keep its answers between evaluations, and give one answer to all functions of a program. An answer
 * holds for the same request in the same place, while all that Pulumi looked at for it is as it was. With anything in a request
 * that is not known, Pulumi computes it as ever.
 */
export function keepCodePaths({ pulumi, reads, folder }: CodePathsOptions): void {
  const runtime = pulumi.runtime as unknown as ComputingRuntime;
  const { computeCodePaths: plain } = runtime;
  const answers = new Map<string, Promise<readonly CodePath[] | undefined>>();
  const warnings = countWarnings();
  const compute = async (args: readonly unknown[], request: string) => {
    const before = warnings();
    const { value: assets, files } = await reads.observe(() => plain(...args));
    const paths = warnings() > before ? undefined : await describeCodePaths(assets);
    // Which sources stand beside a manifest says nothing of packages.
    const kept = { files: files.filter(({ aspect }) => aspect !== "sources"), paths };
    const isTold = files.some(({ aspect }) => aspect === "packages");
    const isSettled = files.every(({ digest }) => digest !== SEVERAL);
    if (paths !== undefined && isTold && isSettled) keepJson(placeOf(folder, request), kept);
    return { assets, paths };
  };
  runtime.computeCodePaths = async (...args) => {
    const request = requestOf(args);
    if (request === undefined) return plain(...args);
    let answer = answers.get(request);
    if (answer === undefined) {
      const kept = keptAnswer(placeOf(folder, request), reads);
      const computing = kept === undefined ? compute(args, request) : undefined;
      answer = computing?.then(({ paths }) => paths).catch(() => undefined) ?? Promise.resolve(kept);
      answers.set(request, answer);
      if (computing !== undefined) return (await computing).assets;
    }
    const paths = await answer;
    return paths === undefined ? plain(...args) : assetsAt(paths, pulumi);
  };
}

const OPTIONS = new Set(["extraIncludePaths", "extraIncludePackages", "extraExcludePackages"]);

/** `undefined` for what is not only lists of names. A name counts once, however often a list has it: a program's functions
 * share their options, and each adds to them. */
function requestOf(args: readonly unknown[]): string | undefined {
  const [options = {}, ...more] = args;
  if (typeof options !== "object" || options === null || Array.isArray(options) || more.length > 0) return undefined;
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  const isKnown = ([name, value]: [string, unknown]) =>
    OPTIONS.has(name) && Array.isArray(value) && value.every((one) => typeof one === "string");
  if (!entries.every(isKnown)) return undefined;
  return JSON.stringify([process.cwd(), entries.map(([name, value]) => [name, [...new Set(value as string[])]])]);
}

/** Counts the warnings from now on: without an engine Pulumi writes its own there too. For good, since a function's package
 * names what stands in the console while it is made. */
function countWarnings(): () => number {
  const { warn } = console;
  let count = 0;
  console.warn = (...args: unknown[]) => {
    count += 1;
    warn(...args);
  };
  return () => count;
}

interface FileAsset {
  readonly __pulumiArchive?: boolean;
  readonly path?: Promise<unknown>;
}

/** `undefined` where something has no path. */
async function describeCodePaths(assets: Assets): Promise<readonly CodePath[] | undefined> {
  const paths: CodePath[] = [];
  for (const [archivePath, asset] of assets as ReadonlyMap<string, FileAsset>) {
    const path = await asset.path;
    if (typeof path !== "string") return undefined;
    paths.push({ archivePath, path, isArchive: asset.__pulumiArchive === true });
  }
  return paths;
}

function assetsAt(paths: readonly CodePath[], { asset }: PulumiSdk): Assets {
  return new Map(
    paths.map(({ archivePath, path, isArchive }) => [
      archivePath,
      isArchive ? new asset.FileArchive(path) : new asset.FileAsset(path),
    ]),
  );
}

function keptAnswer(place: string, reads: ObservedReads): readonly CodePath[] | undefined {
  const kept = keptJson(place) as KeptCodePaths | undefined;
  try {
    const isSame = kept?.files.every(({ path, aspect, digest }) => reads.note(path, aspect) === digest);
    const isOfItsKind = ({ path, isArchive }: CodePath) => statSync(path).isDirectory() === isArchive;
    return isSame && kept?.paths.every(isOfItsKind) ? kept.paths : undefined;
  } catch {
    return undefined;
  }
}

/** One answer for each place and request, so that the folder does not grow with every installation. */
function placeOf(folder: string, request: string): string {
  return join(folder, `${contentDigest(request).slice(0, 32)}.json`);
}
