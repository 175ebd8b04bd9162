import { createHmac } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exchange, type Session, sessionStore } from "../../harness/cognito/sessions.ts";
import {
  allFlows,
  clientId as ClientId,
  call,
  refusalOf,
  type ServedCognito,
  sdkFor,
  serveCognito,
  signIn,
  signUpConfirmed,
  poolId as UserPoolId,
} from "../support/cognito-pool.ts";

const email = "alice@example.com";
const other = "other";
let served: ServedCognito;
beforeAll(async () => {
  served = await serveCognito({
    clients: { [other]: allFlows },
  });
  await signUpConfirmed(served, email);
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("an access token that Cognito did not sign", () => {
  const forgeries: readonly (readonly [string, (token: string) => string | Promise<string>])[] = [
    ["unsigned", (token) => `${part({ ...decodeProtectedHeader(token), alg: "none" })}.${part(decodeJwt(token))}.`],
    [
      "signed with the public key as an HMAC's",
      (token) => {
        const { iss = "" } = decodeJwt(token);
        const found = served.cognito.findSigningKey(iss, decodeProtectedHeader(token).kid ?? "");
        if (found?.kind !== "found") throw new Error("the key is not there");
        const pem = found.key.export({ type: "spki", format: "pem" });
        const signed = `${part({ ...decodeProtectedHeader(token), alg: "HS256" })}.${part(decodeJwt(token))}`;
        return `${signed}.${createHmac("sha256", pem).update(signed).digest("base64url")}`;
      },
    ],
    [
      "with other claims under the old signature",
      (token) => {
        const [header, , signature] = token.split(".");
        return `${header}.${part({ ...decodeJwt(token), sub: "another" })}.${signature}`;
      },
    ],
    [
      "with a key of its own in the header",
      (token) => {
        const [, claims, signature] = token.split(".");
        return `${part({ ...decodeProtectedHeader(token), jwk: { kty: "oct", k: "AA" }, crit: ["exp"] })}.${claims}.${signature}`;
      },
    ],
    [
      "of the ID token under the access token's kid",
      async (token) => {
        const [, claims, signature] = (await signIn(served, email)).id.split(".");
        return `${part(decodeProtectedHeader(token))}.${claims}.${signature}`;
      },
    ],
    [
      "of a pool of the same id elsewhere",
      async () => {
        const elsewhere = await serveCognito();
        await signUpConfirmed(elsewhere, email);
        const { access } = await signIn(elsewhere, email);
        await elsewhere.close();
        return access;
      },
    ],
  ];
  test.each(forgeries)("is refused: %s", async (_kind, forge) => {
    const { access } = await signIn(served, email);
    const { status, body } = await call(served, "GetUser", { AccessToken: await forge(access) });
    expect([status, body.__type]).toEqual([400, "NotAuthorizedException"]);
  });
});

describe("every operation that takes an access token", () => {
  const operations: readonly (readonly [string, object])[] = [
    ["GetUser", {}],
    ["ChangePassword", { PreviousPassword: "Correct-horse-7", ProposedPassword: "Another-horse-8" }],
    ["UpdateUserAttributes", { UserAttributes: [] }],
    ["GetUserAttributeVerificationCode", { AttributeName: "email" }],
    ["VerifyUserAttribute", { AttributeName: "email", Code: "123456" }],
    ["AssociateSoftwareToken", {}],
    ["VerifySoftwareToken", { UserCode: "123456" }],
    ["SetUserMFAPreference", {}],
    ["GlobalSignOut", {}],
    ["DeleteUser", {}],
  ];
  test.each(operations)("%s refuses one that was signed out, and an ID token", async (operation, body) => {
    const { access, id } = await signIn(served, email);
    await sdkFor(served).globalSignOut({ AccessToken: access });
    for (const AccessToken of [access, id]) {
      const refused = await call(served, operation, { ...body, AccessToken });
      expect([refused.status, refused.body.__type]).toEqual([400, "NotAuthorizedException"]);
    }
  });
});

describe("a refresh token", () => {
  const refresh = (REFRESH_TOKEN: string, client = ClientId) =>
    sdkFor(served).initiateAuth({
      ClientId: client,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN },
    });

  test("is one client's in every operation that takes it", async () => {
    const { refresh: token } = await signIn(served, email);
    const sdk = sdkFor(served);
    for (const attempt of [
      refresh(token, other),
      sdk.getTokensFromRefreshToken({ ClientId: other, RefreshToken: token }),
      sdk.revokeToken({ ClientId: other, Token: token }),
    ]) {
      expect((await refusalOf(attempt)).name).toBe("NotAuthorizedException");
    }
    expect((await refresh(token)).AuthenticationResult?.AccessToken).toBeDefined();
  });

  test("does not come back to life with a user who is disabled and enabled again", async () => {
    const { refresh: token } = await signIn(served, email);
    const sdk = sdkFor(served);
    await sdk.adminDisableUser({ UserPoolId, Username: email });
    await sdk.adminEnableUser({ UserPoolId, Username: email });
    expect((await refusalOf(refresh(token))).name).toBe("NotAuthorizedException");
  });

  test("changed by one character is refused", async () => {
    const { refresh: token } = await signIn(served, email);
    for (const at of [3, Math.floor(token.length / 2), token.length - 3]) {
      const changed = `${token.slice(0, at)}${token.charAt(at) === "A" ? "B" : "A"}${token.slice(at + 1)}`;
      expect((await refusalOf(refresh(changed))).name).toBe("NotAuthorizedException");
    }
  });
});

describe("what is kept of sign-ins", () => {
  const session: Session = {
    eventId: "event",
    originJti: "origin",
    sub: "sub",
    clientId: ClientId,
    authTimeSeconds: 0,
    expiresAtMilliseconds: 3_600_000,
    live: [[0, null]],
    nextGeneration: 1,
  };

  test("does not grow with every retry within the grace period", () => {
    let grown = session;
    for (let retry = 0; retry < 1000; retry += 1) {
      const exchanged = exchange(grown, 0, 60, retry);
      if (exchanged === "reused") throw new Error("the grace period is not over");
      grown = exchanged.session;
    }
    expect(grown.live.length).toBeLessThanOrEqual(102);
    expect(exchange(grown, 1000, 60, 2000)).not.toBe("reused");
  });

  test("outlives the refresh token by the longest access token, however many sign-ins there are", () => {
    const hour = 3_600_000;
    let now = 0;
    const store = sessionStore(
      [session],
      () => now,
      () => undefined,
    );
    const flood = (from: number) => {
      for (let index = 0; index < 1100; index += 1) {
        store.save({ ...session, eventId: `other-${from + index}`, expiresAtMilliseconds: now + hour });
      }
    };
    now = 2 * hour;
    flood(0);
    expect(store.get("event")).toBeDefined();
    now = 30 * hour;
    flood(2000);
    expect(store.get("event")).toBeUndefined();
    expect(store.all().length).toBeLessThan(2500);
  });
});
