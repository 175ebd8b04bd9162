import { describe, expect, test } from "vitest";
import { allFlows, clientId, type PoolProgram, poolId, readPools, todoPool } from "../../support/cognito-pool.ts";

function faultsOf(program: PoolProgram): readonly string[] {
  return readPools(program).faults.faults.map(({ subject, rule }) => `${subject}: ${rule}`);
}

const pool = (inputs: object): PoolProgram => ({ pool: { ...todoPool, ...inputs } });
const client = (inputs: object): PoolProgram => ({ client: { ...allFlows, ...inputs } });
const other = (type: string): PoolProgram => ({
  others: [{ type, name: "it", id: "it", inputs: { userPoolId: poolId }, outputs: {} }],
});

test("a pool as the todo API declares it has no fault", () => {
  const { pools, faults } = readPools({});
  expect(faults.faults).toEqual([]);
  expect(pools).toHaveLength(1);
  expect(pools[0]).toMatchObject({
    id: poolId,
    issuer: `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`,
    srpName: "TestPool1",
    usernameAttributes: ["email"],
    caseSensitive: false,
    recovery: ["email"],
    mfa: "OFF",
    tier: "ESSENTIALS",
  });
});

describe("defaults are the API's", () => {
  test("of a pool without properties", () => {
    const [read] = readPools({ pool: {} }).pools;
    expect(read).toMatchObject({
      caseSensitive: true,
      selfSignUp: true,
      recovery: ["phone_number", "email"],
      passwordPolicy: { minimumLength: 8, requireSymbols: true, temporaryPasswordValidityDays: 7 },
    });
  });

  test("of a client without properties: SRP, custom and refresh; an hour, an hour, thirty days; errors not masked", () => {
    const read = readPools({ client: {} }).pools[0]?.clients.get(clientId);
    expect(read).toMatchObject({
      accessTokenSeconds: 3600,
      idTokenSeconds: 3600,
      refreshTokenSeconds: 2_592_000,
      sessionSeconds: 180,
      masksUserExistence: false,
      revocation: true,
    });
    expect([...(read?.flows ?? [])].toSorted()).toEqual(["CUSTOM_AUTH", "REFRESH_TOKEN_AUTH", "USER_SRP_AUTH"]);
    expect(read?.secret).toBeUndefined();
  });

  test("lifetimes come in their units", () => {
    const read = readPools(
      client({
        accessTokenValidity: 300,
        idTokenValidity: 20,
        refreshTokenValidity: 3,
        tokenValidityUnits: { accessToken: "seconds", idToken: "minutes", refreshToken: "hours" },
      }),
    ).pools[0]?.clients.get(clientId);
    expect([read?.accessTokenSeconds, read?.idTokenSeconds, read?.refreshTokenSeconds]).toEqual([300, 1200, 10_800]);
  });
});

