import { parseArn } from "../arn.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { ROLE_TYPE } from "../resources/types/iam.ts";
import { isTextMap } from "../resources/values.ts";
import { type FindManagedPolicy, LONGEST_INLINE_POLICIES, managedPolicies } from "./attached-policies.ts";
import { authorizeTrust } from "./authorize.ts";
import type { AuthorizationRequest } from "./decision-types.ts";
import { type CompiledPolicy, compilePolicy } from "./policy-document.ts";
import {
  type Attachment,
  type Attachments,
  inlineAttachment,
  managedAttachment,
  policiesOfRoles,
  roleName,
} from "./role-attachments.ts";

/** A role of the program with all that bears on what its sessions may do. */
export interface Role {
  /** With the role's path. */
  readonly arn: string;
  readonly name: string;
  /** `AROA…`, where the graph has one. */
  readonly uniqueId?: string;
  /** What sessions of the role have as `aws:PrincipalTag/*`. */
  readonly tags: Readonly<Record<string, string>>;
  /** Identity policies and, if there is one, the permissions boundary: hand all of them to `authorize`. */
  readonly policies: readonly CompiledPolicy[];
  /** Whether the trust policy lets an AWS service, e.g. `lambda.amazonaws.com`, assume the role. `context` holds what
   * the service would say of itself: `aws:SourceArn`, `aws:SourceAccount`. */
  trusts(service: string, context?: AuthorizationRequest["context"]): boolean;
}

export interface Roles {
  readonly all: readonly Role[];
  byArn(arn: string): Role | undefined;
  byName(name: string): Role | undefined;
}

/**
 * Reads every role with its inline, customer-managed and AWS-managed policies, whichever resource attaches them. What
 * cannot be read, or points to a role or policy that is not there, is a fault.
 */
export function readRoles(graph: ResourceGraph, faults: FaultCollector, clock: Clock = systemClock): Roles {
  const find = managedPolicies(graph, faults);
  const resources = graph.ofType(ROLE_TYPE);
  const attached = policiesOfRoles(graph, find, faults);
  const roles = resources.flatMap((resource) => readRole(resource, attached, find, { faults, clock }) ?? []);
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  const byName = new Map(roles.map((role) => [role.name, role]));
  return { all: roles, byArn: (arn) => byArn.get(arn), byName: (name) => byName.get(name) };
}

interface Reading {
  readonly faults: FaultCollector;
  readonly clock: Clock;
}

function readRole(
  resource: Resource,
  attached: Attachments,
  find: FindManagedPolicy,
  { faults, clock }: Reading,
): Role | undefined {
  const arn = resource.arn;
  if (arn === undefined || parseArn(arn)?.service !== "iam") {
    faults.add(resource, "The role has no ARN.");
    return undefined;
  }
  const name = roleName(resource);
  const inputs = inputsOf(resource, faults);
  const document = inputs.value("assumeRolePolicy");
  const trust = compilePolicy({ kind: "trust", name: `${name} trust policy`, document, subject: resource }, faults);
  const all = [...inlinePolicies(inputs, faults), ...managedOf(inputs, find), ...(attached.get(name) ?? [])];
  reportAttachments(resource, all, faults);
  return {
    arn,
    name,
    ...(typeof resource.outputs.uniqueId === "string" ? { uniqueId: resource.outputs.uniqueId } : {}),
    tags: tagsOf(inputs),
    policies: [...all.map(({ policy }) => policy), ...boundaryOf(inputs, find)],
    trusts: (service, context = {}) => authorizeTrust(trust, { service, roleArn: arn, context }, clock),
  };
}

function inlinePolicies(inputs: Inputs, faults: FaultCollector): readonly Attachment[] {
  return inputs.blocks("inlinePolicies").flatMap((inline, index) => {
    // An empty entry is Pulumi's way to say that the role has no other inline policies.
    if (inline.names().length === 0) return [];
    const name = inline.text("name") ?? `inlinePolicies[${index}]`;
    return [inlineAttachment(name, inline.value("policy"), inputs.resource, faults)];
  });
}

function managedOf(inputs: Inputs, find: FindManagedPolicy): readonly Attachment[] {
  return inputs
    .texts("managedPolicyArns")
    .flatMap((arn) => managedAttachment(find(arn, inputs.resource, "identity")) ?? []);
}

/** A boundary that cannot be found must not leave the role unbounded. */
function boundaryOf(inputs: Inputs, find: FindManagedPolicy): readonly CompiledPolicy[] {
  const arn = inputs.value("permissionsBoundary");
  if (arn === undefined || arn === "") return [];
  const boundary = find(arn, inputs.resource, "boundary");
  if (boundary === undefined) inputs.report("The permissions boundary could not be read; the role may do nothing.");
  return [boundary ?? { kind: "boundary", name: "unreadable boundary", statements: [] }];
}

function reportAttachments(resource: Resource, attachments: readonly Attachment[], faults: FaultCollector): void {
  const length = attachments.reduce((sum, { inlineLength }) => sum + inlineLength, 0);
  if (length > LONGEST_INLINE_POLICIES) {
    faults.add(
      resource,
      `Its inline policies have ${length} characters; IAM takes at most ${LONGEST_INLINE_POLICIES}.`,
    );
  }
  const inline = attachments.filter(({ inlineLength }) => inlineLength > 0).map(({ policy }) => policy.name);
  const repeated = inline.find((name, index) => inline.indexOf(name) !== index);
  if (repeated !== undefined)
    faults.add(resource, `Two inline policies are called "${repeated}"; one would replace the other.`);
}

function tagsOf(inputs: Inputs): Readonly<Record<string, string>> {
  const { tagsAll } = inputs.resource.outputs;
  return isTextMap(tagsAll) ? tagsAll : (inputs.textMap("tags") ?? {});
}
