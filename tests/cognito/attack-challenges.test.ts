import { describe, expect, test } from "vitest";
import { totpCode, totpStep } from "../../harness/cognito/totp.ts";
import {
  allFlows,
  clientId as ClientId,
  call,
  type PoolProgram,
  password,
  refusalOf,
  type ServedCognito,
  sdkFor,
  servePerTest,
  signIn,
  signUpConfirmed,
  todoPool,
  poolId as UserPoolId,
} from "../support/cognito-pool.ts";

const serve = servePerTest();

const Username = "alice@example.com";
const temporary = "Temporary-horse-6";

function start(served: ServedCognito, secret = password, client = ClientId) {
  return sdkFor(served).initiateAuth({
    ClientId: client,
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: Username, PASSWORD: secret },
  });
}

type SessionChallenge = "NEW_PASSWORD_REQUIRED" | "SOFTWARE_TOKEN_MFA" | "MFA_SETUP";

function answer(
  served: ServedCognito,
  ChallengeName: SessionChallenge,
  Session: string | undefined,
  responses: Readonly<Record<string, string>> = {},
  client = ClientId,
) {
  return sdkFor(served).respondToAuthChallenge({
    ClientId: client,
    ChallengeName,
    Session,
    ChallengeResponses: { USERNAME: Username, ...responses },
  });
}

describe("a session of a challenge", () => {
  async function invited(program: PoolProgram = {}) {
    const served = await serve(program);
    await sdkFor(served).adminCreateUser({ UserPoolId, Username, TemporaryPassword: temporary });
    return served;
  }

  test("is its own user's, whatever name the answer gives", async () => {
    const served = await invited();
    await signUpConfirmed(served, "mallory@example.com");
    const { Session } = await start(served, temporary);
    for (const USERNAME of ["mallory@example.com", "nobody@example.com", "__proto__", "constructor"]) {
      const stolen = answer(served, "NEW_PASSWORD_REQUIRED", Session, { USERNAME, NEW_PASSWORD: password });
      expect((await refusalOf(stolen)).name).toBe("NotAuthorizedException");
    }
    const { AuthenticationResult: result } = await answer(served, "NEW_PASSWORD_REQUIRED", Session, {
      NEW_PASSWORD: password,
    });
    expect(result?.AccessToken).toBeDefined();
  });

  test("ends when the password is changed: a leaked temporary one does not outlive the user's own", async () => {
    const served = await invited();
    const [leaked, owner] = [await start(served, temporary), await start(served, temporary)];
    await answer(served, "NEW_PASSWORD_REQUIRED", owner.Session, { NEW_PASSWORD: password });
    const takeover = answer(served, "NEW_PASSWORD_REQUIRED", leaked.Session, { NEW_PASSWORD: "Mallory-horse-9" });
    expect((await refusalOf(takeover)).name).toBe("NotAuthorizedException");
    await signIn(served, Username);
  });

  test("is one client's, one challenge's, for three minutes and once", async () => {
    const served = await invited({ clients: { other: allFlows } });
    const refused = async (attempt: Promise<unknown>) =>
      expect((await refusalOf(attempt)).name).toBe("NotAuthorizedException");
    const { Session } = await start(served, temporary);
    const given = { NEW_PASSWORD: password };
    await refused(answer(served, "NEW_PASSWORD_REQUIRED", Session, given, "other"));
    await refused(answer(served, "SOFTWARE_TOKEN_MFA", Session, { SOFTWARE_TOKEN_MFA_CODE: "123456" }));
    await refused(answer(served, "MFA_SETUP", Session));
    await answer(served, "NEW_PASSWORD_REQUIRED", Session, given);
    await refused(answer(served, "NEW_PASSWORD_REQUIRED", Session, given));
  });
});

