import { randomBytes } from "node:crypto";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type ApiListeners, apiListeners, type ListeningApi } from "./api-listeners.ts";
import { awsEndpoint } from "./aws-endpoint.ts";
import {
  type BegunStart,
  beginStart,
  type ProgramChoice,
  type ProgramEvaluation,
  programEvaluation,
} from "./begun-start.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Cognito } from "./cognito/cognito.ts";
import type { OutboxMessage } from "./cognito/outbox.ts";
import type { SeedReport, SeedUser } from "./cognito/seed.ts";
import { type DataDirectory, holdDataDirectory } from "./data-directory.ts";
import type { EngineChoice } from "./dynamodb/engine.ts";
import type { DynamoDbGate } from "./dynamodb/gate.ts";
import type { ObserveGate } from "./dynamodb/observation.ts";
import { HarnessError } from "./errors.ts";
import { harnessRoutes } from "./harness-routes.ts";
import type { HttpHandler } from "./http.ts";
import { guarded, type Listener, type ListenOptions, listen } from "./http-server.ts";
import type { CredentialStore, Credentials } from "./iam/credentials.ts";
import type { Journal } from "./journal.ts";
import type { Invocation, InvokeFunction } from "./lambda/invocation-types.ts";
import type { LogSink } from "./lambda/logs.ts";
import type { Isolation } from "./lambda/sandbox.ts";
import { type Model, readModel } from "./model.ts";
import { type ProgramFrames, programFrames } from "./program-frames.ts";
import type { EvaluatedProgram } from "./pulumi/evaluate.ts";
import { cacheFolder } from "./pulumi/evaluation-cache.ts";
import type { Resource } from "./pulumi/resource-graph.ts";
import type { TrackedFile } from "./pulumi/tracked-files.ts";
import type { ServingEnvironment } from "./serving.ts";
import { type SharedServices, startSharedServices } from "./shared-services.ts";
import { signingKeyFinder } from "./signing-keys.ts";
import { startVersions, type Versions } from "./versions.ts";

export interface HarnessOptions extends ProgramChoice {
  /** Of the first API; further ones take free ports. 0 picks a free one. */
  readonly port: number;
  /** Of the AWS endpoint. 0 picks a free one. */
  readonly awsPort: number;
  /** Keeps tables, users and keys between starts; without it all is in memory. */
  readonly dataDirectory?: string;
  readonly engine?: EngineChoice;
  /** What every request to `/_harness/*` has to show in `x-harness-secret`. Default: nothing. */
  readonly secret?: string;
  /** A debugger may stop the functions: none of them has a timeout. Default: no. */
  readonly debugged?: boolean;
  /** Follow the log line of an error by the places of its stack in the program's own files. Default: do not. */
  readonly showProgramFrames?: boolean;
  /** Serve functions whose runtime AWS has retired too, with a warning. Default: refuse them. */
  readonly retiredRuntimes?: boolean;
  /** What a function's sandbox is. Default: a thread. */
  readonly isolation?: Isolation;
  /** Runs the functions at this endpoint's Lambda, over its DynamoDB, in place of this machine. `engine` and `isolation`
   * mean nothing then. */
  readonly lambdaEndpointUrl?: string;
  readonly seed?: readonly SeedUser[];
  readonly clock?: Clock;
  /** A message that Cognito would have sent, with its code. */
  readonly onMessage?: (message: OutboxMessage) => void;
  /** Told of every signed operation on the tables, with its items: for judging what a program does to its data. */
  readonly observeGate?: ObserveGate;
  /** Told of each event that a gateway makes, as the JSON text that a function is given. Holds the request's token. */
  readonly onEvent?: (payload: string) => void;
  /** What was begun with these options before the rest was loaded; not with a data directory, where what clients' secrets
   * are made of is kept. Default: begun now. */
  readonly begun?: Begun;
}

