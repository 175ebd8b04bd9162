import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { secretHash } from "../../harness/cognito/secret-hash.ts";
import { totpCode, totpStep } from "../../harness/cognito/totp.ts";
import {
  allFlows,
  clientId as ClientId,
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

describe("preventUserExistenceErrors", () => {
  /** The same calls for a user who exists and one who does not: what the client can see of the answers. */
  async function compared(served: ServedCognito, Username: string): Promise<readonly unknown[]> {
    const sdk = sdkFor(served);
    const seen = async (attempt: Promise<object>) =>
      attempt.then(
        ({ $metadata: _metadata, ...answer }: { $metadata?: unknown }) => answer,
        ({ name, message }: Error) => ({ name, message }),
      );
    const reset = (ConfirmationCode: string) =>
      sdk.confirmForgotPassword({ ClientId, Username, ConfirmationCode, Password: "Another-horse-8" });
    const wrongCode = "12345x";
    const answers = [await seen(signIn(served, Username, "Wrong-horse-7")), await seen(reset(wrongCode))];
    for (let turn = 0; turn < 6; turn += 1) answers.push(await seen(sdk.forgotPassword({ ClientId, Username })));
    for (let turn = 0; turn < 6; turn += 1) answers.push(await seen(reset(wrongCode)));
    return answers;
  }

  test("ENABLED: known and unknown users look the same, down to the limits", async () => {
    const served = await serve({});
    await signUpConfirmed(served, "known@example.com");
    const known = await compared(served, "known@example.com");
    const unknown = await compared(served, "kunknown@example.com");
    expect(unknown).toEqual(known);
    const confirm = (Username: string) =>
      sdkFor(served).confirmSignUp({ ClientId, Username, ConfirmationCode: "123456" });
    expect((await refusalOf(confirm("never@example.com"))).name).toBe("ExpiredCodeException");
    await sdkFor(served).signUp({ ClientId, Username: "open@example.com", Password: password });
    const resent = await Promise.all(
      ["open@example.com", "opossum@example.com"].map((Username) =>
        sdkFor(served).resendConfirmationCode({ ClientId, Username }),
      ),
    );
    expect(resent[1]?.CodeDeliveryDetails).toEqual(resent[0]?.CodeDeliveryDetails);
  });

  test("ENABLED: disabled and unverified users look unknown to ForgotPassword", async () => {
    const served = await serve({});
    const sdk = sdkFor(served);
    await signUpConfirmed(served, "disabled@example.com");
    await sdk.adminDisableUser({ UserPoolId, Username: "disabled@example.com" });
    const before = served.cognito.outbox().length;
    expect(
      (await sdk.forgotPassword({ ClientId, Username: "disabled@example.com" })).CodeDeliveryDetails,
    ).toBeDefined();
    expect(served.cognito.outbox()).toHaveLength(before);
  });

  test("LEGACY: an unknown user is told so everywhere", async () => {
    const served = await serve({ client: { ...allFlows, preventUserExistenceErrors: "LEGACY" } });
    const sdk = sdkFor(served);
    const Username = "nobody@example.com";
    const unknown = { name: "UserNotFoundException", message: "User does not exist." };
    const srp = { USERNAME: Username, SRP_A: "abc" };
    for (const attempt of [
      signIn(served, Username),
      sdk.initiateAuth({ ClientId, AuthFlow: "USER_SRP_AUTH", AuthParameters: srp }),
      sdk.forgotPassword({ ClientId, Username }),
      sdk.confirmForgotPassword({ ClientId, Username, ConfirmationCode: "123456", Password: password }),
      sdk.confirmSignUp({ ClientId, Username, ConfirmationCode: "123456" }),
      sdk.resendConfirmationCode({ ClientId, Username }),
    ]) {
      expect(await refusalOf(attempt)).toEqual(unknown);
    }
    await sdk.signUp({ ClientId, Username, Password: password });
    expect(await refusalOf(sdk.forgotPassword({ ClientId, Username }))).toEqual({
      name: "InvalidParameterException",
      message: "Cannot reset password for the user as there is no registered/verified email or phone_number",
    });
  });
});

describe("flows that the client does not list", () => {
  test("are refused, with Cognito's words for the password", async () => {
    const served = await serve({ client: {} });
    const start = (AuthFlow: "USER_PASSWORD_AUTH" | "CUSTOM_AUTH" | "USER_AUTH") =>
      sdkFor(served).initiateAuth({
        ClientId,
        AuthFlow,
        AuthParameters: { USERNAME: "a@example.com", PASSWORD: password },
      });
    expect(await refusalOf(start("USER_PASSWORD_AUTH"))).toEqual({
      name: "InvalidParameterException",
      message: "USER_PASSWORD_AUTH flow not enabled for this client",
    });
    expect((await refusalOf(start("USER_AUTH"))).name).toBe("InvalidParameterException");
    expect((await refusalOf(start("CUSTOM_AUTH"))).name).toBe("InvalidParameterException");
  });
});

describe("a confidential client", () => {
  test("must prove its secret in every call, over Cognito's own user name once that is known", async () => {
    const served = await serve({ client: { ...allFlows, generateSecret: true } });
    const sdk = sdkFor(served);
    const Username = "secret@example.com";
    const hash = (name: string) => secretHash("asecretofthetest", name, ClientId);
    const signUp = { ClientId, Username, Password: password };
    expect((await refusalOf(sdk.signUp(signUp))).name).toBe("NotAuthorizedException");
    expect((await refusalOf(sdk.signUp({ ...signUp, SecretHash: hash("other@example.com") }))).name).toBe(
      "NotAuthorizedException",
    );
    const { UserSub = "" } = await sdk.signUp({ ...signUp, SecretHash: hash(Username) });
    const ConfirmationCode = served.code(Username);
    expect((await refusalOf(sdk.confirmSignUp({ ClientId, Username, ConfirmationCode }))).name).toBe(
      "NotAuthorizedException",
    );
    await sdk.confirmSignUp({ ClientId, Username, ConfirmationCode, SecretHash: hash(Username) });
    const start = (SECRET_HASH: string) =>
      sdk.initiateAuth({
        ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: Username, PASSWORD: password, SECRET_HASH },
      });
    const bare = { USERNAME: Username, PASSWORD: password };
    expect(
      await refusalOf(sdk.initiateAuth({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: bare })),
    ).toEqual({
      name: "NotAuthorizedException",
      message: `Client ${ClientId} is configured with secret but SECRET_HASH was not received`,
    });
    expect((await refusalOf(start("junk"))).message).toBe(`Unable to verify secret hash for client ${ClientId}`);
    const REFRESH_TOKEN = (await start(hash(Username))).AuthenticationResult?.RefreshToken ?? "";
    const refresh = (SECRET_HASH: string) =>
      sdk.initiateAuth({ ClientId, AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN, SECRET_HASH } });
    expect((await refusalOf(refresh(hash(Username)))).name).toBe("NotAuthorizedException");
    expect((await refresh(hash(UserSub))).AuthenticationResult?.AccessToken).toBeDefined();
    const renewal = { ClientId, RefreshToken: REFRESH_TOKEN };
    expect((await refusalOf(sdk.getTokensFromRefreshToken(renewal))).name).toBe("NotAuthorizedException");
    expect((await refusalOf(sdk.getTokensFromRefreshToken({ ...renewal, ClientSecret: "wrong" }))).name).toBe(
      "NotAuthorizedException",
    );
    const renewed = await sdk.getTokensFromRefreshToken({ ...renewal, ClientSecret: "asecretofthetest" });
    expect(renewed.AuthenticationResult?.AccessToken).toBeDefined();
    const revocation = { ClientId, Token: REFRESH_TOKEN };
    expect((await refusalOf(sdk.revokeToken(revocation))).name).toBe("NotAuthorizedException");
    await sdk.revokeToken({ ...revocation, ClientSecret: "asecretofthetest" });
  });

  /** @see https://github.com/qwigo/warrant/issues/74 */
  test.each(["email", "username"] as const)(
    "answers a challenge, going by the %s, over Cognito's own user name",
    async (by) => {
      const served = await serve({ client: { ...allFlows, generateSecret: true } });
      const sdk = sdkFor(served);
      const email = "made@example.com";
      const hash = (name: string) => secretHash("asecretofthetest", name, ClientId);
      const TemporaryPassword = "Temporary-horse-7";
      const { User } = await sdk.adminCreateUser({ UserPoolId, Username: email, TemporaryPassword });
      const username = User?.Username ?? "";
      expect(username).not.toBe(email);
      const { ChallengeName, Session } = await sdk.initiateAuth({
        ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: email, PASSWORD: TemporaryPassword, SECRET_HASH: hash(email) },
      });
      const answer = (proof: Readonly<Record<string, string>>) =>
        sdk.respondToAuthChallenge({
          ClientId,
          ChallengeName,
          Session,
          ChallengeResponses: { USERNAME: by === "email" ? email : username, NEW_PASSWORD: password, ...proof },
        });
      for (const proof of [{}, { SECRET_HASH: hash(email) }, { SECRET_HASH: "junk" }]) {
        expect((await refusalOf(answer(proof))).name).toBe("NotAuthorizedException");
      }
      expect((await answer({ SECRET_HASH: hash(username) })).AuthenticationResult?.AccessToken).toBeDefined();
    },
  );

  test("a public client that sends a hash is told that it has none", async () => {
    const served = await serve({});
    const attempt = sdkFor(served).signUp({
      ClientId,
      Username: "a@example.com",
      Password: password,
      SecretHash: "abc",
    });
    expect((await refusalOf(attempt)).name).toBe("NotAuthorizedException");
  });
});

