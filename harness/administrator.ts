import type { Clock } from "./clock.ts";
import type { VerifySignedAdmin } from "./cognito/cognito.ts";
import { authorize } from "./iam/authorize.ts";
import { credentialContext } from "./iam/credentials.ts";
import type { Roles } from "./iam/roles.ts";
import type { VerifySignature } from "./iam/signature.ts";

/**
 * Who may call Cognito's administrative operations: the emulated administrator, and a function whose role allows it.
 */
export function adminVerifier(
  verifySignature: VerifySignature,
  roles: () => Pick<Roles, "byArn">,
  clock: Clock,
): VerifySignedAdmin {
  return (request, { action, resourceArn }) => {
    const verified = verifySignature(request, "cognito-idp");
    if (!verified.ok) return { kind: "refused", name: verified.error, message: verified.message };
    const { principal } = verified.session;
    if (principal.kind === "administrator") return { kind: "allowed" };
    const policies = principal.kind === "role-session" ? (roles().byArn(principal.roleArn)?.policies ?? []) : [];
    const context = {
      ...credentialContext(verified.session),
      "aws:SecureTransport": "true",
      "aws:SourceIp": request.sourceAddress,
    };
    const decision = authorize(policies, { principal, action, resourceArn, context }, clock);
    if (decision.kind === "Allowed") return { kind: "allowed" };
    const who = principal.kind === "role-session" ? principal.sessionArn : principal.service;
    const because =
      decision.kind === "ExplicitlyDenied"
        ? "with an explicit deny in an identity-based policy"
        : `because no identity-based policy allows the ${action} action`;
    const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resourceArn} ${because}`;
    return { kind: "refused", name: "AccessDeniedException", message };
  };
}
