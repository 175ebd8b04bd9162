import type { FaultCollector } from "../../faults.ts";
import type { Resource, ResourceGraph } from "../../pulumi/resource-graph.ts";
import { readPasswordPolicy } from "./password-policy.ts";
import {
  inertResourceTypes,
  refusedResourceTypes,
  resourceServerProperties,
  userGroupProperties,
  userPoolProperties,
} from "./pool-properties.ts";
import { readSchema } from "./schema-attributes.ts";
import { checkProperties, type Settings, settingsOf } from "./settings.ts";
import type { UserGroup, UserPool } from "./user-pool.ts";
import { readUserPoolClient } from "./user-pool-client.ts";
import {
  contactList,
  oneOf,
  readMessages,
  readMfa,
  readNaming,
  readRecovery,
  readVerifiedBeforeUpdate,
} from "./user-pool-settings.ts";

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
