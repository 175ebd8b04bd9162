import type { HttpApi, Stage } from "./http-api.ts";
import { HTTP_METHODS } from "./route-key.ts";
import { type PathMatch, pathMatcher } from "./route-tree.ts";

/** What answers a request: 404 is decided here, before any token is looked at. */
export type RouteSelection =
  | ({ readonly kind: "matched"; readonly stage: Stage } & PathMatch)
  | { readonly kind: "no-route"; readonly stage: Stage; readonly reason: string }
  | { readonly kind: "no-stage"; readonly reason: string };

export type SelectRoute = (method: string, path: string) => RouteSelection;

const METHODS: ReadonlySet<string> = new Set(HTTP_METHODS);
const DEFAULT_STAGE = "$default";

/** Compiles an API's stages and routes. The first path segment chooses a deployed stage of that name, else `$default`;
 * what is left of the path chooses the route (`route-tree.ts`), and where none matches the `$default` route answers.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
export function routeSelector(api: HttpApi): SelectRoute {
  const stages = new Map(api.stages.map((stage) => [stage.name, stage]));
  const matchPath = pathMatcher(api.routes);
  const fallback = api.routes.find((route) => route.key.kind === "default");
  return (method, path) => {
    const segments = path === "/" ? [] : path.slice(1).split("/");
    const stage = chooseStage(stages, segments[0]);
    if (stage === undefined) return { kind: "no-stage", reason: noStageReason(stages) };
    if (stage.name !== DEFAULT_STAGE) segments.shift();
    // A stage's name with a slash behind it is the stage's root, as the name alone is.
    if (segments.length === 1 && segments[0] === "") segments.shift();
    if (!METHODS.has(method)) return { kind: "no-route", stage, reason: "HTTP APIs do not serve this method" };
    const match = matchPath({ method, segments });
    if (match !== undefined) return { kind: "matched", stage, ...match };
    if (fallback === undefined) return { kind: "no-route", stage, reason: "no route matches method and path" };
    return { kind: "matched", stage, route: fallback, pathParameters: new Map() };
  };
}

function chooseStage(stages: ReadonlyMap<string, Stage>, segment: string | undefined): Stage | undefined {
  const named = segment === undefined || segment === DEFAULT_STAGE ? undefined : stages.get(segment);
  if (named?.deployed) return named;
  const fallback = stages.get(DEFAULT_STAGE);
  return fallback?.deployed ? fallback : undefined;
}

function noStageReason(stages: ReadonlyMap<string, Stage>): string {
  const fallback = stages.get(DEFAULT_STAGE);
  if (fallback !== undefined) return `stage $default is not deployed: set autoDeploy on ${fallback.declaredBy}`;
  return "the first path segment names no deployed stage, and there is no $default stage";
}
