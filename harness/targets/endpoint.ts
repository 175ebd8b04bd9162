import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient, type LambdaClientConfig } from "@aws-sdk/client-lambda";
import { HarnessError } from "../errors.ts";
import { apiSender } from "./api-sender.ts";
import { cognitoUrl, type PoolUsersOptions, poolUsers } from "./pool-users.ts";
import type { HarnessInsight } from "./running-harness.ts";
import type { StackFacts } from "./stack-facts.ts";
import type { NotShown, Target, TargetInvocation, TargetInvocationResult } from "./target.ts";

export interface EndpointTargetOptions {
  readonly facts: StackFacts;
  /** Where every service answers. `undefined`: AWS itself. */
  readonly endpointUrl?: string;
  /** Default: the SDK's chain of environment, profile and role. */
  readonly credentials?: LambdaClientConfig["credentials"];
  readonly given?: PoolUsersOptions["given"];
  /** What the endpoint shows beyond AWS's services. */
  readonly harness?: HarnessInsight;
}

const NO_KEY: NotShown = {
  notShown: "The user pool's private keys are not here: sign in, and wait for a token to expire.",
};
const NO_JOURNAL: NotShown = { notShown: "The endpoint tells no reasons, only answers." };
const NO_COUNT: NotShown = {
  notShown:
    "The endpoint does not say which request led to which run of a function; its access log does, where it writes one.",
};
const NO_DOOR: NotShown = { notShown: "The endpoint's table does not say which request reached which item." };
const NO_CLOCK: NotShown = { notShown: "The endpoint's clock is its own." };

/** A stack that was deployed to AWS, or to an endpoint that speaks like it: asked through its API, its functions by
 * `Invoke`, its table by `Scan`. What it makes in the user pool, `close` removes. */
export function endpointTarget({ facts, endpointUrl, credentials, given, harness }: EndpointTargetOptions): Target {
  const { region, apis, routes, tableNames, userPool } = facts;
  const shared = {
    region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  const lambda = new LambdaClient({ ...shared, maxAttempts: 1 });
  const database = new DynamoDBClient(shared);
  const connectTo = endpointUrl === undefined ? undefined : hostAndPort(new URL(endpointUrl));
  const users =
    userPool === undefined
      ? undefined
      : poolUsers({
          ...userPool,
          region,
          ...(endpointUrl === undefined ? {} : { endpointUrl }),
          ...(credentials === undefined ? {} : { credentials }),
          ...(given === undefined ? {} : { given }),
        });
  const signIn = users?.signIn ?? { notShown: "The stack names no user pool and client, so nobody can sign in." };
  return {
    kind: "endpoint",
    name: `endpoint: ${apis[0]?.url ?? ""}${endpointUrl === undefined ? "" : ` at ${endpointUrl}`}`,
    apis,
    ...(userPool === undefined ? {} : { userPool: { ...userPool, endpointUrl: endpointUrl ?? cognitoUrl(region) } }),
    ...(given === undefined ? {} : { givenNames: [...given.keys()] }),
    // An endpoint's own host names need not resolve on this machine: `x.execute-api.localhost` is told by `Host`.
    send: apiSender(apis, ({ hostname }) =>
      connectTo === undefined || !hostname.includes(".execute-api.") ? {} : { connectTo },
    ),
    invoke: (invocation) => invoke(lambda, invocation),
    routes:
      routes === undefined
        ? { notShown: "The stack's outputs name no functions: give what pulumi stack export writes." }
        : async () => routes,
    signIn,
    signInSecond: signIn,
    mintToken: NO_KEY,
    invocationsOf: NO_COUNT,
    observationsOf: NO_DOOR,
    tableNames: async () => tableNames,
    rawItems: (tableName) => rawItems(database, tableName),
    journalOf: NO_JOURNAL,
    clock: NO_CLOCK,
    ...harness,
    async close() {
      try {
        await users?.close();
      } finally {
        lambda.destroy();
        database.destroy();
      }
    },
  };
}

function hostAndPort(url: URL): { readonly host: string; readonly port: number } {
  return { host: url.hostname, port: Number(url.port || (url.protocol === "https:" ? 443 : 80)) };
}

async function invoke(
  client: LambdaClient,
  { functionArn, payload }: TargetInvocation,
): Promise<TargetInvocationResult> {
  const started = performance.now();
  try {
    const answer = await client.send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(payload) }));
    const text = Buffer.from(answer.Payload ?? []).toString();
    const requestId = answer.$metadata.requestId ?? "";
    const durationMilliseconds = performance.now() - started;
    if (answer.FunctionError === undefined) return { kind: "returned", payload: text, durationMilliseconds, requestId };
    return { kind: "failed", ...functionError(text), durationMilliseconds, requestId };
  } catch (error) {
    throw unreachable(`Lambda refused to run ${functionArn}`, error);
  }
}

function functionError(text: string): { readonly errorType: string; readonly errorMessage: string } {
  try {
    const { errorType, errorMessage } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return { errorType: String(errorType ?? "Unhandled"), errorMessage: String(errorMessage ?? "") };
  } catch {
    return { errorType: "Unhandled", errorMessage: text };
  }
}

async function rawItems(client: DynamoDBClient, tableName: string) {
  const items: Readonly<Record<string, unknown>>[] = [];
  try {
    for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true }))
      items.push(...(page.Items ?? []));
  } catch (error) {
    throw unreachable(`The table ${tableName} cannot be read`, error);
  }
  return items;
}

function unreachable(what: string, error: unknown): HarnessError {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new HarnessError("TARGET_UNREACHABLE", `${what}. ${reason}`, { cause: error });
}
