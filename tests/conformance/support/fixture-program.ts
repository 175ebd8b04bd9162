import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EvaluatedProgram } from "../../../harness/pulumi/evaluate.ts";
import { type Resource, resourceGraph } from "../../../harness/pulumi/resource-graph.ts";
import { CLIENT_ID, POOL_ISSUER } from "./tokens.ts";

export const ACCOUNT_ID = "123456789012";
export const REGION = "eu-west-1";
export const ECHO_STACK = join(import.meta.dirname, "../echo-stack");

interface FixtureRoute {
  readonly key: string;
  readonly function: string;
  /** `without type` and `NONE` name the authorizer and leave the route open, as AWS takes it. */
  readonly authorizer?: boolean | "without type" | "NONE";
  readonly scopes?: readonly string[];
  /** The end of the permission's source ARN; `null`: no permission. Default: any route of the API. */
  readonly permission?: string | null;
  readonly timeoutMilliseconds?: number;
  /** `false`: the route has no target; `bare`: the integration's id alone. */
  readonly target?: boolean | "bare";
}

interface FixtureApi {
  readonly stages: readonly Readonly<Record<string, unknown>>[];
  readonly routes: readonly FixtureRoute[];
  readonly cors?: object;
  /** A URL, or the name of an issuer that runs on this machine. Default: the pool's. */
  readonly issuer?: string;
  readonly identitySource?: string;
  readonly accessLog?: boolean;
  readonly disableExecuteApiEndpoint?: boolean;
  /** Why the API is no part of the deployed stack. */
  readonly local?: string;
}

interface FixtureFunction {
  readonly file?: string;
  readonly code?: string;
  readonly handler?: string;
  readonly runtime?: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly reservedConcurrentExecutions?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Fixture {
  readonly functions: Readonly<Record<string, FixtureFunction>>;
  readonly apis: Readonly<Record<string, FixtureApi>>;
}

/** The APIs and functions that cases are sent to: those of the stack that can be deployed, and a few that cannot. */
export function readFixture(): Fixture {
  return JSON.parse(readFileSync(join(ECHO_STACK, "apis.json"), "utf8"));
}

type Inputs = Readonly<Record<string, unknown>>;

function resource(type: string, name: string, id: string, inputs: Inputs, arn?: string): Resource {
  const outputs = { name, ...inputs, ...(arn === undefined ? {} : { arn }) };
  return { type, name, id, inputs, outputs, ...(arn === undefined ? {} : { arn }) };
}

const ROLE_ARN = `arn:aws:iam::${ACCOUNT_ID}:role/fixture`;
export const LOG_GROUP_ARN = `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:fixture`;

const role = resource(
  "aws:iam/role:Role",
  "fixture",
  "fixture",
  {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
    }),
  },
  ROLE_ARN,
);

