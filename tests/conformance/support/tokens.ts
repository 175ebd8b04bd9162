import {
  constants,
  createHmac,
  createSign,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from "node:crypto";
import type { FindSigningKey } from "../../../harness/apigateway/signing-key-types.ts";

/** The moment at which every case happens. */
export const NOW_SECONDS = 1_800_000_000;
export const NOW_MILLISECONDS = NOW_SECONDS * 1000 + 359;
/** The echo stack's pool and clients, as evaluating it names them: always the same. */
export const POOL_ID = "eu-west-1_9hp8DD2MB";
export const CLIENT_ID = "tx29ky4qlw541vrnk4oalfcm21";
export const SECOND_CLIENT_ID = "r44e3056m0bjnsidk4s2nuvbyr";
export const POOL_ISSUER = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL_ID}`;
/** The user in all tokens. */
export const SUBJECT = "user-a";
export const KID = "key-1";

const base64url = (value: string | Buffer) => Buffer.from(value).toString("base64url");

/** What Cognito puts into an access token of a password sign-in. */
const ACCESS = {
  sub: "user-a",
  iss: POOL_ISSUER,
  client_id: CLIENT_ID,
  origin_jti: "o",
  event_id: "e",
  token_use: "access",
  scope: "aws.cognito.signin.user.admin",
  auth_time: NOW_SECONDS - 60,
  exp: NOW_SECONDS + 600,
  iat: NOW_SECONDS - 60,
  jti: "j",
  username: "user-a",
};
const { client_id, scope, username, ...shared } = ACCESS;
const ID = {
  ...shared,
  aud: CLIENT_ID,
  token_use: "id",
  email: "ana@example.com",
  email_verified: true,
  "cognito:username": "user-a",
  "custom:team": "t1",
};
const { exp, ...NO_EXPIRY } = ACCESS;
const { client_id: noClient, ...NO_AUDIENCE } = ACCESS;

type Claims = Readonly<Record<string, unknown>>;
type Sign = (claims: Claims | string, header?: object) => string;

/** Tokens by the name that cases use. */
export interface Tokens {
  readonly text: ReadonlyMap<string, string>;
  readonly findSigningKey: FindSigningKey;
  /** The key set as an issuer publishes it. */
  readonly keySet: { readonly keys: readonly JsonWebKey[] };
  /** Tokens of an issuer whose address is known only at run time. */
  issuedBy(issuer: string): string;
}

/** Signs all tokens with keys made for this run. */
export function makeTokens(): Tokens {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const rs256: Sign = (claims, header = { kid: KID, alg: "RS256" }) =>
    signRsa(key.privateKey, "sha256", header, claims);
  const keySet = { keys: [{ ...key.publicKey.export({ format: "jwk" }), kid: KID, alg: "RS256", use: "sig" }] };
  const text = new Map([
    ...Object.entries(CLAIM_SETS).map(([name, claims]) => [name, rs256(claims)] as const),
    ...Object.entries(RAW_PAYLOADS).map(([name, payload]) => [name, rs256(payload)] as const),
    ...Object.entries(HEADERS).map(([name, header]) => [name, rs256(ACCESS, header)] as const),
    ...Object.entries(forgeries(key, foreign)),
    ...Object.entries(damaged(rs256(ACCESS))),
  ]);
  return {
    text,
    keySet,
    findSigningKey: (issuer, kid) =>
      issuer === POOL_ISSUER && kid === KID ? { kind: "found", key: key.publicKey } : { kind: "unknown-kid" },
    issuedBy: (issuer) => rs256({ ...ACCESS, iss: issuer }),
  };
}

/** Well signed; what they claim differs. */
const CLAIM_SETS: Readonly<Record<string, Claims>> = {
  access: ACCESS,
  id: ID,
  reader: { ...ACCESS, scope: "aws.cognito.signin.user.admin todos/read" },
  writer: { ...ACCESS, scope: "a todos/write" },
  "scp-list": { ...ACCESS, scope: undefined, scp: ["x", "todos/write"] },
  "scp-text": { ...ACCESS, scope: undefined, scp: "todos/write" },
  "longer-scope": { ...ACCESS, scope: "todos/writer" },
  "second-scope": { ...ACCESS, scope: "todos/admin" },
  "scope-list": { ...ACCESS, scope: ["todos/write"] },
  "no-scope": { ...ACCESS, scope: undefined },
  revoked: { ...ACCESS, jti: "revoked", origin_jti: "revoked" },
  "no-sub": { ...ACCESS, sub: undefined },
  "other-use": { ...ACCESS, token_use: "refresh", azp: "another" },
  "aud-text": { ...NO_AUDIENCE, aud: CLIENT_ID },
  "aud-second": { ...NO_AUDIENCE, aud: SECOND_CLIENT_ID },
  "aud-list": { ...NO_AUDIENCE, aud: ["x", CLIENT_ID] },
  "aud-wrong-list": { ...NO_AUDIENCE, aud: ["x", "y"] },
  "aud-empty-list": { ...NO_AUDIENCE, aud: [] },
  "aud-null": { ...ACCESS, aud: null },
  "aud-wrong": { ...NO_AUDIENCE, aud: "x" },
  "aud-wrong-client-right": { ...ACCESS, aud: "x" },
  "aud-right-client-wrong": { ...ACCESS, aud: CLIENT_ID, client_id: "x" },
  "client-wrong": { ...ACCESS, client_id: "x" },
  "client-list": { ...ACCESS, client_id: [CLIENT_ID] },
  "no-audience": NO_AUDIENCE,
  "issuer-slash": { ...ACCESS, iss: `${POOL_ISSUER}/` },
  "issuer-http": { ...ACCESS, iss: POOL_ISSUER.replace("https", "http") },
  "issuer-upper": { ...ACCESS, iss: POOL_ISSUER.replace("cognito-idp", "Cognito-IDP") },
  "issuer-pool": { ...ACCESS, iss: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other" },
  "issuer-region": { ...ACCESS, iss: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123" },
  "no-issuer": { ...ACCESS, iss: undefined },
  "issuer-list": { ...ACCESS, iss: [POOL_ISSUER] },
  expired: { ...ACCESS, exp: NOW_SECONDS - 60 },
  "expired-just-now": { ...ACCESS, exp: NOW_SECONDS - 1 },
  "expired-long-ago": { ...ACCESS, exp: 1 },
  "expires-now": { ...ACCESS, exp: NOW_SECONDS },
  "expires-next": { ...ACCESS, exp: NOW_SECONDS + 1 },
  "exp-negative": { ...ACCESS, exp: -1 },
  "exp-text": { ...ACCESS, exp: String(NOW_SECONDS + 600) },
  "exp-huge": { ...ACCESS, exp: 1e20 },
  "exp-null": { ...ACCESS, exp: null },
  "exp-float": { ...ACCESS, exp: NOW_SECONDS + 600.5 },
  "no-exp": NO_EXPIRY,
  "nbf-future": { ...ACCESS, nbf: NOW_SECONDS + 60 },
  "nbf-past": { ...ACCESS, nbf: NOW_SECONDS - 60 },
  "nbf-text": { ...ACCESS, nbf: "0" },
  "iat-future": { ...ACCESS, iat: NOW_SECONDS + 3600 },
  "clock-ahead": { ...ACCESS, iat: NOW_SECONDS + 300, auth_time: NOW_SECONDS + 300, exp: NOW_SECONDS + 1200 },
  "no-iat": { ...ACCESS, iat: undefined },
  "sub-number": { ...ACCESS, sub: 5 },
  "sub-object": { ...ACCESS, sub: { a: 1 } },
  groups: { ...ACCESS, "cognito:groups": ["admin", "dev"] },
  "group-single": { ...ACCESS, "cognito:groups": ["not-admin"] },
  "group-space": { ...ACCESS, "cognito:groups": ["power user", "dev"] },
  "claim-types": {
    ...ACCESS,
    yes: true,
    no: false,
    number: 1788938046,
    small: 5,
    nothing: null,
    empty: "",
    list: [1, "b", true],
    none: [],
  },
  "claim-object": { ...ACCESS, address: { country: "JP" } },
  "claim-float": { ...ACCESS, ratio: 0.5, million: 1_000_000, big: 12_345_678_901 },
  "claim-names": { ...ACCESS, constructor: "c", toString: "t", "https://a/b": "u" },
  large: { ...ACCESS, filler: "x".repeat(5_000) },
};

const json = JSON.stringify(ACCESS);
/** Well signed over texts that no JSON writer makes. */
const RAW_PAYLOADS: Readonly<Record<string, string>> = {
  "duplicate-key": `${json.slice(0, -1)},"sub":"user-b"}`,
  "proto-key": `${json.slice(0, -1)},"__proto__":{"client_id":"client-1"}}`,
  "payload-list": "[1]",
  "payload-text": '"x"',
  "payload-broken": json.slice(0, -1),
  "payload-null": "null",
};

/** Well signed by the right key under headers that must be refused, or that must not matter. */
const HEADERS: Readonly<Record<string, object>> = {
  "no-kid": { alg: "RS256" },
  "kid-number": { alg: "RS256", kid: 1 },
  "kid-empty": { alg: "RS256", kid: "" },
  "unknown-kid": { alg: "RS256", kid: "key-2" },
  "kid-path": { alg: "RS256", kid: "../../key-1" },
  "kid-proto": { alg: "RS256", kid: "__proto__" },
  crit: { alg: "RS256", kid: KID, crit: ["exp"] },
  unencoded: { alg: "RS256", kid: KID, b64: false },
  "alg-lower": { alg: "rs256", kid: KID },
  "alg-mixed": { alg: "Rs256", kid: KID },
  "alg-missing": { kid: KID },
  "alg-list": { alg: ["RS256"], kid: KID },
  "typ-at": { alg: "RS256", kid: KID, typ: "at+jwt" },
  "no-typ": { alg: "RS256", kid: KID, typ: undefined },
};

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Signed with what is not the issuer's private key, or by an algorithm that is not RSA. */
function forgeries(key: Pair, foreign: Pair): Readonly<Record<string, string>> {
  const header = (alg: string, more: object = {}) => ({ kid: KID, alg, ...more });
  const jwk = key.publicKey.export({ format: "jwk" });
  const own = { ...foreign.publicKey.export({ format: "jwk" }), kid: KID };
  const hmac = (secret: string | Buffer, alg = "HS256") => {
    const input = `${base64url(JSON.stringify(header(alg)))}.${base64url(json)}`;
    return `${input}.${createHmac(alg === "HS256" ? "sha256" : "sha512", secret)
      .update(input)
      .digest("base64url")}`;
  };
  const byForeign = (alg: string, more: object) => signRsa(foreign.privateKey, "sha256", header(alg, more), ACCESS);
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ed = generateKeyPairSync("ed25519");
  return {
    none: `${base64url(JSON.stringify(header("none")))}.${base64url(json)}.`,
    "none-signed": signRsa(key.privateKey, "sha256", header("none"), ACCESS),
    "none-mixed": `${base64url(JSON.stringify(header("nOnE")))}.${base64url(json)}.`,
    "hs256-pem": hmac(key.publicKey.export({ type: "spki", format: "pem" })),
    "hs256-der": hmac(key.publicKey.export({ type: "spki", format: "der" })),
    "hs256-modulus": hmac(Buffer.from(jwk.n ?? "", "base64url")),
    "hs256-modulus-text": hmac(jwk.n ?? ""),
    "hs256-empty": hmac(""),
    "hs512-pem": hmac(key.publicKey.export({ type: "pkcs1", format: "pem" }), "HS512"),
    rs384: signRsa(key.privateKey, "sha384", header("RS384"), ACCESS),
    rs512: signRsa(key.privateKey, "sha512", header("RS512"), ACCESS),
    ps256: signPss(key.privateKey, header("PS256")),
    es256: signWith(ec.privateKey, header("ES256")),
    eddsa: signWith(ed.privateKey, header("EdDSA"), null),
    "other-key": byForeign("RS256", {}),
    "embedded-jwk": byForeign("RS256", { jwk: own }),
    "embedded-jku": byForeign("RS256", { jku: "https://evil.example/jwks.json" }),
    "embedded-x5c": byForeign("RS256", { x5c: ["AAAA"], x5u: "https://evil.example/x5u" }),
    "rs512-by-rs256": signRsa(key.privateKey, "sha256", header("RS512"), ACCESS),
  };
}

/** What anybody can make of a good token without the key. */
export function damaged(token: string): Readonly<Record<string, string>> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
  return {
    "bent-signature": `${header}.${payload}.${flip(signature, 10)}`,
    "bent-payload": `${header}.${base64url(JSON.stringify({ ...ACCESS, sub: "user-b" }))}.${signature}`,
    "no-signature": `${header}.${payload}.`,
    "two-segments": `${header}.${payload}`,
    "four-segments": `${token}.x`,
    padded: `${header}.${payload}.${signature}==`,
    "spare-bits": `${header}.${payload}.${signature.slice(0, -1)}${signature.endsWith("A") ? "B" : signature.at(-1) === "Q" ? "R" : signature.at(-1) === "g" ? "h" : "x"}`,
    "not-base64url": `${header}.${payload}.${signature.slice(0, -1)}!`,
    "not-json": `${base64url("x")}.${payload}.${signature}`,
  };
}

function signRsa(privateKey: KeyObject, digest: string, header: object, claims: Claims | string): string {
  const payload = typeof claims === "string" ? claims : JSON.stringify(claims);
  const input = `${base64url(JSON.stringify(header))}.${base64url(payload)}`;
  return `${input}.${createSign(digest).update(input).sign(privateKey).toString("base64url")}`;
}

function signPss(privateKey: KeyObject, header: object): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(json)}`;
  const options = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return `${input}.${sign("sha256", Buffer.from(input), options).toString("base64url")}`;
}

function signWith(privateKey: KeyObject, header: object, digest: string | null = "sha256"): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(json)}`;
  const signature = sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}

/** Puts tokens in the place of their names. @throws where a case names a token that is not there. */
export function withTokens(value: string, tokens: ReadonlyMap<string, string>): string {
  return value.replace(/<([a-z0-9-]+)>/g, (_, name: string) => {
    const token = tokens.get(name);
    if (token === undefined) throw new Error(`There is no token ${name}.`);
    return token;
  });
}

/** Names of the tokens that a case needs. */
export function tokensIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => [...text.matchAll(/<([a-z0-9-]+)>/g)].map((match) => match[1] ?? ""));
}
