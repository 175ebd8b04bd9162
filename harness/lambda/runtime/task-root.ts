import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isAbsolute, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuntimeSettings } from "./runtime-messages.ts";

/** Functions of `node:fs` by how many of their first parameters are paths. */
const ONE_PATH =
  "access accessSync appendFile appendFileSync chmod chmodSync chown chownSync createReadStream createWriteStream exists existsSync lchown lchownSync lstat lstatSync lutimes lutimesSync mkdir mkdirSync mkdtemp mkdtempSync open openAsBlob openSync opendir opendirSync readFile readFileSync readdir readdirSync readlink readlinkSync realpath realpathSync rm rmSync rmdir rmdirSync stat statSync statfs statfsSync truncate truncateSync unlink unlinkSync unwatchFile utimes utimesSync watch watchFile writeFile writeFileSync";
const TWO_PATHS = "copyFile copyFileSync cp cpSync link linkSync rename renameSync";
/** A link's first parameter is text that the link holds, not a path that is opened. */
const SECOND_PATH = "symlink symlinkSync";

type Functions = Record<string, unknown>;

type Place = Pick<RuntimeSettings, "taskRoot" | "temporaryFolder" | "readableFolders">;

/** The one folder that a function may write to on Lambda. */
const TEMPORARY = resolve("/tmp");

/** Makes the task folder the working directory, as `/var/task` is on Lambda, and `/tmp` a folder of this sandbox alone.
 * A thread shares the process's real working directory, so without this `readFile("./x")` would find a file of the
 * developer's project; and what a function leaves in `/tmp` would be found by all others. */
export function confinePaths(place: Place): void {
  const directory = { current: place.taskRoot };
  process.cwd = () => directory.current;
  process.chdir = (to) => {
    directory.current = fs.realpathSync(located(place, directory.current, to));
  };
  const absolute = (path: unknown): unknown => located(place, directory.current, path);
  wrapAll(Object(fs), absolute);
  wrapAll(Object(fs.promises), absolute);
  answerWhatDoesNotExist();
  syncBuiltinESMExports();
}

function located(place: Place, from: string, path: string): string;
function located(place: Place, from: string, path: unknown): unknown;
function located(place: Place, from: string, path: unknown): unknown {
  const text = path instanceof URL && path.protocol === "file:" ? fileURLToPath(path) : path;
  if (typeof text !== "string") return path;
  const resolved = resolve(from, text);
  // What `mkdtemp` is given may end in a separator.
  const target = /[\\/]$/.test(text) && !resolved.endsWith(sep) ? `${resolved}${sep}` : resolved;
  const meansTemporary = isAbsolute(text) && isWithin(TEMPORARY, target);
  if (!meansTemporary || place.readableFolders.some((folder) => isWithin(folder, target))) return target;
  return `${place.temporaryFolder}${target.slice(TEMPORARY.length)}`;
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

/** Outside its folders a process may not even ask what exists; on Lambda the answer would be no. */
function answerWhatDoesNotExist(): void {
  const { existsSync } = fs;
  fs.existsSync = (path) => {
    try {
      return existsSync(path);
    } catch {
      return false;
    }
  };
}

function wrapAll(functions: Functions, absolute: (path: unknown) => unknown): void {
  for (const name of ONE_PATH.split(" ")) wrap(functions, name, [0], absolute);
  for (const name of TWO_PATHS.split(" ")) wrap(functions, name, [0, 1], absolute);
  for (const name of SECOND_PATH.split(" ")) wrap(functions, name, [1], absolute);
}

function wrap(
  functions: Functions,
  name: string,
  paths: readonly number[],
  absolute: (path: unknown) => unknown,
): void {
  const original = functions[name];
  if (typeof original !== "function") return;
  const wrapped = (...parameters: unknown[]) => {
    for (const index of paths) if (index < parameters.length) parameters[index] = absolute(parameters[index]);
    return Reflect.apply(original, functions, parameters);
  };
  // `realpath.native`, `exists[util.promisify.custom]`, and what else hangs on the originals.
  functions[name] = Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
}
