import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { externalIssuers } from "../../../harness/apigateway/external-issuers.ts";
import { createGateway } from "../../../harness/apigateway/gateway.ts";
import type { FindSigningKey } from "../../../harness/apigateway/signing-key-types.ts";
import { type Clock, systemClock } from "../../../harness/clock.ts";
import type { HttpHandler } from "../../../harness/http.ts";
import { type Listener, listen } from "../../../harness/http-server.ts";
import { type Journal, memoryJournal } from "../../../harness/journal.ts";
import type { LogLine } from "../../../harness/lambda/logs.ts";
import { createLambda, type Lambda } from "../../../harness/lambda/runner.ts";
import { readModel } from "../../../harness/model.ts";
import { type EchoStack, evaluateEchoStack } from "./echo-stack.ts";
import {
  CLIENT_ID,
  makeTokens,
  NOW_MILLISECONDS,
  POOL_ID,
  POOL_ISSUER,
  SECOND_CLIENT_ID,
  type Tokens,
} from "./tokens.ts";

/** All fixture APIs, served by the real parts over real sockets. */
export interface World {
  readonly origins: ReadonlyMap<string, URL>;
  readonly tokens: ReadonlyMap<string, string>;
  readonly journal: Journal;
  readonly lambda: Lambda;
  readonly logLines: readonly LogLine[];
  readonly accessLog: readonly string[];
  /** Exceptions out of handlers: there must be none. */
  readonly defects: readonly unknown[];
  close(): Promise<void>;
}

/** The gateways' time stands still, so that times, latencies and token buckets are exact; functions have the machine's. */
const stopped: Clock = { nowMilliseconds: () => NOW_MILLISECONDS };

export async function startWorld(): Promise<World> {
  const defects: unknown[] = [];
  const onDefect = (error: unknown) => defects.push(error);
  const listeners: Listener[] = [];
  const serve = async (name: string, handler: HttpHandler) => {
    const listener = await listen({ name, port: 0, handler, clock: stopped, onDefect });
    listeners.push(listener);
    return new URL(listener.url);
  };
  const tokens = makeTokens();
  const provider = await serve(
    "the issuer",
    issuerHandler(tokens, () => String(provider.origin)),
  );
  const issuers = new Map([
    ["<discovered>", `${provider.origin}/discovered`],
    ["<discovered-slash>", `${provider.origin}/discovered-slash/`],
    ["<full-set>", `${provider.origin}/full-set`],
    ["<overfull-set>", `${provider.origin}/overfull-set`],
    ["<keyless>", `${provider.origin}/keyless`],
    ["<unreachable>", "http://127.0.0.1:1/nobody"],
  ]);
  const stack = await evaluateEchoStack(issuers);
  expectPool(stack);
  const model = readModel(stack.program, stopped);
  const { accountId, region } = stack.program.deployment;
  const journal = memoryJournal(stopped);
  const logLines: LogLine[] = [];
  const accessLog: string[] = [];
  const root = await mkdtemp(join(tmpdir(), "conformance-"));
  const lambda = await createLambda({
    functions: model.functions,
    root,
    region,
    awsEndpointUrl: "http://127.0.0.1:1",
    issueRoleSession: () => ({ accessKeyId: "ASIAFIXTURE", secretAccessKey: "not-a-secret", sessionToken: "session" }),
    revoke: () => {},
    clock: systemClock,
    logSink: (line) => logLines.push(line),
    layerFrom: resolve(import.meta.dirname, "../../.."),
    compileCache: join(tmpdir(), "lambda-test-compile-cache"),
    maximumSandboxes: 24,
  });
  const findSigningKey = keyFinder(tokens);
  const origins = new Map<string, URL>();
  for (const [name, id] of stack.apiIds) {
    const api = model.apis.find(({ apiId }) => apiId === id);
    if (api === undefined) throw new Error(`There is no API ${name}.`);
    const gateway = createGateway({
      api,
      accountId,
      region,
      findSigningKey,
      invoke: lambda.invoke,
      mayInvoke: model.permissions.mayInvoke,
      journal,
      clock: stopped,
      randomBytes,
      writeAccessLog: (destinationArn, line) => {
        if (destinationArn === stack.exports.accessLogArn) accessLog.push(line);
      },
    });
    origins.set(name, await serve(name, gateway));
  }
  const issued = [...issuers, ["<discovered-bare>", `${provider.origin}/discovered-slash`] as const].map(
    ([name, issuer]) => [name.slice(1, -1), tokens.issuedBy(issuer)] as const,
  );
  return {
    origins,
    tokens: new Map([...tokens.text, ...issued]),
    journal,
    lambda,
    logLines,
    accessLog,
    defects,
    async close() {
      await Promise.all(listeners.map((listener) => listener.close(0)));
      await lambda.close(0);
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Tokens are made before the stack is evaluated, for the pool that it always has. */
function expectPool({ exports }: EchoStack): void {
  const given = [exports.userPoolId, exports.userPoolClientId, exports.secondUserPoolClientId];
  if (String(given) !== String([POOL_ID, CLIENT_ID, SECOND_CLIENT_ID]))
    throw new Error(`The echo stack's pool and clients are now ${given.join(", ")}: write them into tokens.ts.`);
}

function keyFinder(tokens: Tokens): FindSigningKey {
  const external = externalIssuers({ fetch: globalThis.fetch, clock: stopped });
  return (issuer, kid) => (issuer === POOL_ISSUER ? tokens.findSigningKey(issuer, kid) : external(issuer, kid));
}

/** The bytes that API Gateway reads of a key set at most. */
const FULL_SET_BYTES = 150_000;

/** The issuers that publish their keys, and how long their key sets are made by blanks. */
const PUBLISHED: ReadonlyMap<string, number> = new Map([
  ["discovered", 0],
  ["discovered-slash", 0],
  ["full-set", FULL_SET_BYTES],
  ["overfull-set", FULL_SET_BYTES + 1],
]);

/** An OpenID provider. Whatever issuer is asked for is there, one of them under a name that ends in a slash; the key sets
 * of those that are not `PUBLISHED` are not. */
function issuerHandler(tokens: Tokens, origin: () => string): HttpHandler {
  const json = (status: number, body: string) => ({
    status,
    headers: [["content-type", "application/json"] as const],
    body,
  });
  return ({ target }) => {
    const [, issuer = "", ...rest] = target.split("/");
    const name = `${origin()}/${issuer}${issuer.endsWith("-slash") ? "/" : ""}`;
    if (rest.join("/") === ".well-known/openid-configuration")
      return json(200, JSON.stringify({ issuer: name, jwks_uri: `${origin()}/${issuer}/keys` }));
    const bytes = rest.join("/") === "keys" ? PUBLISHED.get(issuer) : undefined;
    return bytes === undefined ? json(404, "{}") : json(200, JSON.stringify(tokens.keySet).padEnd(bytes));
  };
}
