import { hash, type KeyObject } from "node:crypto";
import type { JsonObject } from "../json.ts";

/** What an earlier signature check proved: this key signed these claims. Time, audience and scopes are not part of it. */
export interface VerifiedSignature {
  readonly kid: string;
  readonly key: KeyObject;
  readonly algorithm: string;
  readonly claims: JsonObject;
}

/** Signatures already verified, by issuer and the SHA-256 of the token's bytes: bounded, the longest unused goes first. */
export interface VerifiedTokens {
  find(issuer: string, token: string): VerifiedSignature | undefined;
  keep(issuer: string, token: string, signature: VerifiedSignature): void;
  forget(issuer: string, token: string): void;
  readonly size: number;
}

export function verifiedTokens(capacity = 1_000): VerifiedTokens {
  const kept = new Map<string, VerifiedSignature>();
  const keyOf = (issuer: string, token: string) => `${hash("sha256", token, "base64")} ${issuer}`;
  return {
    get size() {
      return kept.size;
    },
    find(issuer, token) {
      const key = keyOf(issuer, token);
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    keep(issuer, token, signature) {
      kept.set(keyOf(issuer, token), signature);
      if (kept.size <= capacity) return;
      const oldest = kept.keys().next();
      if (!oldest.done) kept.delete(oldest.value);
    },
    forget: (issuer, token) => void kept.delete(keyOf(issuer, token)),
  };
}
