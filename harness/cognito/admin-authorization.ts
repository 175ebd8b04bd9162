import type { HttpRequest } from "../http.ts";
import type { CognitoErrorName } from "./errors.ts";

/** What an administrator's request is about, for whoever verifies its signature and asks IAM. */
export interface AdminIntent {
  /** `cognito-idp:AdminGetUser` and the like. */
  readonly action: string;
  /** The pool's ARN, or `*` when the request names no pool that is here. */
  readonly resourceArn: string;
}

interface Caller {
  /** The gateway's request id, when a function of the program asks. */
  readonly requestId?: string;
}

/** Is this request signed by somebody who may do that? */
export type AdminVerdict =
  | (Caller & {
      readonly kind: "allowed";
      /** The statements that allow it, for the journal. */
      readonly reason: string;
    })
  | (Caller & {
      readonly kind: "refused";
      readonly name: Extract<
        CognitoErrorName,
        | "AccessDeniedException"
        | "IncompleteSignatureException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "UnrecognizedClientException"
      >;
      /** What the client reads. */
      readonly message: string;
      /** What the client is not told: the statements that deny it, or why none allows it. */
      readonly reason?: string;
    });

export type VerifySignedAdmin = (request: HttpRequest, intent: AdminIntent) => AdminVerdict | Promise<AdminVerdict>;
