import { createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JwtAuthorizerConfiguration } from "../../harness/apigateway/http-api.ts";
import { type JwtDecision, jwtAuthorizer } from "../../harness/apigateway/jwt-authorizer.ts";
import type { FindSigningKey, KeyLookup } from "../../harness/apigateway/signing-key-types.ts";
import { verifiedTokens } from "../../harness/apigateway/verified-tokens.ts";
import { ISSUER } from "./support/graph.ts";
import {
  accessClaims,
  authorizer,
  base64url,
  KID,
  keySet,
  NOW_SECONDS,
  rsaKeyPair,
  signHmac,
  signPss,
  signTexts,
  signToken,
} from "./support/tokens.ts";

const key = rsaKeyPair();
const otherKey = rsaKeyPair();
const ecKey = generateKeyPairSync("ec", { namedCurve: "P-256" });
const published = keySet({ [KID]: key.publicKey });

interface Setting {
  readonly find?: FindSigningKey;
  readonly scopes?: readonly string[];
  readonly authorizer?: Partial<JwtAuthorizerConfiguration>;
  readonly nowSeconds?: number;
}

async function decide(identity: string | undefined, setting: Setting = {}): Promise<JwtDecision> {
  const authorize = jwtAuthorizer({
    findSigningKey: setting.find ?? published.find,
    clock: { nowMilliseconds: () => (setting.nowSeconds ?? NOW_SECONDS) * 1000 },
    verifiedTokens: verifiedTokens(),
  });
  return authorize({
    authorizer: { ...authorizer, ...setting.authorizer },
    requiredScopes: setting.scopes ?? [],
    identity,
  });
}

const outcome = (decision: JwtDecision) => (decision.kind === "allow" ? 200 : decision.refusal.status);
const challengeOf = (decision: JwtDecision) => (decision.kind === "deny" ? decision.refusal.challenge : undefined);
const INVALID = 'Bearer scope="" error="invalid_token" error_description="';
const good = signToken(key, accessClaims);

test("a good token gives its claims and all of its scopes", async () => {
  const decision = await decide(`Bearer ${good}`);
  expect(decision).toEqual({
    kind: "allow",
    verified: { claims: accessClaims, scopes: ["aws.cognito.signin.user.admin", "todos/read"] },
  });
});

test.each(["RS256", "RS384", "RS512"])("%s is an algorithm of the list", async (alg) => {
  const token = signToken(key, accessClaims, { kid: KID, alg, typ: "JWT" }, `sha${alg.slice(2)}`);
  expect(outcome(await decide(token))).toBe(200);
});

describe.each(["RS256", "RS384", "RS512"])("a key that is published for %s", (published) => {
  test.each(["RS256", "RS384", "RS512"])("and a token with %s", async (alg) => {
    const token = signToken(key, accessClaims, { kid: KID, alg }, `sha${alg.slice(2)}`);
    const decision = await decide(token, { find: () => ({ kind: "found", key: key.publicKey, algorithm: published }) });
    if (alg === published) expect(outcome(decision)).toBe(200);
    else expect(decision).toMatchObject({ refusal: { reason: "the issuer publishes the key for another algorithm" } });
  });
});

test("a token that was verified is refused once its key is published for another algorithm", async () => {
  const now = { algorithm: "RS256" };
  const kept = verifiedTokens();
  const find: FindSigningKey = () => ({ kind: "found", key: key.publicKey, ...now });
  const clock = { nowMilliseconds: () => NOW_SECONDS * 1000 };
  const authorize = jwtAuthorizer({ findSigningKey: find, clock, verifiedTokens: kept });
  const ask = async () => outcome(await authorize({ authorizer, requiredScopes: [], identity: good }));
  expect([await ask(), await ask()]).toEqual([200, 200]);
  now.algorithm = "RS512";
  expect(await ask()).toBe(401);
});

describe("the identity source's value", () => {
  const cases: readonly (readonly [string, string | undefined, number, string | undefined])[] = [
    ["absent", undefined, 401, "Bearer"],
    ["empty", "", 401, "Bearer"],
    ["the bare token", good, 200, undefined],
    ["Bearer and the token", `Bearer ${good}`, 200, undefined],
    ["the word alone", "Bearer", 401, `${INVALID}token contains an invalid number of segments"`],
    ["the word and a space", "Bearer ", 401, `${INVALID}token contains an invalid number of segments"`],
    ["another scheme", "Basic dTpw", 401, `${INVALID}token contains an invalid number of segments"`],
    ["junk", "x", 401, `${INVALID}token contains an invalid number of segments"`],
    ["lower-case bearer", `bearer ${good}`, 401, `${INVALID}the token is malformed"`],
    ["upper-case bearer", `BEARER ${good}`, 401, `${INVALID}the token is malformed"`],
    ["two spaces", `Bearer  ${good}`, 401, `${INVALID}the token is malformed"`],
    ["a tab", `Bearer\t${good}`, 401, `${INVALID}the token is malformed"`],
    ["two tokens", `Bearer ${good} ${good}`, 401, `${INVALID}token contains an invalid number of segments"`],
    ["two joined headers", `${good},${good}`, 401, `${INVALID}token contains an invalid number of segments"`],
    ["four segments", `${good}.x`, 401, `${INVALID}token contains an invalid number of segments"`],
    [
      "two segments",
      good.slice(0, good.lastIndexOf(".")),
      401,
      `${INVALID}token contains an invalid number of segments"`,
    ],
    ["five segments, as JWE", "a.b.c.d.e", 401, `${INVALID}token contains an invalid number of segments"`],
    ["only dots", "..", 401, `${INVALID}the token is malformed"`],
  ];
  test.each(cases)("%s", async (_, identity, status, challenge) => {
    const decision = await decide(identity);
    expect([outcome(decision), challengeOf(decision)]).toEqual([status, challenge]);
  });
});

