import { SERVICE_PREFIXES } from "./service-prefixes.ts";

/**
 * What is known of a condition key. `known` keys are supplied by the evaluator or by the service that asks it, or are
 * rightly absent from every request that the harness can see (a VPC endpoint, a federated user). `not-emulated` keys are
 * ones that AWS would fill and the harness does not: a policy that tests one would be decided differently here.
 */
export type ConditionKey =
  | { readonly kind: "known"; readonly name: string; readonly multivalued: boolean }
  | { readonly kind: "not-emulated"; readonly remedy: string }
  | { readonly kind: "unknown" };

function names(list: string): ReadonlySet<string> {
  return new Set(list.trim().toLowerCase().split(/\s+/));
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const GLOBAL_KEYS = names(`
  CalledVia CalledViaFirst CalledViaLast CurrentTime EpochTime FederatedProvider PrincipalAccount PrincipalArn
  PrincipalIsAWSService PrincipalServiceName PrincipalType RequestedRegion ResourceAccount SecureTransport SourceAccount
  SourceArn SourceIdentity SourceIp SourceVpc SourceVpcArn SourceVpce TokenIssueTime ViaAWSService VpcSourceIp
  VpceAccount VpceOrgID VpceOrgPaths username AssumedRoot ChatbotSourceArn Ec2InstanceSourceVpc
  Ec2InstanceSourcePrivateIPv4`);

const GLOBAL_KEYS_NOT_EMULATED = names(`
  MultiFactorAuthAge MultiFactorAuthPresent PrincipalOrgID PrincipalOrgPaths PrincipalServiceNamesList Referer
  ResourceOrgID ResourceOrgPaths SourceOrgID SourceOrgPaths TagKeys UserAgent userid IsMcpServiceAction`);

const GLOBAL_FAMILIES_NOT_EMULATED = ["requesttag/", "resourcetag/"];

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_dynamodb.html */
const DYNAMODB_KEYS = names(`
  Attributes EnclosingOperation FullTableScan LeadingKeys ReturnConsumedCapacity ReturnValues Select`);

const DYNAMODB_KEYS_NOT_EMULATED = names(`
  FirstPartitionKeyValues SecondPartitionKeyValues ThirdPartitionKeyValues FourthPartitionKeyValues FisActionId
  FisTargetArns`);

const MULTIVALUED = new Set([
  "aws:calledvia",
  "aws:vpceorgpaths",
  "dynamodb:attributes",
  "dynamodb:leadingkeys",
  "cognito-identity.amazonaws.com:amr",
]);

const UNKNOWN: ConditionKey = { kind: "unknown" };
const NOT_EMULATED: ConditionKey = { kind: "not-emulated", remedy: "use a key that the harness supplies." };

/** What is known of a key; names are compared without regard to case. */
export function conditionKey(text: string): ConditionKey {
  const name = text.toLowerCase();
  const colon = name.indexOf(":");
  const service = name.slice(0, colon);
  const rest = name.slice(colon + 1);
  if (name.startsWith("aws:")) return globalKey(name, name.slice("aws:".length));
  if (colon < 1 || rest === "" || /\s/.test(name)) return UNKNOWN;
  if (service === "dynamodb") return listedKey(name, rest, DYNAMODB_KEYS, DYNAMODB_KEYS_NOT_EMULATED);
  if (name === "lambda:sourcefunctionarn") return NOT_EMULATED;
  return SERVICE_PREFIXES.has(service) || isIdentityProvider(service) ? known(name) : UNKNOWN;
}

function globalKey(name: string, rest: string): ConditionKey {
  if (rest.startsWith("principaltag/")) return rest.length > "principaltag/".length ? known(name) : UNKNOWN;
  if (GLOBAL_FAMILIES_NOT_EMULATED.some((family) => rest.startsWith(family))) return NOT_EMULATED;
  return listedKey(name, rest, GLOBAL_KEYS, GLOBAL_KEYS_NOT_EMULATED);
}

function listedKey(name: string, rest: string, keys: ReadonlySet<string>, missing: ReadonlySet<string>): ConditionKey {
  if (keys.has(rest)) return known(name);
  return missing.has(rest) ? NOT_EMULATED : UNKNOWN;
}

function known(name: string): ConditionKey {
  return { kind: "known", name, multivalued: MULTIVALUED.has(name) };
}

/** Federated sessions bring keys under their provider's host name, e.g. `cognito-identity.amazonaws.com:sub`, or under
 * `saml`. No role session of a Lambda function has them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
function isIdentityProvider(prefix: string): boolean {
  return prefix === "saml" || /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[^\s]*)?$/.test(prefix);
}
