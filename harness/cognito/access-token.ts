import { decodeProtectedHeader } from "jose/decode/protected_header";
import { decodeJwt } from "jose/jwt/decode";
import { jwtVerify } from "jose/jwt/verify";
import { isRefusal, type Refusal, refuse } from "./errors.ts";
import type { ServedPool, Service } from "./service.ts";
import { ADMIN_SCOPE, type Claims, type TokenSubject } from "./tokens.ts";

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
  if (scopes.includes(ADMIN_SCOPE)) return undefined;
  return refuse("NotAuthorizedException", "Access Token does not have required scopes");
}

function issuingPool(service: Service, token: string): ServedPool | Refusal {
  try {
    const served = service.poolByIssuer(decodeJwt(token).iss ?? "");
    if (served === undefined) return invalidAccessToken("no pool here is its issuer");
    const key = served.keys.madeSigning()?.access;
    const named = key !== undefined && decodeProtectedHeader(token).kid === key.kid;
    return named ? served : invalidAccessToken("its kid does not name the pool's access-token key");
  } catch {
    return invalidAccessToken("it is no JWT");
  }
}

async function verifiedClaims(service: Service, served: ServedPool, token: string): Promise<Claims | Refusal> {
  const nowSeconds = Math.floor(service.clock.nowMilliseconds() / 1000);
  const { access } = await served.keys.signing();
  try {
    const { payload } = await jwtVerify(token, access.publicKey, {
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
