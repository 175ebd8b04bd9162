import { CompactEncrypt, compactDecrypt, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from "jose";
import { isRefusal, type Refusal, refuse } from "./errors.ts";
import type { RandomSource } from "./random.ts";
import type { ServedPool, Service } from "./service.ts";
import type { Session } from "./sessions.ts";
import type { SigningKey } from "./signing-keys.ts";
import { groupClaims, groupsOf } from "./user-groups.ts";
import type { UserPoolClient } from "./user-pool.ts";
import type { User } from "./users.ts";

/** The one scope that sign-in through the API gives: it opens the operations that take an access token. */
export const adminScope = "aws.cognito.signin.user.admin";

export type Claims = Readonly<Record<string, unknown>>;

/** Whose tokens, from which sign-in. */
export interface TokenSubject {
  readonly served: ServedPool;
  readonly client: UserPoolClient;
  readonly user: User;
  readonly session: Session;
}

export interface TokenTimes {
  readonly issuedAtSeconds: number;
  readonly lifetimeSeconds: number;
}

/** Only with revocation on do tokens carry the ids by which they are revoked. */
function tokenIds({ client, session }: TokenSubject, random: RandomSource): Claims {
  return client.revocation ? { origin_jti: session.originJti, jti: random.uuid() } : {};
}

function timeClaims({ session }: TokenSubject, times: TokenTimes): Claims {
  return {
    auth_time: session.authTimeSeconds,
    iat: times.issuedAtSeconds,
    exp: times.issuedAtSeconds + times.lifetimeSeconds,
  };
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
export function accessTokenClaims(subject: TokenSubject, times: TokenTimes, random: RandomSource): Claims {
  const { served, client, user, session } = subject;
  const { "cognito:groups": groups } = groupClaims(groupsOf(served, user));
  return {
    sub: user.sub,
    ...(groups === undefined ? {} : { "cognito:groups": groups }),
    iss: served.pool.issuer,
    client_id: client.id,
    event_id: session.eventId,
    token_use: "access",
    scope: adminScope,
    ...timeClaims(subject, times),
    ...tokenIds(subject, random),
    username: user.username,
  };
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html */
export function idTokenClaims(subject: TokenSubject, times: TokenTimes, random: RandomSource): Claims {
  const { served, client, user, session } = subject;
  return {
    sub: user.sub,
    ...attributeClaims(user, client),
    ...groupClaims(groupsOf(served, user)),
    iss: served.pool.issuer,
    "cognito:username": user.username,
    aud: client.id,
    event_id: session.eventId,
    token_use: "id",
    ...timeClaims(subject, times),
    ...tokenIds(subject, random),
  };
}

/** The attributes that the client may read. Custom ones are strings whatever their type in the schema. */
function attributeClaims(user: User, client: UserPoolClient): Claims {
  const readable = Object.entries(user.attributes).filter(([name]) => name !== "sub" && client.readable.has(name));
  return Object.fromEntries(readable.map(([name, value]) => [name, claimValue(name, value)]));
}

function claimValue(name: string, value: string): unknown {
  if (name === "email_verified" || name === "phone_number_verified") return value === "true";
  if (name === "updated_at") return Number(value);
  if (name === "address") return { formatted: value };
  return value;
}

/** Signs claims as they stand: nothing is added, so that a test token can be anything. */
export function signClaims(key: SigningKey, claims: Claims): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ kid: key.kid, alg: "RS256" }).sign(key.privateKey);
}

/** What a refresh token holds. It is encrypted: a client can read nothing of it. */
interface RefreshClaims {
  readonly eventId: string;
  readonly clientId: string;
  readonly generation: number;
}

export function refreshToken(served: ServedPool, session: Session, generation: number): Promise<string> {
  const claims: RefreshClaims = { eventId: session.eventId, clientId: session.clientId, generation };
  return new CompactEncrypt(Buffer.from(JSON.stringify(claims), "utf8"))
    .setProtectedHeader({ cty: "JWT", enc: "A256GCM", alg: "A256KW" })
    .encrypt(served.keys.refreshSecret);
}

