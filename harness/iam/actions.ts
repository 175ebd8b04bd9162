import { compileAtoms, type Matcher, wildcardAtoms } from "./pattern.ts";
import type { Report } from "./policy-variables.ts";
import { SERVICE_PREFIXES } from "./service-prefixes.ts";

function names(list: string): ReadonlySet<string> {
  return new Set(list.trim().toLowerCase().split(/\s+/));
}

/**
 * The services whose every action is known, lower case: the ones that the harness decides for. A name that none of them
 * has is a fault, since a misspelt `Deny` would silently deny nothing.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_dynamodb.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_cognito-idp.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
const KNOWN_ACTIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    "dynamodb",
    names(`
      AssociateTableReplica BatchGetItem BatchWriteItem CancelBulkOperation ConditionCheckItem CreateBackup
      CreateGlobalTable CreateTable CreateTableReplica DeleteBackup DeleteItem DeleteResourcePolicy DeleteTable
      DeleteTableReplica DescribeBackup DescribeBulkOperation DescribeContinuousBackups DescribeContributorInsights
      DescribeEndpoints DescribeExport DescribeGlobalTable DescribeGlobalTableSettings DescribeImport
      DescribeKinesisStreamingDestination DescribeLimits DescribeReservedCapacity DescribeReservedCapacityOfferings
      DescribeStream DescribeTable DescribeTableReplicaAutoScaling DescribeTimeToLive
      DisableKinesisStreamingDestination EnableKinesisStreamingDestination ExportTableToPointInTime GetAbacStatus
      GetItem GetRecords GetResourcePolicy GetShardIterator ImportTable InjectError ListBackups ListBulkOperations
      ListContributorInsights ListExports ListGlobalTables ListImports ListStreams ListTables ListTagsOfResource
      PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate PurchaseReservedCapacityOfferings PutItem
      PutResourcePolicy Query ReadDataForReplication ReplicateSettings RestoreTableFromAwsBackup
      RestoreTableFromBackup RestoreTableToPointInTime Scan SearchVectors StartAwsBackupJob StartBulkPutItems
      TagResource UntagResource UpdateAbacStatus UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable
      UpdateGlobalTableSettings UpdateGlobalTableVersion UpdateItem UpdateKinesisStreamingDestination UpdateTable
      UpdateTableReplicaAutoScaling UpdateTimeToLive WriteDataForReplication`),
  ],
  [
    "cognito-idp",
    names(`
      AddCustomAttributes AddUserPoolClientSecret AdminAddUserToGroup AdminConfirmSignUp AdminCreateUser
      AdminDeleteSoftwareToken AdminDeleteUser AdminDeleteUserAttributes AdminDisableProviderForUser AdminDisableUser
      AdminEnableUser AdminForgetDevice AdminGetDevice AdminGetUser AdminGetUserAuthFactors AdminInitiateAuth
      AdminLinkProviderForUser AdminListDevices AdminListGroupsForUser AdminListUserAuthEvents AdminListUserSessions
      AdminRemoveUserFromGroup AdminResetUserPassword AdminRespondToAuthChallenge AdminRevokeUserSession
      AdminSetUserMFAPreference AdminSetUserPassword AdminSetUserSettings AdminUpdateAuthEventFeedback
      AdminUpdateDeviceStatus AdminUpdateUserAttributes AdminUserGlobalSignOut AssociateSoftwareToken AssociateWebACL
      ChangePassword CompleteWebAuthnRegistration ConfirmDevice ConfirmForgotPassword ConfirmSignUp CreateGroup
      CreateIdentityProvider CreateManagedLoginBranding CreateResourceServer CreateTerms CreateUserImportJob
      CreateUserPool CreateUserPoolClient CreateUserPoolDomain CreateUserPoolReplica DeleteGroup
      DeleteIdentityProvider DeleteManagedLoginBranding DeleteResourceServer DeleteTerms DeleteUser
      DeleteUserAttributes DeleteUserPool DeleteUserPoolClient DeleteUserPoolClientSecret DeleteUserPoolDomain
      DeleteUserPoolReplica DeleteWebAuthnCredential DescribeIdentityProvider DescribeManagedLoginBranding
      DescribeManagedLoginBrandingByClient DescribeResourceServer DescribeRiskConfiguration DescribeTerms
      DescribeTermsByClient DescribeUserImportJob DescribeUserPool DescribeUserPoolClient DescribeUserPoolDomain
      DisassociateWebACL ForgetDevice ForgotPassword GetCSVHeader GetClientToken GetDevice GetGroup
      GetIdentityProviderByIdentifier GetLogDeliveryConfiguration GetProvisionedLimit GetSigningCertificate
      GetTokensFromRefreshToken GetUICustomization GetUser GetUserAttributeVerificationCode GetUserAuthFactors
      GetUserPoolClientSessionConfiguration GetUserPoolMfaConfig GetUserPoolSessionConfiguration GetWebACLForResource
      GlobalSignOut InitiateAuth ListDevices ListGroups ListIdentityProviders ListResourceServers
      ListResourcesForWebACL ListTagsForResource ListTerms ListUserImportJobs ListUserPoolClientSecrets
      ListUserPoolClients ListUserPoolReplicas ListUserPools ListUserSessions ListUsers ListUsersInGroup
      ListWebAuthnCredentials ResendConfirmationCode RespondToAuthChallenge RevokeToken RevokeUserSession
      SetLogDeliveryConfiguration SetRiskConfiguration SetUICustomization SetUserMFAPreference
      SetUserPoolClientSessionConfiguration SetUserPoolMfaConfig SetUserPoolSessionConfiguration SetUserSettings
      SignUp StartUserImportJob StartWebAuthnRegistration StopUserImportJob TagResource UntagResource
      UpdateAuthEventFeedback UpdateDeviceStatus UpdateGroup UpdateIdentityProvider UpdateManagedLoginBranding
      UpdateProvisionedLimit UpdateResourceServer UpdateTerms UpdateUserAttributes UpdateUserPool UpdateUserPoolClient
      UpdateUserPoolDomain UpdateUserPoolReplica VerifySoftwareToken VerifyUserAttribute`),
  ],
  [
    "sts",
    names(`
      AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage GetAccessKeyInfo
      GetCallerIdentity GetDelegatedAccessToken GetFederationToken GetServiceBearerToken GetSessionToken
      GetWebIdentityToken SetContext SetSourceIdentity TagGetWebIdentityToken TagSession`),
  ],
  ["execute-api", names("Invoke InvalidateCache ManageConnections")],
]);

/** The transaction operations have no permission of their own; people write them all the same. */
const NOT_ACTIONS = new Map([
  ["dynamodb:transactwriteitems", "name PutItem, UpdateItem, DeleteItem or ConditionCheckItem, which it is made of"],
  ["dynamodb:transactgetitems", "name GetItem, which it is made of"],
  ["dynamodb:batchexecutestatement", "name PartiQLSelect, PartiQLInsert, PartiQLUpdate or PartiQLDelete"],
  ["dynamodb:executestatement", "name PartiQLSelect, PartiQLInsert, PartiQLUpdate or PartiQLDelete"],
  ["dynamodb:executetransaction", "name PartiQLSelect, PartiQLInsert, PartiQLUpdate or PartiQLDelete"],
]);

