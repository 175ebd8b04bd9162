import documents from "./managed-policies.json" with { type: "json" };

const DOCUMENTS: ReadonlyMap<string, unknown> = new Map(Object.entries(documents));

/** The document of a policy that AWS manages, by its ARN in the `aws` partition; `undefined` for one that is not kept
 * here. Documents are those of their default versions in October 2026, as https://github.com/getmoto/moto reads them from AWS.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
export function managedPolicyDocument(arn: string): unknown {
  return DOCUMENTS.get(arn);
}

/** The ARNs of all managed policies that are kept, for messages and documentation. */
export function knownManagedPolicies(): readonly string[] {
  return [...DOCUMENTS.keys()];
}

/** Whether an ARN is of a policy that AWS manages, known or not. */
export function isManagedByAws(arn: string): boolean {
  return /^arn:[a-z-]+:iam::aws:policy\/\S+$/.test(arn);
}
