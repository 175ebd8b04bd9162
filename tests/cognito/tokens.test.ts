import { CognitoJwtVerifier } from "aws-jwt-verify";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  allFlows,
  clientId as ClientId,
  password,
  poolId,
  refusalOf,
  type ServedCognito,
  sdkFor,
  serveCognito,
  signIn,
  signUpConfirmed,
  todoPool,
} from "../support/cognito-pool.ts";

const bareClient = "2unrevocable3456789abcdef";
const rotatingClient = "3rotating0123456789abcdef";
const email = "claims@example.com";

let served: ServedCognito;
let sub: string;
beforeAll(async () => {
  served = await serveCognito({
    pool: {
      ...todoPool,
      schemas: [
        { name: "team", attributeDataType: "String", mutable: true },
        { name: "level", attributeDataType: "Number", mutable: true },
        { name: "hidden", attributeDataType: "String", mutable: true },
      ],
    },
    client: {
      ...allFlows,
      readAttributes: ["email", "email_verified", "custom:team", "custom:level", "address", "updated_at"],
      accessTokenValidity: 15,
      idTokenValidity: 1800,
      refreshTokenValidity: 2,
      tokenValidityUnits: { accessToken: "minutes", idToken: "seconds", refreshToken: "hours" },
    },
    clients: {
      [bareClient]: { ...allFlows, enableTokenRevocation: false },
      [rotatingClient]: {
        explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
        refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 10 },
      },
    },
    groups: {
      readers: { precedence: 20, roleArn: "arn:aws:iam::123456789012:role/readers" },
      admins: { precedence: 10, roleArn: "arn:aws:iam::123456789012:role/admins" },
      plain: {},
    },
  });
  await served.cognito.seed([
    {
      username: email,
      password,
      attributes: {
        "custom:team": "t1",
        "custom:level": "7",
        "custom:hidden": "x",
        address: "1 Main St",
        updated_at: "1700000000",
      },
      groups: ["plain", "readers", "admins"],
    },
  ]);
  sub = String(decodeJwt((await signIn(served, email)).access).sub);
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);

describe("claims", () => {
  test("of an access token: exactly Cognito's, and nothing of the user but names", async () => {
    const { access } = await signIn(served, email);
    const now = Math.floor(served.clock.nowMilliseconds() / 1000);
    expect(decodeJwt(access)).toEqual({
      sub,
      "cognito:groups": ["admins", "readers", "plain"],
      iss: `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`,
      client_id: ClientId,
      origin_jti: uuid,
      event_id: uuid,
      token_use: "access",
      scope: "aws.cognito.signin.user.admin",
      auth_time: now,
      exp: now + 900,
      iat: now,
      jti: uuid,
      username: sub,
    });
  });

  test("of an ID token: readable attributes with Cognito's types, roles by precedence, no scope", async () => {
    const { id } = await signIn(served, email);
    const now = Math.floor(served.clock.nowMilliseconds() / 1000);
    expect(decodeJwt(id)).toEqual({
      sub,
      email,
      email_verified: true,
      "custom:team": "t1",
      "custom:level": "7",
      address: { formatted: "1 Main St" },
      updated_at: 1_700_000_000,
      "cognito:groups": ["admins", "readers", "plain"],
      "cognito:roles": ["arn:aws:iam::123456789012:role/admins", "arn:aws:iam::123456789012:role/readers"],
      "cognito:preferred_role": "arn:aws:iam::123456789012:role/admins",
      iss: `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`,
      "cognito:username": sub,
      aud: ClientId,
      origin_jti: uuid,
      event_id: uuid,
      token_use: "id",
      auth_time: now,
      exp: now + 1800,
      iat: now,
      jti: uuid,
    });
  });

  test("of the header: the two kinds name different keys of the JWKS", async () => {
    const tokens = await signIn(served, email);
    const document = await served.cognito.wellKnown(`/${poolId}/.well-known/jwks.json`);
    const { keys } = JSON.parse(String(document?.body)) as { keys: { kid: string; alg: string; use: string }[] };
    const headers = [tokens.id, tokens.access].map(decodeProtectedHeader);
    expect(headers).toEqual(keys.map(({ kid }) => ({ kid, alg: "RS256" })));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2);
    expect(keys.map((key) => Object.keys(key).toSorted())).toEqual(
      Array(2).fill(["alg", "e", "kid", "kty", "n", "use"]),
    );
  });

  test("without revocation carry no ids to revoke them by", async () => {
    const { access, id } = await signIn(served, email, password, bareClient);
    for (const claims of [decodeJwt(access), decodeJwt(id)]) {
      expect(Object.keys(claims)).not.toContain("origin_jti");
      expect(Object.keys(claims)).not.toContain("jti");
    }
  });

  test("of a refresh token cannot be read", async () => {
    const { refresh } = await signIn(served, email);
    expect(refresh.split(".")).toHaveLength(5);
    expect(Buffer.from(refresh, "base64url").toString("latin1")).not.toContain(sub);
    expect(() => decodeJwt(refresh)).toThrow();
  });
});

