import type { FaultCollector } from "../faults.ts";
import type { Resource } from "../pulumi/resource-graph.ts";

/** How a property of a resource is met: read by this folder, without effect on an answer, harmless at some values
 * only, or not emulated. A property without a row is refused. */
type Rule =
  | "handled"
  | "inert"
  | { readonly only: readonly unknown[]; readonly otherwise: string }
  | { readonly refused: string };

const WEBSOCKET_ONLY = "is for WebSocket APIs, which are not emulated: remove it";
const REGION = { refused: "is not emulated: every resource lives in the stack's region; set `aws:region`" } as const;
const ROLE_INVOCATION = {
  refused: "is not emulated: let API Gateway in by an `aws.lambda.Permission` and remove it",
} as const;

const API: Readonly<Record<string, Rule>> = {
  protocolType: { only: ["HTTP"], otherwise: "is not emulated: only HTTP APIs are, set it to `HTTP`" },
  name: "handled",
  corsConfiguration: "handled",
  disableExecuteApiEndpoint: "handled",
  target: "handled",
  routeKey: "handled",
  credentialsArn: ROLE_INVOCATION,
  description: "inert",
  version: "inert",
  tags: "inert",
  tagsAll: "inert",
  ipAddressType: "inert",
  failOnWarnings: "inert",
  apiKeySelectionExpression: { only: ["$request.header.x-api-key"], otherwise: WEBSOCKET_ONLY },
  routeSelectionExpression: {
    only: ["$request.method $request.path"],
    otherwise: "is not what HTTP APIs use, `$request.method $request.path`: remove it",
  },
  body: { refused: "(an OpenAPI document) is not emulated: declare routes and integrations as resources" },
  region: REGION,
};

const ROUTE: Readonly<Record<string, Rule>> = {
  apiId: "handled",
  routeKey: "handled",
  target: "handled",
  authorizationType: "handled",
  authorizerId: "handled",
  authorizationScopes: "handled",
  operationName: "inert",
  apiKeyRequired: { only: [false], otherwise: WEBSOCKET_ONLY },
  modelSelectionExpression: { refused: WEBSOCKET_ONLY },
  requestModels: { refused: WEBSOCKET_ONLY },
  requestParameters: { refused: WEBSOCKET_ONLY },
  routeResponseSelectionExpression: { refused: WEBSOCKET_ONLY },
  region: REGION,
};

const INTEGRATION: Readonly<Record<string, Rule>> = {
  apiId: "handled",
  integrationType: {
    only: ["AWS_PROXY"],
    otherwise: "is not emulated: only Lambda proxy integrations are, set it to `AWS_PROXY`",
  },
  integrationUri: "handled",
  payloadFormatVersion: "handled",
  timeoutMilliseconds: "handled",
  description: "inert",
  integrationMethod: { only: ["POST"], otherwise: "is not how Lambda is invoked: set it to `POST` or remove it" },
  connectionType: { only: ["INTERNET"], otherwise: "(a VPC link) is not emulated: remove it" },
  passthroughBehavior: "inert",
  connectionId: { refused: "(a VPC link) is not emulated: remove it" },
  credentialsArn: ROLE_INVOCATION,
  integrationSubtype: { refused: "(an AWS service integration) is not emulated: put a function in between" },
  requestParameters: { refused: "(parameter mapping) is not emulated: map in the function" },
  responseParameters: { refused: "(parameter mapping) is not emulated: map in the function" },
  tlsConfig: { refused: "is not emulated: remove it" },
  contentHandlingStrategy: { refused: WEBSOCKET_ONLY },
  requestTemplates: { refused: WEBSOCKET_ONLY },
  templateSelectionExpression: { refused: WEBSOCKET_ONLY },
  region: REGION,
};