describe("a pool with plain user names and verified aliases", () => {
  const program: PoolProgram = {
    pool: { aliasAttributes: ["email"], autoVerifiedAttributes: ["email"], schemas: [] },
  };

  test("keeps the name, lets people in by the alias once verified, and guards both", async () => {
    const served = await serve(program);
    const sdk = sdkFor(served);
    const signUp = (Username: string, email: string) =>
      sdk.signUp({ ClientId, Username, Password: password, UserAttributes: [{ Name: "email", Value: email }] });
    await signUp("Ana", "ana@example.com");
    await signUp("ana", "other@example.com");
    expect(await refusalOf(signUp("Ana", "third@example.com"))).toEqual({
      name: "UsernameExistsException",
      message: "User already exists",
    });
    expect((await refusalOf(signUp("x@example.com", "x@example.com"))).message).toBe(
      "Username cannot be of email format, since user pool is configured for email alias.",
    );
    expect((await refusalOf(signIn(served, "ana@example.com"))).message).toBe("Incorrect username or password.");
    await sdk.confirmSignUp({ ClientId, Username: "Ana", ConfirmationCode: served.code("ana@example.com") });
    const { access } = await signIn(served, "ana@example.com");
    expect((await sdk.getUser({ AccessToken: access })).Username).toBe("Ana");

    await signUp("ben", "ana@example.com");
    const confirm = { ClientId, Username: "ben", ConfirmationCode: served.code("ana@example.com") };
    expect(await refusalOf(sdk.confirmSignUp(confirm))).toEqual({
      name: "AliasExistsException",
      message: "An account with the email already exists.",
    });
    await sdk.confirmSignUp({ ...confirm, ForceAliasCreation: true });
    const taken = await signIn(served, "ana@example.com");
    expect((await sdk.getUser({ AccessToken: taken.access })).Username).toBe("ben");
  });
});

