import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import type { SandboxEndpoint } from "./endpoint-port.ts";
import type { LambdaFunction } from "./function.ts";
import { type InvocationEnvironment, LONGEST_TIMER_MILLISECONDS, runInvocation } from "./invocation-run.ts";
import type { Invocation, InvocationRequest, InvocationResult, InvokeFunction } from "./invocation-types.ts";
import type { LogSink } from "./logs.ts";
import { type Deployment, deployFunctions } from "./package.ts";
import { Pool, type PooledSandbox } from "./pool.ts";
import { exceedsBytes, MAXIMUM_REQUEST_BYTES } from "./runtime/payload-limits.ts";
import { processCompileCache } from "./runtime-process.ts";
import { keptSpareThreads, threadKind } from "./runtime-thread.ts";
import { type Isolation, startSandbox } from "./sandbox.ts";
import type { SpareThreads, ThreadKind } from "./spare-threads.ts";
import { machineTimes, utilizationSince } from "./utilization.ts";
import { logStreamName, sandboxVariables } from "./variables.ts";

/** Credentials of one role session, as a sandbox's environment carries them. */
export interface RoleSessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Assumes a function's role for one sandbox. `currentRequestId` says which gateway request the sandbox works on now. */
export type IssueRoleSession = (request: {
  readonly roleArn: string;
  /** The function's name, as on AWS. */
  readonly sessionName: string;
  readonly currentRequestId: () => string | undefined;
}) => RoleSessionCredentials;

export interface LambdaOptions {
  readonly functions: readonly LambdaFunction[];
  /** A folder of the caller's, outside the project: packages are unpacked here, below a folder of their own. */
  readonly root: string;
  readonly region: string;
  /** The one variable that real Lambda lacks: where the SDK finds the local services. */
  readonly awsEndpointUrl: string;
  /** The same services, for sandboxes that are threads of this process. Default: they have HTTP alone. */
  readonly awsEndpoint?: Omit<SandboxEndpoint, "url" | "clock"> | undefined;
  readonly issueRoleSession: IssueRoleSession;
  /** The session's sandbox died: its access key is worth nothing from now on. */
  readonly revoke: (accessKeyId: string) => void;
  readonly clock: Clock;
  readonly logSink: LogSink;
  /** A folder with a `node_modules` that holds the SDK which Lambda's runtime has. */
  readonly layerFrom: string;
  /** V8's code cache; kept between starts it halves the cold start of the SDK. Default: below `root`. */
  readonly compileCache?: string;
  /** What a sandbox is. Default: a thread. */
  readonly isolation?: Isolation;
  /** Functions may be stopped in a debugger: nothing ends them for the time they take. Default: no. */
  readonly debugged?: boolean;
  /** The most sandboxes of one function; above it invocations wait. Default 16. */
  readonly maximumSandboxesPerFunction?: number;
  /** The most sandboxes of all functions. Default 32. */
  readonly maximumSandboxes?: number;
  /** Default 10 s, as on AWS. */
  readonly initTimeoutMilliseconds?: number;
}

export interface FunctionStatistics {
  readonly functionName: string;
  /** Events given to the function since the beginning. */
  readonly invocations: number;
  readonly coldStarts: number;
  readonly sandboxes: number;
  readonly busy: number;
  readonly waiting: number;
}

export interface Lambda {
  readonly invoke: InvokeFunction;
  /** Starts one sandbox for each of the first functions, so that the first request finds it warm. */
  prewarm(): Promise<void>;
  /** Has an environment ready from now on that any function can have: a cold start is little more than the function's own
   * code then. Processes start for one function each, so of them the first ones are warmed. */
  prepare(): Promise<void>;
  stats(): readonly FunctionStatistics[];
  /** The newest runs, oldest first. */
  invocations(): readonly Invocation[];
  /** Takes no more events, lets running ones end for at most `graceMilliseconds`, then ends every sandbox and removes
   * the packages. */
  close(graceMilliseconds?: number): Promise<void>;
}

interface ServedFunction {
  readonly lambdaFunction: LambdaFunction;
  readonly pool: Pool;
  /** Running or waiting: what AWS counts as concurrency. */
  inFlight: number;
  invocations: number;
  coldStarts: number;
}

const INIT_TIMEOUT_MILLISECONDS = 10_000;
const PATIENCE_MILLISECONDS = 100;
const SWEEP_MILLISECONDS = 10_000;
const IDLE_MILLISECONDS = 30_000;
const KEPT_INVOCATIONS = 1_000;
const PREWARMED_FUNCTIONS = 8;
const CLOSE_GRACE_MILLISECONDS = 500;

