/**
 * The evaluating process: runs one Pulumi program under Pulumi's mocks and sends its resource graph to the parent.
 * A process of its own, since Pulumi's runtime is global state and the program may do anything to it.
 */
import { createRequire, enableCompileCache, flushCompileCache } from "node:module";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type Fault, faultCollector } from "../faults.ts";
import { RESOURCE_TYPES, typeFault } from "../resources/catalog.ts";
import { isSecretOutput } from "../resources/secret-outputs.ts";
import { asSecret, isSecret, plainInputs } from "./assets.ts";
import { keepCodePaths } from "./code-paths.ts";
import type { EvaluationReply, EvaluationRequest, EvaluationStart, Failure } from "./evaluation.ts";
import { type Identifiers, identifiers } from "./identifiers.ts";
import { loadTypeScriptModules } from "./module-hooks.ts";
import { type ObservedReads, observeReads } from "./observed-reads.ts";
import { providerFunction } from "./provider-functions.ts";
import { type Registering, type Registrations, STACK_TYPE, watchRegistrations } from "./registrations.ts";
import type { Component, Resource } from "./resource-graph.ts";
import { loadSdk } from "./sdk-shortcuts.ts";
import { sdkFault } from "./sdk-version.ts";
import { type SourcePositions, sourcePositions } from "./source-positions.ts";
import { typeScriptLoader } from "./typescript-loader.ts";
import { type UnknownValues, unknownValues } from "./unknown-values.ts";

type PulumiSdk = typeof import("@pulumi/pulumi");
type MockResourceArgs = import("@pulumi/pulumi/runtime/mocks.js").MockResourceArgs;

const faults = faultCollector();
/** What is refused whatever else the program does, and told before everything that may follow from it. */
const refusals = faultCollector();
/** Resources that cannot be made, since an input depends on a refused one. */
const withheld: { readonly type: string; readonly name: string }[] = [];
const resources: Resource[] = [];
const components: Component[] = [];
const urns = new Set<string>();
/** ts-node's: maps frames to the TypeScript that was written. */
let mapStackTrace: typeof Error.prepareStackTrace;
let reads: ObservedReads | undefined;
let isBegun = false;

/** Enough to reach a line of the program from deep within a package. Not as an option of V8's: with one, Node.js compiles its
 * own modules anew. */
Error.stackTraceLimit = 20;

process.once("message", (start: EvaluationStart) => {
  enableCompileCache(start.request.compileCacheDirectory);
  reads = observeReads();
  const toldToGo = start.waiting === undefined ? goAhead() : waitUntilTold();
  evaluate(start, toldToGo).catch(fail);
});

/** Nothing is asked of the process any more: it ends with the program. */
async function goAhead(): Promise<void> {
  process.channel?.unref();
}

/** Whoever started it may end at any time, and then it ends too. */
function waitUntilTold(): Promise<void> {
  const end = () => process.exit();
  process.once("disconnect", end);
  return new Promise((resolve) => {
    process.once("message", () => {
      process.off("disconnect", end);
      resolve(goAhead());
    });
  });
}

/** Compiled code is written when the answer is on its way: half a second where nothing was kept before. */
function reply(message: EvaluationReply): void {
  process.send?.(message, () => {
    flushCompileCache();
    process.disconnect();
  });
}

let failed = false;

function fail(error: unknown): void {
  if (failed) return;
  failed = true;
  const told = refusals.faults.map(({ subject, rule }) => `${subject}: ${rule}`);
  const message = [...told, describeFailure(error)].join("\n").trimEnd();
  reply({ kind: "failed", message, failure: kindOf(error), isBegun, files: reads?.files() ?? [] });
}

function kindOf(error: unknown): Failure {
  const { code, name, message } = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND" || name === "SyntaxError") return "loading";
  return typeof message === "string" && message.includes("Error serializing ") ? "serializing" : "other";
}

