import { shown } from "../../json.ts";
import { ALPHANUMERIC, LOWER_ALPHANUMERIC } from "../../pulumi/identifiers.ts";
import { inputText, named, physicalName } from "../creation.ts";
import { type Create, emulatedType, inertType, type ResourceTypes, refusedType } from "../resource-type.ts";
import { block, blocks, flag, inert, number, only, type Properties, refused, text, texts } from "../treatments.ts";
import { READ_TAGS, REGION } from "./shared-rows.ts";

export const USER_POOL_TYPE = "aws:cognito/userPool:UserPool";
export const USER_POOL_CLIENT_TYPE = "aws:cognito/userPoolClient:UserPoolClient";
export const USER_GROUP_TYPE = "aws:cognito/userGroup:UserGroup";
export const RESOURCE_SERVER_TYPE = "aws:cognito/resourceServer:ResourceServer";

const TRIGGER = refused("Lambda triggers of a user pool are not emulated");
const TRIGGERS = [
  "createAuthChallenge",
  "customEmailSender",
  "customMessage",
  "customSmsSender",
  "defineAuthChallenge",
  "kmsKeyId",
  "postAuthentication",
  "postConfirmation",
  "preAuthentication",
  "preSignUp",
  "preTokenGeneration",
  "preTokenGenerationConfig",
  "userMigration",
  "verifyAuthChallengeResponse",
];
const BY_LINK = inert("confirmation by link is refused, so that its texts are not sent");
const THREAT_PROTECTION = "threat protection is not emulated";
const NO_SMS = inert("no message leaves this machine: see `/_harness/outbox`");

const SCHEMA: Properties = {
  name: text,
  attributeDataType: text,
  developerOnlyAttribute: flag,
  mutable: flag,
  required: flag,
  numberAttributeConstraints: block({ minValue: text, maxValue: text }),
  stringAttributeConstraints: block({ minLength: text, maxLength: text }),
};

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html */
const USER_POOL: Properties = {
  ...REGION,
  ...READ_TAGS,
  accountRecoverySetting: block({ recoveryMechanisms: blocks({ name: text, priority: number }) }),
  adminCreateUserConfig: block({
    allowAdminCreateUserOnly: flag,
    inviteMessageTemplate: block({ emailMessage: text, emailSubject: text, smsMessage: text }),
  }),
  aliasAttributes: texts,
  autoVerifiedAttributes: texts,
  deletionProtection: text,
  deviceConfiguration: refused("device tracking is not emulated"),
  emailConfiguration: inert("no e-mail leaves this machine: see `/_harness/outbox`"),
  emailMfaConfiguration: refused("MFA by e-mail is not emulated", "use software-token MFA"),
  emailVerificationMessage: text,
  emailVerificationSubject: text,
  lambdaConfig: block(Object.fromEntries(TRIGGERS.map((name) => [name, TRIGGER]))),
  mfaConfiguration: text,
  name: text,
  passwordPolicy: block({
    minimumLength: number,
    passwordHistorySize: number,
    requireLowercase: flag,
    requireNumbers: flag,
    requireSymbols: flag,
    requireUppercase: flag,
    temporaryPasswordValidityDays: number,
  }),
  schemas: blocks(SCHEMA),
  signInPolicy: block({ allowedFirstAuthFactors: texts }),
  smsAuthenticationMessage: NO_SMS,
  smsConfiguration: block({ externalId: NO_SMS, snsCallerArn: NO_SMS, snsRegion: NO_SMS }),
  smsVerificationMessage: text,
  softwareTokenMfaConfiguration: block({ enabled: flag }),
  userAttributeUpdateSettings: block({ attributesRequireVerificationBeforeUpdates: texts }),
  userPoolAddOns: block({
    advancedSecurityMode: only(["OFF"], THREAT_PROTECTION),
    advancedSecurityAdditionalFlows: refused(THREAT_PROTECTION),
  }),
  userPoolTier: text,
  usernameAttributes: texts,
  usernameConfiguration: block({ caseSensitive: flag }),
  verificationMessageTemplate: block({
    defaultEmailOption: only(["CONFIRM_WITH_CODE"], "confirmation by link is not emulated", "use `CONFIRM_WITH_CODE`"),
    emailMessage: text,
    emailMessageByLink: BY_LINK,
    emailSubject: text,
    emailSubjectByLink: BY_LINK,
    smsMessage: text,
  }),
  webAuthnConfiguration: refused("passkeys are not emulated"),
};