/** Unpacks the functions and answers invocations. Rejects with a `HarnessError` when a package cannot be unpacked. */
export async function createLambda(options: LambdaOptions): Promise<Lambda> {
  const [deployment, compileCache] = await Promise.all([
    deployFunctions(options.functions, options.root, options.layerFrom),
    readyCompileCache(options),
  ]);
  const spares = usesSpares(options) ? keptSpareThreads() : undefined;
  const surroundings: Surroundings = { deployment, compileCache, spares };
  const start = (lambdaFunction: LambdaFunction) => startPooled(options, surroundings, lambdaFunction);
  const served = new Map<string, ServedFunction>();
  for (const lambdaFunction of options.functions) {
    const pool: Pool = new Pool(
      poolOptions(
        options,
        () => start(lambdaFunction),
        () => makeRoom(options, served, pool),
      ),
    );
    served.set(lambdaFunction.functionArn, { lambdaFunction, pool, inFlight: 0, invocations: 0, coldStarts: 0 });
  }
  const log: Invocation[] = [];
  const state = { closed: false };
  const sweep = setInterval(() => sweepIdle(served.values()), SWEEP_MILLISECONDS).unref();
  return {
    invoke: (request) => invoke(options, served.get(request.functionArn), request, log, state.closed),
    prewarm: () => prewarm([...served.values()]),
    async prepare() {
      const [first] = options.functions;
      if (spares === undefined) await prewarm([...served.values()]);
      else if (first !== undefined && !state.closed) spares.keep(kindOf(first, surroundings));
    },
    stats: () => [...served.values()].map(statistics),
    invocations: () => [...log],
    async close(graceMilliseconds = CLOSE_GRACE_MILLISECONDS) {
      state.closed = true;
      clearInterval(sweep);
      await spares?.close();
      await drained([...served.values()], graceMilliseconds);
      await Promise.all([...served.values()].map(({ pool }) => pool.close()));
      await deployment.remove();
    },
  };
}

function poolOptions(
  options: LambdaOptions,
  start: () => PooledSandbox,
  room: () => boolean,
): ConstructorParameters<typeof Pool>[0] {
  const maximumSandboxes = options.maximumSandboxesPerFunction ?? 16;
  return {
    start,
    promptSandboxes: Math.min(maximumSandboxes, Math.max(2, availableParallelism())),
    maximumSandboxes,
    patienceMilliseconds: PATIENCE_MILLISECONDS,
    initTimeoutMilliseconds: options.debugged
      ? LONGEST_TIMER_MILLISECONDS
      : (options.initTimeoutMilliseconds ?? INIT_TIMEOUT_MILLISECONDS),
    nowMilliseconds: () => performance.now(),
    hostUtilization: hostUtilization(),
    makeRoom: room,
  };
}

function hostUtilization(): () => number {
  const ofLoop = utilizationSince(() => performance.eventLoopUtilization());
  const ofMachine = utilizationSince(machineTimes);
  return () => Math.max(ofLoop(), ofMachine());
}

/** The folder of V8's code cache, or `undefined` where sandboxes must do without. */
async function readyCompileCache({ compileCache, root, isolation }: LambdaOptions): Promise<string | undefined> {
  const folder = compileCache ?? join(root, "compile-cache");
  return isolation === "process" ? processCompileCache(folder) : folder;
}

interface Surroundings {
  readonly deployment: Deployment;
  readonly compileCache: string | undefined;
  readonly spares: SpareThreads | undefined;
}

/** A debugger tells threads apart by the functions' names, which a thread has from its start. */
function usesSpares({ isolation, debugged }: LambdaOptions): boolean {
  return isolation !== "process" && debugged !== true;
}

function kindOf(lambdaFunction: LambdaFunction, { deployment, compileCache }: Surroundings): ThreadKind {
  const environment = { NODE_PATH: deployment.runtimeModules, ...lambdaFunction.environment };
  return threadKind({ lambdaFunction, compileCache, environment });
}

/** A sandbox with a role session and a `/tmp` of its own, which end with it. */
function startPooled(
  options: LambdaOptions,
  { deployment, compileCache, spares }: Surroundings,
  lambdaFunction: LambdaFunction,
): PooledSandbox {
  const { functionName, roleArn, logging } = lambdaFunction;
  const current: Pick<PooledSandbox, "currentRequestId"> = { currentRequestId: undefined };
  const currentRequestId = () => current.currentRequestId;
  const credentials = options.issueRoleSession({ roleArn, sessionName: functionName, currentRequestId });
  const sandboxId = randomUUID().replaceAll("-", "");
  const taskRoot = deployment.taskRoot(functionName);
  const temporary = deployment.temporaryFolder(functionName, sandboxId);
  const environment = sandboxVariables(lambdaFunction, {
    region: options.region,
    taskRoot,
    runtimeModules: deployment.runtimeModules,
    logStreamName: logStreamName(lambdaFunction, options.clock.nowMilliseconds(), sandboxId),
    awsEndpointUrl: options.awsEndpointUrl,
    credentials,
  });
  const sandbox = startSandbox(
    {
      lambdaFunction,
      taskRoot,
      temporaryFolder: temporary.path,
      readableFolders: [taskRoot, temporary.path, deployment.runtimeModules, ...deployment.runtimePackages],
      environment,
      compileCache,
      spareThreads: spares,
      endpoint: sandboxEndpoint(options),
      onLog: (requestId, line) => options.logSink({ functionName, logGroup: logging.logGroup, requestId, line }),
    },
    options.isolation ?? "thread",
  );
  sandbox.onExit(() => {
    options.revoke(credentials.accessKeyId);
    void temporary.remove();
  });
  return Object.assign(current, {
    sandbox,
    initDurationMilliseconds: undefined,
    maximumMemoryBytes: 0,
    idleSinceMilliseconds: 0,
  });
}