const { exp: _exp, ...withoutExpiry } = accessClaims;
const { client_id: _client, ...withoutClient } = accessClaims;
const { scope: _scope, ...withoutScope } = accessClaims;

describe("claims", () => {
  const ISSUER_WORDS = "issuer does not match";
  const AUDIENCE_WORDS = "the token does not have a valid audience";
  const cases: readonly (readonly [string, object, string?, string?])[] = [
    [
      "exp a second ago",
      { ...accessClaims, exp: NOW_SECONDS - 1 },
      "the token has expired",
      "exp 1799999999 is not after now, 1800000000",
    ],
    [
      "exp now",
      { ...accessClaims, exp: NOW_SECONDS },
      "the token has expired",
      "exp 1800000000 is not after now, 1800000000",
    ],
    ["exp in a second", { ...accessClaims, exp: NOW_SECONDS + 1 }],
    ["exp in half a second", { ...accessClaims, exp: NOW_SECONDS + 0.5 }],
    ["no exp", withoutExpiry, "the token has no valid expiry", "exp is absent, not a time"],
    ["exp null", { ...accessClaims, exp: null }, "the token has no valid expiry", "exp is null, not a time"],
    [
      "exp as text",
      { ...accessClaims, exp: String(NOW_SECONDS + 600) },
      "the token has no valid expiry",
      'exp is "1800000600", not a time',
    ],
    [
      "exp in a list",
      { ...accessClaims, exp: [NOW_SECONDS + 600] },
      "the token has no valid expiry",
      "exp is [1800000600], not a time",
    ],
    ["exp true", { ...accessClaims, exp: true }, "the token has no valid expiry", "exp is true, not a time"],
    ["exp negative", { ...accessClaims, exp: -1 }, "the token has expired", "exp -1 is not after now, 1800000000"],
    [
      "exp beyond exact integers",
      { ...accessClaims, exp: 1e20 },
      "the token has no valid expiry",
      "exp is 100000000000000000000, not a time",
    ],
    ["nbf now", { ...accessClaims, nbf: NOW_SECONDS }],
    [
      "nbf in a minute",
      { ...accessClaims, nbf: NOW_SECONDS + 60 },
      "the token is not yet valid",
      "nbf 1800000060 is after now, 1800000000",
    ],
    ["nbf as text", { ...accessClaims, nbf: "0" }, "the token has an invalid time", 'nbf is "0", not a time'],
    ["nbf null", { ...accessClaims, nbf: null }, "the token has an invalid time", "nbf is null, not a time"],
    ["iat now", { ...accessClaims, iat: NOW_SECONDS }],
    [
      "iat in an hour",
      { ...accessClaims, iat: NOW_SECONDS + 3600 },
      "the token is not yet valid",
      "iat 1800003600 is after now, 1800000000",
    ],
    ["iat as text", { ...accessClaims, iat: "0" }, "the token has an invalid time", 'iat is "0", not a time'],
    ["no iat", { ...withoutExpiry, iat: undefined, exp: NOW_SECONDS + 5 }],
    [
      "issuer with a slash",
      { ...accessClaims, iss: `${ISSUER}/` },
      ISSUER_WORDS,
      'iss is "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123/"',
    ],
    [
      "issuer by http",
      { ...accessClaims, iss: ISSUER.replace("https", "http") },
      ISSUER_WORDS,
      'iss is "http://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"',
    ],
    [
      "issuer in upper case",
      { ...accessClaims, iss: ISSUER.toUpperCase() },
      ISSUER_WORDS,
      'iss is "HTTPS://COGNITO-IDP.EU-WEST-1.AMAZONAWS.COM/EU-WEST-1_ABCDEF123"',
    ],
    [
      "another pool",
      { ...accessClaims, iss: `${ISSUER}x` },
      ISSUER_WORDS,
      'iss is "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123x"',
    ],
    [
      "issuer in a list",
      { ...accessClaims, iss: [ISSUER] },
      ISSUER_WORDS,
      'iss is ["https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"]',
    ],
    ["no issuer", { ...accessClaims, iss: undefined }, ISSUER_WORDS, "iss is absent"],
    ["client_id of the list, no aud", accessClaims],
    [
      "client_id of another client",
      { ...accessClaims, client_id: "client-9" },
      AUDIENCE_WORDS,
      'client_id is "client-9"',
    ],
    ["client_id in a list", { ...accessClaims, client_id: ["client-1"] }, AUDIENCE_WORDS, 'client_id is ["client-1"]'],
    ["neither aud nor client_id", withoutClient, AUDIENCE_WORDS, "client_id is absent"],
    ["aud", { ...withoutClient, aud: "client-1" }],
    ["aud list with one match", { ...withoutClient, aud: ["x", "client-1"] }],
    ["aud list without a match", { ...withoutClient, aud: ["x", "y"] }, AUDIENCE_WORDS, 'aud is ["x","y"]'],
    ["aud wrong, client_id right", { ...accessClaims, aud: "x" }, AUDIENCE_WORDS, 'aud is "x"'],
    ["aud empty list, client_id right", { ...accessClaims, aud: [] }, AUDIENCE_WORDS, "aud is []"],
    ["aud null, client_id right", { ...accessClaims, aud: null }, AUDIENCE_WORDS, "aud is null"],
    ["aud list with a number", { ...accessClaims, aud: ["client-1", 1] }, AUDIENCE_WORDS, 'aud is ["client-1",1]'],
    ["aud as an object", { ...withoutClient, aud: { "client-1": true } }, AUDIENCE_WORDS, 'aud is {"client-1":true}'],
    ["aud in another case", { ...withoutClient, aud: "CLIENT-1" }, AUDIENCE_WORDS, 'aud is "CLIENT-1"'],
    ["sub a number", { ...accessClaims, sub: 5 }, "the token has a claim of a wrong type", "sub is 5, not text"],
    [
      "sub a list",
      { ...accessClaims, sub: ["user-a"] },
      "the token has a claim of a wrong type",
      'sub is ["user-a"], not text',
    ],
    ["sub null", { ...accessClaims, sub: null }, "the token has a claim of a wrong type", "sub is null, not text"],
    ["no sub", { ...accessClaims, sub: undefined }],
    ["an ID token", { ...withoutClient, aud: "client-1", token_use: "id", scope: undefined }],
  ];
  const wanted = new Map([
    [ISSUER_WORDS, `, the authorizer's issuer is "${ISSUER}"`],
    [AUDIENCE_WORDS, `, the authorizer's audience is ["client-0","client-1"]`],
  ]);
  const named = cases.map(([name, claims, description, reason]) => ({ name, claims, description, reason }));
  test.each(named)("$name", async ({ claims, description, reason }) => {
    const decision = await decide(signToken(key, claims));
    if (description === undefined) return expect(outcome(decision)).toBe(200);
    expect(decision).toEqual({
      kind: "deny",
      refusal: {
        status: 401,
        challenge: `${INVALID}${description}"`,
        error: `invalid_token: ${description}`,
        reason: `${reason}${wanted.get(description) ?? ""}`,
      },
    });
  });

  test.each([
    ["exp", 200],
    ["nbf", 401],
    ["iat", 401],
  ])("%s may be the largest exact integer and is then %d", async (name, status) => {
    const claims = { ...accessClaims, [name]: Number.MAX_SAFE_INTEGER };
    const decision = await decide(signToken(key, claims));
    expect(outcome(decision)).toBe(status);
    if (status === 401) expect(challengeOf(decision)).toBe(`${INVALID}the token is not yet valid"`);
  });

  test("a long claim is cut short in the reason", async () => {
    const decision = await decide(signToken(key, { ...accessClaims, client_id: "x".repeat(1000) }));
    expect(decision).toMatchObject({
      refusal: { reason: expect.stringContaining(`client_id is "${"x".repeat(199)},`) },
    });
  });
});

