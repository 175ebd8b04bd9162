import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { RandomSource } from "./random.ts";

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Cognito signs ID and access tokens with different keys, both in the JWKS. */
export interface SigningKeys {
  readonly id: SigningKey;
  readonly access: SigningKey;
}

/** A pool's own secrets. */
export interface PoolKeys {
  /** Makes the keys when they are asked for first: two RSA pairs take as long as all else of a start, and nobody has a token
   * before. */
  readonly signing: () => Promise<SigningKeys>;
  /** The keys if they have been made, or are kept. Until then they have signed nothing. */
  readonly madeSigning: () => SigningKeys | undefined;
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

/** Makes the keys on Node's thread pool, the two RSA pairs side by side. */
export async function makeSigningKeys(random: RandomSource): Promise<SigningKeys> {
  const [id, access] = await Promise.all([signingKey(random), signingKey(random)]);
  return { id, access };
}

/** The secrets of a pool that is new. @param make called until it succeeds once. */
export function newPoolKeys(random: RandomSource, make: () => Promise<SigningKeys>): PoolKeys {
  let made: SigningKeys | undefined;
  let making: Promise<SigningKeys> | undefined;
  const signing = async () => {
    made = await make();
    return made;
  };
  return {
    signing() {
      making ??= signing().catch((error: unknown) => {
        making = undefined;
        throw error;
      });
      return making;
    },
    madeSigning: () => made,
    refreshSecret: random.bytes(32),
    codeSecret: random.bytes(32),
  };
}

function exportKey({ kid, privateKey }: SigningKey): StoredPoolKeys["id"] {
  return { kid, pkcs8: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

function importKey({ kid, pkcs8 }: StoredPoolKeys["id"]): SigningKey {
  const privateKey = createPrivateKey(pkcs8);
  return { kid, privateKey, publicKey: createPublicKey(privateKey) };
}

/** @throws Error when the signing keys have not been made. */
export function exportPoolKeys({ madeSigning, refreshSecret, codeSecret }: PoolKeys): StoredPoolKeys {
  const signing = madeSigning();
  if (signing === undefined) throw new Error("A pool is to be kept before its signing keys are made.");
  return {
    id: exportKey(signing.id),
    access: exportKey(signing.access),
    refreshSecret: refreshSecret.toString("base64"),
    codeSecret: codeSecret.toString("base64"),
  };
}

export function importPoolKeys(stored: StoredPoolKeys): PoolKeys {
  const signing = { id: importKey(stored.id), access: importKey(stored.access) };
  return {
    signing: async () => signing,
    madeSigning: () => signing,
    refreshSecret: Buffer.from(stored.refreshSecret, "base64"),
    codeSecret: Buffer.from(stored.codeSecret, "base64"),
  };
}

/** The pool's JWKS document: the ID token's key first. */
export function jwks({ id, access }: SigningKeys): { readonly keys: readonly JWK[] } {
  return { keys: [publicJwk(id), publicJwk(access)] };
}

function publicJwk({ kid, publicKey }: SigningKey): JWK {
  const { e = "", n = "" } = publicKey.export({ format: "jwk" });
  return { alg: "RS256", e, kid, kty: "RSA", n, use: "sig" };
}