/** Who debugs wants to see what the SDK sends. */
function sandboxEndpoint({
  awsEndpoint,
  awsEndpointUrl: url,
  clock,
  debugged,
}: LambdaOptions): SandboxEndpoint | undefined {
  return awsEndpoint === undefined || debugged === true ? undefined : { ...awsEndpoint, url, clock };
}

async function invoke(
  options: LambdaOptions,
  served: ServedFunction | undefined,
  request: InvocationRequest,
  log: Invocation[],
  closed: boolean,
): Promise<InvocationResult> {
  const one = admitted(request, served, closed);
  if ("kind" in one) return one;
  one.inFlight += 1;
  try {
    return await runInvocation(environmentOf(options, one, log), request);
  } finally {
    one.inFlight -= 1;
  }
}

/** The function that an event is given to, or what Lambda answers before anything runs: no such function, an event that is
 * too large, no reserved concurrency left. */
export function admitted<Served extends { readonly lambdaFunction: LambdaFunction; readonly inFlight: number }>(
  request: InvocationRequest,
  served: Served | undefined,
  closed: boolean,
): Served | InvocationResult {
  if (served === undefined) return refused("ResourceNotFoundException", `Function not found: ${request.functionArn}`);
  if (closed) return refused("ServiceException", "The function's environments are being closed.");
  const { payload } = request;
  if (exceedsBytes(payload, MAXIMUM_REQUEST_BYTES)) return refused("RequestTooLargeException", tooLarge(payload));
  const reserved = served.lambdaFunction.reservedConcurrentExecutions;
  if (reserved !== undefined && served.inFlight >= reserved) return { kind: "throttled", durationMilliseconds: 0 };
  return served;
}

function environmentOf(options: LambdaOptions, served: ServedFunction, log: Invocation[]): InvocationEnvironment {
  return {
    lambdaFunction: served.lambdaFunction,
    pool: served.pool,
    clock: options.clock,
    logSink: options.logSink,
    debugged: options.debugged ?? false,
    onRun(invocation) {
      served.invocations += 1;
      if (invocation.coldStart) served.coldStarts += 1;
      log.push(invocation);
      if (log.length > KEPT_INVOCATIONS) log.shift();
    },
  };
}

function refused(errorType: string, errorMessage: string): InvocationResult {
  return { kind: "failed", errorType, errorMessage, durationMilliseconds: 0 };
}

function tooLarge(payload: string): string {
  return `${Buffer.byteLength(payload)} byte payload is too large for the RequestResponse invocation type (limit ${MAXIMUM_REQUEST_BYTES} bytes)`;
}

/** One after the other on few cores: started together they would all be late. */
async function prewarm(served: readonly ServedFunction[]): Promise<void> {
  const waiting = served
    .slice(0, PREWARMED_FUNCTIONS)
    .filter(({ lambdaFunction }) => lambdaFunction.reservedConcurrentExecutions !== 0);
  const next = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await one.pool.prewarm();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
}

function statistics({ lambdaFunction, pool, invocations, coldStarts }: ServedFunction): FunctionStatistics {
  const { size: sandboxes, busy, waiting } = pool;
  return { functionName: lambdaFunction.functionName, invocations, coldStarts, sandboxes, busy, waiting };
}

/** Is there room for one more sandbox? If not, the longest idle one of another function has to go. */
function makeRoom(options: LambdaOptions, served: ReadonlyMap<string, ServedFunction>, asking: Pool): boolean {
  const pools = [...served.values()].map(({ pool }) => pool);
  const total = pools.reduce((sum, pool) => sum + pool.size, 0);
  if (total < (options.maximumSandboxes ?? 32)) return true;
  const others = pools.filter((pool) => pool !== asking && pool.oldestIdle !== undefined);
  others.sort((a, b) => idleSince(a) - idleSince(b));
  const victim = others[0];
  if (victim?.oldestIdle === undefined) return false;
  victim.endIdle(victim.oldestIdle);
  return true;
}

function idleSince(pool: Pool): number {
  return pool.oldestIdle?.idleSinceMilliseconds ?? Number.POSITIVE_INFINITY;
}

/** The sandboxes that a burst needed go; one of each function stays warm. */
function sweepIdle(served: Iterable<ServedFunction>): void {
  for (const { pool } of served) pool.trim(IDLE_MILLISECONDS, 1);
}

/** Resolves when nothing runs any more, or the grace is over. */
export async function drained(
  served: readonly Pick<ServedFunction, "inFlight">[],
  graceMilliseconds: number,
): Promise<void> {
  const until = performance.now() + graceMilliseconds;
  const busy = () => served.some(({ inFlight }) => inFlight > 0);
  while (busy() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
}
