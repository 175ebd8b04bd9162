import type { FaultCollector } from "../faults.ts";
import type { ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { INTEGRATION_TYPE, ROUTE_TYPE } from "../resources/types/apigatewayv2.ts";
import type { Authorization, JwtAuthorizerConfiguration, Route, RouteTarget } from "./http-api.ts";
import { type Integration, readIntegrations } from "./integration.ts";
import { readJwtAuthorizers } from "./jwt-configuration.ts";
import { parseRouteKey } from "./route-key.ts";

type Authorizers = ReadonlyMap<string, JwtAuthorizerConfiguration & { readonly apiId: string }>;

/** One word that a challenge can hold between quotation marks (RFC 6749, section 3.3). */
const SCOPE = /^[!#-[\]-~]+$/;

/** AWS's quota of scopes on one route. */
const MAXIMUM_SCOPES = 10;

/** The routes of every API, by API id; one with a fault is left out.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
export function readRoutes(graph: ResourceGraph, faults: FaultCollector): ReadonlyMap<string, readonly Route[]> {
  const authorizers = readJwtAuthorizers(graph, faults);
  const integrations = readIntegrations(graph, faults);
  const routes = new Map<string, Route[]>();
  for (const resource of graph.ofType(ROUTE_TYPE)) {
    const inputs = inputsOf(resource, faults);
    const route = readRoute(inputs, authorizers, (target) => resolve(graph, integrations, inputs, target));
    if (route === undefined) continue;
    const apiId = inputs.text("apiId") ?? "";
    routes.set(apiId, [...(routes.get(apiId) ?? []), route]);
  }
  return routes;
}

function readRoute(
  inputs: Inputs,
  authorizers: Authorizers,
  resolveTarget: (target: string | undefined) => RouteTarget | undefined,
): Route | undefined {
  const routeKey = inputs.text("routeKey") ?? "";
  const parsed = parseRouteKey(routeKey);
  if ("fault" in parsed) inputs.report(`\`routeKey\` ${JSON.stringify(routeKey)}: ${parsed.fault}.`);
  const authorization = readAuthorization(inputs, authorizers);
  const target = resolveTarget(inputs.text("target"));
  if ("fault" in parsed || authorization === undefined || target === undefined) return undefined;
  return { routeKey, key: parsed.key, authorization, target, declaredBy: inputs.declaredBy };
}

/** AWS looks at `authorizationType` alone: an `authorizerId` without it leaves the route open.
 * @see https://github.com/pulumi/pulumi/issues/8302 */
function readAuthorization(inputs: Inputs, authorizers: Authorizers): Authorization | undefined {
  const type = inputs.text("authorizationType") ?? "NONE";
  switch (type) {
    case "NONE":
      return { type };
    case "JWT":
      return readJwtAuthorization(inputs, authorizers);
    case "AWS_IAM":
      inputs.report("`authorizationType` AWS_IAM is not emulated: signed requests to an API are not verified here.");
      return { type };
    default:
      inputs.report(`\`authorizationType\` ${JSON.stringify(type)} is not emulated: set it to \`JWT\` or \`NONE\`.`);
      return undefined;
  }
}

function readJwtAuthorization(inputs: Inputs, authorizers: Authorizers): Authorization | undefined {
  const authorizer = authorizers.get(inputs.text("authorizerId") ?? "");
  const scopes = inputs.texts("authorizationScopes");
  if (scopes.length > MAXIMUM_SCOPES || !scopes.every((scope) => SCOPE.test(scope))) {
    inputs.report(`\`authorizationScopes\` holds at most ${MAXIMUM_SCOPES} scopes, each one word.`);
  }
  if (authorizer === undefined || authorizer.apiId !== inputs.text("apiId")) {
    inputs.report("`authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.");
    return undefined;
  }
  return { type: "JWT", authorizer, scopes };
}

/** Follows `integrations/<id>`. AWS takes a target that leads nowhere and answers 500; an integration that has a fault
 * of its own is already reported. */
function resolve(
  graph: ResourceGraph,
  integrations: ReadonlyMap<string, Integration>,
  inputs: Inputs,
  target: string | undefined,
): RouteTarget | undefined {
  if (target === undefined) return { kind: "dangling", reason: "the route has no target" };
  const id = target.startsWith("integrations/") ? target.slice("integrations/".length) : undefined;
  if (id === undefined) return { kind: "dangling", reason: "the route's target is not of the form integrations/<id>" };
  const declared = graph.byId(INTEGRATION_TYPE, id);
  if (declared === undefined || declared.inputs.apiId !== inputs.text("apiId")) {
    return { kind: "dangling", reason: "the route's target names no integration of this API" };
  }
  return integrations.get(id);
}
