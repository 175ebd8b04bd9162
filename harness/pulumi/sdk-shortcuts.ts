/**
 * What Pulumi's SDK does in every evaluation and nobody here asks for, left out: a third of an evaluation's time. Results are
 * the same to the byte, and what does not look as it is known to goes the plain way.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Session } from "node:inspector";
import { createRequire, Module } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EvaluationRequest } from "./evaluation.ts";
import { foldersAround } from "./installed-packages.ts";
import type { ObservedReads } from "./observed-reads.ts";
import { LOCK_FILES, packageTree } from "./package-tree.ts";

type PulumiSdk = typeof import("@pulumi/pulumi");

interface RequiringModule {
  require(this: { readonly filename?: string }, id: string): unknown;
}

const PACKAGE_TREE = "@npmcli/arborist";
const ITS_READER = /[\\/]runtime[\\/]closure[\\/]codePaths\.js$/;
const AUTOMATION = "./automation";

export interface SdkOptions extends Pick<EvaluationRequest, "debugger"> {
  /** Told of what decides which packages belong to a function. */
  readonly note: ObservedReads["note"];
}

/** Loads the program's SDK, without what reads the tree of installed packages, more than half of the modules with all of npm's
 * client, and without the automation API, which drives Pulumi's command line. Those are loaded when they are asked for. */
export function loadSdk(requireFromProgram: NodeJS.Require, options: SdkOptions): PulumiSdk {
  const quickly = new AsyncLocalStorage<QuickAttempt>();
  const file = requireFromProgram.resolve("@pulumi/pulumi");
  let automation: LeftOut | undefined;
  return replacingRequired(
    ({ id, from, load }) => {
      if (id === PACKAGE_TREE && ITS_READER.test(from)) return treeReader({ load, quickly, note: options.note });
      if (id !== AUTOMATION || from !== file) return undefined;
      automation = { standIn: { __esModule: true }, load };
      return automation.standIn;
    },
    () => {
      const pulumi: PulumiSdk = requireFromProgram("@pulumi/pulumi");
      const fromSdk = createRequire(file);
      leavePromisesUntraced(fromSdk);
      if (!options.debugger) inspectWithoutDebugger(pulumi, fromSdk);
      readPackagesQuickly(pulumi, quickly);
      if (automation !== undefined) loadWhenAsked(pulumi, "automation", automation);
      return pulumi;
    },
  );
}

type Members = Readonly<Record<PropertyKey, unknown>>;

interface Required {
  readonly id: string;
  /** The file that requires it. */
  readonly from: string;
  readonly load: () => Members;
}

/** Does something with other modules in place of some.
 * @param replacement `undefined` leaves a module as it is. */
function replacingRequired<Value>(replacement: (required: Required) => Members | undefined, work: () => Value): Value {
  const prototype = Module.prototype as unknown as RequiringModule;
  const { require: plain } = prototype;
  prototype.require = function (id) {
    const load = () => Reflect.apply(plain, this, [id]) as Members;
    return replacement({ id, from: this.filename ?? "", load }) ?? load();
  };
  try {
    return work();
  } finally {
    prototype.require = plain;
  }
}

interface LeftOut {
  readonly standIn: Members;
  readonly load: () => Members;
}

/** Whoever asks a module for a member is given the real one, which is loaded once. */
function loadWhenAsked(module: object, name: string, { standIn, load }: LeftOut): void {
  const { value, configurable } = Object.getOwnPropertyDescriptor(module, name) ?? {};
  if (value === standIn && configurable === true)
    Object.defineProperty(module, name, { configurable, enumerable: true, get: load });
  else Object.assign(standIn, load());
}

interface PackageTreeReader {
  readonly path: string;
  loadActual(): Promise<unknown>;
}

/** What is asked of npm's own here. */
interface PackageTree {
  readonly path: string;
  readonly inventory: ReadonlyMap<string, { readonly path: string }>;
  readonly meta: { readonly hiddenLockfile: boolean; readonly loadedFromDisk: boolean };
}

interface PackageTreeReaderClass {
  readonly prototype: { readonly path: string; loadActual(): Promise<PackageTree> };
}

/** What is only tried, and whether anything was read for it. */
interface QuickAttempt {
  hasRead: boolean;
}

interface TreeReading {
  readonly load: () => Members;
  readonly quickly: AsyncLocalStorage<QuickAttempt>;
  readonly note: ObservedReads["note"];
}

/** npm's, loaded when it is used, and before it a quicker one for what is only tried. */
function treeReader({ load, quickly, note }: TreeReading): Members {
  let loaded: Members | undefined;
  const get = (_target: object, name: PropertyKey): unknown => {
    // Asked by compiled imports, which then take the module as it is.
    if (name === "__esModule") return true;
    const attempt = quickly.getStore();
    if (name === "Arborist" && attempt !== undefined) {
      attempt.hasRead = true;
      return quickReader(note);
    }
    if (loaded === undefined) {
      loaded = load();
      readOnce(loaded.Arborist as PackageTreeReaderClass, note);
    }
    return name === "default" ? (loaded.default ?? loaded) : loaded[name];
  };
  return new Proxy({}, { get });
}

