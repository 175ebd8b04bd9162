import type { HttpApi, Route, Stage } from "./http-api.ts";
import { HTTP_METHODS, type PathPart } from "./route-key.ts";

/** What answers a request: 404 is decided here, before any token is looked at. */
export type RouteSelection =
  | {
      readonly kind: "matched";
      readonly stage: Stage;
      readonly route: Route;
      /** Decoded values by parameter name; a greedy value has no leading slash. */
      readonly pathParameters: ReadonlyMap<string, string>;
    }
  | { readonly kind: "no-route"; readonly stage: Stage; readonly reason: string }
  | { readonly kind: "no-stage"; readonly reason: string };

export type SelectRoute = (method: string, path: string) => RouteSelection;

interface Node {
  readonly literals: Map<string, Node>;
  parameter?: Node;
  /** Routes that end here, and greedy ones whose remainder begins here, by method. */
  readonly ending: Map<string, Route>;
  readonly greedy: Map<string, Route>;
}

interface Match {
  readonly route: Route;
  readonly values: readonly string[];
}

const METHODS: ReadonlySet<string> = new Set(HTTP_METHODS);
const DEFAULT_STAGE = "$default";

/** Compiles an API's stages and routes. The first path segment chooses a deployed stage of that name, else `$default`;
 * then a full match wins over greedy ones, the longest greedy prefix over shorter ones, and all of them over `$default`.
 * A literal segment wins over a parameter, from left to right, and on one path the exact method over ANY. A route
 * whose method differs does not stand in the way of others.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
export function routeSelector(api: HttpApi): SelectRoute {
  const stages = new Map(api.stages.map((stage) => [stage.name, stage]));
  const root = emptyNode();
  for (const route of api.routes) if (route.key.kind === "path") insert(root, route, route.key.method, route.key.parts);
  const fallback = api.routes.find((route) => route.key.kind === "default");
  return (method, path) => {
    const segments = path === "/" ? [] : path.slice(1).split("/");
    const stage = chooseStage(stages, segments[0]);
    if (stage === undefined) return { kind: "no-stage", reason: noStageReason(stages) };
    if (stage.name !== DEFAULT_STAGE) segments.shift();
    if (segments.length === 1 && segments[0] === "") segments.shift();
    if (!METHODS.has(method)) return { kind: "no-route", stage, reason: "HTTP APIs do not serve this method" };
    const match = matchFully(root, method, segments, 0) ?? matchGreedily(root, method, segments);
    if (match !== undefined) return { kind: "matched", stage, route: match.route, pathParameters: nameValues(match) };
    if (fallback === undefined) return { kind: "no-route", stage, reason: "no route matches method and path" };
    return { kind: "matched", stage, route: fallback, pathParameters: new Map() };
  };
}

function emptyNode(): Node {
  return { literals: new Map(), ending: new Map(), greedy: new Map() };
}

function insert(root: Node, route: Route, method: string, parts: readonly PathPart[]): void {
  let node = root;
  for (const part of parts) {
    if (part.kind === "greedy") {
      node.greedy.set(method, route);
      return;
    }
    node = child(node, part);
  }
  node.ending.set(method, route);
}

function child(node: Node, part: Exclude<PathPart, { readonly kind: "greedy" }>): Node {
  const existing = part.kind === "literal" ? node.literals.get(part.text) : node.parameter;
  const next = existing ?? emptyNode();
  if (part.kind === "literal") node.literals.set(part.text, next);
  else node.parameter = next;
  return next;
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

function byMethod(routes: ReadonlyMap<string, Route>, method: string): Route | undefined {
  return routes.get(method) ?? routes.get("ANY");
}

/** Depth is bounded by the longest route, whatever the path. */
function matchFully(node: Node, method: string, segments: readonly string[], at: number): Match | undefined {
  const segment = segments[at];
  if (segment === undefined) {
    const route = byMethod(node.ending, method);
    return route === undefined ? undefined : { route, values: [] };
  }
  const literal = node.literals.get(segment);
  const exact = literal === undefined ? undefined : matchFully(literal, method, segments, at + 1);
  if (exact !== undefined || node.parameter === undefined || segment === "") return exact;
  const match = matchFully(node.parameter, method, segments, at + 1);
  return match === undefined ? undefined : { route: match.route, values: [segment, ...match.values] };
}

/** The longest prefix that has a greedy route. Its remainder must not begin with an empty segment. */
function matchGreedily(root: Node, method: string, segments: readonly string[]): Match | undefined {
  return greedyBelow(root, method, segments, 0)?.match;
}

interface GreedyMatch {
  readonly depth: number;
  readonly match: Match;
}

function greedyBelow(node: Node, method: string, segments: readonly string[], at: number): GreedyMatch | undefined {
  const segment = segments[at];
  if (segment === undefined || segment === "") return undefined;
  const literal = node.literals.get(segment);
  const viaLiteral = literal === undefined ? undefined : greedyBelow(literal, method, segments, at + 1);
  const viaParameter = greedyViaParameter(node, method, segments, at);
  const deeper = (viaParameter?.depth ?? -1) > (viaLiteral?.depth ?? -1) ? viaParameter : viaLiteral;
  if (deeper !== undefined) return deeper;
  const route = byMethod(node.greedy, method);
  if (route === undefined) return undefined;
  return { depth: at, match: { route, values: [segments.slice(at).join("/")] } };
}

function greedyViaParameter(node: Node, method: string, segments: readonly string[], at: number) {
  const below = node.parameter === undefined ? undefined : greedyBelow(node.parameter, method, segments, at + 1);
  const segment = segments[at];
  if (below === undefined || segment === undefined) return undefined;
  const { route, values } = below.match;
  return { depth: below.depth, match: { route, values: [segment, ...values] } };
}

function nameValues(match: Match): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  if (match.route.key.kind === "default") return parameters;
  let next = 0;
  for (const part of match.route.key.parts) {
    if (part.kind === "literal") continue;
    parameters.set(part.name, match.values[next] ?? "");
    next += 1;
  }
  return parameters;
}