describe("scopes", () => {
  const idToken = { ...withoutScope, client_id: undefined, aud: "client-1", token_use: "id" };
  const cases: readonly (readonly [string, object, number])[] = [
    ["one word of scope", { ...accessClaims, scope: "a todos/write" }, 200],
    ["scp list", { ...withoutScope, scp: ["todos/write"] }, 200],
    ["scp words", { ...withoutScope, scp: "a todos/write" }, 200],
    ["a longer word", { ...accessClaims, scope: "todos/writer" }, 403],
    ["a shorter word", { ...accessClaims, scope: "todos/writ" }, 403],
    ["another scope", { ...accessClaims, scope: "aws.cognito.signin.user.admin" }, 403],
    ["another case", { ...accessClaims, scope: "TODOS/WRITE" }, 403],
    ["scope a list", { ...accessClaims, scope: ["todos/write"] }, 403],
    ["scope an object", { ...accessClaims, scope: { "todos/write": 1 } }, 403],
    ["scp list in a list", { ...withoutScope, scp: [["todos/write"]] }, 403],
    ["no scope", withoutScope, 403],
    ["an ID token", idToken, 403],
    ["an expired token without the scope", { ...withoutScope, exp: 1 }, 401],
  ];
  test.each(cases)("%s", async (_, claims, status) => {
    expect(outcome(await decide(signToken(key, claims), { scopes: ["todos/write", "todos/admin"] }))).toBe(status);
  });

  test.each<[string, object, readonly string[]]>([
    ["words, however many spaces are between them", { scope: "  a  b " }, ["a", "b"]],
    ["a list's texts alone", { scp: ["a", 5, null, "b"] }, ["a", "b"]],
    ["both claims, each scope once", { scope: "a b", scp: "b c" }, ["a", "b", "c"]],
    ["nothing", { scope: 5, scp: {} }, []],
  ])("of a token: %s", async (_, claims, scopes) => {
    const decision = await decide(signToken(key, { ...withoutScope, ...claims }));
    expect(decision).toMatchObject({ kind: "allow", verified: { scopes } });
  });

  test("a long list of scopes is cut short in the reason", async () => {
    const decision = await decide(good, { scopes: ["x".repeat(500)] });
    expect(decision).toMatchObject({ refusal: { reason: `the route asks for one of [${"x".repeat(373)}` } });
  });

  test("the 403 names the route's scopes, and the journal's reason says what is missing", async () => {
    const decision = await decide(good, { scopes: ["todos/write", "todos/admin"] });
    expect(decision).toEqual({
      kind: "deny",
      refusal: {
        status: 403,
        challenge:
          'Bearer scope="todos/write todos/admin" error="insufficient_scope" error_description="expected scopes: [todos/write todos/admin]"',
        error: "insufficient_scope: expected scopes: [todos/write todos/admin]",
        reason:
          "the route asks for one of [todos/write todos/admin], the token has [aws.cognito.signin.user.admin todos/read]",
      },
    });
  });
});

