/**
 * The tree of installed packages as npm's own reader gives it to Pulumi, but only what Pulumi looks at is read. npm reads every
 * manifest first: half a second for some hundred packages, of which a function needs a few or none.
 */
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject, memberOf, parseJsonObject } from "../json.ts";

/** What Pulumi asks of a package, under npm's names. */
interface PackageNode {
  readonly name: string;
  readonly path: string;
  readonly realpath: string;
  readonly isLink: false;
  readonly parent: PackageNode | undefined;
  readonly root: PackageNode;
  readonly children: Iterable<readonly [name: string, child: PackageNode]>;
  readonly package: PackageDescription;
}

interface PackageDescription {
  readonly dependencies: Readonly<Record<string, string>>;
  /** What is there alone for deployments. */
  readonly pulumi: unknown;
}

type Manifest = Readonly<Record<string, unknown>>;

/** Read by npm too: whoever installs something changes one of them. */
export const LOCK_FILES = ["npm-shrinkwrap.json", "package-lock.json", "yarn.lock"];

/** npm reads the tree out of it, and no manifest, while it is newer than every folder: what it says counts then, in its order. */
const RECORD = "node_modules/.package-lock.json";

/**
 * Of packages as npm installs them by itself: folders with a manifest, in `node_modules`.
 *
 * @throws Error here or when something in it is asked for, where npm's reader could see something else or would refuse: links,
 * overrides, what is missing or not known here.
 * @param onRead told of each folder of which the manifest, or the packages in it, are asked for.
 */
export function packageTree(folder: string, onRead: OnRead): PackageNode {
  const path = resolve(folder);
  const { overrides, workspaces = [] } = manifestIn(path, onRead);
  if (overrides !== undefined) throw unusual(path, "overrides");
  checkWorkspaces({ path, workspaces, onRead });
  for (const name of LOCK_FILES) lookInto(join(path, name));
  return packageNode({ path, name: basename(path), installation: { recorded: recordedIn(path), onRead } });
}

type OnRead = (folder: string) => void;

/** What npm's record tells of packages, by their paths from the root. */
function recordedIn(root: string): JsonObject | undefined {
  const record = readOrNothing(() => readFileSync(join(root, RECORD), "utf8"));
  if (record === undefined) return undefined;
  const packages = memberOf(parseJsonObject(record) ?? {}, "packages");
  if (!isJsonObject(packages)) throw unusual(root, "its record");
  return packages;
}

function unusual(path: string, what: string): Error {
  return new Error(`npm has to read ${path}: ${what}`);
}

interface PackagePlace {
  readonly path: string;
  readonly name: string;
  readonly parent?: PackageNode;
  readonly installation: Installation;
}

interface Installation {
  readonly recorded: JsonObject | undefined;
  readonly onRead: OnRead;
}

function packageNode({ path, name, parent, installation }: PackagePlace): PackageNode {
  let described: PackageDescription | undefined;
  let children: PackageNode["children"] | undefined;
  const node: PackageNode = knownAlone({
    name,
    path,
    realpath: path,
    isLink: false,
    parent,
    get root() {
      return parent?.root ?? node;
    },
    get package() {
      described ??= describe(node, installation);
      return described;
    },
    get children() {
      children ??= childrenOf(node, installation);
      return children;
    },
  });
  return node;
}

/** Another version of Pulumi may ask for more. */
const KNOWN_ALONE: ProxyHandler<object> = {
  get(target, name) {
    // To wait for it is no question.
    if (name in target || typeof name === "symbol" || name === "then") return Reflect.get(target, name);
    throw new Error(`npm has to tell ${name}`);
  },
};

function knownAlone<Value extends object>(value: Value): Value {
  return new Proxy(value, KNOWN_ALONE as ProxyHandler<Value>);
}

function childrenOf(node: PackageNode, installation: Installation): PackageNode["children"] {
  const folder = join(node.path, "node_modules");
  const found = namesIn(folder).map(
    (name) => [name, packageNode({ path: join(folder, name), name, parent: node, installation })] as const,
  );
  return knownAlone({
    *[Symbol.iterator]() {
      yield* found;
      // Whoever has found nothing so far, and there is nowhere else to look.
      if (node.parent === undefined) throw unusual(folder, "something is missing");
    },
  });
}

const HIDDEN = /^(@[^/]+\/)?\./;

