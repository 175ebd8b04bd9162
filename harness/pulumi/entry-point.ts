import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { HarnessError } from "../errors.ts";
import type { Project } from "./stack-configuration.ts";
import { ABSENT, contentDigest, type TrackedFile } from "./tracked-files.ts";

/** Where a program begins. */
export interface EntryPoint {
  /** Absolute path of the file. */
  readonly entryPoint: string;
  /** Where the program runs: relative paths and `tsconfig.json` are looked for there. */
  readonly workingDirectory: string;
  /** Whether it is loaded as an ECMAScript module. */
  readonly isModule: boolean;
  readonly warnings: readonly string[];
}

/** In the order in which Node.js, and for modules Pulumi, takes them. */
const INDEX_FILES = ["index.js", "index.ts"];
const MODULE_INDEX_FILES = ["index.js", "index.mjs", "index.ts", "index.mts"];
const NO_PACKAGE =
  "Could not find a package.json file for the program. Using the Pulumi program directory as the project root.";
const BOTH_INDEX_FILES =
  "Found a TypeScript project containing an index.js file and no explicit entrypoint in Pulumi.yaml - Pulumi will use index.js";

/**
 * Finds a program's entry point as `pulumi up` does: what `main` of `Pulumi.yaml` names, else the `exports` or `main` of
 * the nearest `package.json` upwards, else an index file.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/run/run.ts
 * @param read what the answer depends on is added to it.
 * @throws HarnessError PROGRAM_NOT_FOUND naming where it looked; CONFIGURATION for a broken package.json.
 */
export async function findEntryPoint(
  directory: string,
  project: Pick<Project, "main" | "typeScript">,
  read: TrackedFile[],
): Promise<EntryPoint> {
  const main = resolve(directory, project.main ?? ".");
  if (!existsSync(main))
    throw new HarnessError("PROGRAM_NOT_FOUND", `Pulumi.yaml names the entry point ${main}, which is not there.`);
  const workingDirectory = statSync(main).isDirectory() ? main : dirname(main);
  const manifest = await nearestManifest(workingDirectory, read);
  const warnings = manifest === undefined ? [NO_PACKAGE] : [];
  const isModule = manifest?.type === "module";
  const given = main === workingDirectory ? manifest?.main : undefined;
  if (given !== undefined && !existsSync(given.path)) {
    const instead = `using '${workingDirectory}' instead`;
    warnings.push(`Could not find entry point '${given.name}' specified in package.json; ${instead}`);
  }
  const start = given !== undefined && existsSync(given.path) ? given.path : main;
  if (!statSync(start).isDirectory()) return { entryPoint: start, workingDirectory, isModule, warnings };
  const names = isModule ? MODULE_INDEX_FILES : INDEX_FILES;
  const [found, ...others] = names.map((name) => join(start, name)).filter((path) => existsSync(path));
  if (found === undefined)
    throw new HarnessError("PROGRAM_NOT_FOUND", `No entry point in ${start}; looked for ${names.join(", ")}.`);
  if (!isModule && others.length > 0) warnings.push(BOTH_INDEX_FILES);
  return { entryPoint: found, workingDirectory, isModule, warnings };
}

interface Manifest {
  readonly type?: string;
  readonly main?: { readonly name: string; readonly path: string };
}

async function nearestManifest(from: string, read: TrackedFile[]): Promise<Manifest | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) {
      const bytes = await readFile(path);
      read.push({ path, aspect: "content", digest: contentDigest(bytes) });
      return parseManifest(bytes.toString(), path);
    }
    read.push({ path, aspect: "existence", digest: ABSENT });
    if (dirname(folder) === folder) return undefined;
  }
}

function parseManifest(text: string, file: string): Manifest {
  const { main, type, exports } = parsed(text, file);
  const name = exportedMain(exports) ?? (exports === undefined && typeof main === "string" ? main : undefined);
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(name === undefined || name === "" ? {} : { main: { name, path: resolve(dirname(file), name) } }),
  };
}

function parsed(text: string, file: string): { main?: unknown; type?: unknown; exports?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    throw new HarnessError("CONFIGURATION", `${file} is not valid JSON.`);
  }
}

/** `exports` as text, or its `.` as text or by condition.
 * @see https://nodejs.org/api/packages.html#package-entry-points */
function exportedMain(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports;
  const root = typeof exports === "object" && exports !== null ? (exports as Record<string, unknown>)["."] : undefined;
  if (typeof root === "string") return root;
  const conditions = (typeof root === "object" && root !== null ? root : {}) as Record<string, unknown>;
  return ["default", "require", "import"]
    .map((name) => conditions[name])
    .find((value): value is string => typeof value === "string");
}
