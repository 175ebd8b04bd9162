import { LOWER_ALPHANUMERIC, UPPER_ALPHANUMERIC } from "../../pulumi/identifiers.ts";
import { inputText, physicalName } from "../creation.ts";
import { type Create, emulatedType, type ResourceTypes, refusedType } from "../resource-type.ts";
import { anyValue, blocks, inert, type Properties, refused, text, texts } from "../treatments.ts";
import { INERT_TAGS, READ_TAGS, REMARK } from "./shared-rows.ts";

export const ROLE_TYPE = "aws:iam/role:Role";
export const POLICY_TYPE = "aws:iam/policy:Policy";
export const ROLE_POLICY_TYPE = "aws:iam/rolePolicy:RolePolicy";
export const ROLE_POLICY_ATTACHMENT_TYPE = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
export const POLICY_ATTACHMENT_TYPE = "aws:iam/policyAttachment:PolicyAttachment";

const NAME: Properties = { name: text, namePrefix: text };

/** Policy documents are JSON text or the object that it stands for. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const ROLE: Properties = {
  ...NAME,
  ...READ_TAGS,
  assumeRolePolicy: anyValue,
  description: REMARK,
  forceDetachPolicies: inert("nothing is destroyed"),
  inlinePolicies: blocks({ name: text, policy: anyValue }),
  managedPolicyArns: texts,
  maxSessionDuration: inert(
    "nobody assumes a role through STS here; a function's session lasts as long as its sandbox",
  ),
  path: text,
  permissionsBoundary: text,
};

const POLICY: Properties = {
  ...NAME,
  ...INERT_TAGS,
  delayAfterPolicyCreationInMs: inert("policies are in force at once"),
  description: REMARK,
  path: text,
  policy: anyValue,
};

/** What is attached to what. Their reader says how to name it, whatever stands in its place. */
const ROLE_NAME = anyValue;
const POLICY_ARN = anyValue;

const ROLE_POLICY: Properties = { ...NAME, policy: anyValue, role: ROLE_NAME };
const ROLE_POLICY_ATTACHMENT: Properties = { policyArn: POLICY_ARN, role: ROLE_NAME };

const USERS = "IAM users and groups are not emulated";
const USERS_REMEDY = "attach the policy to roles only";
const POLICY_ATTACHMENT: Properties = {
  groups: refused(USERS, USERS_REMEDY),
  name: text,
  policyArn: POLICY_ARN,
  roles: texts,
  users: refused(USERS, USERS_REMEDY),
};

const REGIONLESS = { region: "" };

function iamPath(path: string): string {
  return path || "/";
}

const createRole: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const arn = ids.arn("iam", `role${iamPath(inputText(resource, "path"))}${name}`, REGIONLESS);
  const uniqueId = `AROA${ids.text(resource, "uniqueId", 17, UPPER_ALPHANUMERIC)}`;
  return { id: name, arn, outputs: { arn, name, uniqueId } };
};

const createPolicy: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  const arn = ids.arn("iam", `policy${iamPath(inputText(resource, "path"))}${name}`, REGIONLESS);
  const policyId = `ANPA${ids.text(resource, "policyId", 17, UPPER_ALPHANUMERIC)}`;
  return { id: arn, arn, outputs: { arn, name, policyId } };
};

const createRolePolicy: Create = (resource, ids) => {
  const name = physicalName(resource, ids);
  return { id: `${inputText(resource, "role")}:${name}`, outputs: { name } };
};

const createAttachment: Create = (resource, ids) => ({
  id: `${inputText(resource, "role") || resource.name}-${ids.text(resource, "id", 26, LOWER_ALPHANUMERIC)}`,
  outputs: {},
});

const NO_USERS = refusedType(USERS, "give functions roles; who calls the API signs in at a user pool");

export const IAM_TYPES: ResourceTypes = {
  [ROLE_TYPE]: emulatedType(ROLE, createRole),
  [POLICY_TYPE]: emulatedType(POLICY, createPolicy),
  [ROLE_POLICY_TYPE]: emulatedType(ROLE_POLICY, createRolePolicy),
  [ROLE_POLICY_ATTACHMENT_TYPE]: emulatedType(ROLE_POLICY_ATTACHMENT, createAttachment),
  [POLICY_ATTACHMENT_TYPE]: emulatedType(POLICY_ATTACHMENT, createAttachment),
  "aws:iam/accessKey:AccessKey": NO_USERS,
  "aws:iam/group:Group": NO_USERS,
  "aws:iam/groupPolicy:GroupPolicy": NO_USERS,
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": NO_USERS,
  "aws:iam/user:User": NO_USERS,
  "aws:iam/userPolicy:UserPolicy": NO_USERS,
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": NO_USERS,
};
