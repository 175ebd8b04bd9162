import { type JsonObject, parseStrictJsonObject } from "./strict-json.ts";

/** A token that was taken apart and nothing more: not one word of it is to be believed yet. */
export interface UnverifiedJwt {
  readonly token: string;
  readonly algorithm: RsaAlgorithm;
  readonly kid: string;
  readonly claims: JsonObject;
}

export type ParsedJwt =
  | { readonly kind: "parsed"; readonly jwt: UnverifiedJwt }
  | { readonly kind: "wrong-segments" }
  | { readonly kind: "malformed"; readonly reason: string };

/** AWS: "RSA-based algorithms only". RSASSA-PKCS1-v1_5 is certain; whether RSASSA-PSS is meant too is not documented, so it
 * is refused.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export const RSA_ALGORITHMS = ["RS256", "RS384", "RS512"] as const;
export type RsaAlgorithm = (typeof RSA_ALGORITHMS)[number];

/** Request line and header values together may have 10,240 bytes, so that no longer token can arrive. */
const MAXIMUM_TOKEN_LENGTH = 10_240;
const MAXIMUM_KID_LENGTH = 1_024;

/** Takes a compact JWS apart, strictly: base64url without padding or spare bits, JSON objects without repeated names, an
 * RSA algorithm, a `kid`, no `crit` and no unencoded payload. Key material inside the header (`jwk`, `jku`, `x5u`, `x5c`)
 * is ignored. Never throws. (RFC 7515, sections 4.1 and 5.2) */
export function parseCompactJwt(token: string): ParsedJwt {
  if (token.length > MAXIMUM_TOKEN_LENGTH) return { kind: "malformed", reason: "the token is too long" };
  const [protectedHeader, payload, signature, ...rest] = token.split(".", 4);
  if (protectedHeader === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return { kind: "wrong-segments" };
  }
  const header = parseSegment("header", protectedHeader);
  if (typeof header === "string") return { kind: "malformed", reason: header };
  const flaw = headerFlaw(header);
  if (typeof flaw === "string") return { kind: "malformed", reason: flaw };
  const claims = parseSegment("payload", payload);
  if (typeof claims === "string") return { kind: "malformed", reason: claims };
  if (signature === "" || decodeBase64Url(signature) === undefined) {
    return { kind: "malformed", reason: "the signature is not base64url" };
  }
  return { kind: "parsed", jwt: { token, claims, ...flaw } };
}

function parseSegment(name: string, segment: string): JsonObject | string {
  const bytes = decodeBase64Url(segment);
  if (bytes === undefined) return `the ${name} is not base64url`;
  const json = parseStrictJsonObject(bytes);
  return json.kind === "object" ? json.value : `the ${name} ${json.reason}`;
}

/** The one text that these bytes have in base64url, or nothing: foreign characters, padding and spare bits that are not
 * zero all make the round trip differ. */
function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

/** The header's algorithm and key id, or the sentence that refuses it. */
function headerFlaw(header: JsonObject): Pick<UnverifiedJwt, "algorithm" | "kid"> | string {
  const algorithm = RSA_ALGORITHMS.find((known) => known === header.alg);
  if (algorithm === undefined) return "the algorithm is not RS256, RS384 or RS512";
  if (Object.hasOwn(header, "crit")) return "the header has critical extensions, and none is understood";
  if (Object.hasOwn(header, "b64")) return "the header asks for an unencoded payload";
  const kid = header.kid;
  if (typeof kid !== "string" || kid === "") return "the header has no kid";
  return kid.length > MAXIMUM_KID_LENGTH ? "the kid is too long" : { algorithm, kid };
}
