import type { PolicyResource, Rule, Stack, Violation } from "./rule.ts";
import { at, isPending, pending, shown, textsOf } from "./stack.ts";
import { types } from "./types.ts";

const jwtConfiguration = { issuer: "https://issuer.example.com", audiences: ["app"] };

const routeExample = (properties: PolicyResource["properties"]): readonly PolicyResource[] => [
  {
    type: types.authorizer,
    name: "users",
    id: "auth01",
    properties: { apiId: "api01", authorizerType: "JWT", jwtConfiguration },
  },
  {
    type: types.route,
    name: "list",
    properties: { apiId: "api01", routeKey: "GET /items", authorizerId: "auth01", ...properties },
  },
];

/** Without the authorization type a route is open to everybody, whatever authorizer it names. */
const routesRequireJwt: Rule = {
  id: "routes-require-jwt",
  title: "Every route of an HTTP API asks for a token that a JWT authorizer of the same API has verified.",
  severity: "critical",
  remedy: 'Set authorizationType to "JWT" and authorizerId to the JWT authorizer of this API.',
  source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html",
  check: (stack) => stack.ofType(types.route).flatMap((route) => routeViolations(stack, route)),
  failingExample: {
    resources: routeExample({ authorizationType: "NONE", authorizationScopes: ["items/read"] }),
    problem: "GET /items asks for no token: its authorizationType is NONE.",
  },
};

function routeViolations(stack: Stack, route: PolicyResource): readonly Violation[] {
  const { routeKey, authorizationType, authorizerId, apiId } = route.properties;
  const violation = (problem: string) => [{ resource: route, problem: `${shown(routeKey)} ${problem}` }];
  if (authorizationType === pending) return [];
  if (authorizationType !== "JWT") {
    return violation(`asks for no token: its authorizationType is ${shown(authorizationType ?? "NONE")}.`);
  }
  if (authorizerId === undefined) return violation("names no authorizer.");
  const authorizers = stack.ofType(types.authorizer).filter(({ properties }) => properties.authorizerType === "JWT");
  const possible = authorizers.filter(({ id }) => id === undefined || authorizerId === pending || id === authorizerId);
  const ofThisApi = possible.filter(
    ({ properties }) => isPending([properties.apiId, apiId]) || properties.apiId === apiId,
  );
  return ofThisApi.length > 0 ? [] : violation("names an authorizer that is no JWT authorizer of its API.");
}

/** Cognito's ID tokens have no scope: a route that asks for one takes access tokens only. */
const routesRequireScopes: Rule = {
  id: "routes-require-scopes",
  title: "Every route asks for a scope, so that ID tokens, which are made for the app, do not open the API.",
  severity: "medium",
  remedy: "Set authorizationScopes, for example to aws.cognito.signin.user.admin.",
  source: "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html",
  check: (stack) =>
    stack
      .ofType(types.route)
      .filter(({ properties }) => properties.authorizationType === "JWT" && !isPending(properties.authorizationScopes))
      .filter(({ properties }) => textsOf(properties.authorizationScopes).length === 0)
      .map((route) => ({ resource: route, problem: `${shown(route.properties.routeKey)} asks for no scope.` })),
  failingExample: {
    resources: routeExample({ authorizationType: "JWT" }),
    problem: "GET /items asks for no scope.",
  },
};

/** An authorizer without audience takes tokens that its issuer made for any other app. */
const authorizersNameAudience: Rule = {
  id: "authorizers-name-audience",
  title: "A JWT authorizer names its issuer by https and at least one audience.",
  severity: "critical",
  remedy:
    "Set jwtConfiguration.issuer to the pool's https:// address and jwtConfiguration.audiences to its app clients.",
  source: "https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html",
  check: (stack) =>
    stack.ofType(types.authorizer).flatMap((authorizer) => {
      const problem = jwtProblem(authorizer.properties);
      return problem === undefined ? [] : [{ resource: authorizer, problem }];
    }),
  failingExample: {
    resources: [
      {
        type: types.authorizer,
        name: "users",
        properties: { authorizerType: "JWT", jwtConfiguration: { issuer: "https://issuer.example.com" } },
      },
    ],
    problem: "The authorizer takes tokens for any audience.",
  },
};

function jwtProblem(properties: PolicyResource["properties"]): string | undefined {
  if (properties.authorizerType !== "JWT" || properties.jwtConfiguration === pending) return undefined;
  const issuer = at(properties, "jwtConfiguration", "issuer");
  const audiences = at(properties, "jwtConfiguration", "audiences");
  if (issuer !== pending && !(typeof issuer === "string" && /^https:\/\/./.test(issuer))) {
    return `The authorizer's issuer ${shown(issuer)} is not an https:// address.`;
  }
  if (isPending(audiences) || textsOf(audiences).length > 0) return undefined;
  return "The authorizer takes tokens for any audience.";
}

const functionUrlsAreClosed: Rule = {
  id: "function-urls-are-closed",
  title: "No function has a public address beside the API.",
  severity: "critical",
  remedy: 'Remove the function URL, or set its authorizationType to "AWS_IAM".',
  source: "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
  check: (stack) =>
    stack
      .ofType(types.functionUrl)
      .filter(
        ({ properties }) => properties.authorizationType !== "AWS_IAM" && properties.authorizationType !== pending,
      )
      .map((url) => ({
        resource: url,
        problem: "The function can be called by its own URL, past the API's authorizer.",
      })),
  failingExample: {
    resources: [
      { type: types.functionUrl, name: "list", properties: { functionName: "list", authorizationType: "NONE" } },
    ],
    problem: "The function can be called by its own URL, past the API's authorizer.",
  },
};

export const routeRules: readonly Rule[] = [
  routesRequireJwt,
  routesRequireScopes,
  authorizersNameAudience,
  functionUrlsAreClosed,
];
