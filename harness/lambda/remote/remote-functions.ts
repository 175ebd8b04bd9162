import { isDeepStrictEqual } from "node:util";
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  type Runtime,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { HarnessError } from "../../errors.ts";
import type { LambdaFunction } from "../function.ts";
import { zipOf } from "../zip.ts";

/** The functions that the harness made at an endpoint. */
export interface RemoteFunctions {
  /** Creates what is missing and updates what is another one now.
   * @throws HarnessError TARGET_UNREACHABLE naming the function that the endpoint does not take. */
  deploy(functions: readonly LambdaFunction[]): Promise<void>;
  /** Deletes every function that was deployed, whole or not. */
  remove(): Promise<void>;
}

/** How a function is known as the harness's own: another one's is neither changed nor deleted. */
const MARK = "Made by npm start -- --lambda, which deletes it when it ends.";
/** The first function may have to wait for the runtime's image. */
const READY_SECONDS = 180;
/** Whoever pressed Ctrl-C waits. */
const DELETION_MILLISECONDS = 5_000;

interface Deployed {
  readonly settings: Settings;
  readonly zip: Buffer;
}

type Settings = Omit<CreateFunctionCommandInput, "Code" | "FunctionName">;

export function remoteFunctions(client: LambdaClient, url: string, log: (line: string) => void): RemoteFunctions {
  const deployed = new Map<string, Deployed>();
  const made = new Set<string>();
  const deployOne = async (lambdaFunction: LambdaFunction): Promise<void> => {
    const { functionName } = lambdaFunction;
    const wanted: Deployed = { settings: settingsOf(lambdaFunction), zip: await zipOf(lambdaFunction.code) };
    if (isDeepStrictEqual(deployed.get(functionName), wanted)) return;
    const description = await descriptionOf(client, functionName);
    if (description !== undefined && description !== MARK)
      throw new Error("there is one of this name that the harness did not make; it was not changed");
    // Before it is whole: one that fails halfway is deleted as well.
    made.add(functionName);
    deployed.delete(functionName);
    await (description === undefined ? create : update)(client, functionName, wanted);
    deployed.set(functionName, wanted);
  };
  return {
    async deploy(functions) {
      const outcomes = await Promise.allSettled(
        functions.map((lambdaFunction) =>
          deployOne(lambdaFunction).catch((error: unknown) => {
            throw refusal(lambdaFunction, url, error);
          }),
        ),
      );
      const failure = outcomes.find(({ status }) => status === "rejected");
      if (failure?.status === "rejected") throw failure.reason;
    },
    async remove() {
      const names = [...made];
      const outcomes = await Promise.allSettled(
        names.map((FunctionName) =>
          client.send(new DeleteFunctionCommand({ FunctionName }), { requestTimeout: DELETION_MILLISECONDS }),
        ),
      );
      const left = names.filter((_name, index) => isFailure(outcomes[index]));
      if (left.length > 0) log(`These functions could not be deleted at ${url}: ${left.join(", ")}.`);
      deployed.clear();
      made.clear();
    },
  };
}

function settingsOf(lambdaFunction: LambdaFunction): Settings {
  return {
    Runtime: lambdaFunction.runtime as Runtime,
    Handler: lambdaFunction.handler,
    Role: lambdaFunction.roleArn,
    Timeout: lambdaFunction.timeoutSeconds,
    MemorySize: lambdaFunction.memorySizeMegabytes,
    Environment: { Variables: { ...lambdaFunction.environment } },
    Description: MARK,
  };
}

type Put = (client: LambdaClient, FunctionName: string, wanted: Deployed) => Promise<void>;

const create: Put = async (client, FunctionName, { settings, zip }) => {
  await client.send(new CreateFunctionCommand({ FunctionName, ...settings, Code: { ZipFile: zip } }));
  await waitUntilFunctionActiveV2(waitingWith(client), { FunctionName });
};

/** Lambda takes one change of a function at a time. */
const update: Put = async (client, FunctionName, { settings, zip }) => {
  await client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...settings }));
  await waitUntilFunctionUpdatedV2(waitingWith(client), { FunctionName });
  await client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip }));
  await waitUntilFunctionUpdatedV2(waitingWith(client), { FunctionName });
};

const waitingWith = (client: LambdaClient) => ({ client, maxWaitTime: READY_SECONDS, minDelay: 1, maxDelay: 2 });

/** `undefined`: there is no such function. */
async function descriptionOf(client: LambdaClient, FunctionName: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetFunctionConfigurationCommand({ FunctionName }))).Description ?? "";
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const isNotFound = (error: unknown) => error instanceof Error && error.name === "ResourceNotFoundException";

const isFailure = (outcome: PromiseSettledResult<unknown> | undefined) =>
  outcome?.status === "rejected" && !isNotFound(outcome.reason);

function refusal({ functionName, runtime }: LambdaFunction, url: string, error: unknown): HarnessError {
  const reason = error instanceof Error ? error.message || error.name : String(error);
  const age = reason.includes(runtime) || /runtime/i.test(reason) ? ` A newer version of it may know ${runtime}.` : "";
  return new HarnessError(
    "TARGET_UNREACHABLE",
    `The Lambda endpoint ${url} does not take the function ${functionName}: ${reason.replace(/\.$/, "")}.${age}`,
    { cause: error },
  );
}
