import type { Clock } from "../clock.ts";
import { type ChallengeStore, challengeStore } from "./challenges.ts";
import { type ShadowCodes, shadowCodes } from "./codes.ts";
import { type DeclaredRecord, type DeclaredRecords, declaredRecords } from "./declared-records.ts";
import { isRefusal, type Refusal, refusals } from "./errors.ts";
import { type PasswordAttempts, passwordAttempts } from "./lockout.ts";
import type { Outbox } from "./outbox.ts";
import type { UserPool, UserPoolClient } from "./pool/user-pool.ts";
import type { RandomSource } from "./random.ts";
import { type Session, type SessionStore, sessionStore } from "./sessions.ts";
import type { PoolKeys } from "./signing-keys.ts";
import { type GroupRecord, type PoolGroups, poolGroups } from "./user-groups.ts";
import { type User, type UserDirectory, userDirectory } from "./users.ts";

/** What the harness knows of one pool besides its configuration. */
export interface PoolData {
  readonly keys: PoolKeys;
  readonly users: UserDirectory;
  readonly sessions: SessionStore;
  readonly groups: PoolGroups;
  readonly challenges: ChallengeStore;
  readonly attempts: PasswordAttempts;
  readonly shadows: ShadowCodes;
  readonly declared: DeclaredRecords;
}

/** A pool that serves: its configuration, which a reload replaces, and its data, which outlives that. */
export interface ServedPool extends PoolData {
  readonly pool: UserPool;
}

export interface ServedClient {
  readonly served: ServedPool;
  readonly client: UserPoolClient;
}

/** What operations work with. */
export interface Service {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly outbox: Outbox;
  pools(): readonly ServedPool[];
  pool(poolId: string): ServedPool | undefined;
  client(clientId: string): ServedClient | undefined;
  poolByIssuer(issuer: string): ServedPool | undefined;
}

export interface StoredPool {
  readonly users: readonly User[];
  readonly sessions: readonly Session[];
  readonly groups: readonly GroupRecord[];
  readonly declared?: Readonly<Record<string, DeclaredRecord>>;
}

export const emptyPool: StoredPool = { users: [], sessions: [], groups: [] };

/** Brings a pool's stored data to life. */
export function poolData(
  keys: PoolKeys,
  stored: StoredPool,
  around: { readonly clock: Clock; readonly random: RandomSource; readonly changed: () => void },
): PoolData {
  const now = () => around.clock.nowMilliseconds();
  return {
    keys,
    users: userDirectory(stored.users, around.changed),
    sessions: sessionStore(stored.sessions, now, around.changed),
    groups: poolGroups(stored.groups, around.changed),
    challenges: challengeStore(around.random, now),
    attempts: passwordAttempts(),
    shadows: shadowCodes(),
    declared: declaredRecords(stored.declared ?? {}, { now, changed: around.changed }),
  };
}

export function servedClient(service: Service, clientId: string): ServedClient | Refusal {
  return service.client(clientId) ?? refusals.unknownClient(clientId);
}

export function servedPool(service: Service, poolId: string): ServedPool | Refusal {
  return service.pool(poolId) ?? refusals.unknownPool(poolId);
}

/** A client that must belong to the pool that the request names beside it. */
export function clientOfPool(service: Service, poolId: string, clientId: string): ServedClient | Refusal {
  const served = servedPool(service, poolId);
  if (isRefusal(served)) return served;
  const client = served.pool.clients.get(clientId);
  return client === undefined ? refusals.unknownClient(clientId) : { served, client };
}