/** RunErrors and serialization errors are written for the reader; other errors get the frames of the program's own files. */
function describeFailure(error: unknown): string {
  Error.prepareStackTrace = mapStackTrace;
  if (!(error instanceof Error) && !(typeof error === "object" && error !== null && "message" in error))
    return String(error);
  const { message, stack, name } = error as Error;
  if ("__pulumiRunError" in (error as object) || name === "TSError" || name === "SyntaxError") return message;
  const frames = (stack ?? "").split("\n").filter((line) => line.startsWith("    at ") && line.includes(process.cwd()));
  const own = frames.filter(
    (line) => !line.includes(`${sep}node_modules${sep}`) && !line.includes(import.meta.dirname),
  );
  return [message, ...own.slice(0, 5)].join("\n");
}

async function evaluate({ request, waiting }: EvaluationStart, toldToGo: Promise<void>): Promise<void> {
  process.chdir(request.workingDirectory);
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  const manifest = join(request.workingDirectory, "package.json");
  reads?.noteLoaded(manifest);
  const requireFromProgram = createRequire(manifest);
  const { version }: { version: string } = requireFromProgram("@pulumi/pulumi/package.json");
  const tooOld = sdkFault(version);
  if (tooOld !== undefined) return fail(tooOld);
  const note: ObservedReads["note"] = (path, aspect) => reads?.note(path, aspect);
  const pulumi = loadSdk(requireFromProgram, { debugger: request.debugger, note });
  const positions = sourcePositions(request.programDirectory);
  if (request.isModule) Object.assign(pulumi.Resource, { framePositionRegExp: FRAME });
  if (request.typeScript) {
    const { prepare } = registerTypeScript(requireFromProgram, request, positions);
    if (waiting !== undefined && !request.types) prepare();
  }
  postponeStackTraces();
  if (reads !== undefined && request.compileCacheDirectory !== undefined)
    keepCodePaths({ pulumi, reads, folder: join(request.compileCacheDirectory, "packages", version) });
  pulumi.runtime.setAllConfig({ ...request.configuration }, [...request.secretKeys]);
  const { project, stack } = request.deployment;
  const ids = identifiers(request.deployment, request.secretSeed);
  const registrations = watchRegistrations(
    requireFromProgram("@pulumi/pulumi/runtime/mocks"),
    request.deployment,
    positions,
  );
  const unknowns = unknownValues(
    requireFromProgram("@pulumi/pulumi/runtime/rpc"),
    requireFromProgram("@pulumi/pulumi/output"),
  );
  const mocks = {
    newResource: (args: MockResourceArgs) =>
      newResource(args, { ids, registrations, unknowns, references: request.references }),
    call: (args: CallArgs) => call(args, request, unknowns),
  };
  await pulumi.runtime.setMocks(mocks, project, stack, false, request.organization);
  if (waiting !== undefined) await getReady(pulumi, waiting.sdkFiles);
  await toldToGo;
  // Where the folder was replaced by another one meanwhile, it is the new one.
  process.chdir(request.workingDirectory);
  isBegun = true;
  const run = await runStack(pulumi, () => loadProgram(requireFromProgram, request));
  await sendWhenQuiet(pulumi, run);
}

/** Of a module's own code a frame has no name around its place, which is a URL. */
const FRAME = /^\s*at (?:.* \()?(?:file:\/\/)?(?<file>[^():]+):(?<line>\d+):(?<column>\d+)\)?$/;

function registerTypeScript(
  requireFromProgram: NodeJS.Require,
  request: EvaluationRequest,
  positions: SourcePositions,
): { prepare(): void } {
  const { programDirectory: directory, compileCacheDirectory: compiled } = request;
  const kept = compiled === undefined ? {} : { kept: { directory, cacheDirectory: join(compiled, "typescript") } };
  const loader = typeScriptLoader(requireFromProgram, { ...request, ...kept });
  if (request.isModule)
    loadTypeScriptModules(loader.create(), {
      onLoad: (path) => reads?.noteLoaded(path),
      onCompiled: positions.note,
    });
  else loader.register();
  return loader;
}

