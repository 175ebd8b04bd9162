import type { FaultCollector } from "../faults.ts";
import type { ResourceGraph } from "../pulumi/resource-graph.ts";
import { type Inputs, inputsOf } from "../resources/inputs.ts";
import { physicalNameOf } from "../resources/physical-name.ts";
import {
  API_TYPE,
  AUTHORIZER_TYPE,
  DEPLOYMENT_TYPE,
  INTEGRATION_TYPE,
  ROUTE_TYPE,
  STAGE_TYPE,
} from "../resources/types/apigatewayv2.ts";
import { readCorsConfiguration } from "./cors-configuration.ts";
import type { HttpApi, Route, Stage } from "./http-api.ts";
import { quickCreateTarget } from "./integration.ts";
import { parseRouteKey, routeIdentity } from "./route-key.ts";
import { readRoutes } from "./routes.ts";
import { readStages } from "./stage.ts";

/** Reads every HTTP API of the program. What AWS would refuse, and what is not emulated, becomes a fault; what AWS
 * accepts although it is a mistake (an open route, a dangling target, an undeployed stage) is read as AWS serves it. */
export function readHttpApis(graph: ResourceGraph, faults: FaultCollector): readonly HttpApi[] {
  const stages = readStages(graph, faults);
  const routes = readRoutes(graph, faults);
  refuseOrphans(graph, faults);
  return graph.ofType(API_TYPE).map((resource) => {
    const inputs = inputsOf(resource, faults);
    const quickCreate = readQuickCreate(graph, inputs);
    const cors = readCorsConfiguration(inputs);
    const api: HttpApi = {
      apiId: resource.id,
      name: physicalNameOf(resource),
      declaredBy: inputs.declaredBy,
      disableExecuteApiEndpoint: inputs.flag("disableExecuteApiEndpoint") === true,
      stages: [...(quickCreate === undefined ? [] : [quickCreate.stage]), ...(stages.get(resource.id) ?? [])],
      routes: [...(quickCreate === undefined ? [] : [quickCreate.route]), ...(routes.get(resource.id) ?? [])],
      ...(cors === undefined ? {} : { cors }),
    };
    refuseClashes(api, faults);
    return api;
  });
}

/** `target` makes one integration, one open route (`$default` unless said) and a `$default` stage that deploys by itself.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop.html */
function readQuickCreate(
  graph: ResourceGraph,
  inputs: Inputs,
): { readonly route: Route; readonly stage: Stage } | undefined {
  const routeKey = inputs.text("routeKey") ?? "$default";
  if (inputs.text("target") === undefined) {
    if (inputs.text("routeKey") !== undefined) inputs.report("`routeKey` has no effect without `target`: remove it.");
    return undefined;
  }
  const target = quickCreateTarget(graph, inputs);
  const parsed = parseRouteKey(routeKey);
  if ("fault" in parsed) inputs.report(`\`routeKey\` ${JSON.stringify(routeKey)}: ${parsed.fault}.`);
  if (target === undefined || "fault" in parsed) return undefined;
  const { declaredBy } = inputs;
  return {
    route: { routeKey, key: parsed.key, authorization: { type: "NONE" }, target, declaredBy },
    stage: { name: "$default", declaredBy, deployed: true, routeThrottles: new Map() },
  };
}

/** Two routes that differ only in parameter names are one route, and two stages of one name are one stage: AWS refuses
 * the second. Route settings must name a route. */
function refuseClashes(api: HttpApi, faults: FaultCollector): void {
  const routes = new Map<string, Route>();
  for (const route of api.routes) {
    const identity = routeIdentity(route.key);
    const first = routes.get(identity);
    if (first !== undefined) {
      faults.add(
        route.declaredBy,
        `\`${route.routeKey}\` is the same route as \`${first.routeKey}\` of ${first.declaredBy}.`,
      );
    }
    routes.set(identity, first ?? route);
  }
  const routeKeys = new Set(api.routes.map((route) => route.routeKey));
  const names = new Set<string>();
  for (const stage of api.stages) {
    if (names.has(stage.name)) faults.add(stage.declaredBy, `the API has another stage \`${stage.name}\`.`);
    names.add(stage.name);
    for (const routeKey of stage.routeThrottles.keys()) {
      if (!routeKeys.has(routeKey)) faults.add(stage.declaredBy, `\`routeSettings\` names no route: \`${routeKey}\`.`);
    }
  }
}

const PART_TYPES = [AUTHORIZER_TYPE, DEPLOYMENT_TYPE, INTEGRATION_TYPE, ROUTE_TYPE, STAGE_TYPE];

/** A part whose `apiId` names no API of the program would be dropped without a word. */
function refuseOrphans(graph: ResourceGraph, faults: FaultCollector): void {
  for (const resource of PART_TYPES.flatMap((type) => graph.ofType(type))) {
    const apiId = resource.inputs.apiId;
    if (typeof apiId !== "string" || graph.byId(API_TYPE, apiId) === undefined) {
      faults.add(resource, "`apiId` names no API of this program.");
    }
  }
}