/** @throws Error for names that npm takes for one. */
function namesIn(folder: string): readonly string[] {
  const names = (readOrNothing(() => readdirSync(folder)) ?? [])
    .flatMap((name) => (name.startsWith("@") ? readdirSync(join(folder, name)).map((one) => `${name}/${one}`) : [name]))
    .filter((name) => !HIDDEN.test(name));
  const distinct = new Set(names.map((name) => name.normalize("NFKD").toLowerCase()));
  if (distinct.size < names.length) throw unusual(folder, "names that differ only in case");
  return names;
}

function describe({ path, name, root }: PackageNode, { recorded, onRead }: Installation): PackageDescription {
  const { pulumi, ...manifest } = manifestIn(path, onRead);
  const dependencies = neededBy(manifest);
  if (recorded !== undefined && !tellsTheSame(memberOf(recorded, relative(root.path, path)), dependencies))
    throw unusual(path, "its record tells something else");
  // A record that npm has written leaves it out.
  const isTold = pulumi === undefined || (name.startsWith("@pulumi") && isJsonObject(pulumi));
  if (!isTold || memberOf(pulumi ?? {}, "runtimeDependencies") !== undefined) throw unusual(path, "what it is for");
  return knownAlone({ dependencies, pulumi });
}

function tellsTheSame(told: unknown, dependencies: PackageDescription["dependencies"]): boolean {
  if (!isJsonObject(told) || "link" in told || "pulumi" in told) return false;
  return isDeepStrictEqual(Object.keys(neededBy(told)), Object.keys(dependencies));
}

function neededBy(manifest: Manifest): PackageDescription["dependencies"] {
  const optional = new Set(Object.keys(dependenciesIn(manifest, "optionalDependencies")));
  const dependencies = Object.entries(dependenciesIn(manifest, "dependencies"));
  return Object.fromEntries(dependencies.filter(([name]) => !optional.has(name)));
}

const KINDS_OF_DEPENDENCIES = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "acceptDependencies",
];

function manifestIn(folder: string, onRead: OnRead): Manifest {
  onRead(folder);
  const manifest = parseJsonObject(readFileSync(join(folder, "package.json"), "utf8"));
  if (manifest === undefined) throw unusual(folder, "its manifest is no object");
  if (realpathSync(folder) !== folder) throw unusual(folder, "a link leads there");
  if (!isWellFormed(manifest)) throw unusual(folder, "its manifest");
  for (const kind of KINDS_OF_DEPENDENCIES) dependenciesIn(manifest, kind);
  return manifest;
}

/** npm tidies these first. Where it fails to, it goes on as if the manifest were empty. */
function isWellFormed({ name = "", version = "", bin = {}, directories = {} }: Manifest): boolean {
  if (typeof name !== "string" || typeof version !== "string") return false;
  const folderOfCommands = isJsonObject(directories) ? (memberOf(directories, "bin") ?? "") : undefined;
  return (typeof bin === "string" || isJsonObject(bin)) && typeof folderOfCommands === "string";
}

/** @throws Error also for names that every object has: to npm those seem to be listed everywhere. */
function dependenciesIn(manifest: Manifest, kind: string): Readonly<Record<string, string>> {
  const { [kind]: listed = {} } = manifest;
  if (
    isJsonObject(listed) &&
    Object.entries(listed).every(([name, range]) => typeof range === "string" && !(name in {}))
  )
    return listed as Record<string, string>;
  throw new Error(`npm has to read ${kind}`);
}

interface ListedWorkspaces {
  readonly path: string;
  readonly workspaces: unknown;
  readonly onRead: OnRead;
}

/** They are no part of what Pulumi looks at, but npm refuses the whole tree where one is wrong. */
function checkWorkspaces({ path, workspaces, onRead }: ListedWorkspaces): void {
  if (!Array.isArray(workspaces)) throw unusual(path, "workspaces");
  const names = workspaces.map((place: unknown) => {
    // No pattern, and no archive to npm.
    if (typeof place !== "string" || !/^(\.\/)?[\w/@-]+$/.test(place)) throw unusual(path, "workspaces");
    return manifestIn(join(path, place), onRead).name;
  });
  if (names.some((name) => typeof name !== "string") || new Set(names).size < names.length)
    throw unusual(path, "names of workspaces");
}

function lookInto(file: string): void {
  readOrNothing(() => readFileSync(file));
}

/** `undefined` where there is none. */
function readOrNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
