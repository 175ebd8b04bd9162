import type { KeyLookup } from "../apigateway/signing-key-types.ts";
import type { Clock } from "../clock.ts";
import type { HttpRequest, HttpResponse } from "../http.ts";
import type { Journal } from "../journal.ts";
import type { VerifySignedAdmin } from "./admin-authorization.ts";
import { type MessageStore, type OutboxMessage, openOutbox } from "./outbox.ts";
import type { UserPool } from "./pool/user-pool.ts";
import { type RandomSource, systemRandom } from "./random.ts";
import { handleRequest } from "./requests.ts";
import { type SeedReport, type SeedUser, seedUsers } from "./seed.ts";
import { emptyPool, type PoolData, poolData, type ServedPool, type Service } from "./service.ts";
import { exportPoolKeys, importPoolKeys, makeSigningKeys, newPoolKeys, type SigningKeys } from "./signing-keys.ts";
import { type CognitoPersistence, type CognitoState, type Committer, committer } from "./store.ts";
import { mintTestToken, type TestTokenAnswer, type TestTokenRequest } from "./test-tokens.ts";
import { wellKnownDocument } from "./well-known.ts";

export type { AdminIntent, AdminVerdict, VerifySignedAdmin } from "./admin-authorization.ts";

export interface CognitoOptions {
  readonly pools: readonly UserPool[];
  readonly clock: Clock;
  readonly verifySignedAdmin: VerifySignedAdmin;
  readonly journal: Journal;
  /** Told of every message that Cognito would have sent. */
  readonly onMessage: (message: OutboxMessage) => void;
  /** Told of an exception in an operation: a defect, which the client sees as `InternalErrorException`. */
  readonly onDefect: (error: unknown) => void;
  /** Default: the system's. */
  readonly random?: RandomSource;
  /** Without it all is in memory. */
  readonly persistence?: CognitoPersistence;
  /** Keeps the messages in the outbox. Without it they end with the process. */
  readonly messages?: MessageStore;
  /** Called once for each pool that is new. Default: two RSA key pairs are made. */
  readonly makeKeys?: () => Promise<SigningKeys>;
}

/** A running emulation of Cognito user pools. */
export interface Cognito {
  /** `POST /` with `X-Amz-Target: AWSCognitoIdentityProviderService.<Operation>`. */
  handle(request: HttpRequest): Promise<HttpResponse>;
  /** The public key that an issuer of ours published under this `kid`; `undefined` for an issuer that is not ours. */
  findSigningKey(issuer: string, kid: string): KeyLookup | undefined;
  /** `/<poolId>/.well-known/jwks.json` and `/openid-configuration`; `undefined` for any other path. */
  wellKnown(path: string): Promise<HttpResponse> | undefined;
  outbox(): readonly OutboxMessage[];
  mintToken(request: TestTokenRequest): Promise<TestTokenAnswer>;
  /** Creates confirmed users; those who exist are left as they are.
   * @throws HarnessError CONFIGURATION naming every user that a pool refuses. */
  seed(users: readonly SeedUser[]): Promise<SeedReport>;
  /** Serves other pools from now on. Data stays by pool id; a pool that is new gets keys. */
  reconfigure(pools: readonly UserPool[]): Promise<void>;
  /** Has the signing keys made that the first sign-in would wait for. */
  prepare(): Promise<void>;
  /** Waits until all is kept. */
  close(): Promise<void>;
}

