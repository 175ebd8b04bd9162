import type { FaultCollector } from "../faults.ts";
import type { ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { AUTHORIZER_TYPE } from "../resources/types/apigatewayv2.ts";
import type { IdentitySource, JwtAuthorizerConfiguration } from "./http-api.ts";

/** AWS's quota of audiences in one authorizer. */
const MAXIMUM_AUDIENCES = 50;
const IDENTITY_SOURCE = /^\$request\.(header|querystring)\.([!#$%&'*+.^_`|~A-Za-z0-9-]+)$/;

/** The usable JWT authorizers by id: one with a fault is left out, so that a route cannot lean on it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
export function readJwtAuthorizers(
  graph: ResourceGraph,
  faults: FaultCollector,
): ReadonlyMap<string, JwtAuthorizerConfiguration & { readonly apiId: string }> {
  const authorizers = new Map<string, JwtAuthorizerConfiguration & { readonly apiId: string }>();
  for (const resource of graph.ofType(AUTHORIZER_TYPE)) {
    const authorizer = readJwtAuthorizer(inputsOf(resource, faults));
    if (authorizer !== undefined) authorizers.set(resource.id, authorizer);
  }
  return authorizers;
}

function readJwtAuthorizer(inputs: Inputs) {
  if (inputs.text("authorizerType") !== "JWT") return undefined;
  const identitySource = readIdentitySource(inputs);
  const jwt = readJwtConfiguration(inputs);
  if (identitySource === undefined || jwt === undefined) return undefined;
  const { resource, declaredBy } = inputs;
  return { authorizerId: resource.id, apiId: inputs.text("apiId") ?? "", declaredBy, identitySource, ...jwt };
}

function readIdentitySource(inputs: Inputs): IdentitySource | undefined {
  const sources = inputs.texts("identitySources");
  const match = sources.length === 1 ? IDENTITY_SOURCE.exec(sources[0] ?? "") : null;
  if (match?.[1] === undefined || match[2] === undefined) {
    inputs.report("`identitySources` must be one of `$request.header.NAME` or `$request.querystring.NAME`.");
    return undefined;
  }
  return match[1] === "header" ? { in: "header", name: match[2].toLowerCase() } : { in: "querystring", name: match[2] };
}

function readJwtConfiguration(inputs: Inputs) {
  const block = inputs.block("jwtConfiguration");
  const issuer = block.text("issuer");
  const audience = block.texts("audiences");
  if (audience.length === 0 || audience.length > MAXIMUM_AUDIENCES || audience.includes("")) {
    inputs.report(`\`jwtConfiguration.audiences\` must list 1 to ${MAXIMUM_AUDIENCES} audiences, none of them empty.`);
  }
  if (issuer === undefined || !isIssuer(issuer)) {
    inputs.report("`jwtConfiguration.issuer` must be the issuer's URL, with scheme, and without query or fragment.");
    return undefined;
  }
  return audience.length === 0 ? undefined : { issuer, audience };
}

function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return false;
  return url.username === "" && url.password === "" && !/[?#\s]/.test(text);
}
