import type { KeyObject } from "node:crypto";

/** What the authorizer learnt when it asked for an issuer's signing key, and the one algorithm that the issuer says it is
 * for, if it does. Anything but `found` refuses the request. */
export type KeyLookup =
  | { readonly kind: "found"; readonly key: KeyObject; readonly algorithm?: string | undefined }
  | { readonly kind: "unknown-kid" }
  | { readonly kind: "discovery-unreachable"; readonly reason: string }
  | { readonly kind: "jwks-unreachable"; readonly reason: string };

/** Finds the RSA public key that an issuer published under a `kid`. Never rejects. May answer synchronously. */
export type FindSigningKey = (issuer: string, kid: string) => KeyLookup | Promise<KeyLookup>;
