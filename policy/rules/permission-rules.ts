import type { PolicyResource, Rule, Stack } from "./rule.ts";
import { pending, shown } from "./stack.ts";
import { types } from "./types.ts";

const executionArn = "arn:aws:execute-api:eu-west-1:123456789012:api01";

const example: readonly PolicyResource[] = [
  {
    type: types.permission,
    name: "list",
    properties: {
      action: "lambda:InvokeFunction",
      function: "list",
      principal: "apigateway.amazonaws.com",
      sourceArn: `${executionArn}/*/*`,
    },
  },
];

/**
 * A wider source ARN lets a route that is added later, or another API, reach the function without anybody deciding it; a
 * service without a source ARN invokes it for every account.
 */
const permissionsNameOneRoute: Rule = {
  id: "permissions-name-one-route",
  title:
    "A permission to invoke a function is for one service and one source: an API's permission, for one of its routes.",
  severity: "high",
  remedy:
    "Give the permission the service as principal and the source ARN of the one route: executionArn/stage/METHOD/path.",
  source: "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html",
  check: (stack) =>
    stack.ofType(types.permission).flatMap((permission) => {
      const problem = permissionProblem(stack, permission);
      return problem === undefined ? [] : [{ resource: permission, problem }];
    }),
  failingExample: {
    resources: example,
    problem: `The permission is for ${executionArn}/*/*, which is wider than one route.`,
  },
};

function permissionProblem(stack: Stack, { properties }: PolicyResource): string | undefined {
  const { principal, sourceArn } = properties;
  if (principal === "*") return "The permission lets everybody invoke the function.";
  if (typeof principal !== "string" || !principal.endsWith(".amazonaws.com") || sourceArn === pending) return undefined;
  if (typeof sourceArn !== "string" || sourceArn === "") {
    return `The permission lets ${principal} invoke the function for anybody: it names no source.`;
  }
  if (principal !== "apigateway.amazonaws.com") return undefined;
  const routes = routeArns(stack);
  if (routes?.has(sourceArn) === true) return undefined;
  if (sourceArn.includes("*")) return `The permission is for ${sourceArn}, which is wider than one route.`;
  return routes === undefined ? undefined : `The permission is for ${sourceArn}, which is no route of the stack.`;
}

/** The source ARNs of all routes in all stages; `undefined` while some cannot be known yet. */
function routeArns(stack: Stack): ReadonlySet<string> | undefined {
  const arns = new Set<string>();
  for (const { properties } of stack.ofType(types.route)) {
    const api = stack.ofType(types.api).find(({ id }) => id === properties.apiId);
    const arn = api?.properties.executionArn;
    if (typeof arn !== "string" || typeof properties.routeKey !== "string") return undefined;
    const stages = stack.ofType(types.stage).filter((stage) => stage.properties.apiId === properties.apiId);
    for (const stage of stages) arns.add(`${arn}/${shown(stage.properties.name)}/${sourcePath(properties.routeKey)}`);
  }
  return arns.size > 0 ? arns : undefined;
}

/** `GET /items` is `GET/items` in an ARN; `ANY` is written as a star. */
function sourcePath(routeKey: string): string {
  return routeKey.replace(" /", "/").replace(/^ANY\//, "*/");
}

export const permissionRules: readonly Rule[] = [permissionsNameOneRoute];
