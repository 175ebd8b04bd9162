import { randomUUID } from "node:crypto";
import { systemClock } from "../clock.ts";
import type { GateObservation } from "../dynamodb/observation.ts";
import { HarnessError } from "../errors.ts";
import { type Harness, type HarnessOptions, startHarness } from "../harness.ts";
import { apiSender } from "./api-sender.ts";
import { poolUsers } from "./pool-users.ts";
import type { MovableClock, NotShown, Target, TargetRoute } from "./target.ts";

/** What the harness takes; ports are free ones, and the clock can be moved, unless said otherwise. */
export type LocalTargetOptions = Partial<HarnessOptions> & Pick<HarnessOptions, "programDirectory">;

/** A target that runs in this process, with the harness behind it for questions that the interface does not ask. */
export interface LocalTarget extends Target {
  readonly harness: Harness;
}

/** Serves the program and asks its own gateway.
 * @throws HarnessError when the program is not served. */
export async function localTarget(options: LocalTargetOptions): Promise<LocalTarget> {
  return overHarness("local", options, (harness) => {
    const apis = harness.apis().map(({ api, url }) => ({ name: api.name, apiId: api.apiId, url }));
    return { apis, send: apiSender(apis) };
  });
}

const NO_GATEWAY: NotShown = {
  notShown: "No gateway stands before the functions of this target: they are given events.",
};
const NO_AUTHORIZER: NotShown = {
  notShown: "No authorizer stands before the functions of this target: an event's claims are taken as they are.",
};

/** Runs the program's packages, with its table behind its roles' policies, and no gateway before them.
 * @throws HarnessError when the program is not served. */
export async function handlersTarget(options: LocalTargetOptions): Promise<LocalTarget> {
  return overHarness("handlers", options, () => ({
    apis: [],
    send: NO_GATEWAY,
    mintToken: NO_AUTHORIZER,
    signIn: NO_AUTHORIZER,
    signInSecond: NO_AUTHORIZER,
  }));
}

/** The newest observations are kept, as many as the journal keeps entries. */
const KEPT_OBSERVATIONS = 10_000;

async function overHarness(
  kind: "local" | "handlers",
  options: LocalTargetOptions,
  front: (harness: Harness) => Pick<Target, "apis" | "send"> & Partial<Target>,
): Promise<LocalTarget> {
  const clock = movableClock();
  const observed: GateObservation[] = [];
  const observeGate = (observation: GateObservation) => {
    observed.push(observation);
    if (observed.length > KEPT_OBSERVATIONS) observed.shift();
    options.observeGate?.(observation);
  };
  const harness = await startHarness({ port: 0, awsPort: 0, log: () => {}, clock, ...options, observeGate });
  const { deployment } = harness.model().program;
  const people = peopleOf(harness);
  return {
    kind,
    name: `${kind}: stack ${deployment.stack} of ${deployment.project}`,
    harness,
    signIn: people.signIn,
    signInSecond: people.signIn,
    mintToken: async (request) => {
      const answer = await harness.mintToken(request);
      if ("token" in answer) return answer.token;
      throw new HarnessError("USAGE", answer.refused);
    },
    async invoke({ functionArn, payload }) {
      const requestId = randomUUID();
      return { ...(await harness.invoke({ functionArn, payload, requestId })), requestId };
    },
    routes: async () => routesOf(harness),
    invocationsOf: async (requestId) => harness.invocations().filter((one) => one.requestId === requestId),
    observationsOf: async (requestId) => observed.filter((one) => one.requestId === requestId),
    tableNames: async () => harness.model().tables.map(({ name }) => name),
    rawItems: harness.rawItems,
    journalOf: async (requestId) => harness.journal.entries(requestId),
    clock: options.clock === undefined ? clock : { notShown: "The target was started with a clock of the caller's." },
    ...front(harness),
    async close() {
      // A data directory would keep who was made here.
      await people.close().finally(() => harness.close());
    },
  };
}

function movableClock(): MovableClock {
  let ahead = 0;
  return {
    nowMilliseconds: () => systemClock.nowMilliseconds() + ahead,
    advance(milliseconds) {
      ahead += Math.max(0, milliseconds);
    },
  };
}

function routesOf(harness: Harness): readonly TargetRoute[] {
  return harness
    .model()
    .apis.flatMap(({ apiId, routes }) =>
      routes.flatMap(({ routeKey, target }) =>
        target.kind === "lambda" ? [{ apiId, routeKey, functionArn: target.functionArn }] : [],
      ),
    );
}

/** People of the first pool's first client, through the very API that an app signs in by. */
function peopleOf(harness: Harness): Pick<Target, "signIn" | "close"> {
  const { userPools, program } = harness.model();
  const [pool] = userPools;
  const clientId = [...(pool?.clients.keys() ?? [])][0];
  if (pool === undefined || clientId === undefined) {
    const signIn = { notShown: "The program has no user pool with a client, so nobody can sign in." };
    return { signIn, close: async () => {} };
  }
  return poolUsers({
    userPoolId: pool.id,
    clientId,
    region: program.deployment.region,
    endpointUrl: harness.awsEndpointUrl,
    credentials: harness.administrator,
  });
}
