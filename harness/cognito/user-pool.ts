import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { type PasswordPolicy, readPasswordPolicy } from "./password-policy.ts";
import {
  inertResourceTypes,
  refusedResourceTypes,
  resourceServerProperties,
  userGroupProperties,
  userPoolProperties,
} from "./pool-properties.ts";
import { readSchema, type SchemaAttribute } from "./schema-attributes.ts";
import { checkProperties, type Settings, settingsOf } from "./settings.ts";
import { readUserPoolClient, type UserPoolClient } from "./user-pool-client.ts";

export type { PasswordPolicy } from "./password-policy.ts";
export type { AuthFlow, UserPoolClient } from "./user-pool-client.ts";

export type ContactAttribute = "email" | "phone_number";
export type AliasAttribute = ContactAttribute | "preferred_username";

/** A group, from the program or made by `CreateGroup`. */
export interface UserGroup {
  readonly name: string;
  readonly description?: string;
  /** Lower wins. */
  readonly precedence?: number;
  readonly roleArn?: string;
}

/** The texts of the messages that the pool sends; `{####}` stands for the code, `{username}` for the user. */
export interface MessageTemplates {
  readonly verification: { readonly subject: string; readonly email: string; readonly sms: string };
  readonly invitation: { readonly subject: string; readonly email: string; readonly sms: string };
}

/** A user pool with its clients and groups, as the resource graph describes it. */
export interface UserPool {
  readonly id: string;
  readonly arn: string;
  /** The program's logical name. */
  readonly logicalName: string;
  readonly name: string;
  readonly region: string;
  /** AWS's own form, without a trailing slash. */
  readonly issuer: string;
  /** Clients mix this into the SRP hash: the pool id after its underscore. */
  readonly srpName: string;
  /** Set: users sign up with one of these in place of a user name. */
  readonly usernameAttributes: readonly ContactAttribute[];
  /** Attributes that a user may sign in with once verified. */
  readonly aliasAttributes: readonly AliasAttribute[];
  readonly caseSensitive: boolean;
  readonly autoVerified: readonly ContactAttribute[];
  readonly verifiedBeforeUpdate: readonly ContactAttribute[];
  readonly selfSignUp: boolean;
  /** In order of priority; empty when only an administrator may recover an account. */
  readonly recovery: readonly ContactAttribute[];
  readonly mfa: "OFF" | "OPTIONAL" | "ON";
  readonly passwordPolicy: PasswordPolicy;
  readonly schema: ReadonlyMap<string, SchemaAttribute>;
  readonly tier: "LITE" | "ESSENTIALS" | "PLUS";
  readonly deletionProtection: boolean;
  readonly messages: MessageTemplates;
  readonly clients: ReadonlyMap<string, UserPoolClient>;
  readonly groups: ReadonlyMap<string, UserGroup>;
}

const poolType = "aws:cognito/userPool:UserPool";
const clientType = "aws:cognito/userPoolClient:UserPoolClient";
const groupType = "aws:cognito/userGroup:UserGroup";
const resourceServerType = "aws:cognito/resourceServer:ResourceServer";

/** Reads every user pool of the graph. Whatever would behave differently on AWS becomes a fault. */
export function readUserPools(graph: ResourceGraph, faults: FaultCollector): readonly UserPool[] {
  refuseOtherTypes(graph, faults);
  const pools = graph.ofType(poolType).map((resource) => readUserPool(resource, graph, faults));
  const known = new Set(pools.map((pool) => pool.id));
  for (const type of [clientType, groupType, resourceServerType]) {
    for (const resource of graph.ofType(type)) {
      const poolId = resource.inputs.userPoolId;
      if (typeof poolId !== "string" || !known.has(poolId)) {
        faults.add(resource, "`userPoolId` names no user pool of the program.");
      }
    }
  }
  return pools;
}

function refuseOtherTypes(graph: ResourceGraph, faults: FaultCollector): void {
  const read = new Set([poolType, clientType, groupType, ...inertResourceTypes]);
  for (const resource of graph.resources) {
    if (!resource.type.startsWith("aws:cognito/") || read.has(resource.type)) continue;
    const reason = refusedResourceTypes.get(resource.type) ?? "this resource type is not emulated";
    faults.add(resource, `The resource is refused: ${reason}.`);
  }
  for (const resource of graph.ofType(resourceServerType)) {
    checkProperties(settingsOf(resource, faults), resourceServerProperties);
  }
}

