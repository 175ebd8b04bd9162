import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  clientId as ClientId,
  password,
  refusalOf,
  type ServedCognito,
  sdkFor,
  serveCognito,
  signIn,
  signUpConfirmed,
} from "../support/cognito-pool.ts";

let served: ServedCognito;
beforeAll(async () => {
  served = await serveCognito();
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

describe("each step of a user's life through the AWS SDK", () => {
  const newPassword = "Another-horse-8";

  test("sign up: one password rule at a time, and a name only once", async () => {
    const sdk = sdkFor(served);
    const Username = "walk@example.com";
    const cases = [
      ["short-P1", "InvalidPasswordException", "Password did not conform with policy: Password not long enough"],
      [
        "correct-horse-7",
        "InvalidPasswordException",
        "Password did not conform with policy: Password must have uppercase characters",
      ],
      [
        "CORRECT-HORSE-7",
        "InvalidPasswordException",
        "Password did not conform with policy: Password must have lowercase characters",
      ],
      [
        "Correct-horse-x",
        "InvalidPasswordException",
        "Password did not conform with policy: Password must have numeric characters",
      ],
      [
        "Correcthorse77",
        "InvalidPasswordException",
        "Password did not conform with policy: Password must have symbol characters",
      ],
    ];
    for (const [Password, name, message] of cases) {
      expect(await refusalOf(sdk.signUp({ ClientId, Username, Password }))).toEqual({ name, message });
    }
    expect((await refusalOf(sdk.signUp({ ClientId, Username, Password: "P1-x" }))).name).toBe(
      "InvalidParameterException",
    );
    expect((await refusalOf(sdk.signUp({ ClientId, Username: "walk", Password: password }))).message).toBe(
      "Username should be an email.",
    );
    const answer = await sdk.signUp({ ClientId, Username, Password: password });
    expect(answer).toMatchObject({
      UserConfirmed: false,
      CodeDeliveryDetails: { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "w***@e***" },
    });
    expect(answer.UserSub).toMatch(/^[0-9a-f-]{36}$/);
    expect(await refusalOf(sdk.signUp({ ClientId, Username: "WALK@example.com", Password: password }))).toEqual({
      name: "UsernameExistsException",
      message: "An account with the given email already exists.",
    });
  });

  test("unconfirmed: no sign-in; wrong code, right code, and not twice", async () => {
    const sdk = sdkFor(served);
    const Username = "unconfirmed@example.com";
    await sdk.signUp({ ClientId, Username, Password: password });
    expect(await refusalOf(signIn(served, Username))).toEqual({
      name: "UserNotConfirmedException",
      message: "User is not confirmed.",
    });
    const wrong = served.code(Username) === "000000" ? "000001" : "000000";
    expect(await refusalOf(sdk.confirmSignUp({ ClientId, Username, ConfirmationCode: wrong }))).toEqual({
      name: "CodeMismatchException",
      message: "Invalid verification code provided, please try again.",
    });
    const first = served.code(Username);
    await sdk.resendConfirmationCode({ ClientId, Username });
    expect(served.code(Username)).not.toBe(first);
    await sdk.confirmSignUp({ ClientId, Username, ConfirmationCode: served.code(Username) });
    expect(await refusalOf(sdk.confirmSignUp({ ClientId, Username, ConfirmationCode: served.code(Username) }))).toEqual(
      { name: "NotAuthorizedException", message: "User cannot be confirmed. Current status is CONFIRMED" },
    );
    expect(await refusalOf(sdk.resendConfirmationCode({ ClientId, Username }))).toEqual({
      name: "InvalidParameterException",
      message: "User is already confirmed.",
    });
  });

  test("six wrong passwords: the sixth is not even compared, and the lock opens by itself", async () => {
    const Username = "locked-out@example.com";
    await signUpConfirmed(served, Username);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(await refusalOf(signIn(served, Username, "Wrong-horse-7"))).toEqual({
        name: "NotAuthorizedException",
        message: "Incorrect username or password.",
      });
    }
    expect(await refusalOf(signIn(served, Username, password))).toEqual({
      name: "NotAuthorizedException",
      message: "Password attempts exceeded",
    });
    served.clock.advance(1);
    expect((await refusalOf(signIn(served, Username, "Wrong-horse-7"))).message).toBe(
      "Incorrect username or password.",
    );
    served.clock.advance(1);
    expect((await refusalOf(signIn(served, Username))).message).toBe("Password attempts exceeded");
    served.clock.advance(1);
    expect((await signIn(served, Username)).access).not.toBe("");
  });

  test("sign in, refresh, read oneself, change the password", async () => {
    const sdk = sdkFor(served);
    const Username = "changing@example.com";
    await signUpConfirmed(served, Username);
    const tokens = await signIn(served, Username);
    const refreshed = await sdk.initiateAuth({
      ClientId,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: tokens.refresh },
    });
    expect(refreshed.AuthenticationResult?.RefreshToken).toBeUndefined();
    const AccessToken = refreshed.AuthenticationResult?.AccessToken ?? "";
    const self = await sdk.getUser({ AccessToken });
    expect(self.UserAttributes).toEqual([
      { Name: "sub", Value: self.Username },
      { Name: "email", Value: Username },
      { Name: "email_verified", Value: "true" },
    ]);
    expect(
      await refusalOf(
        sdk.changePassword({ AccessToken, PreviousPassword: "Wrong-horse-7", ProposedPassword: newPassword }),
      ),
    ).toEqual({ name: "NotAuthorizedException", message: "Incorrect username or password." });
    await sdk.changePassword({ AccessToken, PreviousPassword: password, ProposedPassword: newPassword });
    expect((await refusalOf(signIn(served, Username))).message).toBe("Incorrect username or password.");
    await signIn(served, Username, newPassword);
    const AuthParameters = { REFRESH_TOKEN: tokens.refresh };
    const later = await sdk.initiateAuth({ ClientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters });
    expect(later.AuthenticationResult?.AccessToken).toBeDefined();
  });

  test("forgot and reset", async () => {
    const sdk = sdkFor(served);
    const Username = "who-forgot@example.com";
    await signUpConfirmed(served, Username);
    const sent = await sdk.forgotPassword({ ClientId, Username });
    expect(sent.CodeDeliveryDetails).toEqual({
      AttributeName: "email",
      DeliveryMedium: "EMAIL",
      Destination: "w***@e***",
    });
    const reset = { ClientId, Username, Password: newPassword };
    const wrong = served.code(Username) === "000000" ? "000001" : "000000";
    expect((await refusalOf(sdk.confirmForgotPassword({ ...reset, ConfirmationCode: wrong }))).name).toBe(
      "CodeMismatchException",
    );
    await sdk.confirmForgotPassword({ ...reset, ConfirmationCode: served.code(Username) });
    expect(await refusalOf(sdk.confirmForgotPassword({ ...reset, ConfirmationCode: served.code(Username) }))).toEqual({
      name: "ExpiredCodeException",
      message: "Invalid code provided, please request a code again.",
    });
    await signIn(served, Username, newPassword);
  });

  test("global sign-out ends refresh and access tokens for Cognito; delete ends the user", async () => {
    const sdk = sdkFor(served);
    const Username = "leaving@example.com";
    await signUpConfirmed(served, Username);
    const tokens = await signIn(served, Username);
    const other = await signIn(served, Username);
    await sdk.globalSignOut({ AccessToken: tokens.access });
    expect(await refusalOf(sdk.getUser({ AccessToken: other.access }))).toEqual({
      name: "NotAuthorizedException",
      message: "Access Token has been revoked",
    });
    expect(
      await refusalOf(
        sdk.initiateAuth({
          ClientId,
          AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN: other.refresh },
        }),
      ),
    ).toEqual({ name: "NotAuthorizedException", message: "Refresh Token has been revoked" });
    const last = await signIn(served, Username);
    await sdk.deleteUser({ AccessToken: last.access });
    expect((await refusalOf(sdk.getUser({ AccessToken: last.access }))).name).toBe("NotAuthorizedException");
    expect(await refusalOf(signIn(served, Username))).toEqual({
      name: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
  });
});

describe("what time does", () => {
  test("codes expire: sign-up after a day, reset after an hour", async () => {
    const sdk = sdkFor(served);
    const expired = { name: "ExpiredCodeException", message: "Invalid code provided, please request a code again." };
    const Username = "late@example.com";
    await sdk.signUp({ ClientId, Username, Password: password });
    served.clock.advance(86_401);
    const ConfirmationCode = served.code(Username);
    expect(await refusalOf(sdk.confirmSignUp({ ClientId, Username, ConfirmationCode }))).toEqual(expired);
    await sdk.resendConfirmationCode({ ClientId, Username });
    await sdk.confirmSignUp({ ClientId, Username, ConfirmationCode: served.code(Username) });
    await sdk.forgotPassword({ ClientId, Username });
    served.clock.advance(3601);
    const late = { ClientId, Username, ConfirmationCode: served.code(Username), Password: password };
    expect(await refusalOf(sdk.confirmForgotPassword(late))).toEqual(expired);
  });

  test("access tokens expire after their hour, refresh tokens after their thirty days", async () => {
    const sdk = sdkFor(served);
    await signUpConfirmed(served, "old@example.com");
    const tokens = await signIn(served, "old@example.com");
    served.clock.advance(3601);
    expect(await refusalOf(sdk.getUser({ AccessToken: tokens.access }))).toEqual({
      name: "NotAuthorizedException",
      message: "Access Token has expired",
    });
    const refresh = () =>
      sdk.initiateAuth({ ClientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: tokens.refresh } });
    await refresh();
    served.clock.advance(30 * 86_400);
    expect(await refusalOf(refresh())).toEqual({
      name: "NotAuthorizedException",
      message: "Refresh Token has expired",
    });
  });
});

