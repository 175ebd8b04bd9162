import { createHash } from "node:crypto";
import type { HttpRequest, HttpResponse } from "./http.ts";
import type { CredentialSession } from "./iam/credentials.ts";
import type { Roles } from "./iam/roles.ts";
import type { SignatureError, VerifySignature } from "./iam/signature.ts";
import { errorDocument, NO_DEPLOY_TARGET, signedService, xmlText } from "./unserved-service.ts";

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
const OPERATION = "GetCallerIdentity";

export interface CallerIdentityOptions {
  readonly verifySignature: VerifySignature;
  readonly roles: () => Pick<Roles, "byArn">;
  /** A new id for each answer. */
  readonly requestId: () => string;
}

/** Whether a request is STS's `GetCallerIdentity`, which needs no permission and is the one operation of STS served. */
export function asksForCallerIdentity(request: HttpRequest): boolean {
  if (signedService(request) !== "sts" || request.method !== "POST") return false;
  return new URLSearchParams(request.body.toString("latin1")).get("Action") === OPERATION;
}

/** Says whom the signing credentials stand for: the administrator, or a function's role session.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function callerIdentity({ verifySignature, roles, requestId }: CallerIdentityOptions) {
  return (request: HttpRequest): HttpResponse => {
    const id = requestId();
    const signature = verifySignature(request, "sts");
    if (signature.ok) return identityDocument(signature.session, roles(), id);
    const [code, status] = STS_ERRORS[signature.error];
    return errorDocument({ status, code, message: `${signature.message} ${NO_DEPLOY_TARGET}`, requestId: id });
  };
}

/** STS has names of its own for what the JSON services call otherwise.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const STS_ERRORS: Readonly<Record<SignatureError, readonly [code: string, status: number]>> = {
  MissingAuthenticationTokenException: ["MissingAuthenticationToken", 403],
  IncompleteSignatureException: ["IncompleteSignature", 400],
  UnrecognizedClientException: ["InvalidClientTokenId", 403],
  InvalidSignatureException: ["SignatureDoesNotMatch", 403],
};

function identityDocument(
  { principal }: CredentialSession,
  roles: Pick<Roles, "byArn">,
  requestId: string,
): HttpResponse {
  if (principal.kind === "service") throw new Error("a service holds no access key");
  const { accountId } = principal;
  const [arn, userId] =
    principal.kind === "administrator"
      ? [principal.arn, uniqueId("AIDA", principal.arn)]
      : [
          principal.sessionArn,
          `${roles.byArn(principal.roleArn)?.uniqueId ?? uniqueId("AROA", principal.roleArn)}:${sessionName(principal.sessionArn)}`,
        ];
  const members = `<Arn>${xmlText(arn)}</Arn><UserId>${xmlText(userId)}</UserId><Account>${accountId}</Account>`;
  return {
    status: 200,
    headers: [
      ["content-type", "text/xml"],
      ["x-amzn-requestid", requestId],
    ],
    body: `<${OPERATION}Response xmlns="${NAMESPACE}"><${OPERATION}Result>${members}</${OPERATION}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${OPERATION}Response>`,
  };
}

function sessionName(sessionArn: string): string {
  return sessionArn.slice(sessionArn.lastIndexOf("/") + 1);
}

/** In IAM's form, the same for the same ARN. */
function uniqueId(prefix: "AIDA" | "AROA", arn: string): string {
  const digest = createHash("sha256").update(arn).digest();
  return prefix + Array.from(digest.subarray(0, 17), (byte) => UNIQUE_ID_ALPHABET[byte % 32]).join("");
}

const UNIQUE_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