describe("a changed contact", () => {
  const Username = "old@example.com";
  const change = (served: ServedCognito, AccessToken: string, Value: string) =>
    sdkFor(served).updateUserAttributes({ AccessToken, UserAttributes: [{ Name: "email", Value }] });
  const attributes = async (served: ServedCognito, AccessToken: string) => {
    const { UserAttributes = [] } = await sdkFor(served).getUser({ AccessToken });
    return Object.fromEntries(UserAttributes.map((attribute) => [attribute.Name, attribute.Value]));
  };

  test("counts at once and is unverified, where the pool does not ask for a code first", async () => {
    const served = await serve({});
    await signUpConfirmed(served, Username);
    const { access } = await signIn(served, Username);
    const answer = await change(served, access, "new@example.com");
    expect(answer.CodeDeliveryDetailsList?.map(({ Destination }) => Destination)).toEqual(["n***@e***"]);
    expect(await attributes(served, access)).toMatchObject({ email: "new@example.com", email_verified: "false" });
    const Code = served.code("new@example.com");
    await sdkFor(served).verifyUserAttribute({ AccessToken: access, AttributeName: "email", Code });
    expect(await attributes(served, access)).toMatchObject({ email: "new@example.com", email_verified: "true" });
  });

  test("waits for its code where the pool says so: until then the old one signs in", async () => {
    const settings = { attributesRequireVerificationBeforeUpdates: ["email"] };
    const served = await serve({ pool: { ...todoPool, userAttributeUpdateSettings: settings } });
    const sdk = sdkFor(served);
    await signUpConfirmed(served, Username);
    await signUpConfirmed(served, "taken@example.com");
    const { access } = await signIn(served, Username);
    expect((await refusalOf(change(served, access, "Taken@example.com"))).name).toBe("AliasExistsException");
    await change(served, access, "new@example.com");
    expect(await attributes(served, access)).toMatchObject({ email: Username, email_verified: "true" });
    await signIn(served, Username);
    const verify = (Code: string) => sdk.verifyUserAttribute({ AccessToken: access, AttributeName: "email", Code });
    const first = served.code("new@example.com");
    await sdk.getUserAttributeVerificationCode({ AccessToken: access, AttributeName: "email" });
    const second = served.code("new@example.com");
    if (first !== second) expect((await refusalOf(verify(first))).name).toBe("CodeMismatchException");
    await verify(second);
    expect(await attributes(served, access)).toMatchObject({ email: "new@example.com", email_verified: "true" });
    await signIn(served, "new@example.com");
    expect((await refusalOf(signIn(served, Username))).message).toBe("Incorrect username or password.");
  });
});

