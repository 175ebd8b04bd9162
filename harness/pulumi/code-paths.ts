/**
 * Which installed packages go into the package of a function. Pulumi reads the whole tree of installed packages to tell: a
 * third of an evaluation's time, and the same answer until something is installed.
 */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { INSTALLATION_RECORDS } from "./installed-packages.ts";
import { keepJson, keptJson } from "./kept-json.ts";
import type { ObservedReads } from "./observed-reads.ts";
import { ABSENT, contentDigest, type TrackedFile } from "./tracked-files.ts";

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
  readonly surroundings: string;
  /** What Pulumi read outside `node_modules`, by paths from the working directory. */
  readonly files: readonly TrackedFile[];
  readonly paths: readonly CodePath[];
  /** What stands at each of the paths. */
  readonly found: readonly string[];
}

export interface CodePathsOptions {
  readonly pulumi: PulumiSdk;
  readonly reads: ObservedReads;
  /** Where answers are kept. */
  readonly folder: string;
}

/**
 * Has the program's SDK keep its answers between evaluations, and give one answer to all functions of a program. An answer
 * holds for the same request in the same place: the same files read outside `node_modules`, the same records of the package
 * manager, the same names in `node_modules`, and the same manifest of every package in the answer. Without a package
 * manager's record, or with anything in it that is not known, Pulumi computes it as ever.
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
    if (paths !== undefined) keep(folder, request, { files, paths });
    return { assets, paths };
  };
  runtime.computeCodePaths = async (...args) => {
    const request = requestOf(args);
    if (request === undefined) return plain(...args);
    let answer = answers.get(request);
    if (answer === undefined) {
      const kept = keptAnswer(folder, request, reads);
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

function keptAnswer(folder: string, request: string, reads: ObservedReads): readonly CodePath[] | undefined {
  try {
    const installed = installedPackages();
    const kept = keptJson(placeOf(folder, request, installed)) as KeptCodePaths | undefined;
    if (kept?.surroundings !== surroundingsOf(installed)) return undefined;
    const same = kept.files.every(({ path, aspect, digest }) => reads.note(resolve(path), aspect) === digest);
    return same && kept.paths.every((path, index) => whatIsAt(path) === kept.found[index]) ? kept.paths : undefined;
  } catch {
    return undefined;
  }
}

/** Failing to is no failure: the next evaluation is slower. */
function keep(folder: string, request: string, { files, paths }: Pick<KeptCodePaths, "files" | "paths">): void {
  try {
    const installed = installedPackages();
    if (installed.every(({ records }) => records.every((digest) => digest === ABSENT))) return;
    const kept: KeptCodePaths = {
      surroundings: surroundingsOf(installed),
      // Which sources stand beside a manifest says nothing of packages.
      files: files
        .filter(({ aspect }) => aspect !== "sources")
        .map((file) => ({ ...file, path: relative(process.cwd(), file.path) || "." })),
      paths,
      found: paths.map(whatIsAt),
    };
    keepJson(placeOf(folder, request, installed), kept);
  } catch {
    return;
  }
}

interface InstalledPackages {
  /** The folder itself, and not a link to it, from the working directory. */
  readonly folder: string;
  readonly records: readonly string[];
  readonly names: readonly string[];
}

/** What is installed where the program's packages are looked for: beside it, and above. */
function installedPackages(): readonly InstalledPackages[] {
  const found: InstalledPackages[] = [];
  for (let directory = process.cwd(); ; directory = dirname(directory)) {
    const folder = join(directory, "node_modules");
    const names = visibleNames(folder);
    if (names !== undefined) {
      const scoped = names.filter((name) => name.startsWith("@"));
      const inScopes = scoped.flatMap((scope) => visibleNames(join(folder, scope)) ?? []);
      const records = INSTALLATION_RECORDS.map((name) => digestOf(join(folder, name)));
      found.push({ folder: realPath(folder), records, names: [...names, ...inScopes] });
    }
    if (dirname(directory) === directory) return found;
  }
}

function visibleNames(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith("."));
  } catch {
    return undefined;
  }
}

function digestOf(file: string): string {
  try {
    return contentDigest(readFileSync(file));
  } catch {
    return ABSENT;
  }
}

/** One answer for each manifest and way to the packages, so that the folder does not grow with every installation. */
function placeOf(folder: string, request: string, installed: readonly InstalledPackages[]): string {
  const [, options] = JSON.parse(request) as [string, unknown];
  const places = installed.map(({ folder: place }) => place);
  const digest = contentDigest(JSON.stringify([options, places, digestOf("package.json")]));
  return join(folder, `${digest.slice(0, 32)}.json`);
}

function surroundingsOf(installed: readonly InstalledPackages[]): string {
  return contentDigest(JSON.stringify([process.version, installed]));
}

/** A package's manifest, whether it is a folder at all, and where the links on both ways to it lead. */
function whatIsAt({ archivePath, path }: CodePath): string {
  const manifest = statSync(path).isDirectory() ? digestOf(join(path, "package.json")) : "file";
  return JSON.stringify([manifest, realPath(archivePath), realPath(path)]);
}

function realPath(path: string): string {
  try {
    return relative(process.cwd(), realpathSync(path));
  } catch {
    return ABSENT;
  }
}