test("a challenge names the route's scopes, whatever is wrong with the token, and none without a token", async () => {
  const scopes = ["todos/write", "todos/admin"];
  const expired = signToken(key, { ...accessClaims, exp: 1 });
  const unknown = signToken(key, accessClaims, { kid: "key-2", alg: "RS256" });
  for (const [token, description] of [
    ["x", "token contains an invalid number of segments"],
    [expired, "the token has expired"],
    [unknown, "the token has an unknown key"],
  ] as const) {
    const challenge = `Bearer scope="todos/write todos/admin" error="invalid_token" error_description="${description}"`;
    expect(challengeOf(await decide(token, { scopes }))).toBe(challenge);
  }
  expect(challengeOf(await decide(undefined, { scopes }))).toBe("Bearer");
});

describe("forgeries", () => {
  const header = { kid: KID, alg: "RS256" };
  const [, payload, signature] = good.split(".");
  const pem = key.publicKey.export({ type: "spki", format: "pem" }).toString();
  const pkcs1 = key.publicKey.export({ type: "pkcs1", format: "pem" }).toString();
  const jwk = key.publicKey.export({ format: "jwk" });
  const secrets: readonly (readonly [string, string | Buffer])[] = [
    ["PEM", pem],
    ["PEM without the last newline", pem.trimEnd()],
    ["PKCS#1 PEM", pkcs1],
    ["DER", key.publicKey.export({ type: "spki", format: "der" })],
    ["PKCS#1 DER", key.publicKey.export({ type: "pkcs1", format: "der" })],
    ["JWK", JSON.stringify(jwk)],
    ["the modulus", String(jwk.n)],
    ["the modulus' bytes", Buffer.from(String(jwk.n), "base64url")],
    ["nothing", ""],
  ];
  const unsigned = (alg: unknown) => `${base64url(JSON.stringify({ kid: KID, alg }))}.${payload}.`;
  const NOT_RSA = "the algorithm is not RS256, RS384 or RS512";
  const ownJwk = otherKey.publicKey.export({ format: "jwk" });
  const text = JSON.stringify(accessClaims);
  const forged: readonly (readonly [
    description: string,
    reason: string,
    tokens: readonly (readonly [string, string])[],
  ])[] = [
    ...["none", "HS256", "ES256", "EdDSA"].map(
      (alg) =>
        [
          `signing method ${alg} is invalid`,
          NOT_RSA,
          [
            [`alg ${alg}, no signature`, unsigned(alg)],
            [`alg ${alg}, the old signature`, `${unsigned(alg)}${signature}`],
            [`really signed, alg ${alg}`, signToken(key, accessClaims, { kid: KID, alg })],
            [`alg ${alg}, an unknown kid`, signToken(key, accessClaims, { kid: "key-2", alg })],
          ],
        ] as const,
    ),
    [
      "signing method HS256 is invalid",
      NOT_RSA,
      secrets.map(([name, secret]) => [`HS256 with ${name}`, signHmac(secret, accessClaims)] as const),
    ],
    ["signing method PS256 is invalid", NOT_RSA, [["PS256", signPss(key, accessClaims)]]],
    [
      "the token is malformed",
      NOT_RSA,
      [
        ...["None", "NONE", "nOnE", "", null, 0, [], ["RS256"], {}].flatMap((alg) => [
          [`alg ${JSON.stringify(alg)}, no signature`, unsigned(alg)] as const,
          [`alg ${JSON.stringify(alg)}, the old signature`, `${unsigned(alg)}${signature}`] as const,
        ]),
        ["no alg", signToken(key, accessClaims, { kid: KID })],
        ...["rs256", "Rs256", "RS256 ", "RS1", "RSA1_5", "constructor", "__proto__", 'x" y="', "x\r\ny: z"].map(
          (alg) =>
            [`really signed, alg ${JSON.stringify(alg)}`, signToken(key, accessClaims, { kid: KID, alg })] as const,
        ),
        ["header in Object's prototype", signTexts(key, `{"__proto__":${JSON.stringify(header)}}`, text)],
      ],
    ],
    [
      "the signature is invalid",
      "the signature check failed: ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
      [
        ...secrets.map(
          ([name, secret]) => [`RS256 said, HMAC with ${name}`, signHmac(secret, accessClaims, header)] as const,
        ),
        ["RS256 signed with SHA-512", signToken(key, accessClaims, header, "sha512")],
        ["RS512 signed with SHA-256", signToken(key, accessClaims, { kid: KID, alg: "RS512" })],
        ["another key under the same kid", signToken(otherKey, accessClaims)],
        ["embedded jwk", signToken(otherKey, accessClaims, { ...header, jwk: ownJwk })],
        ["jku", signToken(otherKey, accessClaims, { ...header, jku: "http://127.0.0.1:9/jwks.json" })],
        ["x5u", signToken(otherKey, accessClaims, { ...header, x5u: "http://127.0.0.1:9/cert.pem" })],
        ["x5c", signToken(otherKey, accessClaims, { ...header, x5c: ["AAAA"] })],
        ["signature cut", good.slice(0, -6)],
        [
          "another token's payload",
          good.replace(payload ?? "", base64url(JSON.stringify({ ...accessClaims, sub: "user-b" }))),
        ],
      ],
    ],
    [
      "the token is malformed",
      "the header has no kid",
      [
        ["no kid", signToken(key, accessClaims, { alg: "RS256" })],
        ["empty kid", signToken(key, accessClaims, { kid: "", alg: "RS256" })],
        ["kid a number", signToken(key, accessClaims, { kid: 1, alg: "RS256" })],
        ["kid a list", signToken(key, accessClaims, { kid: [KID], alg: "RS256" })],
      ],
    ],
    [
      "the token has an unknown key",
      "the issuer publishes no key under the token's kid",
      [
        ["unknown kid", signToken(key, accessClaims, { kid: "key-2", alg: "RS256" })],
        ...["../../dev/null", "' or 1=1", "__proto__", "constructor"].map(
          (kid) => [`kid ${kid.slice(0, 20)}`, signToken(key, accessClaims, { kid, alg: "RS256" })] as const,
        ),
      ],
    ],
    [
      "the token is malformed",
      "the kid is too long",
      [["a kid of 1,025 characters", signToken(key, accessClaims, { kid: "k".repeat(1_025), alg: "RS256" })]],
    ],
    [
      "the token is malformed",
      "the header has critical extensions, and none is understood",
      [
        ["crit", signToken(key, accessClaims, { ...header, crit: ["exp"] })],
        ["crit b64", signToken(key, accessClaims, { ...header, crit: ["b64"], b64: false })],
        ["empty crit", signToken(key, accessClaims, { ...header, crit: [] })],
      ],
    ],
    [
      "the token is malformed",
      "the header asks for an unencoded payload",
      [["b64 alone", signToken(key, accessClaims, { ...header, b64: true })]],
    ],
    [
      "the token is malformed",
      "the header has the same name twice",
      [
        ["alg twice", signTexts(key, `{"alg":"none","kid":"${KID}","alg":"RS256"}`, text)],
        ["kid twice", signTexts(key, `{"alg":"RS256","kid":"x","kid":"${KID}"}`, text)],
        ["kid twice, one escaped", signTexts(key, `{"alg":"RS256","\\u006bid":"x","kid":"${KID}"}`, text)],
      ],
    ],
    [
      "the token is malformed",
      "the payload has the same name twice",
      [
        ["sub twice", signTexts(key, JSON.stringify(header), `{"sub":"user-b",${text.slice(1)}`)],
        ["sub twice, apart", signTexts(key, JSON.stringify(header), `${text.slice(0, -1)},"sub" : "user-b"}`)],
        [
          "a name twice further in",
          signTexts(key, JSON.stringify(header), `${text.slice(0, -1)},"x":[{"a":1,"a":2}]}`),
        ],
      ],
    ],
    [
      "the token is malformed",
      "the payload is not a JSON object",
      [
        ["payload not JSON", signTexts(key, JSON.stringify(header), "sub=user-a")],
        ["payload a list", signTexts(key, JSON.stringify(header), `[${text}]`)],
        ["payload null", signTexts(key, JSON.stringify(header), "null")],
        ["payload text", signTexts(key, JSON.stringify(header), '"user-a"')],
        ["payload with more behind", signTexts(key, JSON.stringify(header), `${text} {}`)],
        ["payload with a byte order mark", signTexts(key, JSON.stringify(header), `\uFEFF${text}`)],
      ],
    ],
    [
      "the token is malformed",
      "the payload is not UTF-8",
      [
        [
          "payload not UTF-8",
          signTexts(key, JSON.stringify(header), Buffer.concat([Buffer.from(text), Buffer.of(0xff)])),
        ],
      ],
    ],
    [
      "the token is malformed",
      "the header is not a JSON object",
      [
        ["header a list", signTexts(key, JSON.stringify([header]), text)],
        ["header not JSON", signTexts(key, "alg=RS256", text)],
      ],
    ],
    [
      "the token is malformed",
      "the payload is nested too deeply",
      [
        [
          "deep payload",
          signTexts(key, JSON.stringify(header), `${text.slice(0, -1)},"x":${"[".repeat(40)}${"]".repeat(40)}}`),
        ],
        ["deeper than any stack", signTexts(key, JSON.stringify(header), "[".repeat(5000))],
      ],
    ],
    [
      "the token is malformed",
      "the token is too long",
      [["huge payload", signToken(key, { ...accessClaims, x: "x".repeat(20_000) })]],
    ],
    [
      "the token is malformed",
      "the signature is not base64url",
      [
        ["padding", `${good}=`],
        ["line break", `${good}\n`],
        ["signature empty", `${good.slice(0, good.lastIndexOf("."))}.`],
      ],
    ],
    [
      "issuer does not match",
      `iss is absent, the authorizer's issuer is "${ISSUER}"`,
      [["claims in Object's prototype", signTexts(key, JSON.stringify(header), `{"__proto__":${text}}`)]],
    ],
  ];
  const groups = forged.map(([description, reason, tokens]) => ({ description, reason, tokens }));
  describe.each(groups)("$description: $reason", ({ description, reason, tokens }) => {
    test.each(tokens)("%s", async (_, token) => {
      const challenge = `${INVALID}${description}"`;
      const refusal = { status: 401, challenge, error: `invalid_token: ${description}`, reason };
      expect(await decide(`Bearer ${token}`)).toEqual({ kind: "deny", refusal });
    });
  });

  test.each([
    [
      "crit",
      signToken(key, accessClaims, { ...header, crit: ["exp"] }),
      "the header has critical extensions, and none is understood",
    ],
    ["b64", signToken(key, accessClaims, { ...header, b64: true }), "the header asks for an unencoded payload"],
    ["alg", signToken(key, accessClaims, { ...header, alg: "ES256" }), "the algorithm is not RS256, RS384 or RS512"],
    ["kid", signToken(key, accessClaims, { alg: "RS256" }), "the header has no kid"],
    ["length", "x".repeat(10_241), "the token is too long"],
  ])("%s is refused before any key is looked for", async (_, forgedToken, reason) => {
    const set = keySet({ [KID]: key.publicKey });
    const decision = await decide(forgedToken, { find: set.find });
    expect(decision).toMatchObject({ kind: "deny", refusal: { status: 401, reason } });
    expect(set.asked).toEqual([]);
  });

  test.each([
    ["header", `!${good}`],
    ["header", `=${good.slice(good.indexOf("."))}`],
    ["payload", good.replace(`.${payload}.`, `.${payload}=.`)],
    ["payload", good.replace(`.${payload}.`, ".a+b.")],
    ["signature", `${good.slice(0, -1)}+`],
  ])("a %s that is not base64url is refused as that: %#", async (part, token) => {
    expect(await decide(token)).toMatchObject({ refusal: { reason: `the ${part} is not base64url` } });
  });

  test("token and kid may be as long as they can be", async () => {
    const long = { kid: "k".repeat(1_024), alg: "RS256" };
    const set = keySet({ [long.kid]: key.publicKey });
    const filled = (count: number) => signToken(key, { ...accessClaims, x: "x".repeat(count) }, long);
    expect(outcome(await decide(filled(0), { find: set.find }))).toBe(200);
    const longest = filled(Math.floor(((10_240 - filled(0).length) * 3) / 4));
    expect(longest.length).toBe(10_240);
    expect(outcome(await decide(longest, { find: set.find }))).toBe(200);
  });

  test("key material inside the header is ignored, not refused", async () => {
    const token = signToken(key, accessClaims, { ...header, jwk: ownJwk, jku: "http://127.0.0.1:9", x5c: ["A"] });
    expect(outcome(await decide(token))).toBe(200);
  });

  const wrongKeys: readonly (readonly [string, KeyLookup])[] = [
    ["an elliptic curve key", { kind: "found", key: ecKey.publicKey }],
    ["a private key", { kind: "found", key: key.privateKey }],
    ["a key of 1024 bits", { kind: "found", key: rsaKeyPair(1024).publicKey }],
  ];
  test.each(wrongKeys)("an issuer that publishes %s", async (_, lookup) => {
    expect(outcome(await decide(good, { find: () => lookup }))).toBe(401);
  });

  test.each([ecKey.publicKey, key.privateKey])("%# is never handed to the signature check", async (wrong) => {
    const decision = await decide(good, { find: () => ({ kind: "found", key: wrong }) });
    expect(decision).toMatchObject({ refusal: { reason: "the issuer's key is not an RSA public key" } });
  });

  test("a token of another pool that this process knows too", async () => {
    const pools: FindSigningKey = (_, kid) => ({
      kind: "found",
      key: kid === KID ? key.publicKey : otherKey.publicKey,
    });
    const foreign = signToken(otherKey, { ...accessClaims, iss: `${ISSUER}x` }, { kid: "key-2", alg: "RS256" });
    expect(outcome(await decide(foreign, { find: pools }))).toBe(401);
  });

  test("the key is asked for by the configured issuer, never by the token's", async () => {
    const set = keySet({ [KID]: key.publicKey });
    await decide(signToken(key, { ...accessClaims, iss: "http://169.254.169.254" }), { find: set.find });
    await decide(good, { find: set.find });
    expect(set.asked).toEqual([ISSUER]);
  });
});