describe("a second factor that a pool requires", () => {
  const required: PoolProgram = {
    pool: { ...todoPool, mfaConfiguration: "ON", softwareTokenMfaConfiguration: { enabled: true } },
  };
  const codeNow = (served: ServedCognito, secret: string) => totpCode(secret, totpStep(served.clock.nowMilliseconds()));

  async function paired(served: ServedCognito): Promise<string> {
    const sdk = sdkFor(served);
    const setup = await start(served);
    const { SecretCode = "", Session } = await sdk.associateSoftwareToken({ Session: setup.Session });
    await sdk.verifySoftwareToken({ Session, UserCode: codeNow(served, SecretCode) });
    await answer(served, "MFA_SETUP", Session);
    return SecretCode;
  }

  test("is not skipped by a session that was opened before the app was paired", async () => {
    const served = await serve(required);
    await signUpConfirmed(served, Username);
    const early = await start(served);
    expect(early.ChallengeName).toBe("MFA_SETUP");
    await paired(served);
    expect((await refusalOf(answer(served, "MFA_SETUP", early.Session))).name).toBe("NotAuthorizedException");
    // Nor is the app replaced by it.
    const replace = sdkFor(served).associateSoftwareToken({ Session: early.Session });
    expect((await refusalOf(replace)).name).toBe("NotAuthorizedException");
  });

  test("is not guessed by asking for the password again and again", async () => {
    const served = await serve(required);
    await signUpConfirmed(served, Username);
    const secret = await paired(served);
    served.clock.advance(60);
    for (let guess = 0; guess < 5; guess += 1) {
      const { Session } = await start(served);
      const wrong = answer(served, "SOFTWARE_TOKEN_MFA", Session, { SOFTWARE_TOKEN_MFA_CODE: "12345x" });
      expect((await refusalOf(wrong)).name).toBe("CodeMismatchException");
    }
    const { Session } = await start(served);
    const right = () =>
      answer(served, "SOFTWARE_TOKEN_MFA", Session, { SOFTWARE_TOKEN_MFA_CODE: codeNow(served, secret) });
    expect((await refusalOf(right())).name).toBe("NotAuthorizedException");
    served.clock.advance(2);
    expect((await right()).AuthenticationResult?.AccessToken).toBeDefined();
  });

  test("stands before every token: no other operation gives one for the password alone", async () => {
    const served = await serve(required);
    await signUpConfirmed(served, Username);
    await paired(served);
    const { Session } = await start(served);
    for (const [operation, body] of [
      ["AssociateSoftwareToken", { Session }],
      ["VerifySoftwareToken", { Session, UserCode: "123456" }],
      ["GetTokensFromRefreshToken", { ClientId, RefreshToken: "a.b.c.d.e" }],
    ] as const) {
      const { status, body: answered } = await call(served, operation, body);
      expect([operation, status, answered.__type]).toEqual([operation, 400, "NotAuthorizedException"]);
    }
    const byAdministrator = await sdkFor(served).adminInitiateAuth({
      UserPoolId,
      ClientId,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: Username, PASSWORD: password },
    });
    expect([byAdministrator.ChallengeName, byAdministrator.AuthenticationResult]).toEqual([
      "SOFTWARE_TOKEN_MFA",
      undefined,
    ]);
  });
});

describe("who signs in by an alias", () => {
  test("cannot be told from nobody by the name that SRP answers", async () => {
    const served = await serve({
      pool: { aliasAttributes: ["email"], autoVerifiedAttributes: ["email"] },
    });
    const challenge = async (USERNAME: string) => {
      const { ChallengeParameters = {} } = await sdkFor(served).initiateAuth({
        ClientId,
        AuthFlow: "USER_SRP_AUTH",
        AuthParameters: { USERNAME, SRP_A: "abc" },
      });
      return ChallengeParameters;
    };
    // Nobody's user name can be an address here, so an answer that repeats one gives the absence away.
    const unknown = await challenge("nobody@example.com");
    expect(unknown.USER_ID_FOR_SRP).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect((await challenge("nobody@example.com")).USER_ID_FOR_SRP).toBe(unknown.USER_ID_FOR_SRP);
    expect((await challenge("nobody")).USER_ID_FOR_SRP).toBe("nobody");
  });
});
