/** What becomes of each input property: `read` changes behaviour here as on AWS, `inert` changes nothing that a client of
 * the local pool could see, and a text says why the property is refused. A property that is not listed is refused too. */
export type PropertyTreatment = "read" | "inert" | { readonly refused: string };

const refused = (reason: string): PropertyTreatment => ({ refused: reason });

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html */
export const userPoolProperties: ReadonlyMap<string, PropertyTreatment> = new Map<string, PropertyTreatment>([
  ["accountRecoverySetting", "read"],
  ["adminCreateUserConfig", "read"],
  ["aliasAttributes", "read"],
  ["autoVerifiedAttributes", "read"],
  ["deletionProtection", "inert"],
  ["deviceConfiguration", refused("device tracking is not emulated; leave it out")],
  ["emailConfiguration", "inert"],
  ["emailMfaConfiguration", refused("MFA by e-mail is not emulated; use software-token MFA")],
  ["emailVerificationMessage", "read"],
  ["emailVerificationSubject", "read"],
  ["lambdaConfig", "read"],
  ["mfaConfiguration", "read"],
  ["name", "read"],
  ["passwordPolicy", "read"],
  ["region", "inert"],
  ["schemas", "read"],
  ["signInPolicy", "read"],
  ["smsAuthenticationMessage", "inert"],
  ["smsConfiguration", "read"],
  ["smsVerificationMessage", "read"],
  ["softwareTokenMfaConfiguration", "read"],
  ["tags", "inert"],
  ["tagsAll", "inert"],
  ["userAttributeUpdateSettings", "read"],
  ["userPoolAddOns", "read"],
  ["userPoolTier", "read"],
  ["usernameAttributes", "read"],
  ["usernameConfiguration", "read"],
  ["verificationMessageTemplate", "read"],
  ["webAuthnConfiguration", refused("passkeys are not emulated; leave it out")],
]);

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
export const userPoolClientProperties: ReadonlyMap<string, PropertyTreatment> = new Map<string, PropertyTreatment>([
  ["accessTokenValidity", "read"],
  ["allowedOauthFlows", "read"],
  ["allowedOauthFlowsUserPoolClient", "read"],
  ["allowedOauthScopes", "read"],
  ["analyticsConfiguration", "inert"],
  ["authSessionValidity", "read"],
  // The redirect addresses are read by the OAuth endpoints alone, and a client with OAuth flows is refused.
  ["callbackUrls", "inert"],
  ["defaultRedirectUri", "inert"],
  ["enablePropagateAdditionalUserContextData", "inert"],
  ["enableTokenRevocation", "read"],
  ["explicitAuthFlows", "read"],
  ["generateSecret", "read"],
  ["idTokenValidity", "read"],
  ["logoutUrls", "inert"],
  ["name", "read"],
  ["preventUserExistenceErrors", "read"],
  ["readAttributes", "read"],
  ["refreshTokenRotation", "read"],
  ["refreshTokenValidity", "read"],
  ["region", "inert"],
  ["supportedIdentityProviders", "read"],
  ["tokenValidityUnits", "read"],
  ["userPoolId", "read"],
  ["writeAttributes", "read"],
]);

export const userGroupProperties: ReadonlyMap<string, PropertyTreatment> = new Map<string, PropertyTreatment>([
  ["description", "read"],
  ["name", "read"],
  ["precedence", "read"],
  ["region", "inert"],
  ["roleArn", "read"],
  ["userPoolId", "read"],
]);

/** A resource server only defines scopes that the OAuth endpoints give out: sign-in through the API never does. */
export const resourceServerProperties: ReadonlyMap<string, PropertyTreatment> = new Map<string, PropertyTreatment>([
  ["identifier", "inert"],
  ["name", "inert"],
  ["region", "inert"],
  ["scopes", "inert"],
  ["userPoolId", "read"],
]);

/** Cognito's other resource types, each with the reason why it is refused. */
export const refusedResourceTypes: ReadonlyMap<string, string> = new Map([
  ["aws:cognito/identityPool:IdentityPool", "identity pools are not emulated"],
  ["aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag", "identity pools are not emulated"],
  ["aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment", "identity pools are not emulated"],
  ["aws:cognito/identityProvider:IdentityProvider", "federated sign-in is not emulated"],
  ["aws:cognito/managedLoginBranding:ManagedLoginBranding", "the hosted sign-in pages are not emulated"],
  ["aws:cognito/managedUserPoolClient:ManagedUserPoolClient", "clients that another AWS service made are not emulated"],
  ["aws:cognito/riskConfiguration:RiskConfiguration", "threat protection is not emulated"],
  ["aws:cognito/user:User", "users of the program are not emulated; create them with a seed file"],
  ["aws:cognito/userInGroup:UserInGroup", "users of the program are not emulated; create them with a seed file"],
  ["aws:cognito/userPoolDomain:UserPoolDomain", "the hosted sign-in pages and OAuth endpoints are not emulated"],
  ["aws:cognito/userPoolUICustomization:UserPoolUICustomization", "the hosted sign-in pages are not emulated"],
]);

/** Cognito's resource types without any local effect. */
export const inertResourceTypes: ReadonlySet<string> = new Set([
  "aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration",
  "aws:cognito/resourceServer:ResourceServer",
]);
