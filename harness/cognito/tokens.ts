import { SignJWT } from "jose/jwt/sign";
import type { UserPoolClient } from "./pool/user-pool.ts";
import type { RandomSource } from "./random.ts";
import type { ServedPool } from "./service.ts";
import type { Session } from "./sessions.ts";
import type { SigningKey } from "./signing-keys.ts";
import { groupClaims, groupsOf } from "./user-groups.ts";
import type { User } from "./users.ts";

/** The one scope that sign-in through the API gives: it opens the operations that take an access token. */
export const ADMIN_SCOPE = "aws.cognito.signin.user.admin";

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
    scope: ADMIN_SCOPE,
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

/** Algorithms that the pool's keys can sign by. Cognito's tokens name the first, and so do the keys that it publishes. */
export const SIGNING_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** Signs claims as they stand: nothing is added, so that a test token can be anything. */
export function signClaims(key: SigningKey, claims: Claims, alg: SigningAlgorithm = "RS256"): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ kid: key.kid, alg }).sign(key.privateKey);
}
