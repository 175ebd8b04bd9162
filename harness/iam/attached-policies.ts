import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { physicalNameOf } from "../resources/physical-name.ts";
import { POLICY_TYPE } from "../resources/types/iam.ts";
import { isManagedByAws, managedPolicyDocument } from "./managed-policies.ts";
import { type CompiledPolicy, compilePolicy, type PolicyKind } from "./policy-document.ts";

/** Finds and compiles a policy by its ARN, for the resource that attaches it. */
export type FindManagedPolicy = (arn: unknown, attachedBy: Resource, kind: PolicyKind) => CompiledPolicy | undefined;

/** The characters that IAM allows in a managed policy and in all inline policies of a role, white space not counted.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_MANAGED_POLICY = 6_144;
export const LONGEST_INLINE_POLICIES = 10_240;

export function policyLength(document: unknown): number {
  const text = typeof document === "string" ? document : (JSON.stringify(document) ?? "");
  return text.replace(/\s/g, "").length;
}

/** Customer-managed policies of the graph and those of AWS's own that are known. Every policy is compiled once for each
 * use, and the graph's own are read even when nothing attaches them, so that their faults come out. */
export function managedPolicies(graph: ResourceGraph, faults: FaultCollector): FindManagedPolicy {
  const compiled = new Map<string, CompiledPolicy>();
  const once = (key: string, compile: () => CompiledPolicy) => {
    const policy = compiled.get(key) ?? compile();
    compiled.set(key, policy);
    return policy;
  };
  for (const policy of graph.ofType(POLICY_TYPE)) {
    reportLength(policy, faults);
    once(`identity ${policy.arn}`, () => compileCustomerManaged(policy, "identity", faults));
  }
  return (arn, attachedBy, kind) => {
    if (typeof arn !== "string") {
      faults.add(attachedBy, "The policy's ARN is not a string; pass the policy's `arn`.");
      return undefined;
    }
    const own = graph.byArn(arn);
    if (own?.type === POLICY_TYPE) return once(`${kind} ${arn}`, () => compileCustomerManaged(own, kind, faults));
    const document = managedPolicyDocument(arn);
    if (document === undefined) faults.add(attachedBy, unknownPolicy(arn));
    else return once(`${kind} ${arn}`, () => compileManagedByAws(arn, document, attachedBy, kind, faults));
    return undefined;
  };
}

function unknownPolicy(arn: string): string {
  return isManagedByAws(arn)
    ? `The document of ${arn} is not known to the harness; write the permissions that are needed as an own policy.`
    : `${arn} is no policy of this program and none that AWS manages; attach one that the program makes.`;
}

function compileCustomerManaged(resource: Resource, kind: PolicyKind, faults: FaultCollector): CompiledPolicy {
  const name = physicalNameOf(resource);
  return compilePolicy({ kind, name, document: resource.inputs.policy, subject: resource }, faults);
}

function reportLength(resource: Resource, faults: FaultCollector): void {
  const length = policyLength(resource.inputs.policy);
  if (length <= LONGEST_MANAGED_POLICY) return;
  faults.add(resource, `The policy has ${length} characters; IAM takes at most ${LONGEST_MANAGED_POLICY}.`);
}

function compileManagedByAws(
  arn: string,
  document: unknown,
  subject: Resource,
  kind: PolicyKind,
  faults: FaultCollector,
): CompiledPolicy {
  return compilePolicy({ kind, name: arn.slice(arn.lastIndexOf("/") + 1), document, subject }, faults);
}
