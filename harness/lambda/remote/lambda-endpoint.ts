import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Clock } from "../../clock.ts";
import { isLoopbackName } from "../../loopback-host.ts";
import type { LambdaFunction } from "../function.ts";
import type { Invocation, InvocationRequest, InvocationResult } from "../invocation-types.ts";
import type { LogSink } from "../logs.ts";
import { admitted, drained, type Lambda } from "../runner.ts";
import { untilHealthy } from "./health.ts";
import { httpStatusOf, resultOfAnswer, resultOfRefusal } from "./invocation-answer.ts";
import { remoteFunctions } from "./remote-functions.ts";

export interface LambdaEndpointOptions {
  readonly url: string;
  readonly region: string;
  readonly clock: Clock;
  readonly logSink: LogSink;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  /** How long an endpoint that starts is waited for. Default 60 s. */
  readonly patienceMilliseconds?: number;
}

/** Somebody else's Lambda, where the program's functions run in place of this machine's. Outlives every version. */
export interface LambdaEndpoint {
  /** Deploys a version's functions and answers invocations by running them there.
   * @throws HarnessError when the endpoint does not take one. */
  serve(functions: readonly LambdaFunction[]): Promise<Lambda>;
  /** Deletes the functions that were deployed. */
  close(): Promise<void>;
}

const PATIENCE_MILLISECONDS = 60_000;
const CONNECTION_MILLISECONDS = 3_000;
/** Everything but `Invoke`: an endpoint that hangs must not hang the start or the end. */
const REQUEST_MILLISECONDS = 30_000;
/** A sandbox of a container may have to start before the function's own time begins. */
const SANDBOX_START_MILLISECONDS = 60_000;
const KEPT_INVOCATIONS = 1_000;
/** Emulators take any; real ones have no business there. */
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/** What this way of running functions does not hold, for the user who sees the rest hold. */
const NOT_HELD =
  "Not held there: the roles' policies at the tables, this machine's isolation of functions, the journal of items.";

/** Waits for the endpoint, and says what it does not hold.
 * @throws HarnessError TARGET_UNREACHABLE when it is down, something else, or asks for other credentials. */
export async function connectLambdaEndpoint(options: LambdaEndpointOptions): Promise<LambdaEndpoint> {
  const { url, region, log, signal, patienceMilliseconds = PATIENCE_MILLISECONDS } = options;
  const client = new LambdaClient({
    region,
    endpoint: url,
    credentials: CREDENTIALS,
    // An event that may have run must not be given again.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_MILLISECONDS,
      requestTimeout: REQUEST_MILLISECONDS,
      throwOnRequestTimeout: true,
    },
  });
  const { hostname } = new URL(url);
  if (!isLoopbackName(hostname))
    log(`${hostname} is not this machine: the functions' code, their variables, events and items go there.`);
  try {
    await untilHealthy({ client, url, log, patienceMilliseconds, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    client.destroy();
    throw error;
  }
  log(`Functions run at ${url}, over its own tables. ${NOT_HELD}`);
  const made = remoteFunctions(client, url, log);
  return {
    async serve(functions) {
      await made.deploy(functions);
      return remoteLambda(client, functions, options);
    },
    async close() {
      await made.remove();
      client.destroy();
    },
  };
}

interface ServedFunction {
  readonly lambdaFunction: LambdaFunction;
  inFlight: number;
  invocations: number;
}

type Running = Pick<LambdaEndpointOptions, "clock" | "logSink"> & {
  readonly client: LambdaClient;
  readonly log: Invocation[];
};

function remoteLambda(
  client: LambdaClient,
  functions: readonly LambdaFunction[],
  { clock, logSink }: LambdaEndpointOptions,
): Lambda {
  const served = new Map(
    functions.map((lambdaFunction): [string, ServedFunction] => [
      lambdaFunction.functionArn,
      { lambdaFunction, inFlight: 0, invocations: 0 },
    ]),
  );
  const running: Running = { client, clock, logSink, log: [] };
  const state = { closed: false };
  return {
    invoke: async (request) => {
      const one = admitted(request, served.get(request.functionArn), state.closed);
      return "kind" in one ? one : invoke(running, one, request);
    },
    // Sandboxes are the endpoint's own affair.
    prewarm: async () => {},
    prepare: async () => {},
    stats: () =>
      [...served.values()].map(({ lambdaFunction, inFlight, invocations }) => ({
        functionName: lambdaFunction.functionName,
        invocations,
        coldStarts: 0,
        sandboxes: 0,
        busy: inFlight,
        waiting: 0,
      })),
    invocations: () => [...running.log],
    async close(graceMilliseconds = 0) {
      state.closed = true;
      await drained([...served.values()], graceMilliseconds);
    },
  };
}

async function invoke(running: Running, served: ServedFunction, request: InvocationRequest): Promise<InvocationResult> {
  const { client, clock } = running;
  const { functionName, timeoutSeconds } = served.lambdaFunction;
  const command = new InvokeCommand({
    FunctionName: functionName,
    Payload: Buffer.from(request.payload),
    LogType: "Tail",
  });
  const requestTimeout = timeoutSeconds * 1_000 + SANDBOX_START_MILLISECONDS;
  const startedAt = clock.nowMilliseconds();
  const duration = () => clock.nowMilliseconds() - startedAt;
  served.inFlight += 1;
  served.invocations += 1;
  try {
    const answer = await client.send(command, { requestTimeout });
    remember(running, served, request, answer.$metadata.requestId);
    writeLog(running, served, request, answer.LogResult);
    return resultOfAnswer(answer, duration());
  } catch (error) {
    // Without an answer it may have run: for a proof that nothing did, it did.
    if (!(error instanceof Error) || httpStatusOf(error) === undefined) remember(running, served, request);
    return resultOfRefusal(error, duration());
  } finally {
    served.inFlight -= 1;
  }
}

/** Whether a run was a cold start is not told by `Invoke`. */
function remember({ log }: Running, served: ServedFunction, { requestId }: InvocationRequest, awsRequestId = ""): void {
  log.push({ requestId, awsRequestId, functionName: served.lambdaFunction.functionName, coldStart: false });
  if (log.length > KEPT_INVOCATIONS) log.shift();
}

/** The end of the run's log, which an endpoint may give with its answer. */
function writeLog({ logSink }: Running, served: ServedFunction, request: InvocationRequest, tail = ""): void {
  const { functionName, logging } = served.lambdaFunction;
  for (const line of Buffer.from(tail, "base64")
    .toString()
    .split("\n")
    .filter((text) => text.trim() !== ""))
    logSink({ functionName, logGroup: logging.logGroup, requestId: request.requestId, line });
}