const STAGE: Readonly<Record<string, Rule>> = {
  apiId: "handled",
  name: "handled",
  autoDeploy: "handled",
  deploymentId: "handled",
  stageVariables: "handled",
  defaultRouteSettings: "handled",
  routeSettings: "handled",
  accessLogSettings: "handled",
  description: "inert",
  tags: "inert",
  tagsAll: "inert",
  clientCertificateId: { refused: WEBSOCKET_ONLY },
  region: REGION,
};

const LAMBDA_AUTHORIZER = "is for Lambda authorizers, which are not emulated: use a JWT authorizer and remove it";

const AUTHORIZER: Readonly<Record<string, Rule>> = {
  apiId: "handled",
  name: "inert",
  authorizerType: {
    only: ["JWT"],
    otherwise: "is not emulated: only JWT authorizers are; Lambda (`REQUEST`) authorizers are refused",
  },
  identitySources: "handled",
  jwtConfiguration: "handled",
  authorizerUri: { refused: LAMBDA_AUTHORIZER },
  authorizerCredentialsArn: { refused: LAMBDA_AUTHORIZER },
  authorizerPayloadFormatVersion: { refused: LAMBDA_AUTHORIZER },
  authorizerResultTtlInSeconds: { refused: LAMBDA_AUTHORIZER },
  enableSimpleResponses: { refused: LAMBDA_AUTHORIZER },
  region: REGION,
};

const DEPLOYMENT: Readonly<Record<string, Rule>> = {
  apiId: "handled",
  description: "inert",
  triggers: "inert",
  region: REGION,
};

const PREFIX = "aws:apigatewayv2/";

/** Pulumi's type tokens of the resources that make up an HTTP API. */
export const API_TYPE = "aws:apigatewayv2/api:Api";
export const ROUTE_TYPE = "aws:apigatewayv2/route:Route";
export const INTEGRATION_TYPE = "aws:apigatewayv2/integration:Integration";
export const STAGE_TYPE = "aws:apigatewayv2/stage:Stage";
export const AUTHORIZER_TYPE = "aws:apigatewayv2/authorizer:Authorizer";
export const DEPLOYMENT_TYPE = "aws:apigatewayv2/deployment:Deployment";

const TABLES: ReadonlyMap<string, Readonly<Record<string, Rule>>> = new Map([
  [API_TYPE, API],
  [ROUTE_TYPE, ROUTE],
  [INTEGRATION_TYPE, INTEGRATION],
  [STAGE_TYPE, STAGE],
  [AUTHORIZER_TYPE, AUTHORIZER],
  [DEPLOYMENT_TYPE, DEPLOYMENT],
]);

/** Every `aws:apigatewayv2/*` resource: its type and each of its properties must be in a table. */
export function refuseUnhandledProperties(resources: readonly Resource[], faults: FaultCollector): void {
  for (const resource of resources) {
    if (!resource.type.startsWith(PREFIX)) continue;
    const table = TABLES.get(resource.type);
    if (table === undefined) faults.add(resource, "this kind of API Gateway resource is not emulated: remove it");
    else refuseProperties(resource, table, faults);
  }
}

function refuseProperties(resource: Resource, table: Readonly<Record<string, Rule>>, faults: FaultCollector): void {
  for (const [property, value] of Object.entries(resource.inputs)) {
    if (isAbsent(value)) continue;
    const rule = Object.hasOwn(table, property) ? table[property] : undefined;
    const fault = ruleFault(rule, value);
    if (fault !== undefined) faults.add(resource, `\`${property}\` ${fault}.`);
  }
}

function ruleFault(rule: Rule | undefined, value: unknown): string | undefined {
  if (rule === undefined) return "is not known, so that its effect is not either: remove it";
  if (rule === "handled" || rule === "inert") return undefined;
  if ("refused" in rule) return rule.refused;
  return rule.only.includes(value) ? undefined : `(${JSON.stringify(value)}) ${rule.otherwise}`;
}

/** What Pulumi does not send to the provider, or sends as nothing. */
export function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
