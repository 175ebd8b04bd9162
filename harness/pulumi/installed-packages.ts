import fs, { type Stats } from "node:fs";
import { dirname, join } from "node:path";

const NPM_RECORD = ".package-lock.json";

/** The package managers' own records of what is installed, in `node_modules`: they change with every installation. */
export const INSTALLATION_RECORDS = [NPM_RECORD, ".yarn-integrity", ".yarn-state.yml", ".modules.yaml"];

/** As they are before a program is observed: what is read here is noted as one. */
const { readdirSync, readFileSync, realpathSync, statSync } = fs;

/** What decides which packages are found from a folder: the folder itself and not a link to it, its manifest, which record of
 * npm's is there, and the names in its `node_modules`, with where links lead in the end. */
export function packagesFrom(folder: string): string {
  const packages = join(folder, "node_modules");
  const manifest = textOf(join(folder, "package.json"));
  const installed = statusOf(packages) && [placeOf(packages), namesIn(packages)];
  const { mtimeMs, size } = (installed && statusOf(join(packages, NPM_RECORD))) ?? {};
  return JSON.stringify([placeOf(folder), manifest, installed, mtimeMs, size]);
}

type Names = readonly (readonly [name: string, place: string | undefined])[];

/** Also those in scopes, of which there are none in another one: links may lead round in circles. */
function namesIn(packages: string): readonly (readonly [...Names[number], ofScope?: Names])[] {
  return entriesIn(packages).map(([name, place]) =>
    name.startsWith("@") ? [name, place, entriesIn(join(packages, name))] : [name, place],
  );
}

function entriesIn(folder: string): Names {
  const entries = orNothing(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  const shown = entries.filter(({ name }) => !name.startsWith("."));
  return shown.map((entry) => [entry.name, entry.isSymbolicLink() ? placeOf(join(folder, entry.name)) : undefined]);
}

/** Where something really is. */
function placeOf(path: string): string | undefined {
  return orNothing(() => realpathSync.native(path));
}

/** How old a file is, and how long; of a folder what npm tells by whether its record is newer than a package or a
 * `node_modules`. */
export function timesOf(path: string): string {
  const status = statusOf(path);
  if (status?.isFile()) return JSON.stringify([status.mtimeMs, status.size]);
  const scopes = (orNothing(() => readdirSync(path)) ?? []).filter((name) => name.startsWith("@"));
  const places = [path, ...scopes.map((name) => join(path, name))];
  return JSON.stringify(places.map((place) => statusOf(place)?.mtimeMs ?? null));
}

function textOf(file: string): string | undefined {
  return statusOf(file) && orNothing(() => readFileSync(file, "utf8"));
}

/** Asked first of what may not be there: an error takes longer. */
function statusOf(path: string): Stats | undefined {
  return orNothing(() => statSync(path, { throwIfNoEntry: false }));
}

function orNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The folder of a package; a hidden one is none, but a store of them. */
const PACKAGE = /^.*[\\/]node_modules[\\/](?!\.)(@[^\\/]+[\\/])?[^\\/]+/;
const FOR_PACKAGES = /[\\/]node_modules([\\/]@[^\\/]+)?$/;

/** The folder of the package that a file belongs to, or else the file's own. */
export function folderOf(file: string): string {
  return PACKAGE.exec(file)?.[0] ?? dirname(file);
}

/** The folders from which Node.js may take what files ask for: their packages', or else their own, and those above. */
export function foldersAround(files: readonly string[]): readonly string[] {
  const own = new Set(files.map(folderOf));
  const all = new Set([...own].flatMap(foldersFrom));
  return [...all].filter((folder) => !FOR_PACKAGES.test(folder));
}

/** A folder and those above. */
export function foldersFrom(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersFrom(above)];
}
