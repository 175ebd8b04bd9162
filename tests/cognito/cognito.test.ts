import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeJwt, SignJWT } from "jose";
import { afterEach, describe, expect, test, vi } from "vitest";
import { systemRandom } from "../../harness/cognito/random.ts";
import { parseSeed } from "../../harness/cognito/seed.ts";
import { makeSigningKeys, type SigningKeys } from "../../harness/cognito/signing-keys.ts";
import {
  allFlows,
  clientId as ClientId,
  password,
  poolId,
  readPools,
  type ServedCognito,
  sdkFor,
  serveCognito,
  signIn,
  signUpConfirmed,
  todoPool,
} from "../support/cognito-pool.ts";

const open: ServedCognito[] = [];
async function serve(...given: Parameters<typeof serveCognito>): Promise<ServedCognito> {
  const served = await serveCognito(...given);
  open.push(served);
  return served;
}
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

describe("a reload of the program", () => {
  test("keeps users, keys and sessions by pool id, and applies the new settings", async () => {
    const served = await serve();
    await signUpConfirmed(served, "reload@example.com");
    const tokens = await signIn(served, "reload@example.com");
    const jwks = (await served.cognito.wellKnown(`/${poolId}/.well-known/jwks.json`))?.body;
    const passwordPolicy = { minimumLength: 20 };
    await served.cognito.reconfigure(
      readPools({
        pool: { ...todoPool, passwordPolicy },
        client: { ...allFlows, accessTokenValidity: 5, tokenValidityUnits: { accessToken: "minutes" } },
      }).pools,
    );
    expect((await served.cognito.wellKnown(`/${poolId}/.well-known/jwks.json`))?.body).toBe(jwks);
    const refreshed = await sdkFor(served).initiateAuth({
      ClientId,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: tokens.refresh },
    });
    expect(refreshed.AuthenticationResult?.ExpiresIn).toBe(300);
    await expect(sdkFor(served).signUp({ ClientId, Username: "x@example.com", Password: password })).rejects.toThrow(
      "not long enough",
    );
  });

  test("takes a pool away and brings it back with its users", async () => {
    const served = await serve();
    await signUpConfirmed(served, "away@example.com");
    await served.cognito.reconfigure([]);
    await expect(signIn(served, "away@example.com")).rejects.toThrow(`User pool client ${ClientId} does not exist.`);
    expect(served.cognito.wellKnown(`/${poolId}/.well-known/jwks.json`)).toBeUndefined();
    await served.cognito.reconfigure(readPools().pools);
    await signIn(served, "away@example.com");
  });
});

