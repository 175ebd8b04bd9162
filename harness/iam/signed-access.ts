import type { Clock } from "../clock.ts";
import { authorize } from "./authorize.ts";
import { type CredentialSession, credentialContext } from "./credentials.ts";
import type { AuthorizationRequest, Decision, Principal } from "./decision-types.ts";
import { explainDecision } from "./explain-decision.ts";
import type { Roles } from "./roles.ts";

/** Who signed a request, and from where it came. */
export interface SignedCaller {
  readonly session: CredentialSession;
  readonly sourceAddress: string;
}

/** What the caller wants to do, in IAM's terms. */
export interface AccessQuestion {
  /** `dynamodb:PutItem`, `cognito-idp:AdminGetUser`. */
  readonly action: string;
  readonly resourceArn: string;
  /** Condition keys of the service; the global ones are added here. */
  readonly context?: AuthorizationRequest["context"];
}

/** The answer, with both texts: `message` is AWS's for the client, `reason` the truth for the journal. */
export type AccessAnswer =
  | { readonly kind: "allowed"; readonly asked: AuthorizationRequest; readonly reason: string }
  | {
      readonly kind: "denied";
      readonly asked: AuthorizationRequest;
      readonly reason: string;
      readonly message: string;
    };

export interface AccessRules {
  readonly roles: Pick<Roles, "byArn">;
  readonly clock: Clock;
}

/**
 * May this signed caller do that? The administrator may do all; a role session what the role's policies say; a session
 * whose role is gone, nothing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decideAccess(caller: SignedCaller, question: AccessQuestion, rules: AccessRules): AccessAnswer {
  const asked = requestOf(caller, question);
  const decision = decide(asked, rules);
  const reason = explainDecision(decision, { nothing: "no policy has a statement", values: false });
  if (decision.kind === "Allowed") return { kind: "allowed", asked, reason };
  return { kind: "denied", asked, reason, message: denialMessage(asked, decision) };
}

/** Deployed, the SDK speaks HTTPS: a statement that demands it decides as it would there. */
function requestOf({ session, sourceAddress }: SignedCaller, question: AccessQuestion): AuthorizationRequest {
  return {
    principal: session.principal,
    action: question.action,
    resourceArn: question.resourceArn,
    context: {
      ...question.context,
      ...credentialContext(session),
      "aws:SecureTransport": "true",
      "aws:SourceIp": sourceAddress,
    },
  };
}

function decide(asked: AuthorizationRequest, { roles, clock }: AccessRules): Decision {
  const { principal } = asked;
  if (principal.kind === "administrator") return { kind: "Allowed", deciding: ["administrator"], explain: () => [] };
  const role = principal.kind === "role-session" ? roles.byArn(principal.roleArn) : undefined;
  return authorize(role?.policies ?? [], asked, clock);
}

/** The denial in AWS's words.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function denialMessage({ principal, action, resourceArn }: AuthorizationRequest, decision: Decision): string {
  const because =
    decision.kind === "ExplicitlyDenied"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${nameOf(principal)} is not authorized to perform: ${action} on resource: ${resourceArn} ${because}`;
}

function nameOf(principal: Principal): string {
  if (principal.kind === "role-session") return principal.sessionArn;
  return principal.kind === "service" ? principal.service : principal.arn;
}
