import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { HttpRequest } from "../http.ts";
import { type AuthorizationHeader, parseAuthorization } from "./authorization-header.ts";
import { canonicalRequest, type HeaderValues, headerValues, sha256Hex } from "./canonical-request.ts";
import type { CredentialSession } from "./credentials.ts";
import { MISMATCH, scopeFault, signedHeadersFault, timeFault } from "./signature-faults.ts";
import { type SigningKeys, signingKeys } from "./signing-key.ts";

/** The names under which AWS's JSON services refuse a request that is not rightly signed; all with status 400.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
export type SignatureError =
  | "MissingAuthenticationTokenException"
  | "IncompleteSignatureException"
  | "UnrecognizedClientException"
  | "InvalidSignatureException";

export type SignatureResult =
  | { readonly ok: true; readonly session: CredentialSession }
  | { readonly ok: false; readonly error: SignatureError; readonly message: string };

/** Verifies a request that is meant for a service, by its signing name: `dynamodb`, `cognito-idp`. Never throws. */
export type VerifySignature = (request: HttpRequest, service: string) => SignatureResult;

export interface SignatureVerifierOptions {
  readonly lookup: (accessKeyId: string) => CredentialSession | undefined;
  readonly clock: Clock;
  readonly region: string;
}

/**
 * A verifier of Signature Version 4 in the `Authorization` header. It holds only when every part does: algorithm, key,
 * session token, scope, time within five minutes, `host` and every `x-amz-*` header signed, the payload's own hash, and
 * the signature over all of it. An unsigned payload is never taken. Messages name no secret.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureVerifier(options: SignatureVerifierOptions): VerifySignature {
  const keys = signingKeys();
  return (request, service) => verify(request, service, options, keys);
}

function verify(
  request: HttpRequest,
  service: string,
  { lookup, clock, region }: SignatureVerifierOptions,
  keys: SigningKeys,
): SignatureResult {
  const headers = headerValues(request);
  const authorizations = headers.get("authorization") ?? [];
  const [authorization] = authorizations;
  if (authorization === undefined || authorization === "") {
    return refuse("MissingAuthenticationTokenException", "Request is missing Authentication Token");
  }
  if (authorizations.length > 1) return incomplete("Authorization header must not be repeated.");
  const parsed = parseAuthorization(authorization);
  if (!parsed.ok) return incomplete(parsed.message);
  const { header } = parsed;
  const date = only(headers, "x-amz-date");
  if (date === undefined) {
    return incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  const session = lookup(header.accessKeyId);
  if (session === undefined || !hasToken(session, headers)) {
    return refuse("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  const fault =
    scopeFault(header, { region, service, date }) ?? timeFault(date, clock) ?? signedHeadersFault(header, headers);
  if (fault !== undefined) return invalid(fault);
  const payloadHash = payloadHashOf(request, headers);
  if (payloadHash === undefined) return invalid("The value of 'x-amz-content-sha256' is not the hash of the payload.");
  const expected = signatureOf(request, { header, headers, date, payloadHash }, session, keys);
  return expected !== undefined && equalInConstantTime(expected, header.signature)
    ? { ok: true, session }
    : invalid(MISMATCH);
}

function refuse(error: SignatureError, message: string): SignatureResult {
  return { ok: false, error, message };
}

function incomplete(message: string): SignatureResult {
  return refuse("IncompleteSignatureException", message);
}

function invalid(message: string): SignatureResult {
  return refuse("InvalidSignatureException", message);
}

/** The value of a header that stands once; a second one could be the one that somebody else reads. */
function only(headers: HeaderValues, name: string): string | undefined {
  const values = headers.get(name);
  return values?.length === 1 ? values[0] : undefined;
}

/** Temporary credentials come with their token, lasting ones with none. */
function hasToken(session: CredentialSession, headers: HeaderValues): boolean {
  const expected = session.sessionToken();
  if (expected === undefined) return !headers.has("x-amz-security-token");
  const token = only(headers, "x-amz-security-token");
  return token !== undefined && equalInConstantTime(expected, token);
}

/** Neither text shows in the time taken; their lengths, which are no secret, may. */
function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The hash of what arrived. A client that states a hash has to state that one; `UNSIGNED-PAYLOAD` is none. */
function payloadHashOf(request: HttpRequest, headers: HeaderValues): string | undefined {
  if (request.bodyTooLarge) return undefined;
  const hash = sha256Hex(request.body);
  if (!headers.has("x-amz-content-sha256")) return hash;
  return only(headers, "x-amz-content-sha256") === hash ? hash : undefined;
}

interface Signed {
  readonly header: AuthorizationHeader;
  readonly headers: HeaderValues;
  readonly date: string;
  readonly payloadHash: string;
}

function signatureOf(request: HttpRequest, signed: Signed, session: CredentialSession, keys: SigningKeys) {
  const { scope, signedHeaders } = signed.header;
  const { method, target } = request;
  const { headers, payloadHash, date } = signed;
  const canonical = canonicalRequest({ method, target, headers, signedHeaders, payloadHash });
  if (canonical === undefined) return undefined;
  const credentialScope = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const stringToSign = ["AWS4-HMAC-SHA256", date, credentialScope, sha256Hex(canonical)].join("\n");
  const key = keys(session.accessKeyId, session.secretAccessKey(), scope);
  return createHmac("sha256", key).update(stringToSign).digest("hex");
}
