import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { externalIssuers, keysByIssuer } from "../../harness/apigateway/external-issuers.ts";
import { readSigningKeys } from "../../harness/apigateway/json-web-key-set.ts";
import { jwtAuthorizer } from "../../harness/apigateway/jwt-authorizer.ts";
import { verifiedTokens } from "../../harness/apigateway/verified-tokens.ts";
import { accessClaims, authorizer, type KeyPair, KID, NOW_SECONDS, rsaKeyPair, signToken } from "./support/tokens.ts";

const key = rsaKeyPair();
const nextKey = rsaKeyPair();
const threeKey = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 });
const jwk = (pair: KeyPair, kid: unknown, more: object = {}) => ({
  ...pair.publicKey.export({ format: "jwk" }),
  kid,
  ...more,
});

type Serve = (response: ServerResponse) => void;
const json =
  (value: unknown): Serve =>
  (response) =>
    response.end(JSON.stringify(value));

const provider = { discovery: json({}), keySet: json({}), asked: [] as string[] };
let server: Server;
let issuer: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    provider.asked.push(request.url ?? "");
    if (request.url === "/pool/.well-known/openid-configuration") provider.discovery(response);
    else if (request.url === "/moved") json({ issuer, jwks_uri: new URL("/keys", issuer).href })(response);
    else if (request.url === "/keys") provider.keySet(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  provider.discovery = (response) => json({ issuer, jwks_uri: new URL("/keys", issuer).href })(response);
  provider.keySet = json({ keys: [jwk(key, KID)] });
  provider.asked = [];
});

function session(limits?: { timeoutMilliseconds: number; maximumBytes: number }) {
  const time = { milliseconds: NOW_SECONDS * 1000 };
  const find = externalIssuers({
    fetch,
    clock: { nowMilliseconds: () => time.milliseconds },
    ...(limits === undefined ? {} : { limits }),
  });
  return { time, ask: async (kid: string) => (await find(issuer, kid)).kind, find };
}

test("a key is found by discovery, and then at once", async () => {
  const { ask, find } = session();
  expect(await ask(KID)).toBe("found");
  expect(find(issuer, KID)).toMatchObject({ kind: "found" });
  expect(provider.asked).toEqual(["/pool/.well-known/openid-configuration", "/keys"]);
});

test("a token of such an issuer is accepted, and refused once its key has left and the set has grown old", async () => {
  const { time, find } = session();
  const clock = { nowMilliseconds: () => time.milliseconds };
  const authorize = jwtAuthorizer({ findSigningKey: find, clock, verifiedTokens: verifiedTokens() });
  const ask = async (pair: KeyPair, kid: string) => {
    const claims = { ...accessClaims, iss: issuer, exp: NOW_SECONDS + 3600 };
    const identity = signToken(pair, claims, { kid, alg: "RS256" });
    return (await authorize({ authorizer: { ...authorizer, issuer }, requiredScopes: [], identity })).kind;
  };
  expect(await ask(key, KID)).toBe("allow");
  provider.keySet = json({ keys: [jwk(nextKey, "key-2")] });
  expect(await ask(key, KID)).toBe("allow");
  time.milliseconds += 10_000;
  expect(await ask(nextKey, "key-2")).toBe("allow");
  expect(await ask(key, KID)).toBe("deny");
});

test("a flood of random key ids makes one reading, and no more until the interval is over", async () => {
  const { time, ask } = session();
  const flood = () => Promise.all(Array.from({ length: 200 }, (_, index) => ask(`random-${index}`)));
  expect(new Set(await flood())).toEqual(new Set(["unknown-kid"]));
  await flood();
  expect(provider.asked).toHaveLength(2);
  expect(await ask(KID)).toBe("found");
  time.milliseconds += 5_000;
  await flood();
  expect(provider.asked).toHaveLength(4);
});

test("a set from a time to come, as after the clock was set back, is read again", async () => {
  const { time, ask } = session();
  expect(await ask(KID)).toBe("found");
  time.milliseconds -= 1;
  provider.keySet = json({ keys: [jwk(nextKey, "key-2")] });
  expect(await ask(KID)).toBe("unknown-kid");
});

