import type { Route } from "./http-api.ts";
import type { PathPart } from "./route-key.ts";

/** The route that a path matches, with its parameters. */
export interface PathMatch {
  readonly route: Route;
  /** Decoded values by parameter name; a greedy value has no leading slash. */
  readonly pathParameters: ReadonlyMap<string, string>;
}

/** What is looked for: a method, and a path's decoded segments. */
export interface RequestPath {
  readonly method: string;
  readonly segments: readonly string[];
}

/** Routes by path, a node for each segment. */
interface Node {
  readonly literals: Map<string, Node>;
  parameter?: Node;
  /** By method: the routes that end at this node. */
  readonly ending: Map<string, Leaf>;
  /** By method: the greedy routes that take whatever follows this node. */
  readonly greedy: Map<string, Leaf>;
}

interface Leaf {
  readonly route: Route;
  readonly parameterNames: readonly string[];
}

/** A leaf that was found, with its parameters' values from left to right. */
interface Match {
  readonly leaf: Leaf;
  readonly values: readonly string[];
}

/** Compiles the routes that have a path. A full match wins over greedy ones, and the longest greedy prefix over shorter
 * ones. A literal segment wins over a parameter, from left to right, and on one path the exact method over ANY. A route
 * whose method differs does not stand in the way of others.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
export function pathMatcher(routes: readonly Route[]): (path: RequestPath) => PathMatch | undefined {
  const root = emptyNode();
  for (const route of routes) if (route.key.kind === "path") insert(root, route, route.key);
  return (path) => {
    const match = matchFully(root, path, 0) ?? matchGreedily(root, path, 0);
    return match && { route: match.leaf.route, pathParameters: namedValues(match) };
  };
}

function emptyNode(): Node {
  return { literals: new Map(), ending: new Map(), greedy: new Map() };
}

function insert(root: Node, route: Route, key: { readonly method: string; readonly parts: readonly PathPart[] }): void {
  const parameterNames = key.parts.flatMap((part) => (part.kind === "literal" ? [] : [part.name]));
  const leaf = { route, parameterNames };
  let node = root;
  for (const part of key.parts) {
    if (part.kind === "greedy") {
      node.greedy.set(key.method, leaf);
      return;
    }
    node = child(node, part);
  }
  node.ending.set(key.method, leaf);
}

function child(node: Node, part: Exclude<PathPart, { readonly kind: "greedy" }>): Node {
  const existing = part.kind === "literal" ? node.literals.get(part.text) : node.parameter;
  const next = existing ?? emptyNode();
  if (part.kind === "literal") node.literals.set(part.text, next);
  else node.parameter = next;
  return next;
}

/** The match of the segments from `at` on below a node. No parameter is empty. Depth is bounded by the longest route,
 * whatever the path. */
function matchFully(node: Node, path: RequestPath, at: number): Match | undefined {
  const segment = path.segments[at];
  if (segment === undefined) return matchOf(node.ending, path.method, []);
  const literal = node.literals.get(segment);
  const match = literal && matchFully(literal, path, at + 1);
  if (match !== undefined || node.parameter === undefined || segment === "") return match;
  return withValue(segment, matchFully(node.parameter, path, at + 1));
}

interface GreedyMatch extends Match {
  /** How many segments stand before the greedy parameter. */
  readonly prefixLength: number;
}

/** The greedy match with the longest prefix below a node. What is left for the greedy parameter must not begin with an
 * empty segment. */
function matchGreedily(node: Node, path: RequestPath, at: number): GreedyMatch | undefined {
  const segment = path.segments[at];
  if (segment === undefined || segment === "") return undefined;
  const literal = node.literals.get(segment);
  const viaLiteral = literal && matchGreedily(literal, path, at + 1);
  const viaParameter = node.parameter && withValue(segment, matchGreedily(node.parameter, path, at + 1));
  const below = longerPrefix(viaLiteral, viaParameter);
  if (below !== undefined) return below;
  const match = matchOf(node.greedy, path.method, [path.segments.slice(at).join("/")]);
  return match && { ...match, prefixLength: at };
}

/** The literal one where both are as long. */
function longerPrefix(viaLiteral: GreedyMatch | undefined, viaParameter: GreedyMatch | undefined) {
  if (viaLiteral === undefined || viaParameter === undefined) return viaLiteral ?? viaParameter;
  return viaParameter.prefixLength > viaLiteral.prefixLength ? viaParameter : viaLiteral;
}

function matchOf(leaves: ReadonlyMap<string, Leaf>, method: string, values: readonly string[]): Match | undefined {
  const leaf = leaves.get(method) ?? leaves.get("ANY");
  return leaf && { leaf, values };
}

function withValue<M extends Match>(value: string, match: M | undefined): M | undefined {
  return match && { ...match, values: [value, ...match.values] };
}

function namedValues({ leaf, values }: Match): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const [index, value] of values.entries()) named.set(leaf.parameterNames[index] ?? "", value);
  return named;
}
