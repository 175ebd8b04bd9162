import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import * as cognito from "@pulumi/aws/cognito";
import * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";

interface RouteShape {
  readonly key: string;
  readonly function: string;
  readonly authorizer?: boolean;
  readonly scopes?: string[];
  readonly permission?: string | null;
  readonly timeoutMilliseconds?: number;
  readonly target?: boolean;
}

interface ApiShape {
  readonly stages: readonly {
    readonly name: string;
    readonly autoDeploy: boolean;
    readonly stageVariables?: Record<string, string>;
  }[];
  readonly routes: readonly RouteShape[];
  readonly cors?: Record<string, unknown>;
  readonly identitySource?: string;
  readonly disableExecuteApiEndpoint?: boolean;
  /** Why it cannot be deployed. */
  readonly local?: string;
}

interface FunctionShape {
  readonly file?: string;
  readonly code?: string;
  readonly handler?: string;
  readonly runtime?: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly reservedConcurrentExecutions?: number;
  readonly environment?: Record<string, string>;
}

const shapes: {
  readonly functions: Record<string, FunctionShape>;
  readonly apis: Record<string, ApiShape>;
} = JSON.parse(readFileSync(join(__dirname, "apis.json"), "utf8"));
const shownApis = Object.entries(shapes.apis).filter(([, { local }]) => local === undefined);
const used = new Set(shownApis.flatMap(([, { routes }]) => routes.map((route) => route.function)));

const pool = new cognito.UserPool("echo", {});
const client = new cognito.UserPoolClient("echo", {
  userPoolId: pool.id,
  explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
});

const role = new iam.Role("echo", {
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
  }),
});

const functions = new Map([...used].map((name) => [name, makeFunction(name, shapes.functions[name] ?? {})] as const));

function makeFunction(name: string, shape: FunctionShape): lambda.Function {
  const { file = "index.js", code, handler, environment, ...settings } = shape;
  const text = code ?? readFileSync(join(__dirname, "functions", file), "utf8");
  return new lambda.Function(name, {
    role: role.arn,
    runtime: "nodejs24.x",
    timeout: 20,
    handler: handler ?? `${file.replace(/\.m?js$/, "")}.handler`,
    code: new pulumi.asset.AssetArchive({ [file]: new pulumi.asset.StringAsset(text) }),
    ...(environment === undefined ? {} : { environment: { variables: environment } }),
    ...settings,
  });
}

const apis = new Map(
  shownApis.map(([name, { cors, disableExecuteApiEndpoint }], at) => [
    name,
    // Numbered, so that the first API by name is the one that a single --target means.
    new apigatewayv2.Api(`${String(at).padStart(2, "0")}-${name}`, {
      protocolType: "HTTP",
      ...(cors === undefined ? {} : { corsConfiguration: cors }),
      ...(disableExecuteApiEndpoint === undefined ? {} : { disableExecuteApiEndpoint }),
    }),
  ]),
);

function needed<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`apis.json names ${name}, which is not in it.`);
  return value;
}

function makeRoute(
  api: apigatewayv2.Api,
  apiName: string,
  at: number,
  route: RouteShape,
  authorizer: apigatewayv2.Authorizer,
): void {
  const name = `${apiName}-${at}`;
  const handler = needed(functions, route.function);
  const { timeoutMilliseconds, permission = "/*/*" } = route;
  const integration = new apigatewayv2.Integration(name, {
    apiId: api.id,
    integrationType: "AWS_PROXY",
    integrationUri: handler.invokeArn,
    payloadFormatVersion: "2.0",
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  });
  new apigatewayv2.Route(name, {
    apiId: api.id,
    routeKey: route.key,
    ...(route.target === false ? {} : { target: pulumi.interpolate`integrations/${integration.id}` }),
    ...(route.authorizer === true
      ? { authorizationType: "JWT", authorizerId: authorizer.id, authorizationScopes: route.scopes ?? [] }
      : {}),
  });
  if (permission === null) return;
  new lambda.Permission(name, {
    action: "lambda:InvokeFunction",
    function: handler.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: sourceArn(api, permission),
  });
}

function sourceArn(api: apigatewayv2.Api, permission: string): pulumi.Output<string> {
  if (permission === "api-arn") return pulumi.interpolate`${api.arn}/*`;
  if (permission === "other-api") return pulumi.interpolate`${needed(apis, "cors").executionArn}/*/*`;
  return pulumi.interpolate`${api.executionArn}${permission}`;
}

for (const [name, shape] of shownApis) {
  const api = needed(apis, name);
  const authorizer = new apigatewayv2.Authorizer(name, {
    apiId: api.id,
    authorizerType: "JWT",
    identitySources: [shape.identitySource ?? "$request.header.Authorization"],
    jwtConfiguration: { issuer: pulumi.interpolate`https://${pool.endpoint}`, audiences: [client.id] },
  });
  for (const [at, route] of shape.routes.entries()) makeRoute(api, name, at, route, authorizer);
  for (const [at, stage] of shape.stages.entries())
    new apigatewayv2.Stage(`${name}-${at}`, { apiId: api.id, ...stage });
}

/** By name of the API: what `npm run conformance -- --outputs` reads. */
export const endpoints = pulumi.all(Object.fromEntries([...apis].map(([name, api]) => [name, api.apiEndpoint])));
export const userPoolId = pool.id;
export const userPoolClientId = client.id;
