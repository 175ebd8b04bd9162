import type { VerifySignedAdmin } from "./cognito/cognito.ts";
import type { VerifySignature } from "./iam/signature.ts";
import { type AccessRules, decideAccess } from "./iam/signed-access.ts";

/** Who may call Cognito's administrative operations: the emulated administrator, and a function whose role allows it. */
export function adminVerifier(verifySignature: VerifySignature, rules: () => AccessRules): VerifySignedAdmin {
  return (request, intent) => {
    const signature = verifySignature(request, "cognito-idp");
    if (!signature.ok) return { kind: "refused", name: signature.error, message: signature.message };
    const { session } = signature;
    const { sourceAddress } = request;
    const requestId = session.currentRequestId();
    const caller = requestId === undefined ? {} : { requestId };
    const answer = decideAccess({ session, sourceAddress }, intent, rules());
    if (answer.kind === "allowed") return { kind: "allowed", reason: answer.reason, ...caller };
    const { message, reason } = answer;
    return { kind: "refused", name: "AccessDeniedException", message, reason, ...caller };
  };
}
