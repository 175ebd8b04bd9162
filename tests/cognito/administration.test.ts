import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "../../harness/cognito/operations.ts";
import {
  allFlows,
  clientId as ClientId,
  call,
  password,
  refusalOf,
  type ServedCognito,
  sdkFor,
  serveCognito,
  signIn,
  signUpConfirmed,
  todoPool,
  poolId as UserPoolId,
} from "../support/cognito-pool.ts";

let served: ServedCognito;
beforeAll(async () => {
  served = await serveCognito({
    pool: {
      ...todoPool,
      schemas: [
        { name: "name", attributeDataType: "String", required: true, mutable: true },
        { name: "badge", attributeDataType: "String", mutable: false },
      ],
    },
    client: { ...allFlows, writeAttributes: ["email", "name", "custom:badge"] },
    groups: { readers: { description: "may read", precedence: 5 } },
  });
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

async function invite(Username: string): Promise<string> {
  await sdkFor(served).adminCreateUser({ UserPoolId, Username, DesiredDeliveryMediums: ["EMAIL"] });
  return served.message(Username).temporaryPassword ?? "";
}

describe("the table of operations", () => {
  test("is the whole of what is promised", () => {
    expect([...OPERATIONS.keys()].toSorted()).toEqual(
      [
        ...["SignUp", "ConfirmSignUp", "ResendConfirmationCode", "InitiateAuth", "RespondToAuthChallenge"],
        ...["GetTokensFromRefreshToken", "ForgotPassword", "ConfirmForgotPassword", "ChangePassword", "GetUser"],
        ...["UpdateUserAttributes", "VerifyUserAttribute", "GetUserAttributeVerificationCode", "DeleteUser"],
        ...["GlobalSignOut", "RevokeToken", "AssociateSoftwareToken", "VerifySoftwareToken", "SetUserMFAPreference"],
        ...["AdminCreateUser", "AdminSetUserPassword", "AdminConfirmSignUp", "AdminInitiateAuth"],
        ...["AdminRespondToAuthChallenge", "AdminGetUser", "AdminDeleteUser", "AdminDisableUser", "AdminEnableUser"],
        ...["AdminUserGlobalSignOut", "AdminAddUserToGroup", "AdminRemoveUserFromGroup", "AdminListGroupsForUser"],
        ...["CreateGroup", "ListUsers", "DescribeUserPool", "DescribeUserPoolClient"],
      ].toSorted(),
    );
  });

  test.each([...OPERATIONS.values()].filter(({ access }) => access === "administrator").map(({ name }) => name))(
    "%s refuses an unsigned request before it looks at it",
    async (name) => {
      for (const body of [{}, { UserPoolId }, "{"]) {
        const answer = await call(served, name, body);
        expect([answer.status, answer.body.__type]).toEqual([400, "MissingAuthenticationTokenException"]);
      }
    },
  );

  test.each(["AdminResetUserPassword", "CreateUserPool", "__proto__", "constructor", "", "signup"])(
    "%j is refused by name",
    async (name) => {
      const answer = await call(served, name, {});
      expect([answer.status, answer.body.__type]).toEqual([400, "UnknownOperationException"]);
      expect(answer.body.message).toBe(
        `${/^\w+$/.test(name) && name !== "__proto__" ? name : "This operation"} is not emulated.`,
      );
      expect(answer.headers.get("x-amzn-errortype")).toBe("UnknownOperationException:");
      expect(answer.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    },
  );
});

describe("a user whom an administrator makes", () => {
  test("is told a temporary password, and must choose another, with what is required of the profile", async () => {
    const sdk = sdkFor(served);
    const temporary = await invite("made@example.com");
    expect(served.message("made@example.com").text).toContain(temporary);
    const start = await sdk.initiateAuth({
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "made@example.com", PASSWORD: temporary },
    });
    expect(start.AuthenticationResult).toBeUndefined();
    expect(start.ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
    expect(JSON.parse(start.ChallengeParameters?.requiredAttributes ?? "")).toEqual(["userAttributes.name"]);
    const respond = (responses: Readonly<Record<string, string>>) =>
      sdk.respondToAuthChallenge({
        ClientId,
        ChallengeName: "NEW_PASSWORD_REQUIRED",
        Session: start.Session,
        ChallengeResponses: { USERNAME: "made@example.com", ...responses },
      });
    expect((await refusalOf(respond({ NEW_PASSWORD: "weak" }))).name).toBe("InvalidPasswordException");
    expect(await refusalOf(respond({ NEW_PASSWORD: password }))).toEqual({
      name: "InvalidParameterException",
      message: "Attributes did not conform to the schema: name: The attribute is required\n",
    });
    const tokens = await respond({ NEW_PASSWORD: password, "userAttributes.name": "Ana" });
    expect(tokens.AuthenticationResult?.AccessToken).toBeDefined();
    expect((await refusalOf(respond({ NEW_PASSWORD: password, "userAttributes.name": "Ana" }))).name).toBe(
      "NotAuthorizedException",
    );
    expect((await sdk.adminGetUser({ UserPoolId, Username: "made@example.com" })).UserStatus).toBe("CONFIRMED");
  });

  test("has a day to use the password, and can be invited again", async () => {
    const sdk = sdkFor(served);
    const first = await invite("slow@example.com");
    served.clock.advance(86_401);
    expect(await refusalOf(signIn(served, "slow@example.com", first))).toEqual({
      name: "NotAuthorizedException",
      message: "Temporary password has expired and must be reset by an administrator.",
    });
    await sdk.adminCreateUser({
      UserPoolId,
      Username: "slow@example.com",
      MessageAction: "RESEND",
      DesiredDeliveryMediums: ["EMAIL"],
    });
    const { temporaryPassword = "" } = served.message("slow@example.com");
    expect(temporaryPassword).not.toBe(first);
    await expect(signIn(served, "slow@example.com", temporaryPassword)).resolves.toBeDefined();
    expect((await refusalOf(invite("SLOW@example.com"))).name).toBe("UsernameExistsException");
  });

  test("passwords of an administrator keep the policy too, in other words", async () => {
    const sdk = sdkFor(served);
    await invite("set@example.com");
    const set = (Password: string) =>
      sdk.adminSetUserPassword({ UserPoolId, Username: "set@example.com", Password, Permanent: true });
    expect(await refusalOf(set("correct-horse-7"))).toEqual({
      name: "InvalidPasswordException",
      message: "Password did not conform with password policy: Password must have uppercase characters",
    });
    await set(password);
    expect((await signIn(served, "set@example.com")).access).not.toBe("");
  });

  test("no message goes out when it is suppressed", async () => {
    const before = served.cognito.outbox().length;
    await sdkFor(served).adminCreateUser({
      UserPoolId,
      Username: "quiet@example.com",
      MessageAction: "SUPPRESS",
      DesiredDeliveryMediums: ["EMAIL"],
    });
    expect(served.cognito.outbox()).toHaveLength(before);
  });
});

describe("an administrator", () => {
  const Username = "ruled@example.com";
  beforeAll(async () => {
    await served.cognito.seed([{ username: Username, password, attributes: { name: "R" }, groups: [] }]);
  });

  test("signs a user in by the administrator's flow, which others cannot use", async () => {
    const sdk = sdkFor(served);
    const AuthParameters = { USERNAME: Username, PASSWORD: password };
    const answer = await sdk.adminInitiateAuth({
      UserPoolId,
      ClientId,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters,
    });
    expect(answer.AuthenticationResult?.IdToken).toBeDefined();
    const attempt = sdk.initiateAuth({ ClientId, AuthFlow: "ADMIN_USER_PASSWORD_AUTH", AuthParameters });
    expect((await refusalOf(attempt)).name).toBe("InvalidParameterException");
  });

  test("answers a challenge for the user", async () => {
    const sdk = sdkFor(served);
    const temporary = await invite("helped@example.com");
    const start = await sdk.adminInitiateAuth({
      UserPoolId,
      ClientId,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: "helped@example.com", PASSWORD: temporary },
    });
    const answer = await sdk.adminRespondToAuthChallenge({
      UserPoolId,
      ClientId,
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: start.Session,
      ChallengeResponses: { USERNAME: "helped@example.com", NEW_PASSWORD: password, "userAttributes.name": "H" },
    });
    expect(answer.AuthenticationResult?.RefreshToken).toBeDefined();
  });

  test("disables, and the user is out and stays out until enabled", async () => {
    const sdk = sdkFor(served);
    const { access } = await signIn(served, Username);
    await sdk.adminDisableUser({ UserPoolId, Username });
    expect((await refusalOf(sdk.getUser({ AccessToken: access }))).name).toBe("NotAuthorizedException");
    expect(await refusalOf(signIn(served, Username))).toEqual({
      name: "NotAuthorizedException",
      message: "User is disabled.",
    });
    expect((await sdk.adminGetUser({ UserPoolId, Username })).Enabled).toBe(false);
    await sdk.adminEnableUser({ UserPoolId, Username });
    await signIn(served, Username);
  });

  test("signs a user out everywhere", async () => {
    const sdk = sdkFor(served);
    const { access } = await signIn(served, Username);
    await sdk.adminUserGlobalSignOut({ UserPoolId, Username });
    expect((await refusalOf(sdk.getUser({ AccessToken: access }))).message).toBe("Access Token has been revoked");
  });

  test("confirms without a code, which verifies nothing", async () => {
    const sdk = sdkFor(served);
    const signUp = { ClientId, Username: "manual@example.com", Password: password };
    await sdk.signUp({ ...signUp, UserAttributes: [{ Name: "name", Value: "M" }] });
    await sdk.adminConfirmSignUp({ UserPoolId, Username: "manual@example.com" });
    const user = await sdk.adminGetUser({ UserPoolId, Username: "manual@example.com" });
    expect(user.UserStatus).toBe("CONFIRMED");
    expect(user.UserAttributes?.map(({ Name }) => Name)).not.toContain("email_verified");
    expect(await refusalOf(sdk.adminConfirmSignUp({ UserPoolId, Username: "manual@example.com" }))).toEqual({
      name: "NotAuthorizedException",
      message: "User cannot be confirmed. Current status is CONFIRMED",
    });
  });

  test("keeps groups: the program's and new ones", async () => {
    const sdk = sdkFor(served);
    await sdk.createGroup({ UserPoolId, GroupName: "editors", Precedence: 1, Description: "may write" });
    expect((await refusalOf(sdk.createGroup({ UserPoolId, GroupName: "readers" }))).name).toBe("GroupExistsException");
    for (const GroupName of ["readers", "editors", "editors"]) {
      await sdk.adminAddUserToGroup({ UserPoolId, Username, GroupName });
    }
    const names = async () =>
      (await sdk.adminListGroupsForUser({ UserPoolId, Username })).Groups?.map(({ GroupName }) => GroupName);
    expect(await names()).toEqual(["editors", "readers"]);
    const page = await sdk.adminListGroupsForUser({ UserPoolId, Username, Limit: 1 });
    const rest = await sdk.adminListGroupsForUser({ UserPoolId, Username, NextToken: page.NextToken });
    expect(rest.Groups?.map(({ GroupName }) => GroupName)).toEqual(["readers"]);
    await sdk.adminRemoveUserFromGroup({ UserPoolId, Username, GroupName: "editors" });
    expect(await names()).toEqual(["readers"]);
    const unknown = sdk.adminAddUserToGroup({ UserPoolId, Username, GroupName: "__proto__" });
    expect(await refusalOf(unknown)).toEqual({ name: "ResourceNotFoundException", message: "Group not found." });
  });

  test("lists users by filter, attributes and page", async () => {
    const sdk = sdkFor(served);
    const emails = async (Filter: string) =>
      (await sdk.listUsers({ UserPoolId, Filter })).Users?.map(
        ({ Attributes }) => Attributes?.find(({ Name }) => Name === "email")?.Value,
      );
    expect(await emails(`email = "${Username}"`)).toEqual([Username]);
    expect(await emails('email ^= "RULED@"')).toEqual([Username]);
    expect(await emails('cognito:user_status = "UNCONFIRMED"')).toEqual([]);
    expect((await refusalOf(emails("email like x"))).name).toBe("InvalidParameterException");
    const all = (await sdk.listUsers({ UserPoolId })).Users ?? [];
    let PaginationToken: string | undefined;
    const paged: (string | undefined)[] = [];
    do {
      const page = await sdk.listUsers({ UserPoolId, Limit: 2, PaginationToken, AttributesToGet: ["sub"] });
      for (const user of page.Users ?? []) {
        expect(user.Attributes?.map(({ Name }) => Name)).toEqual(["sub"]);
        paged.push(user.Username);
      }
      PaginationToken = page.PaginationToken;
    } while (PaginationToken !== undefined);
    expect(paged).toEqual(all.map((user) => user.Username));
    expect((await refusalOf(sdk.listUsers({ UserPoolId, PaginationToken: "forged" }))).name).toBe(
      "InvalidParameterException",
    );
  });

  test("sees pool and client as the program declares them", async () => {
    const sdk = sdkFor(served);
    const { UserPool } = await sdk.describeUserPool({ UserPoolId });
    expect(UserPool).toMatchObject({
      Id: UserPoolId,
      UsernameAttributes: ["email"],
      AutoVerifiedAttributes: ["email"],
      MfaConfiguration: "OFF",
      Policies: { PasswordPolicy: { MinimumLength: 12, TemporaryPasswordValidityDays: 1 } },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] },
    });
    expect(UserPool?.SchemaAttributes?.find(({ Name }) => Name === "custom:badge")?.Mutable).toBe(false);
    const { UserPoolClient } = await sdk.describeUserPoolClient({ UserPoolId, ClientId });
    expect(UserPoolClient).toMatchObject({ PreventUserExistenceErrors: "ENABLED", EnableTokenRevocation: true });
    expect(UserPoolClient?.ClientSecret).toBeUndefined();
    expect((await refusalOf(sdk.describeUserPool({ UserPoolId: "eu-west-1_none" }))).name).toBe(
      "ResourceNotFoundException",
    );
  });

  test("deletes a user, whose name is then free", async () => {
    const sdk = sdkFor(served);
    await invite("gone@example.com");
    await sdk.adminDeleteUser({ UserPoolId, Username: "gone@example.com" });
    expect(await refusalOf(sdk.adminGetUser({ UserPoolId, Username: "gone@example.com" }))).toEqual({
      name: "UserNotFoundException",
      message: "User does not exist.",
    });
    await invite("gone@example.com");
  });
});

