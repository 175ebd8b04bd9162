import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { inputsOf } from "../resources/inputs.ts";
import { physicalNameOf } from "../resources/physical-name.ts";
import {
  POLICY_ATTACHMENT_TYPE,
  ROLE_POLICY_ATTACHMENT_TYPE,
  ROLE_POLICY_TYPE,
  ROLE_TYPE,
} from "../resources/types/iam.ts";
import { type FindManagedPolicy, policyLength } from "./attached-policies.ts";
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
  const names = new Set(graph.ofType(ROLE_TYPE).map(roleName));
  const attached = new Map<string, Attachment[]>();
  const attach = (name: string | undefined, resource: Resource, attachment: Attachment | undefined) => {
    if (name === undefined || !names.has(name)) faults.add(resource, missingRole(name));
    else if (attachment !== undefined) attached.set(name, [...(attached.get(name) ?? []), attachment]);
  };
  for (const resource of graph.ofType(ROLE_POLICY_TYPE)) {
    const inputs = inputsOf(resource, faults);
    const attachment = inlineAttachment(physicalNameOf(resource), inputs.value("policy"), resource, faults);
    attach(inputs.text("role"), resource, attachment);
  }
  for (const resource of graph.ofType(ROLE_POLICY_ATTACHMENT_TYPE)) {
    const inputs = inputsOf(resource, faults);
    attach(inputs.text("role"), resource, managedAttachment(find(inputs.value("policyArn"), resource, "identity")));
  }
  for (const resource of graph.ofType(POLICY_ATTACHMENT_TYPE)) {
    const inputs = inputsOf(resource, faults);
    const attachment = managedAttachment(find(inputs.value("policyArn"), resource, "identity"));
    for (const role of inputs.texts("roles")) attach(role, resource, attachment);
  }
  return attached;
}

function missingRole(name: string | undefined): string {
  return name === undefined
    ? "The role is not given by its name; pass `role.name`."
    : `The role ${name} is not in the program; attach to a role that it makes, by its name.`;
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
