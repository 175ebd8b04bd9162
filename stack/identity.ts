import { UserPool } from "@pulumi/aws/cognito/userPool";
import { UserPoolClient } from "@pulumi/aws/cognito/userPoolClient";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config";

/** In Cognito's words: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html */
const mfaConfigurations = { off: "OFF", optional: "OPTIONAL", required: "ON" } as const;

export interface Identity {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;
  /** The `iss` claim of the pool's tokens: no slash at its end, as the authorizer compares it as text. */
  readonly issuer: pulumi.Output<string>;
}

/** Who may call: people who sign up with an e-mail address that they have shown to be theirs. */
export function createIdentity(settings: Settings): Identity {
  const userPool = new UserPool(
    "todo-users",
    {
      // Nothing here needs what Essentials adds and charges for (managed login, passkeys, token customization).
      userPoolTier: "LITE",
      usernameAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      verificationMessageTemplate: { defaultEmailOption: "CONFIRM_WITH_CODE" },
      // A new address counts only once its code has come back; until then the old one signs in and recovers the account.
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: false },
      passwordPolicy: {
        minimumLength: 12,
        requireUppercase: true,
        requireLowercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 1,
      },
      mfaConfiguration: mfaConfigurations[settings.mfa],
      ...(settings.mfa === "off" ? {} : { softwareTokenMfaConfiguration: { enabled: true } }),
      deletionProtection: settings.deletionProtection ? "ACTIVE" : "INACTIVE",
      tags: settings.tags,
    },
    { protect: settings.deletionProtection },
  );
  return {
    userPool,
    client: createClient(userPool, settings),
    issuer: pulumi.interpolate`https://${userPool.endpoint}`,
  };
}

/** For browsers and other public clients: there is no secret, as they could not keep one. */
function createClient(userPool: UserPool, settings: Settings): UserPoolClient {
  const passwordFlow = settings.allowPasswordAuth ? ["ALLOW_USER_PASSWORD_AUTH"] : [];
  return new UserPoolClient("todo-client", {
    userPoolId: userPool.id,
    generateSecret: false,
    explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", ...passwordFlow],
    preventUserExistenceErrors: "ENABLED",
    enableTokenRevocation: true,
    // The API cannot ask whether a token was revoked, so its life is kept short.
    accessTokenValidity: settings.tokenValidityMinutes,
    idTokenValidity: settings.tokenValidityMinutes,
    refreshTokenValidity: 30,
    tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
  });
}
