import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { type FindManagedPolicy, policyLength, policyName } from "./attached-policies.ts";
import { type CompiledPolicy, compilePolicy } from "./policy-document.ts";

/** A policy with the resource that puts it on a role. */
export interface Attachment {
  readonly policy: CompiledPolicy;
  /** The length of an inline policy; nothing for a managed one. */
  readonly inlineLength: number;
}

export type Attachments = ReadonlyMap<string, readonly Attachment[]>;

export function roleName(resource: Resource): string {
  return typeof resource.outputs.name === "string" ? resource.outputs.name : resource.id;
}

/** What stand-alone resources put on roles, by the role's name. */
export function policiesOfRoles(graph: ResourceGraph, find: FindManagedPolicy, faults: FaultCollector): Attachments {
  const names = new Set(graph.ofType("aws:iam/role:Role").map(roleName));
  const attached = new Map<string, Attachment[]>();
  const attach = (role: unknown, resource: Resource, attachment: Attachment | undefined) => {
    const name = typeof role === "string" ? role : "";
    if (!names.has(name)) faults.add(resource, missingRole(role));
    else if (attachment !== undefined) attached.set(name, [...(attached.get(name) ?? []), attachment]);
  };
  for (const resource of graph.ofType("aws:iam/rolePolicy:RolePolicy")) {
    attach(
      resource.inputs.role,
      resource,
      inlineAttachment(policyName(resource), resource.inputs.policy, resource, faults),
    );
  }
  for (const resource of graph.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
    attach(resource.inputs.role, resource, managedAttachment(find(resource.inputs.policyArn, resource, "identity")));
  }
  for (const resource of graph.ofType("aws:iam/policyAttachment:PolicyAttachment")) {
    reportUsersAndGroups(resource, faults);
    const attachment = managedAttachment(find(resource.inputs.policyArn, resource, "identity"));
    for (const role of listOf(resource.inputs.roles)) attach(role, resource, attachment);
  }
  return attached;
}

function missingRole(role: unknown): string {
  return typeof role === "string"
    ? `The role ${role} is not in the program; attach to a role that it makes, by its name.`
    : "The role is not given by its name; pass `role.name`.";
}

export function inlineAttachment(
  name: string,
  document: unknown,
  subject: Resource,
  faults: FaultCollector,
): Attachment {
  const policy = compilePolicy({ kind: "identity", name, document, subject }, faults);
  return { policy, inlineLength: policyLength(document) };
}

export function managedAttachment(policy: CompiledPolicy | undefined): Attachment | undefined {
  return policy && { policy, inlineLength: 0 };
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function reportUsersAndGroups(resource: Resource, faults: FaultCollector): void {
  for (const property of ["users", "groups"]) {
    if (listOf(resource.inputs[property]).length > 0) {
      faults.add(resource, `IAM ${property} are not emulated; attach the policy to roles only.`);
    }
  }
}