/** A module's default export, or else its named ones: both is a mistake. */
async function loadProgram(requireFromProgram: NodeJS.Require, request: EvaluationRequest): Promise<unknown> {
  if (!request.isModule) return requireFromProgram(request.entryPoint);
  const loaded = (await import(pathToFileURL(request.entryPoint).href)) as Record<string, unknown>;
  if (!("default" in loaded)) return loaded;
  if (Object.keys(loaded).length === 1) return loaded.default;
  throw new Error("expected entrypoint module to have either a default export or named exports but not both");
}

/** Pulumi notes a stack trace for every promise. Mapping each to its source takes as long as everything else together, so
 * only that of the error that is shown is mapped. */
function postponeStackTraces(): void {
  mapStackTrace = Error.prepareStackTrace;
  Reflect.deleteProperty(Error, "prepareStackTrace");
}

interface StackRun {
  /** What the program exports, where secrets can still be told from other outputs. */
  readonly exported: unknown;
  /** The same as plain values. */
  readonly outputs: unknown;
}

/** Runs the program as the CLI does: inside a stack resource, an exported function called. */
async function runStack(pulumi: PulumiSdk, load: () => Promise<unknown>): Promise<StackRun> {
  let exported: unknown;
  const outputs: unknown = await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation((args) => {
      // A provider's own constructor makes outputs of the settings that it was not given.
      if (args.type.startsWith("pulumi:providers:")) return undefined;
      watchForUndefined(pulumi, args.props, [`${args.type} ${args.name}`], new Set());
      return undefined;
    });
    const loaded = await load();
    exported = await (typeof loaded === "function" ? loaded() : loaded);
    return exported as Record<string, unknown>;
  });
  return { exported, outputs };
}

/** An output that resolves to nothing vanishes from the registered inputs without a trace, so it is caught on its way in. */
function watchForUndefined(pulumi: PulumiSdk, value: unknown, path: readonly string[], seen: Set<object>): void {
  if (typeof value !== "object" || value === null || seen.has(value) || pulumi.Resource.isInstance(value)) return;
  seen.add(value);
  if (pulumi.Output.isInstance<unknown>(value)) {
    value.apply((resolved) => {
      if (resolved === undefined)
        faults.add(path[0] ?? "", `The input ${path.slice(1).join(".")} is an output that stayed undefined.`);
    });
    return;
  }
  if (pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value) || isPromise(value)) return;
  for (const [key, inner] of Object.entries(value)) watchForUndefined(pulumi, inner, [...path, key], seen);
}

function isPromise(value: object): boolean {
  return "then" in value && typeof value.then === "function";
}

const CAPTURED_SECRET =
  "The code holds a secret that the handler captured, in plain text for whoever can read the package. " +
  "Give it to the function by an environment variable, or let the function read it from AWS Secrets Manager.";

/** What a component made by a provider holds is registered by the provider's program, which does not run here. */
const REMOTE_COMPONENT =
  "This component is made by its package's own provider, which does not run here: what it would create is not known, " +
  "and so it is not emulated. Create its resources in the program.";

interface Evaluating {
  readonly ids: Identifiers;
  readonly registrations: Registrations;
  readonly unknowns: UnknownValues;
  readonly references: EvaluationRequest["references"];
}

interface Made {
  readonly id: string;
  readonly state: Record<string, unknown>;
}

function newComponent(
  { type, name, inputs }: MockResourceArgs,
  registering: Registering | undefined,
): Made | undefined {
  const { remote = false, ...registered } = registering ?? {};
  if (type !== STACK_TYPE) components.push({ type, name, remote, ...registered });
  if (!remote) return { id: name, state: inputs };
  if (RESOURCE_TYPES.get(type)?.kind !== "inert") refusals.add({ type, name }, REMOTE_COMPONENT);
  return undefined;
}

function refuseDuplicate({ type, name }: MockResourceArgs, registering: Registering | undefined): void {
  const urn = registering?.urn;
  if (urn === undefined) return;
  if (urns.has(urn)) faults.add({ type, name }, `Duplicate resource URN '${urn}'; try giving it a unique name.`);
  urns.add(urn);
}

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