async function refreshClaims(served: ServedPool, token: string): Promise<RefreshClaims | undefined> {
  try {
    const { plaintext } = await compactDecrypt(token, served.keys.refreshSecret, {
      keyManagementAlgorithms: ["A256KW"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    // Authenticated encryption: whatever decrypts was written by `refreshToken`.
    return JSON.parse(Buffer.from(plaintext).toString("utf8")) as RefreshClaims;
  } catch {
    return undefined;
  }
}

export interface OpenedRefreshToken {
  readonly session: Session;
  readonly user: User;
  readonly generation: number;
}

const invalidRefreshToken = (reason: string) => refuse("NotAuthorizedException", "Invalid Refresh Token", reason);

/** Opens a refresh token of this client: its sign-in must be neither ended nor expired, and its user enabled. */
export async function openRefreshToken(
  served: ServedPool,
  client: UserPoolClient,
  token: string,
  nowMilliseconds: number,
): Promise<OpenedRefreshToken | Refusal> {
  const claims = await refreshClaims(served, token);
  if (claims === undefined) return invalidRefreshToken("it was not encrypted by this pool");
  if (claims.clientId !== client.id) return invalidRefreshToken("it belongs to another client");
  const session = served.sessions.get(claims.eventId);
  if (session === undefined) return refuse("NotAuthorizedException", "Refresh Token has been revoked");
  if (session.expiresAtMilliseconds <= nowMilliseconds) {
    return refuse("NotAuthorizedException", "Refresh Token has expired");
  }
  const user = served.users.bySub(session.sub);
  if (user === undefined) return invalidRefreshToken("its user was deleted");
  if (!user.enabled) return refuse("NotAuthorizedException", "User is disabled.");
  return { session, user, generation: claims.generation };
}

/** The sign-in behind a refresh token, whatever its state: for revoking. */
export async function refreshTokenSession(
  served: ServedPool,
  token: string,
): Promise<{ readonly eventId: string; readonly clientId: string } | undefined> {
  return refreshClaims(served, token);
}

const invalidAccessToken = (reason: string) => refuse("NotAuthorizedException", "Invalid Access Token", reason);

/** Verifies an access token for the operations that take one, and runs one of them for its user. Unlike an API's
 * authorizer, Cognito knows what was revoked. The user is looked up and `run` called without a pause between, so that
 * what `run` saves rests on the user as it stands. */
export async function withAccessToken(
  service: Service,
  token: string,
  run: (subject: TokenSubject) => object | Refusal,
): Promise<object | Refusal> {
  const served = issuingPool(service, token);
  if (isRefusal(served)) return served;
  const claims = await verifiedClaims(service, served, token);
  if (isRefusal(claims)) return claims;
  const subject = checkPurpose(claims) ?? subjectOf(served, claims);
  return isRefusal(subject) ? subject : run(subject);
}

function checkPurpose(claims: Claims): Refusal | undefined {
  if (claims.token_use !== "access") return invalidAccessToken("it is not an access token");
  const scopes = typeof claims.scope === "string" ? claims.scope.split(" ") : [];
  if (scopes.includes(adminScope)) return undefined;
  return refuse("NotAuthorizedException", "Access Token does not have required scopes");
}

function issuingPool(service: Service, token: string): ServedPool | Refusal {
  try {
    const served = service.poolByIssuer(decodeJwt(token).iss ?? "");
    if (served === undefined) return invalidAccessToken("no pool here is its issuer");
    const named = decodeProtectedHeader(token).kid === served.keys.access.kid;
    return named ? served : invalidAccessToken("its kid does not name the pool's access-token key");
  } catch {
    return invalidAccessToken("it is no JWT");
  }
}

async function verifiedClaims(service: Service, served: ServedPool, token: string): Promise<Claims | Refusal> {
  const nowSeconds = Math.floor(service.clock.nowMilliseconds() / 1000);
  try {
    const { payload } = await jwtVerify(token, served.keys.access.publicKey, {
      algorithms: ["RS256"],
      issuer: served.pool.issuer,
      requiredClaims: ["exp", "sub", "event_id"],
      // The expiry is looked at here, so that an expired token can be told from a forged one.
      currentDate: new Date(0),
    });
    const expired = (payload.exp ?? 0) <= nowSeconds;
    return expired ? refuse("NotAuthorizedException", "Access Token has expired") : payload;
  } catch {
    return invalidAccessToken("its signature or claims do not verify");
  }
}

function subjectOf(served: ServedPool, claims: Claims): TokenSubject | Refusal {
  const client = served.pool.clients.get(String(claims.client_id));
  if (client === undefined) return invalidAccessToken("its client is not of this pool");
  const session = served.sessions.get(String(claims.event_id));
  if (session === undefined || session.clientId !== client.id || session.sub !== claims.sub) {
    return refuse("NotAuthorizedException", "Access Token has been revoked");
  }
  const user = served.users.bySub(session.sub);
  if (user === undefined) return invalidAccessToken("its user was deleted");
  return user.enabled ? { served, client, user, session } : refuse("NotAuthorizedException", "User is disabled.");
}
