import type { JsonObject } from "../json.ts";
import { parseStrictJsonObject } from "./strict-json.ts";

/** A token that was taken apart and nothing more: not one word of it is to be believed yet. */
export interface UnverifiedJwt {
  readonly token: string;
  readonly algorithm: RsaAlgorithm;
  readonly kid: string;
  readonly claims: JsonObject;
}

/** What is wrong with a token: the challenge's text for the client, and the truth for the journal. */
export interface TokenFault {
  readonly description: string;
  readonly reason: string;
}

export type ParsedJwt =
  | { readonly kind: "parsed"; readonly jwt: UnverifiedJwt }
  | ({ readonly kind: "refused" } & TokenFault);

/** AWS: "RSA-based algorithms only". RSASSA-PKCS1-v1_5 is certain; whether RSASSA-PSS is meant too is not documented, so it
 * is refused.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export const RSA_ALGORITHMS = ["RS256", "RS384", "RS512"] as const;
export type RsaAlgorithm = (typeof RSA_ALGORITHMS)[number];

/** Request line and header values together may have 10,240 bytes, so that no longer token can arrive. */
const MAXIMUM_TOKEN_LENGTH = 10_240;
const MAXIMUM_KID_LENGTH = 1_024;

/** The algorithms whose names the authorizer repeats when it refuses them; of any other it says nothing of the client's. */
const REFUSED_ALGORITHMS: ReadonlySet<unknown> = new Set([
  ...["none", "EdDSA"],
  ...["HS", "ES", "PS"].flatMap((family) => ["256", "384", "512"].map((bits) => `${family}${bits}`)),
]);

/** Takes a compact JWS apart, strictly: base64url without padding or spare bits, JSON objects without repeated names, an
 * RSA algorithm, a `kid`, no `crit` and no unencoded payload. Key material inside the header (`jwk`, `jku`, `x5u`, `x5c`)
 * is ignored. Never throws. (RFC 7515, sections 4.1 and 5.2) */
export function parseCompactJwt(token: string): ParsedJwt {
  if (token.length > MAXIMUM_TOKEN_LENGTH) return malformed("the token is too long");
  const [protectedHeader, payload, signature, ...rest] = token.split(".", 4);
  if (protectedHeader === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return refused("token contains an invalid number of segments", "the token does not have three segments");
  }
  const header = parseSegment("header", protectedHeader);
  if (typeof header === "string") return malformed(header);
  const algorithm = RSA_ALGORITHMS.find((known) => known === header.alg);
  if (algorithm === undefined) return refused(algorithmText(header.alg), "the algorithm is not RS256, RS384 or RS512");
  const kid = keyIdOf(header);
  if ("flaw" in kid) return malformed(kid.flaw);
  const claims = parseSegment("payload", payload);
  if (typeof claims === "string") return malformed(claims);
  if (signature === "" || decodeBase64Url(signature) === undefined) return malformed("the signature is not base64url");
  return { kind: "parsed", jwt: { token, claims, algorithm, ...kid } };
}

function refused(description: string, reason: string): ParsedJwt {
  return { kind: "refused", description, reason };
}

function malformed(reason: string): ParsedJwt {
  return refused("the token is malformed", reason);
}

function algorithmText(algorithm: unknown): string {
  return REFUSED_ALGORITHMS.has(algorithm) ? `signing method ${algorithm} is invalid` : "the token is malformed";
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

/** The header's key id, or the sentence that refuses the header. */
function keyIdOf(header: JsonObject): Pick<UnverifiedJwt, "kid"> | { readonly flaw: string } {
  if (Object.hasOwn(header, "crit")) return { flaw: "the header has critical extensions, and none is understood" };
  if (Object.hasOwn(header, "b64")) return { flaw: "the header asks for an unencoded payload" };
  const { kid } = header;
  if (typeof kid !== "string" || kid === "") return { flaw: "the header has no kid" };
  return kid.length > MAXIMUM_KID_LENGTH ? { flaw: "the kid is too long" } : { kid };
}
