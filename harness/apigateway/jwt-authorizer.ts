import type { KeyObject } from "node:crypto";
import { compactVerify } from "jose/jws/compact/verify";
import type { Clock } from "../clock.ts";
import type { JsonObject } from "../json.ts";
import { parseCompactJwt, RSA_ALGORITHMS, type TokenFault, type UnverifiedJwt } from "./compact-jwt.ts";
import type { JwtAuthorizerConfiguration } from "./http-api.ts";
import { checkAudience, checkIssuer, checkTextClaims, checkTimes } from "./registered-claims.ts";
import type { FindSigningKey, KeyLookup } from "./signing-key-types.ts";
import { tokenScopes } from "./token-scopes.ts";
import type { VerifiedSignature, VerifiedTokens } from "./verified-tokens.ts";

declare const verified: unique symbol;

/** Claims whose signature, issuer, times and audience were checked. Only this file makes one. */
export interface VerifiedClaims {
  readonly [verified]: true;
  readonly claims: JsonObject;
  /** All of the token's scopes, whatever the route asks for. */
  readonly scopes: readonly string[];
}

/** A refusal: what the client sees, and the truth for the journal. */
export interface JwtRefusal {
  readonly status: 401 | 403;
  /** `www-authenticate`. */
  readonly challenge: string;
  /** `$context.authorizer.error`. */
  readonly error: string;
  readonly reason: string;
}

export type JwtDecision =
  | { readonly kind: "allow"; readonly verified: VerifiedClaims }
  | { readonly kind: "deny"; readonly refusal: JwtRefusal };

/** What the authorizer decides about: the identity source's value as the request carries it, and the route's scopes. */
export interface JwtRequest {
  readonly authorizer: JwtAuthorizerConfiguration;
  readonly requiredScopes: readonly string[];
  /** `undefined` or empty: no token. */
  readonly identity: string | undefined;
}

/** Decides at once where it can: a missing token, and a token that was verified before. */
export type AuthorizeJwt = (request: JwtRequest) => JwtDecision | Promise<JwtDecision>;

const BEARER = "Bearer ";
const DISCOVERY_ERROR = "OIDC discovery endpoint communication error";
const JWKS_ERROR = "JWKS communication error";

/** A JWT authorizer as API Gateway has it. Order: token there, form, issuer, key, signature, times, audience, scopes.
 * Of a token seen before only the signature check is left out: key, times, audience and scopes are looked at each time,
 * and the key must still be the one that the issuer publishes.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export function jwtAuthorizer(options: {
  readonly findSigningKey: FindSigningKey;
  readonly clock: Clock;
  readonly verifiedTokens: VerifiedTokens;
}): AuthorizeJwt {
  const { findSigningKey, clock, verifiedTokens } = options;

  function authorize(request: JwtRequest): JwtDecision | Promise<JwtDecision> {
    if (request.identity === undefined || request.identity === "") return NO_TOKEN;
    const token = request.identity.startsWith(BEARER) ? request.identity.slice(BEARER.length) : request.identity;
    const known = verifiedTokens.find(request.authorizer.issuer, token);
    if (known !== undefined) return decideKnown(request, token, known);
    const parsed = parseCompactJwt(token);
    if (parsed.kind === "refused") return invalidToken(request, parsed);
    const wrongIssuer = checkIssuer(parsed.jwt.claims, request.authorizer);
    if (wrongIssuer !== undefined) return invalidToken(request, wrongIssuer);
    return verifyAnew(request, parsed.jwt);
  }

  function decideKnown(request: JwtRequest, token: string, known: VerifiedSignature) {
    const decide = (lookup: KeyLookup): JwtDecision | Promise<JwtDecision> => {
      if (lookup.kind === "found" && isSameKey(lookup.key, known.key) && isFor(lookup, known.algorithm))
        return decideClaims(request, token, known.claims);
      verifiedTokens.forget(request.authorizer.issuer, token);
      return lookup.kind === "found" ? authorize(request) : invalidToken(request, lookupFault(lookup));
    };
    return afterLookup(findSigningKey, request.authorizer.issuer, known.kid, decide);
  }

  function verifyAnew(request: JwtRequest, jwt: UnverifiedJwt) {
    return afterLookup(findSigningKey, request.authorizer.issuer, jwt.kid, async (lookup) => {
      if (lookup.kind !== "found") return invalidToken(request, lookupFault(lookup));
      const flaw = isFor(lookup, jwt.algorithm) ? await signatureFlaw(jwt, lookup.key) : OTHER_ALGORITHM;
      if (flaw !== undefined) return invalidToken(request, { description: "the signature is invalid", reason: flaw });
      const { kid, claims, token, algorithm } = jwt;
      const decision = decideClaims(request, token, claims);
      if (decision.kind === "allow") {
        verifiedTokens.keep(request.authorizer.issuer, token, { kid, key: lookup.key, algorithm, claims });
      }
      return decision;
    });
  }

  /** Of claims whose issuer is the authorizer's: checked before its key was looked for, and known tokens are kept by it. */
  function decideClaims(request: JwtRequest, token: string, claims: JsonObject): JwtDecision {
    const outOfTime = checkTimes(claims, clock.nowMilliseconds());
    if (outOfTime !== undefined) {
      verifiedTokens.forget(request.authorizer.issuer, token);
      return invalidToken(request, outOfTime);
    }
    const refusal = checkAudience(claims, request.authorizer) ?? checkTextClaims(claims);
    if (refusal !== undefined) return invalidToken(request, refusal);
    const scopes = tokenScopes(claims);
    const required = request.requiredScopes;
    if (required.length > 0 && !required.some((scope) => scopes.includes(scope)))
      return insufficientScope(required, scopes);
    return { kind: "allow", verified: { claims, scopes } as VerifiedClaims };
  }

  return authorize;
}

