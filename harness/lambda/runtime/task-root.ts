import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";

/** Functions of `node:fs` by how many of their first parameters are paths. */
const ONE_PATH =
  "access accessSync appendFile appendFileSync chmod chmodSync chown chownSync createReadStream createWriteStream exists existsSync lchown lchownSync lstat lstatSync lutimes lutimesSync mkdir mkdirSync mkdtemp mkdtempSync open openAsBlob openSync opendir opendirSync readFile readFileSync readdir readdirSync readlink readlinkSync realpath realpathSync rm rmSync rmdir rmdirSync stat statSync statfs statfsSync truncate truncateSync unlink unlinkSync unwatchFile utimes utimesSync watch watchFile writeFile writeFileSync";
const TWO_PATHS = "copyFile copyFileSync cp cpSync link linkSync rename renameSync";
/** A link's first parameter is text that the link holds, not a path that is opened. */
const SECOND_PATH = "symlink symlinkSync";

type Functions = Record<string, unknown>;

/** Makes the task folder the working directory of this thread, as `/var/task` is on Lambda. A thread shares the
 * process's real working directory, so without this `readFile("./x")` would find a file of the developer's project. */
export function confineRelativePaths(taskRoot: string): void {
  const directory = { current: taskRoot };
  process.cwd = () => directory.current;
  process.chdir = (to) => {
    directory.current = fs.realpathSync(resolve(directory.current, to));
  };
  const absolute = (path: unknown): unknown => (typeof path === "string" ? resolve(directory.current, path) : path);
  wrapAll(Object(fs), absolute);
  wrapAll(Object(fs.promises), absolute);
  syncBuiltinESMExports();
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