describe("software-token MFA", () => {
  const mfaPool = (mfaConfiguration: string): PoolProgram => ({
    pool: { ...todoPool, mfaConfiguration, softwareTokenMfaConfiguration: { enabled: true } },
  });
  const Username = "mfa@example.com";
  const codeNow = (served: ServedCognito, secret: string) => totpCode(secret, totpStep(served.clock.nowMilliseconds()));

  function start(served: ServedCognito) {
    return sdkFor(served).initiateAuth({
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: Username, PASSWORD: password },
    });
  }

  function answer(served: ServedCognito, Session: string | undefined, SOFTWARE_TOKEN_MFA_CODE: string) {
    return sdkFor(served).respondToAuthChallenge({
      ClientId,
      ChallengeName: "SOFTWARE_TOKEN_MFA",
      Session,
      ChallengeResponses: { USERNAME: Username, SOFTWARE_TOKEN_MFA_CODE },
    });
  }

  test("ON: the first sign-in pairs an app, the later ones ask for its code, each code once", async () => {
    const served = await serve(mfaPool("ON"));
    const sdk = sdkFor(served);
    await signUpConfirmed(served, Username);
    const setup = await start(served);
    expect([setup.ChallengeName, setup.AuthenticationResult]).toEqual(["MFA_SETUP", undefined]);
    const finish = (Session: string | undefined) =>
      sdk.respondToAuthChallenge({
        ClientId,
        ChallengeName: "MFA_SETUP",
        Session,
        ChallengeResponses: { USERNAME: Username },
      });
    expect((await refusalOf(finish(setup.Session))).name).toBe("NotAuthorizedException");
    const { SecretCode = "", Session } = await sdk.associateSoftwareToken({ Session: setup.Session });
    const wrong = codeNow(served, SecretCode) === "000000" ? "000001" : "000000";
    expect((await refusalOf(sdk.verifySoftwareToken({ Session, UserCode: wrong }))).name).toBe(
      "EnableSoftwareTokenMFAException",
    );
    const verified = await sdk.verifySoftwareToken({ Session, UserCode: codeNow(served, SecretCode) });
    expect(verified.Status).toBe("SUCCESS");
    expect((await finish(verified.Session)).AuthenticationResult?.AccessToken).toBeDefined();

    const next = await start(served);
    expect(next.ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
    expect((await refusalOf(answer(served, next.Session, codeNow(served, SecretCode)))).name).toBe(
      "ExpiredCodeException",
    );
    served.clock.advance(30);
    const signedIn = await answer(served, next.Session, codeNow(served, SecretCode));
    expect(signedIn.AuthenticationResult?.AccessToken).toBeDefined();
    expect((await refusalOf(answer(served, next.Session, codeNow(served, SecretCode)))).name).toBe(
      "NotAuthorizedException",
    );
  });

  test("a session takes five wrong codes", async () => {
    const served = await serve(mfaPool("ON"));
    const sdk = sdkFor(served);
    await signUpConfirmed(served, Username);
    const { SecretCode = "", Session } = await sdk.associateSoftwareToken({ Session: (await start(served)).Session });
    await sdk.verifySoftwareToken({ Session, UserCode: codeNow(served, SecretCode) });
    served.clock.advance(60);
    const challenge = await start(served);
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await refusalOf(answer(served, challenge.Session, "12345x"))).name).toBe("CodeMismatchException");
    }
    expect((await refusalOf(answer(served, challenge.Session, codeNow(served, SecretCode)))).name).toBe(
      "NotAuthorizedException",
    );
  });

  test("OPTIONAL: asked for once the user prefers it, and no longer when not", async () => {
    const served = await serve(mfaPool("OPTIONAL"));
    const sdk = sdkFor(served);
    await signUpConfirmed(served, Username);
    const { access: AccessToken } = await signIn(served, Username);
    const prefer = (Enabled: boolean) =>
      sdk.setUserMFAPreference({ AccessToken, SoftwareTokenMfaSettings: { Enabled, PreferredMfa: Enabled } });
    expect((await refusalOf(prefer(true))).name).toBe("InvalidParameterException");
    const { SecretCode = "" } = await sdk.associateSoftwareToken({ AccessToken });
    await sdk.verifySoftwareToken({ AccessToken, UserCode: codeNow(served, SecretCode) });
    expect((await start(served)).ChallengeName).toBeUndefined();
    await prefer(true);
    expect((await start(served)).ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
    expect((await sdk.getUser({ AccessToken })).UserMFASettingList).toEqual(["SOFTWARE_TOKEN_MFA"]);
    await prefer(false);
    expect((await start(served)).ChallengeName).toBeUndefined();
  });

  test("OFF: no app can be paired", async () => {
    const served = await serve({});
    await signUpConfirmed(served, Username);
    const { access: AccessToken } = await signIn(served, Username);
    expect((await refusalOf(sdkFor(served).associateSoftwareToken({ AccessToken }))).name).toBe(
      "SoftwareTokenMFANotFoundException",
    );
  });
});