/** A running program. */
export interface Harness {
  /** The program as it is served now. */
  model(): Model;
  /** The APIs with the URL that each listens on, in the program's order. */
  apis(): readonly ListeningApi[];
  readonly awsEndpointUrl: string;
  readonly administrator: CredentialStore["administrator"];
  readonly journal: Journal;
  outbox(): readonly OutboxMessage[];
  /** Credentials of a role of the program, as its functions have them: for trying what the role may not do. */
  roleSession(roleArn: string): Required<Credentials>;
  /** The newest runs of functions, oldest first. */
  invocations(): readonly Invocation[];
  /** Runs a function as another service would: no gateway stands before it. */
  readonly invoke: InvokeFunction;
  readonly mintToken: Cognito["mintToken"];
  readonly rawItems: DynamoDbGate["rawItems"];
  /** Evaluates the program again and serves it in place of the old version; data, users and requests in flight stay.
   * @returns whether anything had changed.
   * @throws HarnessError when it cannot be served; the old version goes on. */
  reload(): Promise<boolean>;
  /** What the newest evaluation depended on, also where it failed. */
  readFiles(): readonly TrackedFile[];
  /** Whether any of it is no longer on disk as it was read. */
  isStale(): Promise<boolean>;
  /** Has ready from now on what the first request would wait for: an environment for whichever function it asks for, and
   * the keys that tokens are signed with. */
  prepare(): Promise<void>;
  /** Has a process ready for the next reload, for a while: then half of its time is saved. Where programs are watched. */
  prepareReload(): void;
  /** Stops everything within a second and leaves nothing behind. Safe to call again. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MILLISECONDS = 400;
/** DynamoDB's largest request is 16 MiB; one byte more reaches the gate, which refuses it in AWS's words. */
const LARGEST_AWS_REQUEST_BYTES = 16 * 1024 * 1024 + 1;
/** As messages name it. */
const ENDPOINT = "the AWS endpoint";
const PACKAGE_ROOT = resolve(import.meta.dirname, "..");

type Begun = Omit<BegunStart, "underWay">;
type Closers = (() => Promise<void>)[];

/**
 * Evaluates a program, reads all of it, and serves it on 127.0.0.1: its APIs, and an AWS endpoint with DynamoDB, Cognito
 * and the developer's routes.
 *
 * @throws HarnessError before anything listens: the program is broken or refused, a port is taken, the data directory
 * cannot be used.
 */
export async function startHarness(options: HarnessOptions): Promise<Harness> {
  const closers: Closers = [];
  try {
    return await start(options, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

/** In reverse order: what was started last leans on what was started before it. */
async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

async function start(options: HarnessOptions, closers: Closers): Promise<Harness> {
  const clock = options.clock ?? systemClock;
  const { data, evaluation, program } = await begin(options, closers);
  const read = (evaluated: EvaluatedProgram) => readProgram(evaluated, options, clock);
  const model = read(await program);
  const lambdaEndpoint = await connectLambda(options, { clock, model, closers });
  const shared = await startShared(options, { clock, model, data, closers });
  const view: { versions?: Versions } = {};
  const handler = endpointHandler(shared, () => view.versions, options.secret);
  const { awsPort: port } = options;
  const place = { name: ENDPOINT, port, portOption: "--aws-port", maximumBodyBytes: LARGEST_AWS_REQUEST_BYTES };
  const endpoint = await listenFor(options, clock, place, handler);
  closers.push(() => endpoint.close(CLOSE_GRACE_MILLISECONDS));
  const environment = await servingEnvironment(options, {
    shared,
    endpoint,
    handler,
    closers,
    currentModel: () => view.versions?.current().model ?? model,
  });
  const versions = await startVersions(model, { ...environment, ...lambdaEndpoint });
  view.versions = versions;
  closers.push(() => versions.close(CLOSE_GRACE_MILLISECONDS));
  if (options.seed !== undefined) options.log(seedLine(await shared.cognito.seed(options.seed)));
  const listeners = apiListeners({
    port: options.port,
    listen: (name, port, handler) => listenFor(options, clock, { name, port, portOption: "--port" }, handler),
    handlerFor: versions.handlerFor,
  });
  closers.push(() => listeners.close(CLOSE_GRACE_MILLISECONDS));
  await listeners.follow(model.apis);
  return running({ evaluation, read, shared, versions, listeners, endpoint, closers });
}

function seedLine({ created, existing }: SeedReport): string {
  const users = (count: number) => `${count} ${count === 1 ? "user" : "users"}`;
  const kept = existing.length === 0 ? "" : `, ${users(existing.length)} kept from before`;
  return `Seed: ${users(created.length)} created${kept}.`;
}

/** Where data are kept, what is evaluated depends on them. */
async function begin(
  options: HarnessOptions,
  closers: Closers,
): Promise<Begun & { readonly data: DataDirectory | undefined }> {
  const { dataDirectory } = options;
  const data = dataDirectory === undefined ? undefined : await holdDataDirectory(dataDirectory);
  if (data !== undefined) closers.push(data.release);
  const begun = data === undefined ? (options.begun ?? beginStart(options)) : await beginWith(data, options);
  closers.push(async () => begun.evaluation.close());
  return { ...begun, data };
}

async function beginWith(data: DataDirectory, options: HarnessOptions): Promise<Begun> {
  const evaluation = programEvaluation(options, await data.secretSeed(randomBytes));
  return { evaluation, program: evaluation.evaluate() };
}

interface Running {
  readonly evaluation: ProgramEvaluation;
  readonly read: (program: EvaluatedProgram) => Model;
  readonly shared: SharedServices;
  readonly versions: Versions;
  readonly listeners: ApiListeners;
  readonly endpoint: Listener;
  readonly closers: Closers;
}

function running({ evaluation, read, shared, versions, listeners, endpoint, closers }: Running): Harness {
  let closing: Promise<void> | undefined;
  return {
    model: () => versions.current().model,
    apis: listeners.listening,
    awsEndpointUrl: endpoint.url,
    administrator: shared.credentials.administrator,
    journal: shared.journal,
    outbox: shared.cognito.outbox,
    roleSession: (roleArn) =>
      shared.credentials.issueRoleSession({ roleArn, sessionName: "trial", currentRequestId: () => undefined }),
    invocations: versions.invocations,
    invoke: (request) => versions.current().lambda.invoke(request),
    mintToken: shared.cognito.mintToken,
    rawItems: shared.gate.rawItems,
    async prepare() {
      await Promise.all([versions.current().lambda.prepare(), shared.cognito.prepare()]);
    },
    async reload() {
      const next = read(await evaluation.evaluate());
      const old = versions.current().model;
      if (isDeepStrictEqual(served(old), served(next))) return false;
      refuseMoved(old, next);
      await shared.reconfigure(next);
      await versions.replace(next);
      await listeners.follow(next.apis);
      return true;
    },
    readFiles: evaluation.readFiles,
    isStale: evaluation.isStale,
    prepareReload: evaluation.prepare,
    close() {
      closing ??= closeAll(closers);
      return closing;
    },
  };
}

function readProgram(program: EvaluatedProgram, { retiredRuntimes = false, log }: HarnessOptions, clock: Clock): Model {
  const model = readModel(program, clock, { retiredRuntimes });
  for (const { warnings } of model.functions) for (const warning of warnings) log(warning);
  return model;
}

/** What decides how a program is served: where a resource is written does not. */
function served({ program }: Model): { resources: readonly Resource[]; assetsDigest: string | undefined } {
  const resources = program.graph.resources.map(({ position: _position, ...resource }) => resource);
  return { resources, assetsDigest: program.assetsDigest };
}

/** Signatures, tokens and ARNs name the region: a stack that moved is another stack. */
function refuseMoved(old: Model, next: Model): void {
  const from = old.program.deployment.region;
  const to = next.program.deployment.region;
  if (from !== to)
    throw new HarnessError("PROGRAM_REFUSED", `The stack moved from ${from} to ${to}. Start anew to serve it there.`);
}

/** Loaded where it is asked for: its SDK would slow every other start. */
async function connectLambda(
  { lambdaEndpointUrl: url, log, signal }: HarnessOptions,
  { clock, model, closers }: { clock: Clock; model: Model; closers: Closers },
): Promise<Pick<ServingEnvironment, "lambdaEndpoint">> {
  if (url === undefined) return {};
  const { connectLambdaEndpoint } = await import("./lambda/remote/lambda-endpoint.ts");
  const { region } = model.program.deployment;
  const logSink = functionLog(log);
  const waiting = signal === undefined ? {} : { signal };
  const lambdaEndpoint = await connectLambdaEndpoint({ url, region, clock, logSink, log, ...waiting });
  closers.push(lambdaEndpoint.close);
  return { lambdaEndpoint };
}

/** After the line of an error: where its stack stands in the program. The line itself is Lambda's. */
function functionLog(log: HarnessOptions["log"], frames?: ProgramFrames): LogSink {
  return ({ functionName, requestId, line }) => {
    const prefix = `[${functionName}${requestId === undefined ? "" : ` ${requestId}`}]`;
    log(`${prefix} ${line}`);
    void frames?.describe({ functionName, line }).then((places) => {
      if (places !== undefined) log(`${prefix} in the program: ${places}`);
    });
  };
}

function framesOf(
  { showProgramFrames, programDirectory }: HarnessOptions,
  around: { functionsRoot: string; currentModel: () => Model; closers: Closers },
): ProgramFrames | undefined {
  if (showProgramFrames !== true) return undefined;
  const ending = new AbortController();
  around.closers.push(async () => ending.abort());
  const { functionsRoot: root, currentModel: model } = around;
  return programFrames({ root, programDirectory, model, signal: ending.signal });
}

async function startShared(
  options: HarnessOptions,
  around: {
    clock: Clock;
    model: Model;
    data: DataDirectory | undefined;
    closers: Closers;
  },
): Promise<SharedServices> {
  const { log, onMessage = () => {} } = options;
  const engine = engineOf(options, around.model.program.deployment.region);
  const observed = options.observeGate === undefined ? {} : { observeGate: options.observeGate };
  return startSharedServices({ ...around, randomBytes, engine, log, onMessage, ...observed });
}

function engineOf({ lambdaEndpointUrl: url, engine }: HarnessOptions, region: string): EngineChoice {
  return url === undefined ? (engine ?? { kind: "auto" }) : { kind: "endpoint", url, region };
}

function listenFor(
  { log }: HarnessOptions,
  clock: Clock,
  place: Pick<ListenOptions, "name" | "port" | "portOption" | "maximumBodyBytes">,
  handler: HttpHandler,
): Promise<Listener> {
  return listen({ ...place, handler, clock, onDefect: defectLog(log, place.name) });
}

function defectLog(log: HarnessOptions["log"], name: string): ListenOptions["onDefect"] {
  return (error) => log(`Defect in ${name}: ${error instanceof Error ? error.stack : String(error)}`);
}

async function servingEnvironment(
  options: HarnessOptions,
  around: {
    shared: SharedServices;
    endpoint: Listener;
    handler: HttpHandler;
    closers: Closers;
    currentModel: () => Model;
  },
): Promise<ServingEnvironment> {
  const { clock, journal, credentials, cognito } = around.shared;
  const functionsRoot = await realpath(await mkdtemp(join(tmpdir(), "pulumi-harness-")));
  around.closers.push(() => rm(functionsRoot, { recursive: true, force: true }));
  return {
    clock,
    journal,
    credentials,
    findSigningKey: signingKeyFinder(cognito, clock),
    functionsRoot,
    awsEndpointUrl: around.endpoint.url,
    awsEndpoint: {
      handler: guarded(around.handler, defectLog(options.log, ENDPOINT)),
      maximumBodyBytes: LARGEST_AWS_REQUEST_BYTES,
    },
    layerFrom: PACKAGE_ROOT,
    compileCache: join(cacheFolder(PACKAGE_ROOT) ?? functionsRoot, "runtime"),
    isolation: options.isolation ?? "thread",
    debugged: options.debugged ?? false,
    logSink: functionLog(options.log, framesOf(options, { ...around, functionsRoot })),
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    onCorsProblem: (reason) => options.log(`[cors] ${reason}.`),
    accessLog: (_destinationArn, line) => options.log(`[access] ${line}`),
  };
}

function endpointHandler(
  { cognito, gate, journal, callerIdentity }: SharedServices,
  versions: () => Versions | undefined,
  secret: string | undefined,
): HttpHandler {
  return awsEndpoint({
    dynamodb: gate.handle,
    cognito: cognito.handle,
    wellKnown: cognito.wellKnown,
    callerIdentity,
    harness: harnessRoutes({
      health: () => ({ status: versions() === undefined ? "starting" : "ready" }),
      outbox: cognito.outbox,
      journal: journal.entries,
      invocations: () => versions()?.invocations() ?? [],
      mintToken: cognito.mintToken,
      ignoresCase: (id) =>
        versions()
          ?.current()
          .model.userPools.some((p) => p.id === id && !p.caseSensitive) ?? false,
      secret,
    }),
  });
}