describe("an issuer that cannot be asked", () => {
  const BROKEN = "the issuer's key set: the key look-up failed";
  const cases: readonly (readonly [string, FindSigningKey, string, string])[] = [
    [
      "discovery",
      () => ({ kind: "discovery-unreachable", reason: "r" }),
      "OIDC discovery endpoint communication error",
      "the issuer's discovery document: r",
    ],
    [
      "key set",
      async () => ({ kind: "jwks-unreachable", reason: "r" }),
      "JWKS communication error",
      "the issuer's key set: r",
    ],
    ["a look-up that rejects", () => Promise.reject(new Error("x")), "JWKS communication error", BROKEN],
    [
      "a look-up that throws",
      () => {
        throw new Error("x");
      },
      "JWKS communication error",
      BROKEN,
    ],
  ];
  test.each(cases)("%s", async (_, find, description, reason) => {
    const decision = await decide(good, { find });
    expect(decision).toMatchObject({
      kind: "deny",
      refusal: { status: 401, challenge: `${INVALID}${description}"`, error: `invalid_token: ${description}`, reason },
    });
  });
});

describe("a token that was verified before", () => {
  function session(capacity?: number) {
    const set = keySet({ [KID]: key.publicKey });
    const time = { seconds: NOW_SECONDS };
    const kept = verifiedTokens(capacity);
    const authorize = jwtAuthorizer({
      findSigningKey: set.find,
      clock: { nowMilliseconds: () => time.seconds * 1000 },
      verifiedTokens: kept,
    });
    const ask = async (identity: string, requiredScopes: readonly string[] = [], changes = {}) =>
      outcome(await authorize({ authorizer: { ...authorizer, ...changes }, requiredScopes, identity }));
    return { set, time, kept, authorize, ask };
  }

  test("is decided at once, without a promise", async () => {
    const { authorize, ask } = session();
    expect(await ask(good)).toBe(200);
    expect(authorize({ authorizer, requiredScopes: [], identity: `Bearer ${good}` })).toMatchObject({ kind: "allow" });
  });

  test("is refused when it expires, and forgotten", async () => {
    const { time, kept, ask } = session();
    expect(await ask(good)).toBe(200);
    time.seconds = accessClaims.exp - 1;
    expect([await ask(good), kept.size]).toEqual([200, 1]);
    time.seconds = accessClaims.exp;
    expect([await ask(good), kept.size]).toEqual([401, 0]);
  });

  test("is refused when the clock goes back before its nbf or iat", async () => {
    const { time, ask } = session();
    expect(await ask(good)).toBe(200);
    time.seconds = accessClaims.iat - 1;
    expect(await ask(good)).toBe(401);
  });

  test("is refused once its key has left the issuer's set, or another stands under its kid", async () => {
    const { set, ask } = session();
    expect(await ask(good)).toBe(200);
    set.publish({ "key-2": otherKey.publicKey });
    expect(await ask(good)).toBe(401);
    set.publish({ [KID]: key.publicKey });
    expect(await ask(good)).toBe(200);
    set.publish({ [KID]: otherKey.publicKey });
    expect(await ask(good)).toBe(401);
  });

  test("stays good when the set was read again and holds the same key", async () => {
    const { set, authorize, ask } = session();
    expect(await ask(good)).toBe(200);
    set.publish({ [KID]: createPublicKey(key.publicKey.export({ type: "spki", format: "pem" })) });
    expect(authorize({ authorizer, requiredScopes: [], identity: good })).toMatchObject({ kind: "allow" });
  });

  test("is held against each route's own scopes and each authorizer's own audience and issuer", async () => {
    const { ask } = session();
    expect(await ask(good)).toBe(200);
    expect(await ask(good, ["todos/write"])).toBe(403);
    expect(await ask(good, ["todos/read"])).toBe(200);
    expect(await ask(good, [], { audience: ["client-9"] })).toBe(401);
    expect(await ask(good, [], { issuer: `${ISSUER}x` })).toBe(401);
  });

  test("does not vouch for a token that shares its header and payload", async () => {
    const { ask } = session();
    expect(await ask(good)).toBe(200);
    expect(await ask(`${good.slice(0, good.lastIndexOf(".") + 1)}AAAA`)).toBe(401);
  });

  test("is kept for its issuer only", () => {
    const kept = verifiedTokens();
    kept.keep(ISSUER, good, { kid: KID, key: key.publicKey, algorithm: "RS256", claims: accessClaims });
    expect(kept.find(ISSUER, good)).toBeDefined();
    expect(kept.find(`${ISSUER}x`, good)).toBeUndefined();
  });

  test("is gone once it is forgotten, and others stay", () => {
    const kept = verifiedTokens();
    const signature = { kid: KID, key: key.publicKey, algorithm: "RS256", claims: {} };
    for (const text of ["a", "b"]) kept.keep(ISSUER, text, signature);
    kept.forget(ISSUER, "a");
    expect([kept.find(ISSUER, "a"), kept.find(ISSUER, "b"), kept.size]).toEqual([undefined, signature, 1]);
  });

  test("stays while it is used, and the longest unused goes", () => {
    const kept = verifiedTokens(2);
    const keep = (text: string) =>
      kept.keep(ISSUER, text, { kid: KID, key: key.publicKey, algorithm: "RS256", claims: {} });
    keep("a");
    keep("b");
    kept.find(ISSUER, "a");
    keep("c");
    expect(["a", "b", "c"].map((text) => kept.find(ISSUER, text) !== undefined)).toEqual([true, false, true]);
  });

  test("is one of a bounded number, and refused tokens are not among them", async () => {
    const { kept, ask } = session(3);
    for (let index = 0; index < 5; index += 1) expect(await ask(signToken(key, { ...accessClaims, index }))).toBe(200);
    expect(kept.size).toBe(3);
    for (let index = 0; index < 5; index += 1) await ask(signToken(otherKey, { ...accessClaims, index }));
    const other = session();
    expect([await other.ask(signToken(key, { ...accessClaims, client_id: "client-9" })), other.kept.size]).toEqual([
      401, 0,
    ]);
    expect(kept.size).toBe(3);
  });
});