test("a pool for administrators only takes no sign-ups", async () => {
  const served = await serve({ pool: { ...todoPool, adminCreateUserConfig: { allowAdminCreateUserOnly: true } } });
  const attempt = sdkFor(served).signUp({ ClientId, Username: "a@example.com", Password: password });
  expect(await refusalOf(attempt)).toEqual({
    name: "NotAuthorizedException",
    message: "SignUp is not permitted for this user pool",
  });
});

test.each(["sub", "email_verified", "phone_number_verified"])(
  "a client with the default lists cannot write %s",
  async (Name) => {
    const served = await serve({});
    const UserAttributes = [{ Name, Value: "true" }];
    const attempt = sdkFor(served).signUp({
      ClientId,
      Username: "own@example.com",
      Password: password,
      UserAttributes,
    });
    expect((await refusalOf(attempt)).name).toBe("NotAuthorizedException");
  },
);

test("custom attributes are neither written nor read by a client that does not list them", async () => {
  const served = await serve({ pool: { ...todoPool, schemas: [{ name: "team", attributeDataType: "String" }] } });
  const UserAttributes = [{ Name: "custom:team", Value: "t1" }];
  const attempt = sdkFor(served).signUp({ ClientId, Username: "own@example.com", Password: password, UserAttributes });
  expect((await refusalOf(attempt)).name).toBe("NotAuthorizedException");
  await served.cognito.seed([
    { username: "seeded@example.com", password, attributes: { "custom:team": "t1" }, groups: [] },
  ]);
  const { access, id } = await signIn(served, "seeded@example.com");
  const read = await sdkFor(served).getUser({ AccessToken: access });
  expect(read.UserAttributes?.map((attribute) => attribute.Name)).toEqual(["sub", "email", "email_verified"]);
  expect(Object.keys(decodeJwt(id))).not.toContain("custom:team");
});

test("a password history keeps old passwords out", async () => {
  const passwordPolicy = { minimumLength: 8, passwordHistorySize: 2 };
  const served = await serve({ pool: { ...todoPool, passwordPolicy } });
  await signUpConfirmed(served, "history@example.com");
  const { access: AccessToken } = await signIn(served, "history@example.com");
  const change = (PreviousPassword: string, ProposedPassword: string) =>
    sdkFor(served).changePassword({ AccessToken, PreviousPassword, ProposedPassword });
  const reused = "PasswordHistoryPolicyViolationException";
  expect((await refusalOf(change(password, password))).name).toBe(reused);
  await change(password, "second-password");
  expect((await refusalOf(change("second-password", password))).name).toBe(reused);
  await change("second-password", "third-password");
  await change("third-password", password);
});

test("messages follow the program's templates", async () => {
  const verificationMessageTemplate = { emailSubject: "Hello", emailMessage: "Type {####} now" };
  const served = await serve({ pool: { ...todoPool, verificationMessageTemplate } });
  await sdkFor(served).signUp({ ClientId, Username: "text@example.com", Password: password });
  const message = served.message("text@example.com");
  expect(message).toMatchObject({
    subject: "Hello",
    text: `Type ${message.code} now`,
    medium: "EMAIL",
    kind: "sign-up",
  });
});
