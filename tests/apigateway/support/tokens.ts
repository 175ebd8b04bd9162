import { constants, createHmac, createSign, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { JwtAuthorizerConfiguration } from "../../../harness/apigateway/http-api.ts";
import type { FindSigningKey } from "../../../harness/apigateway/signing-key-types.ts";
import { ISSUER } from "./graph.ts";

export const NOW_SECONDS = 1_800_000_000;
export const KID = "key-1";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function rsaKeyPair(modulusLength = 2048): KeyPair {
  return generateKeyPairSync("rsa", { modulusLength });
}

export const authorizer: JwtAuthorizerConfiguration = {
  authorizerId: "jwtid",
  declaredBy: "aws:apigatewayv2/authorizer:Authorizer jwt",
  issuer: ISSUER,
  audience: ["client-0", "client-1"],
  identitySource: { in: "header", name: "authorization" },
};

/** What Cognito puts into an access token. */
export const accessClaims = {
  sub: "user-a",
  iss: ISSUER,
  client_id: "client-1",
  token_use: "access",
  scope: "aws.cognito.signin.user.admin todos/read",
  auth_time: NOW_SECONDS - 60,
  iat: NOW_SECONDS - 60,
  exp: NOW_SECONDS + 600,
  jti: "j",
  username: "user-a",
};

export const base64url = (value: string | Uint8Array) => Buffer.from(value).toString("base64url");

/** A token signed with RSASSA-PKCS1-v1_5 over exactly these texts, whatever the header says. */
export function signTexts(
  key: KeyPair,
  header: string | Uint8Array,
  payload: string | Uint8Array,
  digest = "sha256",
): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${createSign(digest).update(input).sign(key.privateKey).toString("base64url")}`;
}

export function signToken(
  key: KeyPair,
  claims: object,
  header: object = { kid: KID, alg: "RS256" },
  digest = "sha256",
): string {
  return signTexts(key, JSON.stringify(header), JSON.stringify(claims), digest);
}

export function signPss(key: KeyPair, claims: object): string {
  const input = `${base64url(JSON.stringify({ kid: KID, alg: "PS256" }))}.${base64url(JSON.stringify(claims))}`;
  const options = { key: key.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return `${input}.${sign("sha256", Buffer.from(input), options).toString("base64url")}`;
}

export function signHmac(secret: string | Buffer, claims: object, header: object = { kid: KID, alg: "HS256" }): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

/** An issuer whose keys can be changed while it is asked. */
export function keySet(initial: Readonly<Record<string, KeyObject>>, issuer = ISSUER) {
  let keys = new Map(Object.entries(initial));
  const asked: string[] = [];
  const find: FindSigningKey = (askedIssuer, kid) => {
    asked.push(askedIssuer);
    const key = askedIssuer === issuer ? keys.get(kid) : undefined;
    return key === undefined ? { kind: "unknown-kid" } : { kind: "found", key };
  };
  return {
    find,
    asked,
    publish: (next: Readonly<Record<string, KeyObject>>) => {
      keys = new Map(Object.entries(next));
    },
  };
}
