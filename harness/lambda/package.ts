import { constants, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { access, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { HarnessError } from "../errors.ts";
import type { Archive, Asset } from "../pulumi/resource-graph.ts";
import { entryPath, isZip } from "./archive.ts";
import type { LambdaFunction } from "./function.ts";
import { filesInZip } from "./unzip.ts";

/** What Lambda's Node.js runtime brings, by npm scope.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const RUNTIME_SCOPES = ["@aws-sdk", "@smithy"];

/** Where the unpacked functions of one program are. */
export interface Deployment {
  /** Holds the SDK's scopes and nothing else. */
  readonly runtimeModules: string;
  /** Folders of the SDK's packages and of those that they need, as they really lie. */
  readonly runtimePackages: readonly string[];
  taskRoot(functionName: string): string;
  /** Makes an empty folder for one sandbox of a function. */
  temporaryFolder(functionName: string, sandboxId: string): TemporaryFolder;
  remove(): Promise<void>;
}

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Unpacks every function below a new folder in `root`, next to a `node_modules` that has the SDK alone, so that a package
 * which a function forgot is missing here as it is on Lambda. Files and folders are copied: what the project changes
 * afterwards does not reach a running function. Rejects with a `HarnessError` that names the function. */
export async function deployFunctions(
  functions: readonly LambdaFunction[],
  root: string,
  layerFrom: string,
): Promise<Deployment> {
  await mkdir(root, { recursive: true });
  const folder = await mkdtemp(join(await realpath(root), "lambda-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  const taskRoot = (functionName: string) => join(folder, functionName, "task");
  const temporaryFolder = (functionName: string, sandboxId: string): TemporaryFolder => {
    const path = join(folder, functionName, `tmp-${sandboxId}`);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
  };
  try {
    await refuseForeignPackages(folder);
    const runtimeModules = await linkRuntime(folder, layerFrom);
    for (const { functionName, code, declaredBy } of functions)
      await unpackFor(declaredBy, code, taskRoot(functionName));
    const runtimePackages = packagesBelow(runtimeModules);
    return { runtimeModules, runtimePackages, taskRoot, temporaryFolder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function unpackFor(declaredBy: string, code: Archive, taskRoot: string): Promise<void> {
  try {
    await unpack(code, taskRoot, ".");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HarnessError("PROGRAM_REFUSED", `${declaredBy}: its package cannot be unpacked: ${reason}`, {
      cause: error,
    });
  }
}

/** Node looks for packages in every `node_modules` above a file: one above the packages would fill their gaps. */
async function refuseForeignPackages(folder: string): Promise<void> {
  for (let above = dirname(folder); ; above = dirname(above)) {
    const modules = join(above, "node_modules");
    if (await exists(modules))
      throw new HarnessError(
        "CONFIGURATION",
        `Functions cannot be unpacked below ${above}: its node_modules would hide packages that they forgot. Choose another temporary folder (TMPDIR).`,
      );
    if (above === dirname(above)) return;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

async function linkRuntime(folder: string, layerFrom: string): Promise<string> {
  const runtimeModules = join(folder, "node_modules");
  await mkdir(runtimeModules);
  for (const scope of RUNTIME_SCOPES) {
    const installed = join(layerFrom, "node_modules", scope);
    if (await exists(installed)) await symlink(await realpath(installed), join(runtimeModules, scope), "junction");
  }
  return runtimeModules;
}

/** The packages of the runtime's scopes, and of what they depend on, found as Node.js finds them. At once: it asks for some
 * thousand files, and each that is waited for takes ten times as long. */
function packagesBelow(runtimeModules: string): readonly string[] {
  const found = new Set<string>();
  const visit = (folder: string): void => {
    if (found.has(folder)) return;
    found.add(folder);
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { dependencies, optionalDependencies, peerDependencies } = Object(manifest);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const installed = installedPackage(folder, name);
      if (installed !== undefined) visit(installed);
    }
  };
  for (const scope of readdirSync(runtimeModules))
    for (const name of readdirSync(join(runtimeModules, scope)))
      visit(realpathSync.native(join(runtimeModules, scope, name)));
  return [...found];
}

function installedPackage(from: string, name: string): string | undefined {
  for (let above = from; ; above = dirname(above)) {
    const folder = join(above, "node_modules", name);
    if (existsSync(join(folder, "package.json"))) return realpathSync.native(folder);
    if (above === dirname(above)) return undefined;
  }
}

/** Writes an asset or archive at a place below the task folder. */
async function unpack(node: Asset | Archive, taskRoot: string, place: string): Promise<void> {
  const target = below(taskRoot, place);
  switch (node.kind) {
    case "archive":
      await mkdir(target, { recursive: true });
      for (const [name, entry] of Object.entries(node.entries)) await unpack(entry, taskRoot, join(place, safe(name)));
      return;
    case "text":
      await mkdir(dirname(target), { recursive: true });
      return writeFile(target, node.text);
    case "file":
      await mkdir(dirname(target), { recursive: true });
      return cp(node.path, target, { dereference: true });
    case "path":
      await mkdir(target, { recursive: true });
      return isZip(node.path) ? unzip(node.path, taskRoot, place) : copyFolder(node.path, target);
    default:
      throw new Error(`${node.kind} assets are not fetched`);
  }
}

async function unzip(path: string, taskRoot: string, place: string): Promise<void> {
  for (const { name, bytes } of await filesInZip(path)) {
    const target = below(taskRoot, join(place, name));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
}

/** `COPYFILE_FICLONE` shares the blocks where the file system can. */
async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE });
}

function safe(name: string): string {
  const path = entryPath(name);
  if (path === undefined) throw new Error(`the entry ${JSON.stringify(name)} is outside the package`);
  return path;
}

function below(taskRoot: string, place: string): string {
  const target = join(taskRoot, place);
  const path = relative(taskRoot, target);
  if (path === ".." || path.startsWith(`..${sep}`)) throw new Error(`${place} is outside the package`);
  return target;
}