function readUserPool(resource: Resource, graph: ResourceGraph, faults: FaultCollector): UserPool {
  const settings = settingsOf(resource, faults);
  checkProperties(settings, userPoolProperties);
  refuseUnemulated(settings);
  const [region = "", srpName = ""] = resource.id.split("_");
  const schema = readSchema(settings);
  const tier = oneOf(settings, "userPoolTier", ["ESSENTIALS", "LITE", "PLUS"]);
  const context = { schema, tier };
  const ours = (type: string) => graph.ofType(type).filter((each) => each.inputs.userPoolId === resource.id);
  return {
    id: resource.id,
    arn: resource.arn ?? "",
    logicalName: resource.name,
    name: settings.text("name") ?? resource.name,
    region,
    issuer: `https://cognito-idp.${region}.amazonaws.com/${resource.id}`,
    srpName,
    ...readNaming(settings),
    autoVerified: contactList(settings, "autoVerifiedAttributes"),
    verifiedBeforeUpdate: readVerifiedBeforeUpdate(settings),
    selfSignUp: settings.block("adminCreateUserConfig").flag("allowAdminCreateUserOnly") !== true,
    recovery: readRecovery(settings),
    mfa: readMfa(settings),
    passwordPolicy: readPasswordPolicy(settings, tier),
    schema,
    tier,
    deletionProtection: settings.text("deletionProtection") === "ACTIVE",
    messages: readMessages(settings),
    clients: byKey(
      ours(clientType).map((each) => readUserPoolClient(each, context, faults)),
      (client) => client.id,
    ),
    groups: byKey(
      ours(groupType).map((each) => readUserGroup(each, faults)),
      (group) => group.name,
    ),
  };
}

function byKey<T>(values: readonly T[], key: (value: T) => string): ReadonlyMap<string, T> {
  return new Map(values.map((value) => [key(value), value]));
}

