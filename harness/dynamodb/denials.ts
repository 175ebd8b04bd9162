import type { AuthorizationRequest, Decision } from "../iam/decision.ts";
import { accessDenied, type DynamoDbError } from "./errors.ts";

/** The denial in AWS's words.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function denial(request: AuthorizationRequest, decision: Decision): DynamoDbError {
  const { principal, action, resourceArn } = request;
  const who =
    principal.kind === "role-session"
      ? principal.sessionArn
      : principal.kind === "service"
        ? principal.service
        : principal.arn;
  const because =
    decision.kind === "ExplicitlyDenied"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  return accessDenied(`User: ${who} is not authorized to perform: ${action} on resource: ${resourceArn} ${because}`);
}

/** The truth for the journal: which statements decided, or why none allowed. Condition values are left out, as they
 * may quote keys. */
export function decisionReason(decision: Decision): string {
  if (decision.deciding.length > 0) return `${decision.kind} by ${decision.deciding.join(", ")}`;
  const considered = decision.explain().map(({ statement, mismatch }) => `${statement}: ${mismatch ?? "applies"}`);
  return considered.length === 0
    ? `${decision.kind}: no policy has a statement`
    : `${decision.kind}: no statement allows (${considered.slice(0, 10).join("; ")})`;
}