describe("attempts are limited", () => {
  const limit = {
    name: "LimitExceededException",
    message: "Attempt limit exceeded, please try after some time.",
  };

  test("reset codes: five an hour", async () => {
    const sdk = sdkFor(served);
    const Username = "asks@example.com";
    await signUpConfirmed(served, Username);
    for (let sent = 0; sent < 5; sent += 1) await sdk.forgotPassword({ ClientId, Username });
    expect(await refusalOf(sdk.forgotPassword({ ClientId, Username }))).toEqual(limit);
    served.clock.advance(3601);
    await sdk.forgotPassword({ ClientId, Username });
  });

  test("wrong reset codes: five, and then not even the right one", async () => {
    const sdk = sdkFor(served);
    const Username = "guesses@example.com";
    await signUpConfirmed(served, Username);
    await sdk.forgotPassword({ ClientId, Username });
    const code = served.code(Username);
    const attempt = (ConfirmationCode: string) =>
      sdk.confirmForgotPassword({ ClientId, Username, ConfirmationCode, Password: password });
    for (let guess = 0; guess < 5; guess += 1) {
      const wrong = String((Number(code) + 1 + guess) % 1_000_000).padStart(6, "0");
      expect((await refusalOf(attempt(wrong))).name).toBe("CodeMismatchException");
    }
    expect(await refusalOf(attempt(code))).toEqual(limit);
  });

  test("wrong previous passwords when changing one", async () => {
    const sdk = sdkFor(served);
    await signUpConfirmed(served, "changes@example.com");
    const { access: AccessToken } = await signIn(served, "changes@example.com");
    const attempt = (PreviousPassword: string) =>
      sdk.changePassword({ AccessToken, PreviousPassword, ProposedPassword: "Another-horse-8" });
    const names: string[] = [];
    for (let guess = 0; guess < 8; guess += 1) names.push((await refusalOf(attempt("Wrong-horse-7"))).name);
    expect(names).toEqual([...Array(5).fill("NotAuthorizedException"), ...Array(3).fill("LimitExceededException")]);
  });
});
