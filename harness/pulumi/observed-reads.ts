import { AsyncLocalStorage } from "node:async_hooks";
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { folderOf, foldersAround } from "./installed-packages.ts";
import {
  ABSENT,
  type Aspect,
  contentDigest,
  installedDigest,
  isOfPackages,
  namesDigest,
  SEVERAL,
  SOURCE_FILE,
  type TrackedFile,
} from "./tracked-files.ts";

/** What a program asked of the machine while it ran. */
export interface ObservedReads {
  /** Files and folders outside `node_modules`, each with the digest of what the program was given, and what was noted of
   * installed packages. */
  files(): readonly TrackedFile[];
  /** Names of environment variables. */
  environment(): readonly string[];
  /** Whether it started processes or opened connections, whose answers may be others next time. */
  askedOutside(): boolean;
  /** Notes something that is read by other ways, as it is now. @returns its digest; `undefined` where nothing is noted. */
  note(path: string, aspect?: Aspect): string | undefined;
  /** Notes code that is loaded: which packages are found by it, as they are when the first file of its package is, and of an
   * installed file how old it is. Nothing of it counts as read for some work. */
  noteLoaded(file: string): void;
  /** Does some work and tells what of the files was read for it. */
  observe<Value>(
    work: () => Promise<Value>,
  ): Promise<{ readonly value: Value; readonly files: readonly TrackedFile[] }>;
}

/** The functions that notes are made with; the ones that the program finds are wrapped. */
const { readFileSync, readdirSync, realpathSync, existsSync, statSync } = fs;

const READS: readonly (readonly [aspect: Aspect, names: readonly string[], ofPromises: readonly string[]])[] = [
  [
    "content",
    ["readFileSync", "readFile", "openSync", "open", "createReadStream", "copyFileSync"],
    ["readFile", "open"],
  ],
  ["names", ["readdirSync", "readdir", "opendirSync", "opendir"], ["readdir", "opendir"]],
  [
    "existence",
    ["existsSync", "statSync", "stat", "lstatSync", "lstat", "accessSync", "access"],
    ["stat", "lstat", "access"],
  ],
  // Node.js asks for it of each module.
  ["place", ["realpathSync"], []],
];
const CODE_FILE = /\.([cm]?[jt]sx?|json|node)$/;
const TO_WRITE = /[wa]/;
/** Devices, and compiled code that packages keep for themselves. */
const FOREIGN = /^\/(proc|dev|sys)\/|\/v8-compile-cache|[\\/]node_modules[\\/]\.cache[\\/]/;