/** Each program has one flaw; the fault names it. */
const flaws: readonly (readonly [flaw: string, program: PoolProgram])[] = [
  ["lambdaConfig.preSignUp", pool({ lambdaConfig: { preSignUp: "arn:aws:lambda:eu-west-1:1:function:f" } })],
  [
    "lambdaConfig.customEmailSender",
    pool({ lambdaConfig: { customEmailSender: { lambdaArn: "a", lambdaVersion: "V1_0" } } }),
  ],
  ["deviceConfiguration", pool({ deviceConfiguration: { challengeRequiredOnNewDevice: true } })],
  ["emailMfaConfiguration", pool({ emailMfaConfiguration: { message: "{####}" } })],
  ["webAuthnConfiguration", pool({ webAuthnConfiguration: { relyingPartyId: "example.com" } })],
  [
    "signInPolicy.allowedFirstAuthFactors",
    pool({ signInPolicy: { allowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP"] } }),
  ],
  ["userPoolAddOns.advancedSecurityMode", pool({ userPoolAddOns: { advancedSecurityMode: "ENFORCED" } })],
  ["userPoolAddOns.advancedSecurityMode", pool({ userPoolAddOns: { advancedSecurityMode: "AUDIT" } })],
  [
    "verificationMessageTemplate.defaultEmailOption",
    pool({ verificationMessageTemplate: { defaultEmailOption: "CONFIRM_WITH_LINK" } }),
  ],
  [
    "smsConfiguration",
    pool({
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      smsConfiguration: { externalId: "x", snsCallerArn: "a" },
    }),
  ],
  ["mfaConfiguration", pool({ mfaConfiguration: "ON" })],
  ["mfaConfiguration", pool({ mfaConfiguration: "SOMETIMES", softwareTokenMfaConfiguration: { enabled: true } })],
  ["aliasAttributes", pool({ aliasAttributes: ["preferred_username"] })],
  ["usernameAttributes", pool({ usernameAttributes: ["nickname"] })],
  ["userPoolTier", pool({ userPoolTier: "PREMIUM" })],
  ["passwordPolicy.minimumLength", pool({ passwordPolicy: { minimumLength: 5 } })],
  ["passwordPolicy.passwordHistorySize", pool({ userPoolTier: "LITE", passwordPolicy: { passwordHistorySize: 3 } })],
  [
    "accountRecoverySetting.recoveryMechanisms[0].name",
    pool({ accountRecoverySetting: { recoveryMechanisms: [{ name: "pigeon", priority: 1 }] } }),
  ],
  [
    "userAttributeUpdateSettings",
    pool({
      autoVerifiedAttributes: [],
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
    }),
  ],
  ["schemas[0].attributeDataType", pool({ schemas: [{ name: "x", attributeDataType: "Blob" }] })],
  ["schemas[0].required", pool({ schemas: [{ name: "x", attributeDataType: "String", required: true }] })],
  ["somethingNew", pool({ somethingNew: true })],
  ["mfaConfiguration", pool({ mfaConfiguration: 7 })],
  ["allowedOauthFlowsUserPoolClient", client({ allowedOauthFlowsUserPoolClient: true })],
  ["allowedOauthFlows", client({ allowedOauthFlows: ["code"] })],
  ["allowedOauthScopes", client({ allowedOauthScopes: ["openid"] })],
  ["supportedIdentityProviders", client({ supportedIdentityProviders: ["COGNITO", "Google"] })],
  ["explicitAuthFlows", client({ explicitAuthFlows: ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] })],
  ["explicitAuthFlows", client({ explicitAuthFlows: ["USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] })],
  ["accessTokenValidity", client({ accessTokenValidity: 2, tokenValidityUnits: { accessToken: "minutes" } })],
  ["idTokenValidity", client({ idTokenValidity: 2, tokenValidityUnits: { idToken: "days" } })],
  ["refreshTokenValidity", client({ refreshTokenValidity: 4000 })],
  ["tokenValidityUnits.accessToken", client({ accessTokenValidity: 1, tokenValidityUnits: { accessToken: "weeks" } })],
  ["authSessionValidity", client({ authSessionValidity: 60 })],
  ["preventUserExistenceErrors", client({ preventUserExistenceErrors: "MAYBE" })],
  ["refreshTokenRotation", client({ refreshTokenRotation: { feature: "ENABLED" } })],
  [
    "refreshTokenRotation.retryGracePeriodSeconds",
    client({
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
      refreshTokenRotation: { feature: "ENABLED", retryGracePeriodSeconds: 61 },
    }),
  ],
  ["readAttributes", client({ readAttributes: ["custom:none"] })],
  ["writeAttributes", client({ writeAttributes: ["__proto__"] })],
  ["userPoolId", client({ userPoolId: "eu-west-1_Other" })],
  ["UserPoolDomain", other("aws:cognito/userPoolDomain:UserPoolDomain")],
  ["IdentityProvider", other("aws:cognito/identityProvider:IdentityProvider")],
  ["RiskConfiguration", other("aws:cognito/riskConfiguration:RiskConfiguration")],
  ["userPoolThatIsNewOnAws", other("aws:cognito/userPoolThatIsNewOnAws:UserPoolThatIsNewOnAws")],
];

describe("what is not emulated, or what AWS would refuse, is a fault that names it", () => {
  test.each(flaws)("%s", (flaw, program) => {
    const faults = faultsOf(program);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(flaw);
  });

  test("all faults are told at once", () => {
    expect(
      faultsOf({
        ...pool({ lambdaConfig: { preSignUp: "a", postConfirmation: "b" } }),
        ...client({ allowedOauthFlows: ["code"] }),
      }),
    ).toHaveLength(3);
  });
});

test("what has no local effect is no fault", () => {
  const inert = pool({
    tags: { a: "b" },
    deletionProtection: "ACTIVE",
    emailConfiguration: { emailSendingAccount: "COGNITO_DEFAULT" },
    userPoolAddOns: { advancedSecurityMode: "OFF" },
    signInPolicy: { allowedFirstAuthFactors: ["PASSWORD"] },
    mfaConfiguration: "OFF",
    smsConfiguration: { externalId: "x", snsCallerArn: "a" },
  });
  expect(
    faultsOf({
      ...inert,
      ...client({ callbackUrls: ["https://example.com"], supportedIdentityProviders: ["COGNITO"] }),
    }),
  ).toEqual([]);
});
