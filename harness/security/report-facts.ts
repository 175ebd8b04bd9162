import type { Route } from "../apigateway/http-api.ts";
import type { Model } from "../model.ts";
import { declared } from "./declarations.ts";
import type { ReportedResource, ReportedRoute } from "./report.ts";
import type { Subject } from "./subject.ts";

export function reportedResources({ program }: Model): readonly ReportedResource[] {
  return program.graph.resources.map((resource) => ({
    declaredBy: declared(resource),
    ...(resource.urn === undefined ? {} : { urn: resource.urn }),
    ...(resource.position === undefined ? {} : { place: resource.position }),
  }));
}

/** Routes with the functions that they lead to and the tables that those used in the run. */
export function reportedRoutes({ model, local }: Subject): readonly ReportedRoute[] {
  const tablesByRole = new Map<string, Set<string>>();
  for (const { asked } of local?.observations() ?? [])
    for (const { principal, resourceArn } of asked)
      if (principal.kind === "role-session") {
        const seen = tablesByRole.get(principal.roleArn) ?? new Set();
        tablesByRole.set(
          principal.roleArn,
          seen.add(resourceArn.replace(/^.*:table\//, "").replace(/\/index\/.*$/, "")),
        );
      }
  return model.apis.flatMap(({ routes }) =>
    routes.map((route) => {
      const found = functionOf(model, route);
      return {
        routeKey: route.routeKey,
        authorization: authorizationOf(route),
        tables: [...(tablesByRole.get(found?.roleArn ?? "") ?? [])],
        ...(found === undefined ? {} : { functionName: found.functionName }),
      };
    }),
  );
}

function functionOf({ functions }: Model, { target }: Route) {
  return target.kind === "lambda" ? functions.find(({ functionArn }) => functionArn === target.functionArn) : undefined;
}

function authorizationOf({ authorization }: Route): string {
  if (authorization.type !== "JWT") return authorization.type === "NONE" ? "open" : authorization.type;
  return authorization.scopes.length === 0 ? "JWT" : `JWT, ${authorization.scopes.join(" or ")}`;
}
