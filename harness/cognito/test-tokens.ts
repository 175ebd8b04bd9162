import { createHash } from "node:crypto";
import type { ServedClient, Service } from "./service.ts";
import type { Session } from "./sessions.ts";
import { accessTokenClaims, idTokenClaims, type SigningAlgorithm, signClaims } from "./tokens.ts";
import { findUser, type User } from "./users.ts";

/** What a test token should be. Everything has a default: the first pool, its first client, an access token of an hour. */
export interface TestTokenRequest {
  readonly userPoolId?: string;
  readonly clientId?: string;
  readonly sub?: string;
  readonly username?: string;
  readonly tokenUse?: "access" | "id";
  /** Laid over Cognito's claims; `null` takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Zero or less makes an expired token. */
  readonly expiresInSeconds?: number;
  /** Default: RS256, as Cognito's keys say. With another one an API must refuse the token. */
  readonly algorithm?: SigningAlgorithm;
}

/** `token`, or why there is none: a sentence for the developer. */
export type TestTokenAnswer = { readonly token: string } | { readonly refused: string };

/** Signs a token with the pool's own key. It opens no session: an API accepts it, Cognito's own operations do not. */
export async function mintTestToken(service: Service, request: TestTokenRequest): Promise<TestTokenAnswer> {
  const target = targetOf(service, request);
  if ("refused" in target) return target;
  const { served, client } = target;
  const user = userFor(target, request);
  const now = Math.floor(service.clock.nowMilliseconds() / 1000);
  const lifetimeSeconds = request.expiresInSeconds ?? 3600;
  // A token that is already expired was issued before it expired.
  const times = {
    issuedAtSeconds: lifetimeSeconds > 0 ? now : now + lifetimeSeconds - 3600,
    lifetimeSeconds: lifetimeSeconds > 0 ? lifetimeSeconds : 3600,
  };
  const subject = { served, client, user, session: sessionFor(service, client.id, user, times.issuedAtSeconds) };
  const use = request.tokenUse ?? "access";
  const claims = (use === "access" ? accessTokenClaims : idTokenClaims)(subject, times, service.random);
  const laidOver = Object.entries({ ...claims, ...request.claims }).filter(([, value]) => value !== null);
  const keys = await served.keys.signing();
  return { token: await signClaims(keys[use], Object.fromEntries(laidOver), request.algorithm) };
}

function targetOf(
  service: Service,
  { userPoolId, clientId }: TestTokenRequest,
): ServedClient | { readonly refused: string } {
  const poolIds = service.pools().map(({ pool }) => pool.id);
  const chosen = userPoolId ?? (clientId === undefined ? poolIds[0] : service.client(clientId)?.served.pool.id);
  const served = chosen === undefined ? undefined : service.pool(chosen);
  if (served === undefined) {
    return { refused: poolIds.length === 0 ? "The program has no user pool." : "No user pool or client has this id." };
  }
  const [first] = served.pool.clients.keys();
  const client = served.pool.clients.get(clientId ?? first ?? "");
  return client === undefined ? { refused: "The user pool has no such client." } : { served, client };
}

/** The user of that name with the own `sub`, also where the name was given as both; or somebody made up, who is the same person for the same name. */
function userFor({ served }: ServedClient, { sub, username }: TestTokenRequest): User {
  const known = username === undefined ? served.users.bySub(sub ?? "") : findUser(served.pool, served.users, username);
  if (known !== undefined && (sub === undefined || sub === known.sub || sub === username)) return known;
  const madeUp = sub ?? stableSub(username ?? "test-user");
  const name = username === undefined || served.pool.usernameAttributes.length > 0 ? madeUp : username;
  return {
    username: name,
    sub: madeUp,
    attributes: { sub: madeUp },
    enabled: true,
    status: "CONFIRMED",
    createdAtMilliseconds: 0,
    modifiedAtMilliseconds: 0,
    earlierPasswords: [],
    groups: [],
    codes: {},
    pendingAttributes: {},
  };
}

function stableSub(name: string): string {
  const hex = createHash("sha256").update(name, "utf8").digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function sessionFor(service: Service, clientId: string, { sub }: User, authTimeSeconds: number): Session {
  const eventId = service.random.uuid();
  const originJti = service.random.uuid();
  return { eventId, originJti, sub, clientId, authTimeSeconds, expiresAtMilliseconds: 0, live: [], nextGeneration: 0 };
}