describe("the schema", () => {
  const signUp = (UserAttributes: { Name: string; Value: string }[]) =>
    sdkFor(served).signUp({ ClientId, Username: "schema@example.com", Password: password, UserAttributes });

  test.each<[string, { Name: string; Value: string }[], string]>([
    ["a required attribute that is missing", [], "InvalidParameterException"],
    ["an attribute that it does not have", [{ Name: "custom:none", Value: "x" }], "InvalidParameterException"],
    ["a name of the prototype", [{ Name: "__proto__", Value: "x" }], "InvalidParameterException"],
    ["one that the client may not write", [{ Name: "nickname", Value: "x" }], "NotAuthorizedException"],
    ["verified by the user's own word", [{ Name: "email_verified", Value: "true" }], "NotAuthorizedException"],
    ["a sub of the user's own choice", [{ Name: "sub", Value: "x" }], "NotAuthorizedException"],
    ["an e-mail address that is none", [{ Name: "email", Value: "x" }], "InvalidParameterException"],
  ])("refuses %s", async (_name, attributes, name) => {
    expect((await refusalOf(signUp(attributes))).name).toBe(name);
  });

  test("lets an attribute that cannot change be given once", async () => {
    const sdk = sdkFor(served);
    await signUp([
      { Name: "name", Value: "S" },
      { Name: "custom:badge", Value: "1" },
    ]);
    const ConfirmationCode = served.code("schema@example.com");
    await sdk.confirmSignUp({ ClientId, Username: "schema@example.com", ConfirmationCode });
    const { access: AccessToken } = await signIn(served, "schema@example.com");
    const update = (Name: string, Value: string) =>
      sdk.updateUserAttributes({ AccessToken, UserAttributes: [{ Name, Value }] });
    expect(await refusalOf(update("custom:badge", "2"))).toEqual({
      name: "InvalidParameterException",
      message: "user.custom:badge: Attribute cannot be updated.\n",
    });
    await update("name", "T");
    expect((await refusalOf(update("name", ""))).name).toBe("InvalidParameterException");
  });
});

