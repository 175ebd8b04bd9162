import type { HttpResponse } from "../http.ts";
import type { ServedPool, Service } from "./service.ts";
import { jwks } from "./signing-keys.ts";

const PATH = /^\/([\w-]+_[0-9a-zA-Z]+)\/\.well-known\/(jwks\.json|openid-configuration)$/;

/** The pool's OIDC documents. The issuer keeps AWS's form; no endpoint is named that is not served.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html */
export function wellKnownDocument(service: Service, requestPath: string): Promise<HttpResponse> | undefined {
  const match = PATH.exec(requestPath);
  if (match === null) return undefined;
  const served = service.pool(match[1] ?? "");
  return served === undefined ? undefined : answer(served, match[2] === "jwks.json");
}

async function answer(served: ServedPool, asksForKeys: boolean): Promise<HttpResponse> {
  const document = asksForKeys ? jwks(await served.keys.signing()) : openidConfiguration(served);
  return {
    status: 200,
    headers: [
      ["content-type", "application/json"],
      ["access-control-allow-origin", "*"],
    ],
    body: JSON.stringify(document),
  };
}

function openidConfiguration({ pool }: ServedPool) {
  return {
    issuer: pool.issuer,
    jwks_uri: `${pool.issuer}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "token"],
    subject_types_supported: ["public"],
    scopes_supported: ["openid", "email", "phone", "profile"],
  };
}
