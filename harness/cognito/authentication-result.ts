import { missingRequired } from "./attributes.ts";
import type { SessionChallenge } from "./challenges.ts";
import { type Refusal, refuse } from "./errors.ts";
import { refreshToken } from "./refresh-token.ts";
import type { ServedClient, Service } from "./service.ts";
import type { Session } from "./sessions.ts";
import { accessTokenClaims, idTokenClaims, signClaims, type TokenSubject } from "./tokens.ts";
import type { User } from "./users.ts";

export interface AuthenticationResult {
  readonly AccessToken: string;
  readonly IdToken: string;
  readonly ExpiresIn: number;
  readonly TokenType: "Bearer";
  readonly RefreshToken?: string;
}

/** The answer of a sign-in step: tokens, or the next challenge. */
export type AuthenticationAnswer =
  | {
      readonly ChallengeParameters: Readonly<Record<string, string>>;
      readonly AuthenticationResult: AuthenticationResult;
    }
  | {
      readonly ChallengeName: string;
      readonly Session?: string;
      readonly ChallengeParameters: Readonly<Record<string, string>>;
    };

/** Who signs in, by which client. */
export interface SignIn extends ServedClient {
  readonly user: User;
}

/** What follows a right password: refusal by status, a challenge that is still owed, or tokens. */
export async function afterPassword(service: Service, signIn: SignIn): Promise<AuthenticationAnswer | Refusal> {
  const { user } = signIn;
  if (!user.enabled) return refuse("NotAuthorizedException", "User is disabled.");
  if (user.status === "UNCONFIRMED") return refuse("UserNotConfirmedException", "User is not confirmed.");
  if (user.status === "FORCE_CHANGE_PASSWORD") return newPasswordChallenge(service, signIn);
  return afterFirstFactor(service, signIn);
}

function newPasswordChallenge(service: Service, signIn: SignIn): AuthenticationAnswer | Refusal {
  const { served, user } = signIn;
  const expiresAt = user.temporaryPasswordExpiresAtMilliseconds ?? Number.POSITIVE_INFINITY;
  if (expiresAt <= service.clock.nowMilliseconds()) {
    const message = "Temporary password has expired and must be reset by an administrator.";
    return refuse("NotAuthorizedException", message);
  }
  const missing = missingRequired(served.pool, user.attributes).map((name) => `userAttributes.${name}`);
  return openChallenge(signIn, "NEW_PASSWORD_REQUIRED", {
    requiredAttributes: JSON.stringify(missing),
    userAttributes: JSON.stringify(
      Object.fromEntries(Object.entries(user.attributes).filter(([name]) => name !== "sub")),
    ),
  });
}

/** The second factor where the pool or the user asks for one, and then the tokens. */
export async function afterFirstFactor(service: Service, signIn: SignIn): Promise<AuthenticationAnswer> {
  const { served, user } = signIn;
  const { mfa } = served.pool;
  const token = user.softwareToken;
  if (token?.verified === true && (mfa === "ON" || (mfa === "OPTIONAL" && token.enabled))) {
    return openChallenge(signIn, "SOFTWARE_TOKEN_MFA", { FRIENDLY_DEVICE_NAME: token.friendlyDeviceName });
  }
  if (mfa === "ON") {
    return openChallenge(signIn, "MFA_SETUP", { MFAS_CAN_SETUP: JSON.stringify(["SOFTWARE_TOKEN_MFA"]) });
  }
  return startSession(service, signIn);
}

function openChallenge(
  { served, client, user }: SignIn,
  name: SessionChallenge["name"],
  parameters: Readonly<Record<string, string>>,
): AuthenticationAnswer {
  const challenge = { name, poolId: served.pool.id, clientId: client.id, userId: user.username, sub: user.sub };
  const verifier = user.password === undefined ? {} : { verifier: user.password.verifier };
  const session = served.challenges.open({ ...challenge, ...verifier, wrongTries: 0 }, client.sessionSeconds);
  return {
    ChallengeName: name,
    Session: session,
    ChallengeParameters: { USER_ID_FOR_SRP: user.username, ...parameters },
  };
}

/** Ends a sign-in well: a session, and its first tokens. */
export async function startSession(service: Service, signIn: SignIn): Promise<AuthenticationAnswer> {
  const { served, client, user } = signIn;
  const now = service.clock.nowMilliseconds();
  const session: Session = {
    eventId: service.random.uuid(),
    originJti: service.random.uuid(),
    sub: user.sub,
    clientId: client.id,
    authTimeSeconds: Math.floor(now / 1000),
    expiresAtMilliseconds: now + client.refreshTokenSeconds * 1000,
    live: [[0, null]],
    nextGeneration: 1,
  };
  served.sessions.save(session);
  const tokens = await issueTokens(service, { ...signIn, session });
  const result = { ...tokens, RefreshToken: await refreshToken(served, session, 0) };
  return { ChallengeParameters: {}, AuthenticationResult: result };
}

/** Access and ID token of a session, as its user stands now. */
export async function issueTokens(service: Service, subject: TokenSubject): Promise<AuthenticationResult> {
  const { client, served } = subject;
  const issuedAtSeconds = Math.floor(service.clock.nowMilliseconds() / 1000);
  const times = (lifetimeSeconds: number) => ({ issuedAtSeconds, lifetimeSeconds });
  const access = accessTokenClaims(subject, times(client.accessTokenSeconds), service.random);
  const id = idTokenClaims(subject, times(client.idTokenSeconds), service.random);
  const keys = await served.keys.signing();
  const [AccessToken, IdToken] = await Promise.all([signClaims(keys.access, access), signClaims(keys.id, id)]);
  return { AccessToken, IdToken, ExpiresIn: client.accessTokenSeconds, TokenType: "Bearer" };
}