/** @throws HarnessError DATA_DIRECTORY when what is kept cannot be read. */
export async function createCognito(options: CognitoOptions): Promise<Cognito> {
  const random = options.random ?? systemRandom;
  const { onMessage, messages: store } = options;
  const outbox = openOutbox({ onMessage, ...(store === undefined ? {} : { store }) });
  const stored = await options.persistence?.load();
  const data = new Map<string, PoolData>();
  const commits = commitsFor(options.persistence, data);
  const around = { clock: options.clock, random, changed: commits.changed };
  for (const [poolId, { keys, ...pool }] of Object.entries(stored?.pools ?? {})) {
    data.set(poolId, poolData(importPoolKeys(keys), pool, around));
  }
  let served = new Map<string, ServedPool>();
  const service = serviceOver(() => served, { clock: options.clock, random, outbox });

  const makeKeys = options.makeKeys ?? (() => makeSigningKeys(random));
  const reconfigure = async (pools: readonly UserPool[]) => {
    const fresh = pools.filter((pool) => !data.has(pool.id));
    const made = fresh.map((pool) => [pool.id, newPoolKeys(random, makeKeys)] as const);
    // What is kept is kept whole, and from the beginning.
    if (options.persistence !== undefined) await Promise.all(made.map(([, keys]) => keys.signing()));
    for (const [poolId, keys] of made) data.set(poolId, poolData(keys, emptyPool, around));
    if (made.length > 0) commits.changed();
    for (const pool of pools) data.get(pool.id)?.declared.follow(pool);
    served = new Map(pools.flatMap((pool) => servedEntry(pool, data)));
    await commits.settled();
  };
  await reconfigure(options.pools);
  return {
    handle: (request) => handleRequest(request, { options, service, commits, requestId: random.uuid() }),
    findSigningKey: (issuer, kid) => findSigningKey(service, issuer, kid),
    wellKnown: (path) => wellKnownDocument(service, path),
    outbox: () => outbox.messages(),
    mintToken: (request) => mintTestToken(service, request),
    async seed(users) {
      const report = seedUsers(service, users);
      await commits.settled();
      return report;
    },
    reconfigure,
    async prepare() {
      await Promise.all([...data.values()].map(({ keys }) => keys.signing()));
    },
    close: () => commits.settled(),
  };
}

function servedEntry(pool: UserPool, data: ReadonlyMap<string, PoolData>): readonly (readonly [string, ServedPool])[] {
  const kept = data.get(pool.id);
  return kept === undefined ? [] : [[pool.id, { pool, ...kept }]];
}

function commitsFor(persistence: CognitoPersistence | undefined, data: ReadonlyMap<string, PoolData>): Committer {
  if (persistence === undefined) return { changed: () => undefined, settled: () => Promise.resolve() };
  return committer(persistence, () => snapshotOf(data));
}

function snapshotOf(data: ReadonlyMap<string, PoolData>): CognitoState {
  const pools = [...data].map(([poolId, { keys, users, sessions, groups, declared }]) => {
    const stored = {
      keys: exportPoolKeys(keys),
      users: users.all(),
      sessions: sessions.all(),
      groups: groups.all(),
      declared: declared.stored(),
    };
    return [poolId, stored] as const;
  });
  return { pools: Object.fromEntries(pools) };
}

function serviceOver(
  pools: () => ReadonlyMap<string, ServedPool>,
  parts: Pick<Service, "clock" | "random" | "outbox">,
): Service {
  return {
    ...parts,
    pools: () => [...pools().values()],
    pool: (poolId) => pools().get(poolId),
    client(clientId) {
      for (const served of pools().values()) {
        const client = served.pool.clients.get(clientId);
        if (client !== undefined) return { served, client };
      }
      return undefined;
    },
    poolByIssuer: (issuer) => pools().get(issuer.slice(issuer.lastIndexOf("/") + 1)),
  };
}

function findSigningKey(service: Service, issuer: string, kid: string): KeyLookup | undefined {
  const served = service.poolByIssuer(issuer);
  if (served === undefined || served.pool.issuer !== issuer) return undefined;
  const { access, id } = served.keys.madeSigning() ?? {};
  const key = [access, id].find((candidate) => candidate?.kid === kid);
  return key === undefined ? { kind: "unknown-kid" } : { kind: "found", key: key.publicKey, algorithm: "RS256" };
}
