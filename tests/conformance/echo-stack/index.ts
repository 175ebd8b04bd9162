import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as cognito from "@pulumi/aws/cognito";
import * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";

interface RouteShape {
  readonly key: string;
  readonly function: string;
  /** `without type` and `NONE` name the authorizer and leave the route open. */
  readonly authorizer?: boolean | "without type" | "NONE";
  readonly scopes?: string[];
  /** The end of the permission's source ARN; `null`: no permission. Default: any route of the API. */
  readonly permission?: string | null;
  readonly timeoutMilliseconds?: number;
  /** Of the event and the answer. Default: 2.0. */
  readonly format?: "1.0";
  /** `false`: the route has no target; `bare`: the integration's id alone. */
  readonly target?: boolean | "bare";
}

interface ApiShape {
  readonly stages: readonly {
    readonly name: string;
    readonly autoDeploy: boolean;
    readonly stageVariables?: Record<string, string>;
  }[];
  readonly routes: readonly RouteShape[];
  readonly cors?: Record<string, unknown>;
  /** A name in the setting `issuers`, or a URL with `<pool id>` in it. Default: the pool's. */
  readonly issuer?: string;
  readonly identitySource?: string;
  readonly accessLog?: boolean;
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
const settings = new pulumi.Config();
/** `true`: with the APIs that AWS cannot be asked about. */
const withLocal = settings.getBoolean("withLocal") === true;
/** Addresses by name, of issuers that are no user pool. */
const issuers = settings.getObject<Record<string, string>>("issuers") ?? {};

const shownApis = Object.entries(shapes.apis).filter(([, { local }]) => withLocal || local === undefined);
const used = new Set(shownApis.flatMap(([, { routes }]) => routes.map((route) => route.function)));

const pool = new cognito.UserPool("echo", {});
const client = new cognito.UserPoolClient("echo", {
  userPoolId: pool.id,
  explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
});

const secondClient = new cognito.UserPoolClient("second", { userPoolId: pool.id });

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
  const { timeoutMilliseconds, permission = "/*/*", format = "2.0" } = route;
  const integration = new apigatewayv2.Integration(name, {
    apiId: api.id,
    integrationType: "AWS_PROXY",
    integrationUri: handler.invokeArn,
    payloadFormatVersion: format,
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  });
  new apigatewayv2.Route(name, {
    apiId: api.id,
    routeKey: route.key,
    ...targetOf(route, integration),
    ...protectionOf(route, authorizer),
  });
  if (permission === null) return;
  new lambda.Permission(name, {
    action: "lambda:InvokeFunction",
    function: handler.name,
    principal: "apigateway.amazonaws.com",
    sourceArn: sourceArn(api, permission),
  });
}

function targetOf({ target }: RouteShape, { id }: apigatewayv2.Integration): { target?: pulumi.Output<string> } {
  if (target === false) return {};
  return { target: target === "bare" ? id : pulumi.interpolate`integrations/${id}` };
}

function protectionOf({ authorizer, scopes = [] }: RouteShape, { id }: apigatewayv2.Authorizer) {
  if (authorizer === true) return { authorizationType: "JWT", authorizerId: id, authorizationScopes: scopes };
  if (authorizer === "NONE") return { authorizationType: "NONE", authorizerId: id };
  return authorizer === "without type" ? { authorizerId: id } : {};
}

function issuerOf({ issuer }: ApiShape): pulumi.Input<string> {
  if (issuer === undefined) return pulumi.interpolate`https://${pool.endpoint}`;
  return issuers[issuer] ?? pool.id.apply((id) => issuer.replace("<pool id>", id));
}

function sourceArn(api: apigatewayv2.Api, permission: string): pulumi.Output<string> {
  if (permission === "api-arn") return pulumi.interpolate`${api.arn}/*`;
  if (permission === "other-api") return pulumi.interpolate`${needed(apis, "cors").executionArn}/*/*`;
  return pulumi.interpolate`${api.executionArn}${permission}`;
}

const accessLog = new cloudwatch.LogGroup("access", {});

/** Every variable of an access log. */
const ACCESS_LOG_VARIABLES = `
  requestId extendedRequestId httpMethod path routeKey protocol stage domainName domainPrefix apiId accountId
  requestTime requestTimeEpoch identity.sourceIp identity.userAgent status responseLength responseLatency
  dataProcessed error.message error.responseType authorizer.error authorizer.claims.sub authorizer.claims
  integration.status integration.integrationStatus integrationStatus integrationLatency
  integrationErrorMessage integration.error authorizer.principalId
`;

function accessLogOf({ accessLog: wanted }: ApiShape) {
  if (wanted !== true) return {};
  const variables = ACCESS_LOG_VARIABLES.trim().split(/\s+/);
  const format = JSON.stringify(Object.fromEntries(variables.map((name) => [name, `$context.${name}`])));
  return { accessLogSettings: { destinationArn: accessLog.arn, format } };
}

for (const [name, shape] of shownApis) {
  const api = needed(apis, name);
  const authorizer = new apigatewayv2.Authorizer(name, {
    apiId: api.id,
    authorizerType: "JWT",
    identitySources: [shape.identitySource ?? "$request.header.Authorization"],
    jwtConfiguration: { issuer: issuerOf(shape), audiences: [client.id, secondClient.id] },
  });
  for (const [at, route] of shape.routes.entries()) makeRoute(api, name, at, route, authorizer);
  for (const [at, stage] of shape.stages.entries())
    new apigatewayv2.Stage(`${name}-${at}`, { apiId: api.id, ...stage, ...accessLogOf(shape) });
}

/** By name of the API: what `npm run conformance -- --outputs` reads. */
export const endpoints = pulumi.all(Object.fromEntries([...apis].map(([name, api]) => [name, api.apiEndpoint])));
export const userPoolId = pool.id;
export const userPoolClientId = client.id;
export const secondUserPoolClientId = secondClient.id;
export const accessLogArn = accessLog.arn;