function stackReference({ type, name, id = name }: MockResourceArgs, { references, unknowns }: Evaluating): Made {
  const outputs = Object.hasOwn(references, id) ? references[id] : undefined;
  if (outputs !== undefined) return { id, state: { name: id, outputs, secretOutputNames: [] } };
  refusals.add(
    { type, name },
    `The outputs of the stack ${id} are not known here. Give them with --reference ${id}=FILE.json, written by pulumi stack output --json.`,
  );
  unknowns.markResource(type, name);
  return { id, state: {} };
}

async function newResource(args: MockResourceArgs, evaluating: Evaluating): Promise<Made> {
  const { registrations, unknowns } = evaluating;
  const registering = registrations.current();
  refuseDuplicate(args, registering);
  if (args.type === STACK_REFERENCE) return stackReference(args, evaluating);
  const made =
    args.custom === false ? newComponent(args, registering) : await newCustomResource(args, evaluating, registering);
  if (made !== undefined) return made;
  unknowns.markResource(args.type, args.name);
  return { id: args.id ?? "", state: {} };
}

/** `undefined`: nobody knows what becomes of it. */
async function newCustomResource(
  args: MockResourceArgs,
  { ids, unknowns }: Evaluating,
  registering: Registering | undefined,
): Promise<Made | undefined> {
  const { type, name } = args;
  const row = RESOURCE_TYPES.get(type);
  const unserved = typeFault(type);
  const existing = args.id !== undefined && args.id !== "";
  if (isSecret(args.inputs.code)) faults.add({ type, name }, CAPTURED_SECRET);
  if (unserved !== undefined) refusals.add({ type, name }, unserved);
  if (existing) {
    refusals.add(
      { type, name },
      `It reads or imports the existing resource ${args.id}; offline there is none. Let the program create it.`,
    );
  }
  if (row === undefined || row.kind === "refused" || existing) return undefined;
  if (unknowns.within(args.inputs)) {
    withheld.push({ type, name });
    return undefined;
  }
  const inputs = (await plainInputs(args.inputs)) as Record<string, unknown>;
  const { id, arn, outputs } = row.create({ type, name, inputs }, ids);
  const secretInputs = Object.keys(args.inputs).filter((key) => isSecret(args.inputs[key]));
  const { remote: _local, ...registered } = registering ?? {};
  resources.push({
    type,
    name,
    ...registered,
    id,
    ...(arn === undefined ? {} : { arn }),
    inputs,
    ...(secretInputs.length === 0 ? {} : { secretInputs }),
    outputs: { ...inputs, ...outputs },
  });
  return { id, state: { ...args.inputs, ...asProvided(type, outputs) } };
}

/** Secrets with their mark, so that what the program makes of them has it too. */
function asProvided(type: string, outputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(outputs);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isSecretOutput(type, name, value) ? asSecret(value) : value]),
  );
}

interface CallArgs {
  readonly token: string;
  readonly inputs: Record<string, unknown>;
}

/** Whatever is thrown here, the program sees a bare RPC failure: the reason is kept for the author. */
async function call(
  { token, inputs }: CallArgs,
  { deployment }: EvaluationRequest,
  unknowns: UnknownValues,
): Promise<Record<string, unknown>> {
  const answer = providerFunction(token);
  if (answer === undefined) {
    if (refusals.faults.every(({ subject }) => subject !== token))
      refusals.add(token, "This provider function is not emulated.");
    return unknowns.answer;
  }
  try {
    return { ...answer(deployment, inputs) };
  } catch (error) {
    refusals.add(token, error instanceof Error ? error.message : String(error));
    return unknowns.answer;
  }
}

/** What the program could not make is no fault of its own where something else is refused: it follows from that. */
function allFaults(): readonly Fault[] {
  const alone = refusals.faults.length === 0 ? withheld : [];
  const rule = "An input depends on the output of a component whose resources are not known here.";
  return [
    ...refusals.faults,
    ...faults.faults,
    ...alone.map(({ type, name }) => ({ subject: `${type} ${name}`, rule })),
  ];
}