function readUserGroup(resource: Resource, faults: FaultCollector): UserGroup {
  const settings = settingsOf(resource, faults);
  checkProperties(settings, userGroupProperties);
  const description = settings.text("description");
  const precedence = settings.number("precedence");
  const roleArn = settings.text("roleArn");
  return {
    name: settings.text("name") ?? resource.name,
    ...(description === undefined ? {} : { description }),
    ...(precedence === undefined ? {} : { precedence }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

/** The first value is the default. */
function oneOf<const T extends string>(settings: Settings, name: string, values: readonly [T, ...T[]]): T {
  const given = settings.text(name);
  if (given === undefined) return values[0];
  const found = values.find((value) => value === given);
  if (found === undefined) settings.fault(name, `must be one of ${values.join(", ")}`);
  return found ?? values[0];
}

function refuseUnemulated(settings: Settings): void {
  for (const trigger of settings.block("lambdaConfig").names()) {
    settings.block("lambdaConfig").fault(trigger, "is refused: Lambda triggers of a user pool are not emulated");
  }
  const mode = settings.block("userPoolAddOns").text("advancedSecurityMode");
  if (mode !== undefined && mode !== "OFF") {
    settings.block("userPoolAddOns").fault("advancedSecurityMode", "is refused: threat protection is not emulated");
  }
  const factors = settings.block("signInPolicy").texts("allowedFirstAuthFactors") ?? [];
  if (factors.some((factor) => factor !== "PASSWORD")) {
    settings.block("signInPolicy").fault("allowedFirstAuthFactors", "is refused: only PASSWORD is emulated");
  }
  const template = settings.block("verificationMessageTemplate");
  if (template.text("defaultEmailOption") === "CONFIRM_WITH_LINK") {
    template.fault("defaultEmailOption", "is refused: confirmation by link is not emulated; use CONFIRM_WITH_CODE");
  }
}

function isContact(text: string): text is ContactAttribute {
  return text === "email" || text === "phone_number";
}

function isAlias(text: string): text is AliasAttribute {
  return isContact(text) || text === "preferred_username";
}

function listOf<T extends string>(settings: Settings, name: string, is: (text: string) => text is T): readonly T[] {
  const accepted: T[] = [];
  for (const text of settings.texts(name) ?? []) {
    if (is(text)) accepted.push(text);
    else settings.fault(name, `cannot hold ${text}`);
  }
  return accepted;
}

function contactList(settings: Settings, name: string): readonly ContactAttribute[] {
  return listOf(settings, name, isContact);
}

function readNaming(settings: Settings): Pick<UserPool, "usernameAttributes" | "aliasAttributes" | "caseSensitive"> {
  const usernameAttributes = contactList(settings, "usernameAttributes");
  const aliasAttributes = listOf(settings, "aliasAttributes", isAlias);
  if (usernameAttributes.length > 0 && aliasAttributes.length > 0) {
    settings.fault("aliasAttributes", "cannot stand beside `usernameAttributes`: AWS takes one or the other");
  }
  const caseSensitive = settings.block("usernameConfiguration").flag("caseSensitive") ?? true;
  return { usernameAttributes, aliasAttributes, caseSensitive };
}

function readVerifiedBeforeUpdate(settings: Settings): readonly ContactAttribute[] {
  const block = settings.block("userAttributeUpdateSettings");
  const attributes = contactList(block, "attributesRequireVerificationBeforeUpdates");
  const autoVerified = settings.texts("autoVerifiedAttributes") ?? [];
  if (attributes.some((attribute) => !autoVerified.includes(attribute))) {
    settings.fault("userAttributeUpdateSettings", "names an attribute that is not in `autoVerifiedAttributes`");
  }
  return attributes;
}

const recoveryNames: ReadonlyMap<string, ContactAttribute | "admin"> = new Map<string, ContactAttribute | "admin">([
  ["verified_email", "email"],
  ["verified_phone_number", "phone_number"],
  ["admin_only", "admin"],
]);

/** Unset, Cognito tries the phone first and then the e-mail address. */
function readRecovery(settings: Settings): readonly ContactAttribute[] {
  const blocks = settings.block("accountRecoverySetting").blocks("recoveryMechanisms");
  if (blocks.length === 0) return ["phone_number", "email"];
  const mechanisms = blocks.map((block) => {
    const attribute = recoveryNames.get(block.text("name") ?? "");
    if (attribute === undefined) block.fault("name", "must be verified_email, verified_phone_number or admin_only");
    return { attribute, priority: block.number("priority") ?? 0 };
  });
  const ordered = mechanisms.toSorted((left, right) => left.priority - right.priority);
  return ordered.flatMap(({ attribute }) => (attribute === undefined || attribute === "admin" ? [] : [attribute]));
}

function readMfa(settings: Settings): UserPool["mfa"] {
  const mfa = oneOf(settings, "mfaConfiguration", ["OFF", "OPTIONAL", "ON"]);
  if (mfa === "OFF") return mfa;
  if (settings.has("smsConfiguration")) {
    settings.fault("smsConfiguration", "turns on MFA by SMS, which is not emulated; use software-token MFA alone");
  }
  if (settings.block("softwareTokenMfaConfiguration").flag("enabled") !== true) {
    settings.fault(
      "mfaConfiguration",
      "needs `softwareTokenMfaConfiguration.enabled`: the only factor that is emulated",
    );
  }
  return mfa;
}

const verificationText = "Your confirmation code is {####}";
const invitationText = "Your username is {username} and temporary password is {####}";

function readMessages(settings: Settings): MessageTemplates {
  const verification = settings.block("verificationMessageTemplate");
  const invitation = settings.block("adminCreateUserConfig").block("inviteMessageTemplate");
  const first = (...texts: readonly (string | undefined)[]) => texts.find((text) => text !== undefined);
  const email = first(verification.text("emailMessage"), settings.text("emailVerificationMessage"));
  const subject = first(verification.text("emailSubject"), settings.text("emailVerificationSubject"));
  const sms = first(verification.text("smsMessage"), settings.text("smsVerificationMessage"));
  return {
    verification: {
      subject: subject ?? "Your verification code",
      email: email ?? verificationText,
      sms: sms ?? verificationText,
    },
    invitation: {
      subject: invitation.text("emailSubject") ?? "Your temporary password",
      email: invitation.text("emailMessage") ?? invitationText,
      sms: invitation.text("smsMessage") ?? invitationText,
    },
  };
}
