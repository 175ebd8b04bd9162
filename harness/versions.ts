import type { HttpHandler } from "./http.ts";
import type { Invocation } from "./lambda/invocation-types.ts";
import type { Model } from "./model.ts";
import { type Serving, type ServingEnvironment, startServing } from "./serving.ts";

/** The version of the program that is served, and the change from one to the next. */
export interface Versions {
  current(): Serving;
  /** Starts a version and serves it in place of the one before, which finishes what it has begun. */
  replace(model: Model): Promise<void>;
  /** Answers for an API of whichever version is current. */
  handlerFor(apiId: string): HttpHandler;
  /** The newest runs of functions over all versions, oldest first. */
  invocations(): readonly Invocation[];
  close(graceMilliseconds: number): Promise<void>;
}

/** How long a replaced version may finish what it has begun: the HTTP API's own limit. */
const DRAIN_MILLISECONDS = 30_000;
const NOT_FOUND = {
  status: 404,
  headers: [["content-type", "application/json"]],
  body: '{"message":"Not Found"}',
} as const;

export async function startVersions(model: Model, environment: ServingEnvironment): Promise<Versions> {
  let serving = await startServing(model, environment);
  const retired: Serving[] = [];
  const earlier: Invocation[] = [];
  const retire = async (old: Serving) => {
    retired.push(old);
    await old.lambda.close(DRAIN_MILLISECONDS);
    earlier.push(...old.lambda.invocations());
    retired.splice(retired.indexOf(old), 1);
  };
  return {
    current: () => serving,
    async replace(next) {
      const started = await startServing(next, environment);
      const old = serving;
      serving = started;
      void retire(old);
    },
    handlerFor: (apiId) => (request) => serving.gateways.get(apiId)?.(request) ?? NOT_FOUND,
    invocations: () => [
      ...earlier,
      ...retired.flatMap(({ lambda }) => lambda.invocations()),
      ...serving.lambda.invocations(),
    ],
    async close(graceMilliseconds) {
      await Promise.all([serving, ...retired].map(({ lambda }) => lambda.close(graceMilliseconds)));
    },
  };
}
