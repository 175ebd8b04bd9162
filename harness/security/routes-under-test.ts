import type { HttpApi, Route } from "../apigateway/http-api.ts";
import type { RouteUnderTest } from "./subject.ts";

const SAMPLE_ID = "0190b0c1-7d2e-7abc-8def-0123456789ab";

/** Every route of an API with a request that reaches it, through its first deployed stage. `stageInPath`: the URL does not
 * name the stage yet. */
export function routesUnderTest(api: HttpApi, baseUrl: string, stageInPath: boolean): readonly RouteUnderTest[] {
  const stage = api.stages.find(({ name }) => name === "$default") ?? api.stages.find(({ deployed }) => deployed);
  if (stage === undefined) return [];
  const prefix = stage.name === "$default" || !stageInPath ? "" : `/${stage.name}`;
  return api.routes.map((route) => ({ api, route, baseUrl, ...sampleOf(route, prefix) }));
}

function sampleOf(route: Route, prefix: string): { readonly method: string; readonly path: string } {
  if (route.routeKey === "$default") return { method: "GET", path: `${prefix}/unrouted` };
  const [method = "ANY", path = "/"] = route.routeKey.split(" ");
  const filled = path.replaceAll(/\{[^}]+\}/g, SAMPLE_ID);
  return { method: method === "ANY" ? "GET" : method, path: `${prefix}${filled}` };
}

/** The same route with its parameters filled in otherwise. */
export function pathWith({ route, path }: RouteUnderTest, value: string): string {
  const parameters = route.routeKey.split("{").length - 1;
  if (parameters === 0) return path;
  // The last parameter names the thing; those before it keep their samples.
  const at = path.lastIndexOf(SAMPLE_ID);
  return `${path.slice(0, at)}${value}${path.slice(at + SAMPLE_ID.length)}`;
}
