import { required } from "./auth-parameters.ts";
import { type AuthenticationResult, issueTokens } from "./authentication-result.ts";
import { isRefusal, type Refusal, refuse } from "./errors.ts";
import { type OpenedRefreshToken, openRefreshToken, refreshToken } from "./refresh-token.ts";
import { checkSecretHash } from "./secret-hash.ts";
import type { ServedClient, Service } from "./service.ts";
import { exchange } from "./sessions.ts";

/** `REFRESH_TOKEN_AUTH`: new access and ID tokens, the refresh token stays. */
export async function refreshSignIn(
  service: Service,
  target: ServedClient,
  parameters: ReadonlyMap<string, string>,
): Promise<{ readonly ChallengeParameters: object; readonly AuthenticationResult: AuthenticationResult } | Refusal> {
  const token = required(parameters, "REFRESH_TOKEN");
  if (isRefusal(token)) return token;
  const { served, client } = target;
  const opened = await openRefreshToken(served, client, token, service.clock.nowMilliseconds());
  if (isRefusal(opened)) return opened;
  // The hash is made from Cognito's own name for the user; an alias was never enough here.
  const hashRefusal = checkSecretHash(client, [opened.user.username, opened.user.sub], parameters.get("SECRET_HASH"));
  if (hashRefusal !== undefined) return hashRefusal;
  return { ChallengeParameters: {}, AuthenticationResult: await issueTokens(service, { ...target, ...opened }) };
}

/** New tokens for a refresh token; with rotation on, a new refresh token too, of the same expiry as the first. */
export async function renewTokens(
  service: Service,
  target: ServedClient,
  token: string,
): Promise<AuthenticationResult | Refusal> {
  const { served, client } = target;
  const opened = await openRefreshToken(served, client, token, service.clock.nowMilliseconds());
  if (isRefusal(opened)) return opened;
  if (client.rotation === undefined) return issueTokens(service, { ...target, ...opened });
  return rotate(service, target, opened, client.rotation.graceSeconds);
}

async function rotate(
  service: Service,
  target: ServedClient,
  opened: OpenedRefreshToken,
  graceSeconds: number,
): Promise<AuthenticationResult | Refusal> {
  const { served } = target;
  // Read again: another request may have exchanged a token of this session since it was opened.
  const present = served.sessions.get(opened.session.eventId);
  if (present === undefined) return refuse("NotAuthorizedException", "Refresh Token has been revoked");
  const exchanged = exchange(present, opened.generation, graceSeconds, service.clock.nowMilliseconds());
  if (exchanged === "reused") {
    return refuse("RefreshTokenReuseException", "Refresh token has been used after it was rotated");
  }
  served.sessions.save(exchanged.session);
  const tokens = await issueTokens(service, { ...target, user: opened.user, session: exchanged.session });
  return { ...tokens, RefreshToken: await refreshToken(served, exchanged.session, exchanged.generation) };
}
