import {
  createHmac,
  createPublicKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  sign as signWith,
} from "node:crypto";
import type { PublishedKey } from "./subject.ts";

/** A token taken apart: an attacker who holds one can read all of it. */
export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signature: string;
  readonly segments: readonly [header: string, payload: string, signature: string];
}

export function takeApart(token: string): TokenParts {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return { header: decoded(header), claims: decoded(payload), signature, segments: [header, payload, signature] };
}

const decoded = (segment: string) =>
  JSON.parse(Buffer.from(segment, "base64url").toString()) as Record<string, unknown>;

export const encoded = (value: string | object): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A key pair that the attacker made. */
export function attackersKey(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

export function signedRsa(key: KeyObject, header: string | object, claims: string | object, digest = "sha256"): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${createSign(digest).update(input).sign(key).toString("base64url")}`;
}

export function signedEcdsa(key: KeyObject, header: object, claims: object): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  const signature = signWith("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}

export function signedHmac(secret: string | Buffer, header: object, claims: object, digest = "sha256"): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${createHmac(digest, secret).update(input).digest("base64url")}`;
}

/** A published RSA key in the forms in which careless libraries take it for an HMAC secret. */
export function secretsOf(key: PublishedKey): Readonly<Record<string, string | Buffer>> {
  const publicKey = createPublicKey({ key: { kty: key.kty, n: key.n, e: key.e }, format: "jwk" });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  return {
    "its PEM": pem,
    "its PEM without the last line end": pem.trimEnd(),
    "its PKCS #1 PEM": publicKey.export({ type: "pkcs1", format: "pem" }).toString(),
    "its DER": publicKey.export({ type: "spki", format: "der" }),
    "its modulus": Buffer.from(key.n, "base64url"),
    "its modulus as text": key.n,
    "its JSON Web Key": JSON.stringify(key),
    "an empty secret": "",
  };
}