test("a set that has grown old vouches for nothing when it cannot be read again", async () => {
  const { time, ask } = session();
  expect(await ask(KID)).toBe("found");
  provider.keySet = (response) => response.writeHead(500).end();
  time.milliseconds += 299_999;
  expect(await ask("unknown")).toBe("jwks-unreachable");
  expect(await ask(KID)).toBe("found");
  time.milliseconds += 1;
  expect(await ask(KID)).toBe("jwks-unreachable");
  time.milliseconds += 5_000;
  provider.keySet = json({ keys: [jwk(key, KID)] });
  expect(await ask(KID)).toBe("found");
});

describe("documents that do not serve", () => {
  const huge = `{"keys":[],"x":"${"x".repeat(150_000)}"}`;
  const discovery: readonly (readonly [string, Serve, reason: string])[] = [
    ["not found", (response) => response.writeHead(404).end("{}"), "status 404"],
    ["not JSON", (response) => response.end("<html>"), "not JSON"],
    ["a list", json([]), "not a JSON object"],
    ["null", json(null), "not a JSON object"],
    [
      "another issuer's",
      (response) => json({ issuer: `${issuer}x`, jwks_uri: new URL("/keys", issuer).href })(response),
      "the document is another issuer's",
    ],
    [
      "no issuer",
      (response) => json({ jwks_uri: new URL("/keys", issuer).href })(response),
      "the document is another issuer's",
    ],
    ["no key set", (response) => json({ issuer })(response), "the document has no usable jwks_uri"],
    [
      "a key set in a file",
      (response) => json({ issuer, jwks_uri: "file:///etc/passwd" })(response),
      "the document has no usable jwks_uri",
    ],
    ["a redirect", (response) => response.writeHead(302, { location: "/moved" }).end(), "no connection"],
    ["too large", (response) => response.end(huge), "more than 150000 bytes"],
    [
      "cut off",
      (response) => response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy()),
      "no connection",
    ],
  ];
  test.each(discovery)("discovery: %s", async (_, serve, reason) => {
    provider.discovery = serve;
    expect(await session().find(issuer, KID)).toEqual({ kind: "discovery-unreachable", reason });
  });

  const keySets: readonly (readonly [string, Serve, reason: string])[] = [
    ["an error", (response) => response.writeHead(503).end(), "status 503"],
    ["not JSON", (response) => response.end("keys"), "not JSON"],
    ["no keys", json({}), "the document is no key set"],
    ["keys no list", json({ keys: {} }), "the document is no key set"],
    ["too large", (response) => response.end(huge), "more than 150000 bytes"],
  ];
  test.each(keySets)("key set: %s", async (_, serve, reason) => {
    provider.keySet = serve;
    expect(await session().find(issuer, KID)).toEqual({ kind: "jwks-unreachable", reason });
  });

  test("a provider that never answers is given up", async () => {
    provider.discovery = () => undefined;
    const { find } = session({ timeoutMilliseconds: 20, maximumBytes: 1000 });
    expect(await find(issuer, KID)).toEqual({ kind: "discovery-unreachable", reason: "no answer in time" });
  });

  test("a provider whose answer never ends is given up", async () => {
    provider.discovery = (response) => response.write("{");
    const { find } = session({ timeoutMilliseconds: 20, maximumBytes: 1000 });
    expect(await find(issuer, KID)).toEqual({ kind: "discovery-unreachable", reason: "no answer in time" });
  });

  test.each([
    ["https", "https://keys.example/set", "https://keys.example/set"],
    ["http", "http://keys.example/set", undefined],
    ["a name alone", "keys", undefined],
    ["a number", 5, undefined],
  ])("of an issuer by https the key set is read by https alone: %s", async (_, jwks_uri, read) => {
    const asked: { url: string; redirect: string; accept: string | undefined; signal: boolean }[] = [];
    const find = externalIssuers({
      clock: { nowMilliseconds: () => 0 },
      fetch: async (url, { redirect, headers, signal }) => {
        asked.push({ url, redirect, accept: headers.accept, signal: signal instanceof AbortSignal });
        return Response.json({ issuer: "https://issuer.example/", jwks_uri, keys: [jwk(key, KID)] });
      },
    });
    expect((await find("https://issuer.example/", KID)).kind).toBe(
      read === undefined ? "discovery-unreachable" : "found",
    );
    const each = { redirect: "error", accept: "application/json", signal: true };
    expect(asked).toEqual([
      { url: "https://issuer.example/.well-known/openid-configuration", ...each },
      ...(read === undefined ? [] : [{ url: read, ...each }]),
    ]);
  });

  test.each([
    ["nothing", () => new Response(null), "not JSON"],
    ["an error without a body", () => new Response(null, { status: 404 }), "status 404"],
  ])("an answer with %s", async (_, answer, reason) => {
    const find = externalIssuers({ clock: { nowMilliseconds: () => 0 }, fetch: async () => answer() });
    expect(await find("https://issuer.example", KID)).toEqual({ kind: "discovery-unreachable", reason });
  });

  test("a document of just the size that is allowed is read", async () => {
    const discovery = JSON.stringify({ issuer, jwks_uri: new URL("/keys", issuer).href });
    const keys = JSON.stringify({ keys: [jwk(key, KID)] });
    const maximumBytes = Math.max(discovery.length, keys.length);
    provider.discovery = (response) => response.end(discovery.padEnd(maximumBytes));
    provider.keySet = (response) => response.end(keys.padEnd(maximumBytes));
    const sized = (bytes: number) => session({ timeoutMilliseconds: 60_000, maximumBytes: bytes }).ask(KID);
    expect([await sized(maximumBytes), await sized(maximumBytes - 1)]).toEqual(["found", "discovery-unreachable"]);
  });

  test("nobody there", async () => {
    const { find } = session();
    expect(await find("http://127.0.0.1:1/pool", KID)).toEqual({
      kind: "discovery-unreachable",
      reason: "no connection",
    });
  });
});