describe("signing keys", () => {
  test("are made when they are asked for first, once", async () => {
    const made: SigningKeys[] = [];
    const makeKeys = async () => {
      const keys = await makeSigningKeys(systemRandom);
      made.push(keys);
      return keys;
    };
    const served = await serve({}, { makeKeys });
    expect(made).toEqual([]);
    const documents = await Promise.all([1, 2].map(() => served.cognito.wellKnown(`/${poolId}/.well-known/jwks.json`)));
    await served.cognito.prepare();
    expect(made).toHaveLength(1);
    const kids = [made[0]?.id.kid, made[0]?.access.kid];
    for (const document of documents)
      expect(JSON.parse(String(document?.body)).keys.map(({ kid }: { kid: string }) => kid)).toEqual(kids);
  });

  test("are made beforehand where the first sign-in should not wait", async () => {
    const makeKeys = vi.fn(() => makeSigningKeys(systemRandom));
    const served = await serve({}, { makeKeys });
    await served.cognito.prepare();
    await signUpConfirmed(served, "early@example.com");
    await signIn(served, "early@example.com");
    expect(makeKeys).toHaveBeenCalledOnce();
  });

  test("are made again where the first try failed", async () => {
    const makeKeys = vi.fn(() => makeSigningKeys(systemRandom)).mockRejectedValueOnce(new Error("no entropy"));
    const served = await serve({}, { makeKeys });
    await expect(served.cognito.prepare()).rejects.toThrow("no entropy");
    await served.cognito.prepare();
    expect(makeKeys).toHaveBeenCalledTimes(2);
  });

  test("vouch for no token before they are made", async () => {
    const makeKeys = vi.fn(() => makeSigningKeys(systemRandom));
    const served = await serve({}, { makeKeys });
    const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`;
    expect(served.cognito.findSigningKey(issuer, "undefined")).toEqual({ kind: "unknown-kid" });
    const foreign = await makeSigningKeys(systemRandom);
    for (const kid of [foreign.access.kid, undefined]) {
      const token = await new SignJWT({ iss: issuer, token_use: "access", scope: "aws.cognito.signin.user.admin" })
        .setProtectedHeader({ alg: "RS256", ...(kid === undefined ? {} : { kid }) })
        .sign(foreign.access.privateKey);
      await expect(sdkFor(served).getUser({ AccessToken: token })).rejects.toThrow("Invalid Access Token");
    }
    expect(makeKeys).not.toHaveBeenCalled();
  });
});

describe("the OIDC documents", () => {
  test("stand under the pool's path, the issuer in AWS's form", async () => {
    const served = await serve();
    const document = await served.cognito.wellKnown(`/${poolId}/.well-known/openid-configuration`);
    const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`;
    expect(JSON.parse(String(document?.body))).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` });
    for (const path of [
      "/",
      `/${poolId}`,
      "/eu-west-1_none/.well-known/jwks.json",
      `/${poolId}/.well-known/jwks.json/`,
    ]) {
      expect(served.cognito.wellKnown(path)).toBeUndefined();
    }
  });
});

describe("seeding", () => {
  const seed = { username: "seed@example.com", password, attributes: {}, groups: [] };

  test("makes confirmed users who sign in at once, and leaves those who exist alone", async () => {
    const served = await serve({ groups: { admins: {} } });
    expect(await served.cognito.seed([{ ...seed, groups: ["admins"] }])).toEqual({
      created: [seed.username],
      existing: [],
    });
    await signIn(served, seed.username);
    const again = await served.cognito.seed([{ ...seed, password: "Different-horse-9" }]);
    expect(again).toEqual({ created: [], existing: [seed.username] });
    await signIn(served, seed.username);
  });

  test("refuses all for the mistakes of some, naming each, and showing no password", async () => {
    const served = await serve();
    const users = [
      { ...seed },
      { ...seed, username: "no-email" },
      { ...seed, username: "weak@example.com", password: "Weak-1" },
      { ...seed, username: "grouped@example.com", groups: ["none"] },
      { ...seed, username: "odd@example.com", attributes: { "custom:none": "x" } },
      { ...seed, username: "lost@example.com", userPool: "other" },
      { ...seed, username: "Seed@example.com" },
    ];
    const refusal = served.cognito.seed(users);
    await expect(refusal).rejects.toMatchObject({ code: "CONFIGURATION" });
    const message = await refusal.catch((error: Error) => error.message);
    for (const { username } of users.slice(1)) expect(message).toContain(username);
    expect(message).not.toContain("Weak-1");
    await expect(signIn(served, seed.username)).rejects.toThrow("Incorrect username or password.");
  });

  test("the example file fits the todo program's pool", async () => {
    const served = await serve();
    const text = await readFile(join(import.meta.dirname, "../support/users.json"), "utf8");
    const { created } = await served.cognito.seed(parseSeed(text, "users.json"));
    expect(created).toEqual(["ana@example.com", "ben@example.com"]);
    const { id } = await signIn(served, "ana@example.com");
    expect(decodeJwt(id)).toMatchObject({ email: "ana@example.com", email_verified: true, name: "Ana" });
  });

  test("reads a file", () => {
    const text = JSON.stringify({ users: [{ username: "a@example.com", password, groups: ["g"], userPool: "users" }] });
    expect(parseSeed(text, "users.json")).toEqual([
      { username: "a@example.com", password, attributes: {}, groups: ["g"], userPool: "users" },
    ]);
  });

  test.each([
    ["not JSON", "{", "is not JSON"],
    ["no list", "{}", 'list "users"'],
    ["no name", '{"users":[{"password":"x"}]}', "users[0].username"],
    ["a misspelt member", '{"users":[{"username":"a","pasword":"x"}]}', "users[0].pasword"],
    [
      "attributes of the wrong type",
      '{"users":[{"username":"a","password":"x","attributes":{"email":1}}]}',
      "users[0].attributes",
    ],
    ["groups of the wrong type", '{"users":[{"username":"a","password":"x","groups":"g"}]}', "users[0].groups"],
  ])("refuses a file with %s, naming the place", (_name, text, place) => {
    expect(() => parseSeed(text, "users.json")).toThrow(expect.objectContaining({ code: "CONFIGURATION" }));
    expect(() => parseSeed(text, "users.json")).toThrow(place);
    expect(() => parseSeed(text, "users.json")).toThrow("users.json");
  });
});

test("an exception inside is told to the owner and not to the client", async () => {
  const defects: unknown[] = [];
  const served = await serve(
    {},
    {
      onDefect: (error) => defects.push(error),
      verifySignedAdmin: () => {
        throw new Error("secret detail");
      },
    },
  );
  await expect(sdkFor(served).describeUserPool({ UserPoolId: poolId })).rejects.toMatchObject({
    name: "InternalErrorException",
    message: "Internal server error",
  });
  expect(defects).toHaveLength(1);
});