describe("aws-jwt-verify, with its own defaults", () => {
  const verify = async (tokenUse: "access" | "id", token: string) => {
    const made = CognitoJwtVerifier.create({ userPoolId: poolId, clientId: ClientId, tokenUse });
    made.cacheJwks(JSON.parse(String((await served.cognito.wellKnown(`/${poolId}/.well-known/jwks.json`))?.body)));
    return made.verify(token);
  };

  test("accepts each kind where it belongs and refuses it in the other's place", async () => {
    const { access, id } = await signIn(served, email);
    expect((await verify("access", access)).username).toBe(sub);
    expect((await verify("id", id))["cognito:username"]).toBe(sub);
    await expect(verify("access", id)).rejects.toThrow(/Token use/);
    await expect(verify("id", access)).rejects.toThrow(/Token use/);
  });

  test("refuses a token of another client of the same pool, and one that was tampered with", async () => {
    const foreign = await signIn(served, email, password, bareClient);
    await expect(verify("access", foreign.access)).rejects.toThrow(/Client ID/);
    const { access } = await signIn(served, email);
    const [header, , signature] = access.split(".");
    const payload = Buffer.from(JSON.stringify({ ...decodeJwt(access), sub: "other" })).toString("base64url");
    await expect(verify("access", `${header}.${payload}.${signature}`)).rejects.toThrow();
  });
});

describe("refresh", () => {
  test("keeps auth_time, origin_jti and event_id; renews times, jti, and what the user now is", async () => {
    const sdk = sdkFor(served);
    const first = await signIn(served, email);
    served.clock.advance(60);
    await sdk.adminRemoveUserFromGroup({ UserPoolId: poolId, Username: email, GroupName: "admins" });
    const answer = await sdk.initiateAuth({
      ClientId,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: first.refresh },
    });
    expect(answer.AuthenticationResult).toMatchObject({ ExpiresIn: 900, TokenType: "Bearer" });
    const [before, after] = [decodeJwt(first.access), decodeJwt(answer.AuthenticationResult?.AccessToken ?? "")];
    for (const kept of ["auth_time", "origin_jti", "event_id", "sub"]) expect(after[kept]).toBe(before[kept]);
    expect(after.iat).toBe(Number(before.iat) + 60);
    expect(after.jti).not.toBe(before.jti);
    expect(after["cognito:groups"]).toEqual(["readers", "plain"]);
    await sdk.adminAddUserToGroup({ UserPoolId: poolId, Username: email, GroupName: "admins" });
  });

  test.each([
    ["another client's", async () => (await signIn(served, email, password, bareClient)).refresh],
    ["an access token", async () => (await signIn(served, email)).access],
    ["junk", async () => "a.b.c.d.e"],
    ["a cut one", async () => (await signIn(served, email)).refresh.slice(0, -4)],
  ])("refuses %s", async (_name, token) => {
    const AuthParameters = { REFRESH_TOKEN: await token() };
    const attempt = sdkFor(served).initiateAuth({ ClientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters });
    expect(await refusalOf(attempt)).toEqual({ name: "NotAuthorizedException", message: "Invalid Refresh Token" });
  });
});

describe("revocation", () => {
  test("ends one sign-in for Cognito, leaves the others, and is no error twice", async () => {
    const sdk = sdkFor(served);
    const [ended, other] = [await signIn(served, email), await signIn(served, email)];
    await sdk.revokeToken({ Token: ended.refresh, ClientId });
    await sdk.revokeToken({ Token: ended.refresh, ClientId });
    expect((await refusalOf(sdk.getUser({ AccessToken: ended.access }))).message).toBe("Access Token has been revoked");
    expect((await sdk.getUser({ AccessToken: other.access })).Username).toBe(sub);
    expect((await refusalOf(sdk.revokeToken({ Token: other.access, ClientId }))).name).toBe(
      "UnsupportedTokenTypeException",
    );
  });

  test("does not reach an API's authorizer: the key is still there and the token still verifies", async () => {
    const { access } = await signIn(served, email);
    await sdkFor(served).globalSignOut({ AccessToken: access });
    const { kid = "" } = decodeProtectedHeader(access);
    const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`;
    expect(served.cognito.findSigningKey(issuer, kid)?.kind).toBe("found");
    expect(served.cognito.findSigningKey(issuer, "other")?.kind).toBe("unknown-kid");
    expect(served.cognito.findSigningKey(`${issuer}/`, kid)).toBeUndefined();
    expect(served.cognito.findSigningKey(`http://evil/${poolId}`, kid)).toBeUndefined();
  });

  test("is refused where the client has it off", async () => {
    const { refresh } = await signIn(served, email, password, bareClient);
    const attempt = sdkFor(served).revokeToken({ Token: refresh, ClientId: bareClient });
    expect((await refusalOf(attempt)).name).toBe("UnsupportedOperationException");
  });
});