/** Asks for the key, and refuses where the asking itself breaks: a rejected look-up is no key. */
function afterLookup(
  findSigningKey: FindSigningKey,
  issuer: string,
  kid: string,
  decide: (lookup: KeyLookup) => JwtDecision | Promise<JwtDecision>,
): JwtDecision | Promise<JwtDecision> {
  const lookup = lookUp(findSigningKey, issuer, kid);
  return lookup instanceof Promise ? lookup.catch(() => BROKEN_LOOKUP).then(decide) : decide(lookup);
}

function lookUp(findSigningKey: FindSigningKey, issuer: string, kid: string): KeyLookup | Promise<KeyLookup> {
  try {
    return findSigningKey(issuer, kid);
  } catch {
    return BROKEN_LOOKUP;
  }
}

const BROKEN_LOOKUP: KeyLookup = { kind: "jwks-unreachable", reason: "the key look-up failed" };

/** Why the signature does not hold, or `undefined` where it does. jose checks it by the algorithm that the header was
 * already found to name, and refuses RSA keys under 2048 bits. */
async function signatureFlaw(jwt: UnverifiedJwt, key: KeyObject): Promise<string | undefined> {
  if (key.type !== "public" || key.asymmetricKeyType !== "rsa") return "the issuer's key is not an RSA public key";
  try {
    await compactVerify(jwt.token, key, { algorithms: [...RSA_ALGORITHMS] });
    return undefined;
  } catch (error) {
    return `the signature check failed${error instanceof Error && "code" in error ? `: ${String(error.code)}` : ""}`;
  }
}

const OTHER_ALGORITHM = "the issuer publishes the key for another algorithm";

/** A key that its issuer made for one algorithm vouches for no other (RFC 8725, section 3.1). */
function isFor({ algorithm }: Extract<KeyLookup, { readonly kind: "found" }>, used: string): boolean {
  return algorithm === undefined || algorithm === used;
}

function isSameKey(current: KeyObject, earlier: KeyObject): boolean {
  return current === earlier || current.equals(earlier);
}

function lookupFault(lookup: Exclude<KeyLookup, { readonly kind: "found" }>): TokenFault {
  switch (lookup.kind) {
    case "unknown-kid":
      return {
        description: "the token has an unknown key",
        reason: "the issuer publishes no key under the token's kid",
      };
    case "discovery-unreachable":
      return { description: DISCOVERY_ERROR, reason: `the issuer's discovery document: ${lookup.reason}` };
    case "jwks-unreachable":
      return { description: JWKS_ERROR, reason: `the issuer's key set: ${lookup.reason}` };
  }
}

function invalidToken({ requiredScopes }: JwtRequest, { description, reason }: TokenFault): JwtDecision {
  return deny(401, requiredScopes, { error: "invalid_token", description, reason });
}

function insufficientScope(required: readonly string[], scopes: readonly string[]): JwtDecision {
  const description = `expected scopes: [${required.join(" ")}]`;
  const reason = `the route asks for one of [${required.join(" ")}], the token has [${scopes.join(" ")}]`;
  return deny(403, required, { error: "insufficient_scope", description, reason: reason.slice(0, 400) });
}

/** The form of AWS's challenge: parameters apart by spaces, the route's scopes first. No text of the client's stands in it. */
function deny(
  status: JwtRefusal["status"],
  scopes: readonly string[],
  { error, description, reason }: TokenFault & { readonly error: string },
): JwtDecision {
  const challenge = `Bearer scope="${scopes.join(" ")}" error="${error}" error_description="${description}"`;
  return { kind: "deny", refusal: { status, challenge, error: `${error}: ${description}`, reason } };
}

const NO_TOKEN: JwtDecision = {
  kind: "deny",
  refusal: {
    status: 401,
    challenge: "Bearer",
    error: "missing: token not provided",
    reason: "the identity source has no token",
  },
};
