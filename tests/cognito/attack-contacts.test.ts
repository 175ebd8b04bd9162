import { describe, expect, test } from "vitest";
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

const mine = "mallory@example.com";
const theirs = "alice@example.com";

async function attributesOf(served: ServedCognito, AccessToken: string): Promise<Readonly<Record<string, string>>> {
  const { UserAttributes = [] } = await sdkFor(served).getUser({ AccessToken });
  return Object.fromEntries(UserAttributes.map(({ Name = "", Value = "" }) => [Name, Value]));
}

function setEmail(served: ServedCognito, AccessToken: string, Value: string) {
  return sdkFor(served).updateUserAttributes({ AccessToken, UserAttributes: [{ Name: "email", Value }] });
}

function verifyEmail(served: ServedCognito, AccessToken: string, Code: string) {
  return sdkFor(served).verifyUserAttribute({ AccessToken, AttributeName: "email", Code });
}

describe("a code proves the address that it went to, and no other", () => {
  const kinds: readonly (readonly [string, PoolProgram])[] = [
    ["changed at once", {}],
    [
      "waiting for its code",
      {
        pool: {
          ...todoPool,
          userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
        },
      },
    ],
  ];
  test.each(kinds)("an address %s is not verified by a code that went to one's own", async (_kind, program) => {
    const served = await serve(program);
    const sdk = sdkFor(served);
    await signUpConfirmed(served, mine);
    const { access: AccessToken } = await signIn(served, mine);
    // Five codes to one's own address use the hour's number up, so that the new address is sent none.
    for (let turn = 0; turn < 5; turn += 1) {
      await sdk.getUserAttributeVerificationCode({ AccessToken, AttributeName: "email" });
    }
    const code = served.code(mine);
    expect((await refusalOf(setEmail(served, AccessToken, theirs))).name).toBe("LimitExceededException");
    await verifyEmail(served, AccessToken, code).catch(() => undefined);
    expect(await attributesOf(served, AccessToken)).toMatchObject({ email: mine, email_verified: "true" });
  });

  test("nor where the pool verifies nothing of itself", async () => {
    const served = await serve({ pool: { usernameConfiguration: { caseSensitive: false } } });
    const sdk = sdkFor(served);
    await sdk.adminCreateUser({ UserPoolId, Username: "mallory", UserAttributes: [{ Name: "email", Value: mine }] });
    await sdk.adminSetUserPassword({ UserPoolId, Username: "mallory", Password: password, Permanent: true });
    const { access: AccessToken } = await signIn(served, "mallory");
    await sdk.getUserAttributeVerificationCode({ AccessToken, AttributeName: "email" });
    const code = served.code(mine);
    await setEmail(served, AccessToken, theirs);
    expect((await refusalOf(verifyEmail(served, AccessToken, code))).name).toBe("ExpiredCodeException");
    expect((await attributesOf(served, AccessToken)).email_verified).toBe("false");
    await setEmail(served, AccessToken, mine);
    await verifyEmail(served, AccessToken, code);
    expect((await attributesOf(served, AccessToken)).email_verified).toBe("true");
  });

  test("a reset code that went to an address that was given up resets nothing", async () => {
    const served = await serve({});
    const sdk = sdkFor(served);
    const lost = "lost@example.com";
    await signUpConfirmed(served, lost);
    await sdk.forgotPassword({ ClientId, Username: lost });
    const code = served.code(lost);
    const { access: AccessToken } = await signIn(served, lost);
    await setEmail(served, AccessToken, theirs);
    await verifyEmail(served, AccessToken, served.code(theirs));
    const reset = sdk.confirmForgotPassword({
      ClientId,
      Username: theirs,
      ConfirmationCode: code,
      Password: "Another-horse-8",
    });
    expect((await refusalOf(reset)).name).toBe("ExpiredCodeException");
    await signIn(served, theirs);
  });

  test("an address that was taken away is no longer said to be verified", async () => {
    const served = await serve({ pool: { autoVerifiedAttributes: ["email"] } });
    const sdk = sdkFor(served);
    const UserAttributes = [{ Name: "email", Value: mine }];
    await sdk.signUp({ ClientId, Username: "mallory", Password: password, UserAttributes });
    await sdk.confirmSignUp({ ClientId, Username: "mallory", ConfirmationCode: served.code(mine) });
    const { access: AccessToken } = await signIn(served, "mallory");
    await setEmail(served, AccessToken, "");
    const attributes = await attributesOf(served, AccessToken);
    expect([attributes.email, attributes.email_verified]).toEqual([undefined, undefined]);
  });
});