/** Observes this process from now on, for good. */
export function observeReads(): ObservedReads {
  const noted = new Map<string, TrackedFile>();
  const environment = new Set<string>();
  const around = new Set<string>();
  const observing = new AsyncLocalStorage<Set<string>>();
  let outside = false;
  // Reading a file, Node.js calls what is wrapped here.
  let noting = false;
  const noteAspect = (aspect: Aspect, path: string) => {
    const digest = digestNow(path, aspect);
    const key = `${aspect}\n${path}`;
    const before = noted.get(key)?.digest ?? digest;
    observing.getStore()?.add(key);
    const isFolder = aspect === "content" && isDirectory(path);
    noted.set(key, { path, aspect, digest: before === digest ? digest : SEVERAL, ...(isFolder ? { isFolder } : {}) });
    // Beside a module another one may come to stand that is found first.
    const folder = dirname(path);
    if (aspect === "content" && SOURCE_FILE.test(path) && !noted.has(`sources\n${folder}`))
      noteAspect("sources", folder);
  };
  const notePackagesAround = (file: string) => {
    const folder = folderOf(file);
    if (around.has(folder)) return;
    around.add(folder);
    for (const one of foldersAround([file])) if (!noted.has(`packages\n${one}`)) noteAspect("packages", one);
  };
  const noteLoaded = (file: string) =>
    observing.exit(() => {
      notePackagesAround(file);
      if (isInstalled(file)) noteAspect("times", file);
    });
  for (const [aspect, names, ofPromises] of READS) {
    const note = ([given, flags]: readonly unknown[]) => {
      const path = observedPath(given);
      const writes = aspect === "content" && typeof flags === "string" && TO_WRITE.test(flags);
      if (noting || path === undefined || writes) return;
      noting = true;
      try {
        // Before it is loaded: what is installed meanwhile is seen as a change.
        if (aspect === "content" && CODE_FILE.test(path)) noteLoaded(path);
        if (!isInstalled(path) && !(aspect === "place" && isItself(path))) noteAspect(aspect, path);
      } finally {
        noting = false;
      }
    };
    for (const name of names) before(fs, name, note);
    for (const name of ofPromises) before(fs.promises, name, note);
  }
  const ask = () => {
    outside = true;
  };
  before(childProcess.ChildProcess.prototype, "spawn", ask);
  for (const name of ["spawnSync", "execSync", "execFileSync"]) before(childProcess, name, ask);
  before(net.Socket.prototype, "connect", ask);
  syncBuiltinESMExports();
  process.env = observedEnvironment(process.env, (name) => environment.add(name));
  return {
    files: () => [...noted.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    environment: () => [...environment].sort(),
    askedOutside: () => outside,
    note(path, aspect = "content") {
      const tracked = observedPath(path);
      if (!isOfPackages(aspect) && (tracked === undefined || isInstalled(tracked))) return undefined;
      noteAspect(aspect, path);
      return noted.get(`${aspect}\n${path}`)?.digest;
    },
    noteLoaded,
    async observe(work) {
      const keys = new Set<string>();
      const value = await observing.run(keys, work);
      return { value, files: [...noted].flatMap(([key, file]) => (keys.has(key) ? [file] : [])) };
    },
  };
}

/** Has `act` called with the arguments of a function before the function itself. */
function before(owner: object, name: string, act: (args: readonly unknown[]) => void): void {
  const functions = owner as Record<string, (...args: unknown[]) => unknown>;
  const original = functions[name];
  if (original === undefined) return;
  const wrapped = function (this: unknown, ...args: unknown[]) {
    act(args);
    return Reflect.apply(original, this, args);
  };
  functions[name] = Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
}

/** As `currentDigest`, at once. */
function digestNow(path: string, aspect: Aspect): string {
  try {
    const installed = installedDigest(path, aspect);
    if (installed !== undefined) return installed;
    if (aspect === "existence") return existsSync(path) ? "present" : ABSENT;
    if (aspect === "place") return contentDigest(realpathSync.native(path));
    if (aspect === "names") return namesDigest(readdirSync(path));
    if (aspect === "sources") return namesDigest(readdirSync(path).filter((name) => SOURCE_FILE.test(name)));
    if (!statSync(path).isDirectory()) return contentDigest(readFileSync(path));
    const names = readdirSync(path).sort();
    return contentDigest(JSON.stringify([names, names.map((name) => digestNow(join(path, name), aspect))]));
  } catch {
    return ABSENT;
  }
}

/** The harness is told by other means. */
function observedPath(given: unknown): string | undefined {
  const path = given instanceof URL ? fileURLToPath(given) : Buffer.isBuffer(given) ? given.toString() : given;
  if (typeof path !== "string" || path.startsWith("node:")) return undefined;
  const absolute = resolve(path);
  const foreign = FOREIGN.test(absolute) || absolute.startsWith(import.meta.dirname);
  return foreign ? undefined : absolute;
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

/** Whether no link leads there. */
function isItself(path: string): boolean {
  try {
    return realpathSync.native(path) === path;
  } catch {
    return false;
  }
}

/** Installed packages are told of as whole ones. */
function isInstalled(path: string): boolean {
  return path.split(sep).includes("node_modules");
}

function observedEnvironment(environment: NodeJS.ProcessEnv, note: (name: string) => void): NodeJS.ProcessEnv {
  const noteText = (name: string | symbol) => {
    if (typeof name === "string") note(name);
  };
  return new Proxy(environment, {
    get(target, name) {
      noteText(name);
      return Reflect.get(target, name);
    },
    // Not by way of this proxy: the environment takes no property that is described only in part.
    set: (target, name, value) => Reflect.set(target, name, value),
    has(target, name) {
      noteText(name);
      return Reflect.has(target, name);
    },
    getOwnPropertyDescriptor(target, name) {
      noteText(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  });
}
