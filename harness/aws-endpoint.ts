import { asksForCallerIdentity } from "./caller-identity.ts";
import { type HttpHandler, type HttpRequest, type HttpResponse, headerValue } from "./http.ts";
import { loopbackOrigin } from "./loopback-host.ts";
import { unservedService } from "./unserved-service.ts";

/** The services behind the one AWS endpoint. */
export interface AwsEndpointParts {
  /** `X-Amz-Target: DynamoDB_20120810.*` */
  readonly dynamodb: HttpHandler;
  /** `X-Amz-Target: AWSCognitoIdentityProviderService.*` */
  readonly cognito: HttpHandler;
  /** `/<poolId>/.well-known/jwks.json` and `/openid-configuration`; `undefined` for any other path. */
  readonly wellKnown: (path: string) => Promise<HttpResponse> | undefined;
  /** STS's `GetCallerIdentity` */
  readonly callerIdentity: HttpHandler;
  /** `/_harness/*` */
  readonly harness: HttpHandler;
}

/**
 * One endpoint for every service, told apart as LocalStack-compatible endpoints do, so that `AWS_ENDPOINT_URL` is all
 * that an SDK needs. A page whose domain was rebound to this machine is answered nothing.
 */
export function awsEndpoint(parts: AwsEndpointParts): HttpHandler {
  return (request) => {
    const path = request.target.split("?", 1)[0] ?? "";
    if (path === "/_harness" || path.startsWith("/_harness/")) return parts.harness(request);
    if (isRebound(request)) return foreignHost();
    if (request.method === "GET") return parts.wellKnown(path) ?? unservedService(request) ?? unknownTarget();
    if (request.method === "OPTIONS") return preflight(request);
    return serviceFor(request, parts);
  };
}

/** Without a `Host` it is HTTP/1.0, which no browser speaks. */
function isRebound(request: HttpRequest): boolean {
  return headerValue(request.headers, "host") !== undefined && loopbackOrigin(request) === undefined;
}

function foreignHost(): HttpResponse {
  const message = "The Host header does not name this machine's loopback. Use http://localhost or http://127.0.0.1.";
  return {
    status: 403,
    headers: [["content-type", "application/x-amz-json-1.1"]],
    body: JSON.stringify({ __type: "AccessDeniedException", message }),
  };
}

async function serviceFor(request: HttpRequest, parts: AwsEndpointParts): Promise<HttpResponse> {
  const target = headerValue(request.headers, "x-amz-target") ?? "";
  if (target.startsWith("DynamoDB_20120810.")) return parts.dynamodb(request);
  if (asksForCallerIdentity(request)) return parts.callerIdentity(request);
  if (!target.startsWith("AWSCognitoIdentityProviderService.")) return unservedService(request) ?? unknownTarget();
  const response = await parts.cognito(request);
  if (headerValue(request.headers, "origin") === undefined) return response;
  return { ...response, headers: [...response.headers, ...BROWSER_HEADERS] };
}

/** Cognito is called from browsers and answers every origin: it knows its callers by tokens, never by cookies. */
const BROWSER_HEADERS = [
  ["access-control-allow-origin", "*"],
  ["access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"],
] as const;

function preflight(request: HttpRequest): HttpResponse {
  const asked = headerValue(request.headers, "access-control-request-headers");
  const headers: [string, string][] = [
    ["access-control-allow-origin", "*"],
    ["access-control-allow-methods", "POST"],
    ["access-control-max-age", "172800"],
  ];
  if (asked !== undefined) headers.push(["access-control-allow-headers", asked]);
  return { status: 200, headers, body: "" };
}

function unknownTarget(): HttpResponse {
  const message =
    "No service of this endpoint answers this. It serves DynamoDB and Cognito user pools by X-Amz-Target, OIDC documents, and /_harness/*.";
  return {
    status: 400,
    headers: [["content-type", "application/x-amz-json-1.1"]],
    body: JSON.stringify({ __type: "UnknownOperationException", message }),
  };
}