describe("the answer to NEW_PASSWORD_REQUIRED", () => {
  async function challenged(served: ServedCognito, Username: string, UserAttributes: readonly [string, string][]) {
    const sdk = sdkFor(served);
    const TemporaryPassword = "Temporary-horse-6";
    await sdk.adminCreateUser({
      UserPoolId,
      Username,
      TemporaryPassword,
      UserAttributes: UserAttributes.map(([Name, Value]) => ({ Name, Value })),
    });
    const { Session } = await sdk.initiateAuth({
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: Username, PASSWORD: TemporaryPassword },
    });
    return (attributes: Readonly<Record<string, string>>) =>
      sdk.respondToAuthChallenge({
        ClientId,
        ChallengeName: "NEW_PASSWORD_REQUIRED",
        Session,
        ChallengeResponses: {
          USERNAME: Username,
          NEW_PASSWORD: password,
          ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`userAttributes.${name}`, value])),
        },
      });
  }

  test("does not take over an address, nor keep its verification for another one", async () => {
    const served = await serve({});
    await signUpConfirmed(served, theirs);
    const answer = await challenged(served, mine, [["email_verified", "true"]]);
    for (const email of [theirs, "unused@example.com"]) {
      expect(await refusalOf(answer({ email }))).toEqual({
        name: "NotAuthorizedException",
        message: "Cannot modify an already provided email",
      });
    }
    expect((await answer({})).AuthenticationResult).toBeDefined();
  });

  test("does not change an attribute that cannot change", async () => {
    const served = await serve({
      pool: { ...todoPool, schemas: [{ name: "tenant", attributeDataType: "String", mutable: false }] },
      client: { ...allFlows, writeAttributes: ["email", "custom:tenant"], readAttributes: ["email", "custom:tenant"] },
    });
    const answer = await challenged(served, mine, [["custom:tenant", "ours"]]);
    expect((await refusalOf(answer({ "custom:tenant": "theirs" }))).name).toBe("InvalidParameterException");
    expect((await answer({})).AuthenticationResult).toBeDefined();
  });

  test("adds an address unverified, whatever was said of it before", async () => {
    const served = await serve({
      pool: { aliasAttributes: ["email"], usernameConfiguration: { caseSensitive: false } },
    });
    const answer = await challenged(served, "mallory", [["email_verified", "true"]]);
    const { AuthenticationResult: result } = await answer({ email: theirs });
    const attributes = await attributesOf(served, result?.AccessToken ?? "");
    expect(attributes).toMatchObject({ email: theirs, email_verified: "false" });
  });
});

