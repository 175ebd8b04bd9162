/** One part of a route's path. A greedy parameter can only stand last. */
export type PathPart =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "greedy"; readonly name: string };

export type RouteKey =
  | { readonly kind: "default" }
  | { readonly kind: "path"; readonly method: RouteMethod; readonly path: string; readonly parts: readonly PathPart[] };

/** The methods that an HTTP API serves; any other is not found, whatever the routes.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html */
export const HTTP_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] as const;
export type RouteMethod = (typeof HTTP_METHODS)[number] | "ANY";

const METHODS: ReadonlySet<string> = new Set([...HTTP_METHODS, "ANY"]);
const PARAMETER = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/;

/** A parsed route key, or the sentence that says why AWS would refuse it. */
export type RouteKeyResult = { readonly key: RouteKey } | { readonly fault: string };

export function parseRouteKey(text: string): RouteKeyResult {
  if (text === "$default") return { key: { kind: "default" } };
  const space = text.indexOf(" ");
  const method = text.slice(0, Math.max(space, 0));
  const path = text.slice(space + 1);
  if (!METHODS.has(method)) return { fault: `the method is not one of ${[...METHODS].join(", ")}` };
  if (!path.startsWith("/")) return { fault: "the path does not start with a slash" };
  if (path === "/") return { key: { kind: "path", method: method as RouteMethod, path, parts: [] } };
  const parts = path.slice(1).split("/").map(parsePart);
  const fault = pathFault(path, parts);
  if (fault !== undefined) return { fault };
  return {
    key: { kind: "path", method: method as RouteMethod, path, parts: parts.filter((part) => part !== undefined) },
  };
}

function parsePart(text: string): PathPart | undefined {
  const parameter = PARAMETER.exec(text);
  if (parameter?.[1] !== undefined) return { kind: parameter[2] === "+" ? "greedy" : "parameter", name: parameter[1] };
  return text === "" || /[{}?\s]/.test(text) ? undefined : { kind: "literal", text };
}

function pathFault(path: string, parts: readonly (PathPart | undefined)[]): string | undefined {
  if (path.endsWith("/")) return "the path ends with a slash, which AWS refuses";
  if (parts.includes(undefined)) return "a path segment is empty, or a parameter does not take up its whole segment";
  if (parts.slice(0, -1).some((part) => part?.kind === "greedy")) return "a greedy parameter stands before the end";
  const names = parts.flatMap((part) => (part === undefined || part.kind === "literal" ? [] : [part.name]));
  return new Set(names).size < names.length ? "two parameters have the same name" : undefined;
}

/** What AWS compares when it decides whether two route keys are the same route: parameter names do not count. */
export function routeIdentity(key: RouteKey): string {
  if (key.kind === "default") return "$default";
  const path = key.parts.map((part) => (part.kind === "literal" ? part.text : part.kind === "greedy" ? "{+}" : "{}"));
  return `${key.method} /${path.join("/")}`;
}