const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`;

/** So long that no function reaches its timeout on a busy machine but the one that is meant to. */
const PATIENT_SECONDS = 20;

function functionResource(name: string, given: FixtureFunction): Resource {
  const file = given.file ?? "index.js";
  const text = given.code ?? readFileSync(join(ECHO_STACK, "functions", file), "utf8");
  const { environment, code, file: _file, handler, ...settings } = given;
  const inputs = {
    name,
    role: ROLE_ARN,
    runtime: "nodejs24.x",
    timeout: PATIENT_SECONDS,
    handler: handler ?? `${file.replace(/\.m?js$/, "")}.handler`,
    code: { kind: "archive", entries: { [file]: { kind: "text", text } } },
    ...settings,
    ...(environment === undefined ? {} : { environment: { variables: environment } }),
  };
  return resource("aws:lambda/function:Function", name, name, inputs, functionArn(name));
}

/** API ids are ten characters on AWS. */
export const apiIdOf = (index: number) => `api${String(index).padStart(7, "0")}`;

const ACCESS_LOG_FORMAT = JSON.stringify(
  Object.fromEntries(
    [
      ...[
        "requestId",
        "extendedRequestId",
        "httpMethod",
        "path",
        "routeKey",
        "protocol",
        "stage",
        "domainName",
        "domainPrefix",
      ],
      ...["apiId", "accountId", "requestTime", "requestTimeEpoch", "identity.sourceIp", "identity.userAgent", "status"],
      ...[
        "responseLength",
        "responseLatency",
        "dataProcessed",
        "error.message",
        "error.responseType",
        "authorizer.error",
      ],
      ...["authorizer.claims.sub", "authorizer.claims", "integration.status", "integration.integrationStatus"],
      ...[
        "integrationStatus",
        "integrationLatency",
        "integrationErrorMessage",
        "integration.error",
        "authorizer.principalId",
      ],
    ].map((name) => [name, `$context.${name}`]),
  ),
);

function apiResources(fixture: Fixture, issuers: ReadonlyMap<string, string>, name: string): readonly Resource[] {
  const names = Object.keys(fixture.apis);
  const api = fixture.apis[name];
  if (api === undefined) return [];
  const id = apiIdOf(names.indexOf(name));
  const other = apiIdOf((names.indexOf(name) + 1) % names.length);
  const { issuer: configured = POOL_ISSUER } = api;
  const issuer = issuers.get(configured) ?? configured;
  const v2 = (kind: string, resourceName: string, inputs: Inputs) =>
    resource(`aws:apigatewayv2/${kind}`, resourceName, resourceName, { apiId: id, ...inputs });
  const { cors, disableExecuteApiEndpoint } = api;
  return [
    resource("aws:apigatewayv2/api:Api", name, id, {
      name,
      protocolType: "HTTP",
      ...(cors === undefined ? {} : { corsConfiguration: cors }),
      ...(disableExecuteApiEndpoint === undefined ? {} : { disableExecuteApiEndpoint }),
    }),
    v2("authorizer:Authorizer", `${name}-jwt`, {
      authorizerType: "JWT",
      identitySources: [api.identitySource ?? "$request.header.Authorization"],
      jwtConfiguration: { issuer, audiences: [CLIENT_ID, "client-2"] },
    }),
    ...api.stages.map((stage, at) =>
      v2("stage:Stage", `${name}-stage-${at}`, {
        ...stage,
        ...(api.accessLog === true
          ? { accessLogSettings: { destinationArn: LOG_GROUP_ARN, format: ACCESS_LOG_FORMAT } }
          : {}),
      }),
    ),
    ...api.routes.flatMap((route, at) => routeResources(route, { id, other, prefix: `${name}-${at}`, v2, name })),
  ];
}

interface Around {
  readonly id: string;
  readonly other: string;
  readonly prefix: string;
  readonly name: string;
  readonly v2: (kind: string, name: string, inputs: Inputs) => Resource;
}

function routeResources(route: FixtureRoute, { id, other, prefix, name, v2 }: Around): readonly Resource[] {
  const { timeoutMilliseconds } = route;
  const executionArn = (apiId: string) => `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${apiId}`;
  const sourceArns: Readonly<Record<string, string>> = {
    "other-api": `${executionArn(other)}/*/*`,
    "api-arn": `arn:aws:apigateway:${REGION}::/apis/${id}/*`,
  };
  const { permission = "/*/*" } = route;
  return [
    v2("integration:Integration", `${prefix}-integration`, {
      integrationType: "AWS_PROXY",
      payloadFormatVersion: "2.0",
      integrationUri: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${functionArn(route.function)}/invocations`,
      ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
    }),
    v2("route:Route", `${prefix}-route`, {
      routeKey: route.key,
      ...targetOf(route, `${prefix}-integration`),
      ...protectionOf(route, `${name}-jwt`),
    }),
    ...(permission === null
      ? []
      : [
          resource("aws:lambda/permission:Permission", prefix, prefix, {
            action: "lambda:InvokeFunction",
            function: route.function,
            principal: "apigateway.amazonaws.com",
            sourceArn: sourceArns[permission] ?? `${executionArn(id)}${permission}`,
          }),
        ]),
  ];
}

function targetOf({ target }: FixtureRoute, integrationId: string): Inputs {
  if (target === false) return {};
  return { target: target === "bare" ? integrationId : `integrations/${integrationId}` };
}

function protectionOf({ authorizer, scopes = [] }: FixtureRoute, authorizerId: string): Inputs {
  if (authorizer === true) return { authorizationType: "JWT", authorizerId, authorizationScopes: scopes };
  if (authorizer === "NONE") return { authorizationType: "NONE", authorizerId };
  return authorizer === "without type" ? { authorizerId } : {};
}

/** The fixture as an evaluated program: the graph that Pulumi would make of it, built by hand in no time.
 * `issuers` gives the addresses of issuers that run on this machine. */
export function fixtureProgram(fixture: Fixture, issuers: ReadonlyMap<string, string>): EvaluatedProgram {
  return programOf([
    role,
    ...Object.entries(fixture.functions).map(([name, given]) => functionResource(name, given)),
    ...Object.keys(fixture.apis).flatMap((name) => apiResources(fixture, issuers, name)),
  ]);
}

export function programOf(resources: readonly Resource[]): EvaluatedProgram {
  return {
    deployment: { project: "conformance", stack: "dev", partition: "aws", region: REGION, accountId: ACCOUNT_ID },
    graph: resourceGraph(resources),
    exports: {},
    secretExports: [],
    faults: [],
    files: [],
    fromCache: false,
  };
}