describe("properties", () => {
  const position = fc.integer({ min: 0, max: good.length - 1 });

  test("any change of one byte of a valid token is refused, also when the token was verified before", async () => {
    const kept = verifiedTokens();
    const clock = { nowMilliseconds: () => NOW_SECONDS * 1000 };
    const authorize = jwtAuthorizer({ findSigningKey: published.find, clock, verifiedTokens: kept });
    expect(outcome(await authorize({ authorizer, requiredScopes: [], identity: good }))).toBe(200);
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const changed = good.slice(0, at) + String.fromCharCode(byte) + good.slice(at + 1);
        fc.pre(changed !== good);
        expect(outcome(await authorize({ authorizer, requiredScopes: [], identity: changed }))).toBe(401);
      }),
      { numRuns: 300 },
    );
  });

  test("each of the other 63 letters in the last place is refused: spare bits are no second spelling", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const letter of alphabet) {
      const changed = good.slice(0, -1) + letter;
      expect(outcome(await decide(changed))).toBe(changed === good ? 200 : 401);
    }
  });

  test("a byte more or less is refused", async () => {
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        expect(outcome(await decide(good.slice(0, at) + good.slice(at + 1)))).toBe(401);
        expect(outcome(await decide(good.slice(0, at) + String.fromCharCode(byte) + good.slice(at)))).toBe(401);
      }),
      { numRuns: 100 },
    );
  });

  const segment = fc.oneof(fc.string(), fc.json().map(base64url), fc.uint8Array().map(base64url));
  const identity = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(segment, segment, segment).map((parts) => parts.join(".")),
    fc.tuple(segment, segment).map(([header, payload]) => `Bearer ${header}.${payload}.x`),
  );

  test("no text throws, and none but a signed token passes", async () => {
    await fc.assert(
      fc.asyncProperty(identity, async (text) => {
        expect(outcome(await decide(text))).toBe(401);
      }),
      { numRuns: 300 },
    );
  });

  test("signed tokens with any claims do not throw, and pass with the right iss, exp and client only", async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const names = fc.constantFrom("sub", "iss", "aud", "client_id", "exp", "nbf", "iat", "scope", "scp", "__proto__");
    await fc.assert(
      fc.asyncProperty(names, value, async (name, changed) => {
        const changedClaims = Object.fromEntries([...Object.entries(accessClaims), [name, changed]]);
        const decision = await decide(signToken(key, changedClaims), { scopes: ["todos/read"] });
        if (name === "iss" || name === "client_id" || name === "aud") expect(outcome(decision)).toBe(401);
        else expect([200, 401, 403]).toContain(outcome(decision));
      }),
      { numRuns: 100 },
    );
  });

  test("no refusal's words hold any part of the token", async () => {
    const tokens = [good, ...["user-a"].map((sub) => signToken(otherKey, { ...accessClaims, sub }))];
    for (const token of tokens) {
      const decision = await decide(token, { scopes: ["nope"] });
      const said = JSON.stringify(decision.kind === "deny" ? decision.refusal : decision);
      for (const part of token.split(".")) expect(said).not.toContain(part);
    }
  });
});