const HOSTED = "the hosted sign-in pages and OAuth endpoints are not emulated";
const OAUTH = refused(HOSTED, "sign in through the API and remove it");
const REDIRECT = inert("the OAuth endpoints alone read it, and a client with OAuth flows is refused");

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
const USER_POOL_CLIENT: Properties = {
  ...REGION,
  accessTokenValidity: number,
  allowedOauthFlows: OAUTH,
  allowedOauthFlowsUserPoolClient: only([false], HOSTED, "sign in through the API and remove it"),
  allowedOauthScopes: OAUTH,
  analyticsConfiguration: inert("nothing is sent to Pinpoint"),
  authSessionValidity: number,
  callbackUrls: REDIRECT,
  defaultRedirectUri: REDIRECT,
  enablePropagateAdditionalUserContextData: inert("threat protection alone looks at it"),
  enableTokenRevocation: flag,
  explicitAuthFlows: texts,
  generateSecret: flag,
  idTokenValidity: number,
  logoutUrls: REDIRECT,
  name: text,
  preventUserExistenceErrors: text,
  readAttributes: texts,
  refreshTokenRotation: block({ feature: text, retryGracePeriodSeconds: number }),
  refreshTokenValidity: number,
  supportedIdentityProviders: texts,
  tokenValidityUnits: block({ accessToken: text, idToken: text, refreshToken: text }),
  userPoolId: text,
  writeAttributes: texts,
};

const USER_GROUP: Properties = {
  ...REGION,
  description: text,
  name: text,
  precedence: number,
  roleArn: text,
  userPoolId: text,
};

const SCOPES = "it defines scopes that the OAuth endpoints give out; sign-in through the API never does";
const RESOURCE_SERVER: Properties = {
  ...REGION,
  identifier: inert(SCOPES),
  name: inert(SCOPES),
  scopes: inert(SCOPES),
  userPoolId: text,
};

const createUserPool: Create = (resource, ids) => {
  const { region } = ids.deployment;
  const id = `${region}_${ids.text(resource, "id", 9, ALPHANUMERIC)}`;
  const arn = ids.arn("cognito-idp", `userpool/${id}`);
  const name = physicalName(resource, ids);
  const endpoint = `cognito-idp.${region}.amazonaws.com/${id}`;
  return { id, arn, outputs: { arn, name, endpoint, estimatedNumberOfUsers: 0 } };
};

const createUserPoolClient: Create = (resource, ids) => {
  const id = ids.text(resource, "id", 26, LOWER_ALPHANUMERIC);
  const secret = resource.inputs.generateSecret === true ? ids.secret(resource, "secret", 51, LOWER_ALPHANUMERIC) : "";
  return { id, outputs: { name: physicalName(resource, ids), clientSecret: secret } };
};

const createUserGroup: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  return { id: `${inputText(resource, "userPoolId")}/${name}`, outputs: { name } };
};

const createResourceServer: Create = (resource) => {
  const identifier = inputText(resource, "identifier");
  const scopes = resource.inputs.scopes;
  const names = Array.isArray(scopes)
    ? scopes.map((scope: { scopeName?: unknown }) => `${identifier}/${shown(scope.scopeName)}`)
    : [];
  return { id: `${inputText(resource, "userPoolId")}|${identifier}`, outputs: { scopeIdentifiers: names } };
};

const IDENTITY_POOL = refusedType("identity pools are not emulated");
const PAGES = refusedType("the hosted sign-in pages are not emulated");
const PROGRAM_USER = refusedType("users of the program are not emulated", "create them with a seed file (`--seed`)");

export const COGNITO_TYPES: ResourceTypes = {
  [USER_POOL_TYPE]: emulatedType(USER_POOL, createUserPool),
  [USER_POOL_CLIENT_TYPE]: emulatedType(USER_POOL_CLIENT, createUserPoolClient),
  [USER_GROUP_TYPE]: emulatedType(USER_GROUP, createUserGroup),
  [RESOURCE_SERVER_TYPE]: inertType(SCOPES, createResourceServer, RESOURCE_SERVER),
  "aws:cognito/identityPool:IdentityPool": IDENTITY_POOL,
  "aws:cognito/identityPoolProviderPrincipalTag:IdentityPoolProviderPrincipalTag": IDENTITY_POOL,
  "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment": IDENTITY_POOL,
  "aws:cognito/identityProvider:IdentityProvider": refusedType("federated sign-in is not emulated"),
  "aws:cognito/logDeliveryConfiguration:LogDeliveryConfiguration": inertType(
    "Cognito's own logs are not delivered",
    named,
  ),
  "aws:cognito/managedLoginBranding:ManagedLoginBranding": PAGES,
  "aws:cognito/managedUserPoolClient:ManagedUserPoolClient": refusedType(
    "clients that another AWS service made are not emulated",
  ),
  "aws:cognito/riskConfiguration:RiskConfiguration": refusedType(THREAT_PROTECTION),
  "aws:cognito/user:User": PROGRAM_USER,
  "aws:cognito/userInGroup:UserInGroup": PROGRAM_USER,
  "aws:cognito/userPoolDomain:UserPoolDomain": refusedType(HOSTED),
  "aws:cognito/userPoolUICustomization:UserPoolUICustomization": PAGES,
};