test("two sign-ups of one name at the same moment make one user", async () => {
  const sdk = sdkFor(served);
  const attempt = () =>
    sdk.signUp({
      ClientId,
      Username: "race@example.com",
      Password: password,
      UserAttributes: [{ Name: "name", Value: "R" }],
    });
  const outcomes = await Promise.allSettled([attempt(), attempt(), attempt()]);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("the journal has the statement that allows an administrator, and his request, under the gateway's request id", async () => {
  const own = await serveCognito();
  await sdkFor(own).listUsers({ UserPoolId });
  expect(own.journal.entries("gateway-request").map(({ at, requestId, ...entry }) => entry)).toEqual([
    {
      step: "cognito",
      subject: `cognito-idp:ListUsers on arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${UserPoolId}`,
      outcome: "allowed",
      reason: "allowed by own#0",
    },
    { step: "cognito", subject: "ListUsers", outcome: "answered", reason: "the operation succeeded" },
  ]);
  await own.close();
});

test("neither codes nor passwords nor tokens stand in the journal", async () => {
  const own = await serveCognito();
  await signUpConfirmed(own, "journal@example.com");
  const tokens = await signIn(own, "journal@example.com");
  await refusalOf(signIn(own, "journal@example.com", "Wrong-horse-7"));
  await sdkFor(own).forgotPassword({ ClientId, Username: "journal@example.com" });
  const written = JSON.stringify(own.journal.entries());
  const secrets = [
    password,
    "Wrong-horse-7",
    ...Object.values(tokens),
    ...own.cognito.outbox().map(({ code }) => code ?? "?"),
  ];
  for (const secret of secrets) expect(written).not.toContain(secret);
  expect(own.journal.entries().map(({ subject, outcome }) => `${subject} ${outcome}`)).toEqual([
    "SignUp answered",
    "ConfirmSignUp answered",
    "InitiateAuth answered",
    "InitiateAuth denied",
    "ForgotPassword answered",
  ]);
  await own.close();
});