/** Registrations go on after the program's last line; the graph is whole once nothing is left to happen. */
async function sendWhenQuiet(pulumi: PulumiSdk, run: StackRun): Promise<void> {
  const exports = await exportsOf(pulumi, run);
  const secretExports = await secretsAmong(pulumi, run.exported);
  process.once("beforeExit", () => {
    if (failed) return;
    const assets = [...new Set(assetFiles(resources))].sort();
    for (const path of assets) reads?.note(path);
    reply({
      kind: "evaluated",
      evaluation: {
        resources: inStableOrder(resources),
        components: inStableOrder(components),
        exports,
        secretExports,
        faults: allFaults(),
        files: reads?.files() ?? [],
        assets,
        environment: reads?.environment() ?? [],
        sdkFiles: loadedSdkFiles(),
        askedOutside: reads?.askedOutside() === true,
      },
    });
  });
}

const SDK_FILE = /[\\/]node_modules[\\/]@pulumi[\\/]/;
/** Loaded when the first function is packed. */
const PACKING_FILE = /[\\/]runtime[\\/]closure[\\/]v8Hooks\.js$/;
const requireFile = createRequire(import.meta.url);

function loadedSdkFiles(): readonly string[] {
  return Object.keys(requireFile.cache).filter((file) => SDK_FILE.test(file));
}

/** Does what the last program began with, and what is done once when functions are packed. All that it loads is Pulumi's, and
 * the settings that it may read are there. */
async function getReady(pulumi: PulumiSdk, sdkFiles: readonly string[]): Promise<void> {
  for (const file of sdkFiles) {
    try {
      requireFile(file);
    } catch {
      // The program finds out, where it still needs it.
    }
  }
  if (sdkFiles.some((file) => PACKING_FILE.test(file))) await pulumi.runtime.serializeFunction(() => undefined);
}

/** Registration order depends on how promises happened to settle; the graph's order must not. */
function inStableOrder<T extends Component | Resource>(registered: T[]): T[] {
  const key = ({ type, name }: T) => `${type} ${name}`;
  return registered.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Where one export is unknown, Pulumi answers with nothing at all: then each is looked at by itself. */
async function exportsOf(pulumi: PulumiSdk, { exported, outputs }: StackRun): Promise<Record<string, unknown>> {
  if (outputs !== undefined || typeof exported !== "object" || exported === null) return plain(outputs ?? {});
  const entries = Object.entries(exported).map(async ([name, value]) => [name, await shown(pulumi, value)]);
  return plain(Object.fromEntries(await Promise.all(entries)));
}

/** An output's own way to its value, of which the types tell nothing. */
interface Promising {
  readonly isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

async function shown(pulumi: PulumiSdk, value: unknown): Promise<unknown> {
  const output = pulumi.output(value) as unknown as Promising;
  return (await output.isKnown) && !pulumi.Resource.isInstance(value) ? output.promise() : "[unknown]";
}

function plain(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

async function secretsAmong(pulumi: PulumiSdk, exported: unknown): Promise<string[]> {
  const entries = Object.entries(typeof exported === "object" && exported !== null ? exported : {});
  const secret = await Promise.all(entries.map(([, value]) => holdsSecret(pulumi, value, new Set())));
  return entries.flatMap(([name], index) => (secret[index] === true ? [name] : []));
}

/** Of an exported resource its outputs are shown, and none of what it keeps for Pulumi. */
async function holdsSecret(pulumi: PulumiSdk, value: unknown, seen: Set<object>): Promise<boolean> {
  if (pulumi.Output.isInstance(value)) return pulumi.isSecret(value);
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  const all: readonly unknown[] = Object.values(value);
  const shown = pulumi.Resource.isInstance(value) ? all.filter((inner) => pulumi.Output.isInstance(inner)) : all;
  const secret = await Promise.all(shown.map(async (inner) => holdsSecret(pulumi, await inner, seen)));
  return secret.includes(true);
}

function assetFiles(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { kind, path } = value as { kind?: unknown; path?: unknown };
  if ((kind === "file" || kind === "path") && typeof path === "string") return [path];
  return Object.values(value).flatMap(assetFiles);
}
