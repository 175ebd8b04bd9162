import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { RandomSource } from "./random.ts";

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A pool's own secrets. Cognito signs ID and access tokens with different keys, both in the JWKS. */
export interface PoolKeys {
  readonly id: SigningKey;
  readonly access: SigningKey;
  /** Encrypts refresh tokens: only the pool can read them. */
  readonly refreshSecret: Buffer;
  /** Keys the hashes of codes and the answers for users who do not exist. */
  readonly codeSecret: Buffer;
}

/** A pool's keys as they are stored; the file that holds them is its owner's alone. */
export interface StoredPoolKeys {
  readonly id: { readonly kid: string; readonly pkcs8: string };
  readonly access: { readonly kid: string; readonly pkcs8: string };
  readonly refreshSecret: string;
  readonly codeSecret: string;
}

const generate = promisify(generateKeyPair);

async function signingKey(random: RandomSource): Promise<SigningKey> {
  const pair = await generate("rsa", { modulusLength: 2048 });
  return { kid: random.bytes(32).toString("base64"), ...pair };
}

/** Makes a pool's keys on Node's thread pool, the two RSA pairs side by side. */
export async function makePoolKeys(random: RandomSource): Promise<PoolKeys> {
  const [id, access] = await Promise.all([signingKey(random), signingKey(random)]);
  return { id, access, refreshSecret: random.bytes(32), codeSecret: random.bytes(32) };
}

function exportKey({ kid, privateKey }: SigningKey): StoredPoolKeys["id"] {
  return { kid, pkcs8: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

function importKey({ kid, pkcs8 }: StoredPoolKeys["id"]): SigningKey {
  const privateKey = createPrivateKey(pkcs8);
  return { kid, privateKey, publicKey: createPublicKey(privateKey) };
}

export function exportPoolKeys(keys: PoolKeys): StoredPoolKeys {
  return {
    id: exportKey(keys.id),
    access: exportKey(keys.access),
    refreshSecret: keys.refreshSecret.toString("base64"),
    codeSecret: keys.codeSecret.toString("base64"),
  };
}

export function importPoolKeys(stored: StoredPoolKeys): PoolKeys {
  return {
    id: importKey(stored.id),
    access: importKey(stored.access),
    refreshSecret: Buffer.from(stored.refreshSecret, "base64"),
    codeSecret: Buffer.from(stored.codeSecret, "base64"),
  };
}

/** The pool's JWKS document: the ID token's key first. */
export function jwks(keys: PoolKeys): { readonly keys: readonly JWK[] } {
  return { keys: [publicJwk(keys.id), publicJwk(keys.access)] };
}

function publicJwk({ kid, publicKey }: SigningKey): JWK {
  const { e = "", n = "" } = publicKey.export({ format: "jwk" });
  return { alg: "RS256", e, kid, kty: "RSA", n, use: "sig" };
}