/** One `Action` or `NotAction` pattern, to be matched against a lower-case action.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
export function compileAction(text: string, report: Report): Matcher | undefined {
  if (text === "*" || text === "*:*") return () => true;
  const lower = text.toLowerCase();
  const parts = /^([a-z0-9-]+):([a-z0-9_*?-]+)$/.exec(lower);
  if (parts === null) {
    report(`"${text}" is not an action; write "service:Action", "service:Prefix*" or "*".`);
    return undefined;
  }
  const [, service = "", name = ""] = parts;
  if (!isKnown(service, name, text, report)) return undefined;
  return compileAtoms(wildcardAtoms(lower));
}

function isKnown(service: string, name: string, text: string, report: Report): boolean {
  if (!SERVICE_PREFIXES.has(service)) {
    report(`"${text}" names no AWS service that is known here: check the spelling of "${service}".`);
    return false;
  }
  const known = KNOWN_ACTIONS.get(service);
  if (known === undefined || hasMatch(known, name)) return true;
  const remedy = NOT_ACTIONS.get(`${service}:${name}`) ?? "check the spelling";
  report(`"${text}" is not an action of ${service}: ${remedy}.`);
  return false;
}

function hasMatch(known: ReadonlySet<string>, name: string): boolean {
  if (known.has(name)) return true;
  const matches = compileAtoms(wildcardAtoms(name));
  return [...known].some(matches);
}