test.each([
  ["no kid", [jwk(key, undefined)], []],
  ["a kid that is no text", [jwk(key, 1)], []],
  ["a key for encryption", [jwk(key, KID, { use: "enc" })], []],
  ["a signing key", [jwk(key, KID, { use: "sig", alg: "RS512" })], [KID]],
  ["an algorithm of the other kind", [jwk(key, KID, { alg: "PS256" })], []],
  ["a secret", [{ kty: "oct", kid: KID, k: "AAAA" }], []],
  ["an elliptic curve", [{ kty: "EC", crv: "P-256", kid: KID, x: "AA", y: "AA" }], []],
  ["a short key", [jwk(rsaKeyPair(1024), KID)], []],
  ["an exponent of one, under which anybody signs", [jwk(key, KID, { e: "AQ" })], []],
  ["an even exponent", [jwk(key, KID, { e: "Ag" })], []],
  ["a larger even exponent", [jwk(key, KID, { e: "BA" })], []],
  ["an exponent of three", [jwk(threeKey, KID)], [KID]],
  ["an empty kid", [jwk(key, "")], []],
  ["an RSA key under another name", [jwk(key, KID, { kty: "EC" })], []],
  ["a key to encrypt with", [jwk(key, KID, { key_ops: ["encrypt", "wrapKey"] })], []],
  ["a key to verify with", [jwk(key, KID, { key_ops: ["verify"] })], [KID]],
  ["a broken key", [{ kty: "RSA", kid: KID, n: "", e: "" }], []],
  ["a kid that stands for two keys", [jwk(key, KID), jwk(nextKey, KID), jwk(key, "other")], ["other"]],
  ["entries that are no objects", [null, 1, "x", [], jwk(key, "__proto__")], ["__proto__"]],
])("a key set with %s", (_, keys, kids) => {
  expect([...(readSigningKeys({ keys })?.keys() ?? [])]).toEqual(kids);
});

test.each(["RS256", "RS512", undefined])("a key published with the algorithm %s keeps it", (alg) => {
  const set = readSigningKeys({ keys: [{ ...jwk(key, KID), ...(alg === undefined ? {} : { alg }) }] });
  expect(set?.get(KID)?.algorithm).toBe(alg);
});

test("a private key in a set is kept as the public one", () => {
  const set = readSigningKeys({ keys: [{ ...key.privateKey.export({ format: "jwk" }), kid: KID }] });
  expect(set?.get(KID)?.key.type).toBe("public");
});

test("an issuer of this process is never asked for over the network", async () => {
  const { find } = session();
  const keys = keysByIssuer((name) => (name === "local" ? { kind: "unknown-kid" } : undefined), find);
  expect(await keys("local", KID)).toEqual({ kind: "unknown-kid" });
  expect(provider.asked).toEqual([]);
  expect(await keys(issuer, KID)).toMatchObject({ kind: "found" });
});
