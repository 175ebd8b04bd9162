import type { FaultCollector } from "../../faults.ts";
import type { Resource, ResourceGraph } from "../../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../../resources/inputs.ts";
import { physicalNameOf } from "../../resources/physical-name.ts";
import { tagsOf } from "../../resources/tags.ts";
import {
  RESOURCE_SERVER_TYPE,
  USER_GROUP_TYPE,
  USER_POOL_CLIENT_TYPE,
  USER_POOL_TYPE,
} from "../../resources/types/cognito.ts";
import { readPasswordPolicy } from "./password-policy.ts";
import { readSchema } from "./schema-attributes.ts";
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

/** Reads every user pool of the graph. Whatever would behave differently on AWS becomes a fault. */
export function readUserPools(graph: ResourceGraph, faults: FaultCollector): readonly UserPool[] {
  const pools = graph.ofType(USER_POOL_TYPE).map((resource) => readUserPool(resource, graph, faults));
  const known = new Set(pools.map((pool) => pool.id));
  for (const type of [USER_POOL_CLIENT_TYPE, USER_GROUP_TYPE, RESOURCE_SERVER_TYPE]) {
    for (const resource of graph.ofType(type)) {
      const poolId = resource.inputs.userPoolId;
      if (typeof poolId !== "string" || !known.has(poolId)) {
        faults.add(resource, "`userPoolId` names no user pool of the program.");
      }
    }
  }
  return pools;
}

function readUserPool(resource: Resource, graph: ResourceGraph, faults: FaultCollector): UserPool {
  const settings = inputsOf(resource, faults);
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
    name: physicalNameOf(resource),
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
    tags: tagsOf(settings),
    clients: byKey(
      ours(USER_POOL_CLIENT_TYPE).map((each) => readUserPoolClient(each, context, faults)),
      (client) => client.id,
    ),
    groups: byKey(
      ours(USER_GROUP_TYPE).map((each) => readUserGroup(each, faults)),
      (group) => group.name,
    ),
  };
}

function byKey<T>(values: readonly T[], key: (value: T) => string): ReadonlyMap<string, T> {
  return new Map(values.map((value) => [key(value), value]));
}

function readUserGroup(resource: Resource, faults: FaultCollector): UserGroup {
  const settings = inputsOf(resource, faults);
  const description = settings.text("description");
  const precedence = settings.number("precedence");
  const roleArn = settings.text("roleArn");
  return {
    name: physicalNameOf(resource),
    logicalName: resource.name,
    ...(description === undefined ? {} : { description }),
    ...(precedence === undefined ? {} : { precedence }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

function refuseUnemulated(settings: Inputs): void {
  const policy = settings.block("signInPolicy");
  if (policy.texts("allowedFirstAuthFactors").some((factor) => factor !== "PASSWORD")) {
    policy.fault("allowedFirstAuthFactors", "is refused: only PASSWORD is emulated");
  }
}
