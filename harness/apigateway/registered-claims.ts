import type { JsonObject } from "../json.ts";
import type { TokenFault } from "./compact-jwt.ts";
import type { JwtAuthorizerConfiguration } from "./http-api.ts";

const WRONG_AUDIENCE = "the token does not have a valid audience";

/** The issuer's text must be the configured one, character for character. */
export function checkIssuer(claims: JsonObject, authorizer: JwtAuthorizerConfiguration): TokenFault | undefined {
  const issuer = claim(claims, "iss");
  if (issuer === authorizer.issuer) return undefined;
  const reason = `iss is ${quote(issuer)}, the authorizer's issuer is ${quote(authorizer.issuer)}`;
  return { description: "issuer does not match", reason };
}

/** `exp` must be there and later than now; `nbf` and `iat`, where they are, not later than now. No leeway: AWS documents
 * none. A time beyond the integers that JSON carries exactly is refused.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export function checkTimes(claims: JsonObject, nowMilliseconds: number): TokenFault | undefined {
  const now = nowMilliseconds / 1000;
  const expiry = claim(claims, "exp");
  if (!isTime(expiry)) {
    return { description: "the token has no valid expiry", reason: `exp is ${quote(expiry)}, not a time` };
  }
  if (expiry <= now) return { description: "the token has expired", reason: `exp ${expiry} is not after now, ${now}` };
  for (const name of ["nbf", "iat"] as const) {
    const value = claim(claims, name);
    if (value === undefined) continue;
    if (!isTime(value)) {
      return { description: "the token has an invalid time", reason: `${name} is ${quote(value)}, not a time` };
    }
    if (value > now) {
      return { description: "the token is not yet valid", reason: `${name} ${value} is after now, ${now}` };
    }
  }
  return undefined;
}

/** `aud` (text, or a list with any one entry) against the configured audience; `client_id` only where `aud` is absent. */
export function checkAudience(claims: JsonObject, authorizer: JwtAuthorizerConfiguration): TokenFault | undefined {
  const name = Object.hasOwn(claims, "aud") ? "aud" : "client_id";
  const value = claim(claims, name);
  const candidates = name === "aud" && Array.isArray(value) ? value : [value];
  const wellFormed = candidates.every((candidate) => typeof candidate === "string");
  if (wellFormed && candidates.some((candidate) => authorizer.audience.includes(candidate))) return undefined;
  const reason = `${name} is ${quote(value)}, the authorizer's audience is ${quote(authorizer.audience)}`;
  return { description: WRONG_AUDIENCE, reason };
}

const TEXT_CLAIMS = ["sub", "jti"] as const;

/** A `sub` or `jti` that is not text is refused (RFC 7519, section 4.1): the event carries claims as text, and there the
 * number 5 and the text "5" would be one user. */
export function checkTextClaims(claims: JsonObject): TokenFault | undefined {
  for (const name of TEXT_CLAIMS) {
    const value = claim(claims, name);
    if (value !== undefined && typeof value !== "string") {
      return { description: "the token has a claim of a wrong type", reason: `${name} is ${quote(value)}, not text` };
    }
  }
  return undefined;
}

/** A claim, `undefined` where the token has none of its own. */
export function claim(claims: JsonObject, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** A claim for the journal: short, and on one line. */
function quote(value: unknown): string {
  return (JSON.stringify(value) ?? "absent").slice(0, 200);
}
