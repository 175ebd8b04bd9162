import { createPublicKey, type KeyObject } from "node:crypto";
import { isJsonObject, type JsonObject } from "../json.ts";
import { RSA_ALGORITHMS } from "./compact-jwt.ts";

/** A signing key as its issuer published it. */
export interface PublishedKey {
  readonly key: KeyObject;
  /** The only algorithm that it is for, where the issuer says so. */
  readonly algorithm: string | undefined;
}

const MINIMUM_MODULUS_BITS = 2_048;
const ALGORITHMS: ReadonlySet<unknown> = new Set(RSA_ALGORITHMS);

/** The RSA signing keys of a JSON Web Key Set by `kid` (RFC 7517, section 5): a key of another kind, use or algorithm, one
 * without `kid`, one under 2048 bits and one whose exponent RSA does not know are passed over. A `kid` that stands for two
 * keys stands for none. `undefined`: the document is no key set. */
export function readSigningKeys(document: JsonObject): ReadonlyMap<string, PublishedKey> | undefined {
  if (!Array.isArray(document.keys)) return undefined;
  const keys = new Map<string, PublishedKey>();
  const ambiguous = new Set<string>();
  for (const jwk of document.keys.filter(isJsonObject)) {
    const key = signingKey(jwk);
    if (key === undefined || typeof jwk.kid !== "string" || jwk.kid === "") continue;
    if (keys.has(jwk.kid)) ambiguous.add(jwk.kid);
    keys.set(jwk.kid, { key, algorithm: typeof jwk.alg === "string" ? jwk.alg : undefined });
  }
  for (const kid of ambiguous) keys.delete(kid);
  return keys;
}

function signingKey({ kty, n, e, use, key_ops: operations, alg }: JsonObject): KeyObject | undefined {
  if (kty !== "RSA" || typeof n !== "string" || typeof e !== "string") return undefined;
  if ((use !== undefined && use !== "sig") || (alg !== undefined && !ALGORITHMS.has(alg))) return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes("verify"))) return undefined;
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: "jwk" });
    return isStrong(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The exponent is odd and at least 3 (RFC 8017, section 3.1): with 1, the padded hash is its own signature. */
function isStrong(key: KeyObject): boolean {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  return modulusLength >= MINIMUM_MODULUS_BITS && publicExponent >= 3n && publicExponent % 2n === 1n;
}
