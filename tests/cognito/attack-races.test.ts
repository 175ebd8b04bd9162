import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { totpCode, totpStep } from "../../harness/cognito/totp.ts";
import {
  clientId as ClientId,
  type PoolProgram,
  password,
  type ServedCognito,
  sdkFor,
  serveCognito,
  signIn,
  signUpConfirmed,
  todoPool,
} from "../support/cognito-pool.ts";

const rotating = "rotating";
const program: PoolProgram = {
  pool: { ...todoPool, mfaConfiguration: "OPTIONAL", softwareTokenMfaConfiguration: { enabled: true } },
  clients: {
    [rotating]: {
      explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
      preventUserExistenceErrors: "ENABLED",
      refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 0 },
    },
  },
};

let served: ServedCognito;
beforeAll(async () => {
  served = await serveCognito(program);
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

const times = 8;

/** Sends all at once; answers how many were granted, and the names of the refusals. */
async function race(attempt: (index: number) => Promise<unknown>) {
  const settled = await Promise.allSettled(Array.from({ length: times }, (_, index) => attempt(index)));
  const refusals = settled.flatMap((each) => (each.status === "rejected" ? [String(each.reason.name)] : []));
  return { granted: times - refusals.length, refusals: [...new Set(refusals)] };
}

/** Hands a request over without a socket between, so that all begin in the same turn of the event loop. */
async function atOnce(operation: string, body: object): Promise<void> {
  const response = await served.cognito.handle({
    method: "POST",
    target: "/",
    headers: [["x-amz-target", `AWSCognitoIdentityProviderService.${operation}`]],
    body: Buffer.from(JSON.stringify(body)),
    bodyTooLarge: false,
    sourceAddress: "127.0.0.1",
    receivedAtMilliseconds: served.clock.nowMilliseconds(),
  });
  if (response.status === 200) return;
  const { __type: name } = JSON.parse(String(response.body)) as { readonly __type: string };
  throw Object.assign(new Error("the call was refused"), { name });
}

describe("of requests that arrive at the same moment, one is granted", () => {
  test("with one reset code", async () => {
    const Username = "reset@example.com";
    await signUpConfirmed(served, Username);
    await sdkFor(served).forgotPassword({ ClientId, Username });
    const ConfirmationCode = served.code(Username);
    const outcome = await race((index) =>
      sdkFor(served).confirmForgotPassword({
        ClientId,
        Username,
        ConfirmationCode,
        Password: `Another-horse-${index}`,
      }),
    );
    expect(outcome).toEqual({ granted: 1, refusals: ["ExpiredCodeException"] });
  });

  test("with one refresh token that is rotated", async () => {
    const Username = "rotated@example.com";
    await signUpConfirmed(served, Username);
    const { refresh: RefreshToken } = await signIn(served, Username, password, rotating);
    const outcome = await race(() => atOnce("GetTokensFromRefreshToken", { ClientId: rotating, RefreshToken }));
    expect(outcome).toEqual({ granted: 1, refusals: ["RefreshTokenReuseException"] });
  });

  test("with one code of an authenticator app, in as many sign-ins", async () => {
    const Username = "app@example.com";
    const sdk = sdkFor(served);
    await signUpConfirmed(served, Username);
    const { access: AccessToken } = await signIn(served, Username);
    const { SecretCode = "" } = await sdk.associateSoftwareToken({ AccessToken });
    const codeNow = () => totpCode(SecretCode, totpStep(served.clock.nowMilliseconds()));
    await sdk.verifySoftwareToken({ AccessToken, UserCode: codeNow() });
    await sdk.setUserMFAPreference({ AccessToken, SoftwareTokenMfaSettings: { Enabled: true } });
    served.clock.advance(60);
    const sessions = await Promise.all(
      Array.from({ length: times }, () =>
        sdk.initiateAuth({
          ClientId,
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME: Username, PASSWORD: password },
        }),
      ),
    );
    const SOFTWARE_TOKEN_MFA_CODE = codeNow();
    const outcome = await race((index) =>
      sdk.respondToAuthChallenge({
        ClientId,
        ChallengeName: "SOFTWARE_TOKEN_MFA",
        Session: sessions[index]?.Session,
        ChallengeResponses: { USERNAME: Username, SOFTWARE_TOKEN_MFA_CODE },
      }),
    );
    expect(outcome.granted).toBe(1);
  });
});

test("guesses that arrive at the same moment are all counted: five are compared", async () => {
  const Username = "guessed@example.com";
  await signUpConfirmed(served, Username);
  const attempts = Array.from({ length: 12 }, (_, index) => signIn(served, Username, `Guessed-horse-${index}`));
  const messages = (await Promise.allSettled(attempts)).map((each) =>
    each.status === "rejected" ? String(each.reason.message) : "granted",
  );
  expect(messages.filter((message) => message === "Incorrect username or password.")).toHaveLength(5);
  expect(messages.filter((message) => message === "Password attempts exceeded")).toHaveLength(7);
});