describe("a name stands for one user", () => {
  const named: PoolProgram = {
    pool: {
      aliasAttributes: ["preferred_username", "email"],
      usernameConfiguration: { caseSensitive: false },
    },
  };

  async function user(served: ServedCognito, Username: string): Promise<string> {
    const sdk = sdkFor(served);
    const { UserSub = "" } = await sdk.signUp({ ClientId, Username, Password: password });
    await sdk.adminConfirmSignUp({ UserPoolId, Username });
    return UserSub;
  }

  function prefer(served: ServedCognito, AccessToken: string, Value: string) {
    return sdkFor(served).updateUserAttributes({
      AccessToken,
      UserAttributes: [{ Name: "preferred_username", Value }],
    });
  }

  test("somebody's sub in capitals is not free", async () => {
    const served = await serve(named);
    const sub = await user(served, "alice");
    const claim = sdkFor(served).signUp({ ClientId, Username: sub.toUpperCase(), Password: password });
    expect((await refusalOf(claim)).name).toBe("UsernameExistsException");
    expect((await sdkFor(served).adminGetUser({ UserPoolId, Username: sub })).Username).toBe("alice");
  });

  test("a preferred name is not taken twice, nor somebody's user name as a preferred one", async () => {
    const served = await serve(named);
    await user(served, "mallory");
    await user(served, "alice");
    const alice = await signIn(served, "alice");
    const mallory = await signIn(served, "mallory");
    await prefer(served, alice.access, "wonderland");
    for (const name of ["wonderland", "Wonderland", "alice"]) {
      expect((await refusalOf(prefer(served, mallory.access, name))).name).toBe("AliasExistsException");
    }
    await prefer(served, alice.access, "wonderland");
    expect((await sdkFor(served).adminGetUser({ UserPoolId, Username: "wonderland" })).Username).toBe("alice");
  });

  test("a preferred name is not brought along by signing up", async () => {
    const served = await serve(named);
    const sdk = sdkFor(served);
    await user(served, "alice");
    await prefer(served, (await signIn(served, "alice")).access, "wonderland");
    const UserAttributes = [{ Name: "preferred_username", Value: "wonderland" }];
    const claim = sdk.signUp({ ClientId, Username: "mallory", Password: password, UserAttributes });
    expect((await refusalOf(claim)).name).toBe("UsernameExistsException");
  });

  test("an administrator makes no second user of a verified alias", async () => {
    const served = await serve(named);
    const sdk = sdkFor(served);
    const UserAttributes = [
      { Name: "email", Value: theirs },
      { Name: "email_verified", Value: "true" },
    ];
    await sdk.adminCreateUser({ UserPoolId, Username: "alice", UserAttributes });
    const second = sdk.adminCreateUser({ UserPoolId, Username: "mallory", UserAttributes });
    expect((await refusalOf(second)).name).toBe("AliasExistsException");
  });

  describe.each([
    ["preferred_username", "email"],
    ["email", "preferred_username"],
  ])("with %s before %s among the aliases", (...aliasAttributes) => {
    const pool = {
      aliasAttributes,
      autoVerifiedAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
    };

    const signUpAlice = (served: ServedCognito, Value = theirs) =>
      sdkFor(served).signUp({
        ClientId,
        Username: "alice",
        Password: password,
        UserAttributes: [{ Name: "email", Value }],
      });

    test("a future owner's address as a preferred name leads nobody to who took it", async () => {
      const served = await serve({ pool });
      const sdk = sdkFor(served);
      await user(served, "mallory");
      await prefer(served, (await signIn(served, "mallory")).access, "Alice@example.com");
      await signUpAlice(served);
      const confirm = { ClientId, Username: "alice", ConfirmationCode: served.code(theirs) };
      expect((await refusalOf(sdk.confirmSignUp(confirm))).name).toBe("AliasExistsException");
      await sdk.confirmSignUp({ ...confirm, ForceAliasCreation: true });
      expect((await sdk.adminGetUser({ UserPoolId, Username: theirs })).Username).toBe("alice");
      expect((await sdk.adminGetUser({ UserPoolId, Username: "mallory" })).UserAttributes).not.toContainEqual(
        expect.objectContaining({ Name: "preferred_username" }),
      );
    });

    test("somebody's verified address is no preferred name", async () => {
      const served = await serve({ pool });
      await signUpAlice(served);
      await sdkFor(served).confirmSignUp({ ClientId, Username: "alice", ConfirmationCode: served.code(theirs) });
      await user(served, "mallory");
      const { access } = await signIn(served, "mallory");
      expect((await refusalOf(prefer(served, access, theirs.toUpperCase()))).name).toBe("AliasExistsException");
    });

    test("an address that became somebody's meanwhile is refused when its claimant is confirmed", async () => {
      const served = await serve({ pool });
      const sdk = sdkFor(served);
      const UserAttributes = [{ Name: "preferred_username", Value: theirs }];
      await sdk.signUp({ ClientId, Username: "mallory", Password: password, UserAttributes });
      await signUpAlice(served);
      await sdk.confirmSignUp({ ClientId, Username: "alice", ConfirmationCode: served.code(theirs) });
      const claims = [
        sdk.adminConfirmSignUp({ UserPoolId, Username: "mallory" }),
        sdk.adminSetUserPassword({ UserPoolId, Username: "mallory", Password: password, Permanent: true }),
      ];
      for (const claim of claims) expect((await refusalOf(claim)).name).toBe("AliasExistsException");
      expect((await sdk.adminGetUser({ UserPoolId, Username: theirs })).Username).toBe("alice");
    });
  });
});
