import type { SigningScope } from "./signing-key.ts";

/** A SigV4 `Authorization` header, taken apart and not yet believed. */
export interface AuthorizationHeader {
  readonly accessKeyId: string;
  readonly scope: SigningScope;
  readonly terminator: string;
  readonly signedHeaders: readonly string[];
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string;
}

export type ParsedAuthorization =
  | { readonly ok: true; readonly header: AuthorizationHeader }
  | { readonly ok: false; readonly message: string };

const ALGORITHM = "AWS4-HMAC-SHA256";
const PARAMETERS = ["Credential", "Signature", "SignedHeaders"] as const;

/** Takes the header apart. Refusals have AWS's wording, without the header itself, which a log must not repeat.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html */
export function parseAuthorization(text: string): ParsedAuthorization {
  const space = text.indexOf(" ");
  if (text.slice(0, space) !== ALGORITHM)
    return refused(`Unsupported AWS 'algorithm'; only ${ALGORITHM} is supported.`);
  const parameters = readParameters(text.slice(space + 1));
  if (parameters === undefined) return refused("Authorization header has a malformed or repeated parameter.");
  const missing = PARAMETERS.filter((name) => !parameters.get(name));
  if (missing.length > 0) {
    return refused(missing.map((name) => `Authorization header requires '${name}' parameter.`).join(" "));
  }
  return readHeader(parameters);
}

function refused(message: string): ParsedAuthorization {
  return { ok: false, message };
}

function readParameters(text: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const parameter of text.split(",")) {
    const equals = parameter.indexOf("=");
    const name = parameter.slice(0, equals).trim();
    if (equals === -1 || parameters.has(name)) return undefined;
    parameters.set(name, parameter.slice(equals + 1).trim());
  }
  return parameters;
}

function readHeader(parameters: ReadonlyMap<string, string>): ParsedAuthorization {
  const credential = (parameters.get("Credential") ?? "").split("/");
  const [accessKeyId = "", date = "", region = "", service = "", terminator = ""] = credential;
  if (credential.length !== 5) {
    return refused("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.");
  }
  const signature = parameters.get("Signature") ?? "";
  if (!/^[0-9a-f]{64}$/.test(signature)) return refused("Authorization header requires a hexadecimal 'Signature'.");
  const signedHeaders = (parameters.get("SignedHeaders") ?? "").split(";");
  return {
    ok: true,
    header: { accessKeyId, scope: { date, region, service }, terminator, signedHeaders, signature },
  };
}
