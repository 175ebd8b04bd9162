import { compactDecrypt } from "jose/jwe/compact/decrypt";
import { CompactEncrypt } from "jose/jwe/compact/encrypt";
import { type Refusal, refuse } from "./errors.ts";
import type { UserPoolClient } from "./pool/user-pool.ts";
import type { ServedPool } from "./service.ts";
import type { Session } from "./sessions.ts";
import type { User } from "./users.ts";

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