describe("rotation", () => {
  const renew = (RefreshToken: string) =>
    sdkFor(served).getTokensFromRefreshToken({ ClientId: rotatingClient, RefreshToken });

  test("each refresh token works once, within a grace period more often, and its reuse ends nothing else", async () => {
    const { refresh: first } = await signIn(served, email, password, rotatingClient);
    const second = (await renew(first)).AuthenticationResult?.RefreshToken ?? "";
    expect(second).not.toBe(first);
    served.clock.advance(9);
    const sibling = (await renew(first)).AuthenticationResult?.RefreshToken ?? "";
    served.clock.advance(1);
    expect((await refusalOf(renew(first))).name).toBe("RefreshTokenReuseException");
    await renew(second);
    await renew(sibling);
  });

  test("does not make a sign-in live longer", async () => {
    const { refresh } = await signIn(served, email, password, rotatingClient);
    served.clock.advance(29 * 86_400);
    const next = (await renew(refresh)).AuthenticationResult?.RefreshToken ?? "";
    served.clock.advance(86_400);
    expect((await refusalOf(renew(next))).message).toBe("Refresh Token has expired");
  });

  test("takes REFRESH_TOKEN_AUTH's place", async () => {
    const { refresh } = await signIn(served, email, password, rotatingClient);
    const AuthParameters = { REFRESH_TOKEN: refresh };
    const attempt = sdkFor(served).initiateAuth({
      ClientId: rotatingClient,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters,
    });
    expect((await refusalOf(attempt)).name).toBe("InvalidParameterException");
  });

  test("off, GetTokensFromRefreshToken gives no new refresh token", async () => {
    const { refresh } = await signIn(served, email);
    const answer = await sdkFor(served).getTokensFromRefreshToken({ ClientId, RefreshToken: refresh });
    expect(answer.AuthenticationResult?.AccessToken).toBeDefined();
    expect(answer.AuthenticationResult?.RefreshToken).toBeUndefined();
  });
});

describe("Cognito's own operations refuse as access token", () => {
  test.each([
    ["an ID token", async () => (await signIn(served, email)).id],
    ["a test token, which opened no session", async () => mint({})],
    ["a token without the scope", async () => mint({ claims: { scope: "other" } })],
    ["a token of another issuer", async () => mint({ claims: { iss: "https://evil.example" } })],
    ["junk", async () => "a.b.c"],
  ])("%s", async (_name, token) => {
    const refusal = await refusalOf(sdkFor(served).getUser({ AccessToken: await token() }));
    expect(refusal.name).toBe("NotAuthorizedException");
  });

  async function mint(request: Parameters<ServedCognito["cognito"]["mintToken"]>[0]): Promise<string> {
    const minted = await served.cognito.mintToken({ username: email, ...request });
    if (!("token" in minted)) throw new Error(minted.refused);
    return minted.token;
  }

  test("and a user who signed up in the meantime is another", async () => {
    await signUpConfirmed(served, "brief@example.com");
    const { access } = await signIn(served, "brief@example.com");
    await sdkFor(served).adminDeleteUser({ UserPoolId: poolId, Username: "brief@example.com" });
    await signUpConfirmed(served, "brief@example.com");
    expect((await refusalOf(sdkFor(served).getUser({ AccessToken: access }))).name).toBe("NotAuthorizedException");
  });
});

describe("test tokens", () => {
  test("have Cognito's claims for a known user, and any claim can be changed or taken away", async () => {
    const minted = await served.cognito.mintToken({
      username: email,
      tokenUse: "id",
      claims: { "custom:team": "other", email: null },
      expiresInSeconds: 300,
    });
    const claims = "token" in minted ? decodeJwt(minted.token) : {};
    expect(claims).toMatchObject({ sub, aud: ClientId, token_use: "id", "custom:team": "other" });
    expect(Object.keys(claims)).not.toContain("email");
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
  });

  test("of an unknown name are the same person each time; an expired one was issued before it expired", async () => {
    const subs = new Set<unknown>();
    for (const expiresInSeconds of [60, -60]) {
      const minted = await served.cognito.mintToken({ username: "made-up", expiresInSeconds });
      const claims = "token" in minted ? decodeJwt(minted.token) : {};
      subs.add(claims.sub);
      expect(Number(claims.exp)).toBe(Math.floor(served.clock.nowMilliseconds() / 1000) + expiresInSeconds);
      expect(Number(claims.iat)).toBeLessThan(Number(claims.exp));
    }
    expect(subs.size).toBe(1);
  });

  test.each([[{ userPoolId: "eu-west-1_none" }], [{ clientId: "none" }], [{ userPoolId: "__proto__" }]])(
    "for %j are refused with a sentence",
    async (request) => expect(await served.cognito.mintToken(request)).toHaveProperty("refused"),
  );
});