function quickReader(note: ObservedReads["note"]): new (options: { readonly path: string }) => PackageTreeReader {
  return class implements PackageTreeReader {
    readonly path: string;

    constructor({ path, ...more }: { readonly path: string }) {
      if (Object.keys(more).length > 0) throw new Error("npm has to read with these options");
      this.path = path;
    }

    async loadActual(): Promise<unknown> {
      return packageTree(this.path, (folder) => note(folder, "packages"));
    }
  };
}

/** Pulumi reads the tree of installed packages anew for every function; it cannot change meanwhile. */
function readOnce({ prototype }: PackageTreeReaderClass, note: ObservedReads["note"]): void {
  const { loadActual } = prototype;
  const trees = new Map<string, Promise<PackageTree>>();
  prototype.loadActual = async function (...args: []) {
    const reading = trees.get(this.path) ?? Reflect.apply(loadActual, this, args);
    trees.set(this.path, reading);
    const tree = await reading;
    noteTree(tree, note);
    return tree;
  };
}

/** What npm makes a tree of: all packages in it and what is beside them, or its record, while that is newer than all. */
function noteTree({ path, inventory, meta }: PackageTree, note: ObservedReads["note"]): void {
  for (const name of LOCK_FILES) note(join(path, name));
  const folders = [...inventory.values()].map((node) => node.path);
  const around = foldersAround(folders.map((folder) => join(folder, "package.json")));
  for (const folder of around) note(folder, "packages");
  if (!meta.loadedFromDisk || !meta.hiddenLockfile) return;
  const dated = folders.flatMap((folder) => [folder, join(folder, "node_modules")]);
  // The program's own folder changes with every file in it: npm does not look at its age.
  for (const place of dated) if (place !== path) note(place, "times");
}

interface ComputingRuntime {
  computeCodePaths(...args: unknown[]): Promise<unknown>;
}

/** What packages cannot be read quickly for is done the plain way. A failure of another kind stays one, since Pulumi may have
 * warned before it; of the old form of options it warns before it reads. */
function readPackagesQuickly({ runtime }: PulumiSdk, quickly: AsyncLocalStorage<QuickAttempt>): void {
  const computing = runtime as unknown as ComputingRuntime;
  const { computeCodePaths: plain } = computing;
  computing.computeCodePaths = async (...args) => {
    if (Array.isArray(args[0])) return plain(...args);
    const attempt: QuickAttempt = { hasRead: false };
    try {
      return await quickly.run(attempt, () => plain(...args));
    } catch (error) {
      if (!attempt.hasRead) throw error;
      return plain(...args);
    }
  };
}

interface Debuggable {
  readonly debugPromiseLeaks?: boolean;
  debuggablePromise(...args: unknown[]): unknown;
}

/** Pulumi notes for every promise where it was made, and shows it when asked to by `PULUMI_DEBUG_PROMISE_LEAKS`. */
function leavePromisesUntraced(fromSdk: NodeJS.Require): void {
  const debuggable: Debuggable = fromSdk("./runtime/debuggable");
  if (debuggable.debugPromiseLeaks !== false) return;
  const { debuggablePromise: plain } = debuggable;
  debuggable.debuggablePromise = (...args) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return plain(...args);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

interface SerializingRuntime {
  serializeFunction(...args: unknown[]): Promise<unknown>;
}

interface InspectorSessions {
  getSessionAsync(): Promise<Session>;
}

/** To see what a function captures, Pulumi turns the debugger on, which then describes every script of the process, to
 * nobody: Pulumi listens only afterwards, for the places of functions in what is loaded later. The inspector tells of what
 * they capture without it. */
function inspectWithoutDebugger({ runtime }: PulumiSdk, fromSdk: NodeJS.Require): void {
  const serializing = runtime as unknown as SerializingRuntime;
  const { serializeFunction: plain } = serializing;
  serializing.serializeFunction = (...args) => {
    serializing.serializeFunction = plain;
    // When the program is loaded, as Pulumi itself does: its module sets a flag for all that is compiled from then on.
    void Promise.resolve().then(() => replaceSession(fromSdk));
    return plain(...args);
  };
}

function replaceSession(fromSdk: NodeJS.Require): void {
  const sessions: InspectorSessions = fromSdk("./runtime/closure/v8Hooks");
  const { getSessionAsync: plain } = sessions;
  let session: Promise<Session> | undefined;
  sessions.getSessionAsync = () => {
    session ??= sessionWithoutDebugger().then((found) => found ?? plain());
    return session;
  };
}

/** `undefined` where this V8 would not show what Pulumi looks for. */
async function sessionWithoutDebugger(): Promise<Session | undefined> {
  const session = new Session();
  session.connect();
  const post = promisify(session.post).bind(session) as (method: string, parameters: object) => Promise<unknown>;
  const expression = "(() => { const captured = 1; return () => captured; })()";
  const { result } = (await post("Runtime.evaluate", { expression })) as { result: { objectId?: string } };
  const shown = await post("Runtime.getProperties", { objectId: result.objectId, ownProperties: false });
  const { internalProperties = [] } = shown as { internalProperties?: readonly { readonly name: string }[] };
  const names = internalProperties.map(({ name }) => name);
  if (names.includes("[[Scopes]]") && names.includes("[[FunctionLocation]]")) return session;
  session.disconnect();
  return undefined;
}
