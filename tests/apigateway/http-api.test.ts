import { describe, expect, test } from "vitest";
import { type HttpApi, readHttpApis } from "../../harness/apigateway/http-api.ts";
import { faultCollector } from "../../harness/faults.ts";
import { type Changes, FUNCTION_ARN, httpApiGraph, INVOKE_ARN, ISSUER, LOG_GROUP_ARN, make } from "./support/graph.ts";

function read(changes: Changes = {}) {
  const collector = faultCollector();
  const apis = readHttpApis(httpApiGraph(changes), collector);
  return { apis, faults: collector.faults.map((fault) => `${fault.subject}: ${fault.rule}`) };
}

function readOne(changes: Changes = {}): HttpApi {
  const { apis, faults } = read(changes);
  expect(faults).toEqual([]);
  const api = apis[0];
  if (api === undefined) throw new Error("no API was read");
  return api;
}

const lambdaTarget = {
  kind: "lambda",
  functionArn: FUNCTION_ARN,
  payloadFormatVersion: "2.0",
  timeoutMilliseconds: 30_000,
};

test("an API is read with its stage, route, authorizer and function", () => {
  expect(readOne()).toEqual({
    apiId: "apiid",
    name: "api",
    declaredBy: "aws:apigatewayv2/api:Api api",
    disableExecuteApiEndpoint: false,
    stages: [
      { name: "$default", declaredBy: "aws:apigatewayv2/stage:Stage stage", deployed: true, routeThrottles: new Map() },
    ],
    routes: [
      {
        routeKey: "GET /todos/{todoId}",
        key: {
          kind: "path",
          method: "GET",
          path: "/todos/{todoId}",
          parts: [
            { kind: "literal", text: "todos" },
            { kind: "parameter", name: "todoId" },
          ],
        },
        authorization: {
          type: "JWT",
          scopes: ["todos/read"],
          authorizer: {
            authorizerId: "jwtid",
            apiId: "apiid",
            declaredBy: "aws:apigatewayv2/authorizer:Authorizer jwt",
            issuer: ISSUER,
            audience: ["client-1"],
            identitySource: { in: "header", name: "authorization" },
          },
        },
        target: {
          ...lambdaTarget,
          apiId: "apiid",
          declaredBy: "aws:apigatewayv2/integration:Integration echo",
        },
        declaredBy: "aws:apigatewayv2/route:Route route",
      },
    ],
  });
});

test("quick create makes an open route and a stage that deploys by itself", () => {
  const api = readOne({ api: { target: INVOKE_ARN }, stage: null, route: null });
  expect(api.stages.map((stage) => [stage.name, stage.deployed])).toEqual([["$default", true]]);
  expect(api.routes.map((route) => [route.routeKey, route.authorization])).toEqual([["$default", { type: "NONE" }]]);
  expect(api.routes[0]?.target).toMatchObject(lambdaTarget);
  const other = readOne({ api: { target: FUNCTION_ARN, routeKey: "GET /" }, stage: null, route: null });
  expect(other.routes[0]?.routeKey).toBe("GET /");
});

describe("what AWS accepts is read as AWS serves it", () => {
  const open: readonly (readonly [string, Changes])[] = [
    ["an authorizer without a type", { route: { authorizationType: undefined } }],
    ["an authorizer with type NONE", { route: { authorizationType: "NONE" } }],
    ["neither", { route: { authorizationType: undefined, authorizerId: undefined } }],
  ];
  test.each(open)("%s leaves the route open", (_, changes) => {
    expect(readOne(changes).routes[0]?.authorization).toEqual({ type: "NONE" });
  });

  test.each([
    ["no target", { route: { target: undefined } }],
    ["the bare integration id", { route: { target: "echoid" } }],
    ["an id of nothing", { route: { target: "integrations/nope" } }],
    [
      "another API's integration",
      { integration: { apiId: "otherid" }, more: [make.api("other", { protocolType: "HTTP" })] },
    ],
  ])("%s is a dangling target", (_, changes) => {
    expect(readOne(changes).routes[0]?.target.kind).toBe("dangling");
  });

  test("a stage is deployed by auto-deploy or by a deployment", () => {
    expect(readOne({ stage: { autoDeploy: undefined } }).stages[0]?.deployed).toBe(false);
    const more = [make.other("aws:apigatewayv2/deployment:Deployment", "d", "did", { apiId: "apiid" })];
    expect(readOne({ stage: { autoDeploy: false, deploymentId: "did" }, more }).stages[0]?.deployed).toBe(true);
  });

  test("limits that a block leaves out are sent as zero", () => {
    const stage = readOne({
      stage: {
        defaultRouteSettings: { detailedMetricsEnabled: true },
        routeSettings: [{ routeKey: "GET /todos/{todoId}", throttlingBurstLimit: 5, throttlingRateLimit: 2.5 }],
      },
    }).stages[0];
    expect(stage?.defaultThrottle).toEqual({ rateLimit: 0, burstLimit: 0 });
    expect(stage?.routeThrottles).toEqual(new Map([["GET /todos/{todoId}", { rateLimit: 2.5, burstLimit: 5 }]]));
  });

  test("access logs, stage variables, CORS and inert properties", () => {
    const accessLogSettings = { destinationArn: LOG_GROUP_ARN, format: "$context.requestId" };
    const api = readOne({
      api: {
        description: "d",
        tags: { a: "b" },
        corsConfiguration: { allowOrigins: ["https://app.example.com", "http://localhost:5173"], maxAge: -1 },
        disableExecuteApiEndpoint: true,
      },
      stage: { accessLogSettings, stageVariables: { table: "t" } },
      integration: { passthroughBehavior: "WHEN_NO_MATCH", integrationMethod: "POST", connectionType: "INTERNET" },
    });
    expect(api.disableExecuteApiEndpoint).toBe(true);
    expect(api.stages[0]).toMatchObject({ accessLog: accessLogSettings, stageVariables: { table: "t" } });
    expect(api.cors).toEqual({
      allowOrigins: ["https://app.example.com", "http://localhost:5173"],
      allowMethods: [],
      allowHeaders: [],
      exposeHeaders: [],
      allowCredentials: false,
      maxAgeSeconds: -1,
    });
  });

  test("a querystring identity source", () => {
    const api = readOne({ authorizer: { identitySources: ["$request.querystring.access_token"] } });
    expect(api.routes[0]?.authorization).toMatchObject({
      authorizer: { identitySource: { in: "querystring", name: "access_token" } },
    });
  });
});

const scopes = (count: number) => Array.from({ length: count }, (_, index) => `scope${index}`);

const refused: readonly (readonly [string, Changes, string])[] = [
  ["JWT without an authorizer", { route: { authorizerId: undefined } }, "needs the `authorizerId`"],
  ["JWT with an id of nothing", { route: { authorizerId: "nope" } }, "needs the `authorizerId`"],
  ["JWT with another API's authorizer", { authorizer: { apiId: "otherid" } }, "needs the `authorizerId`"],
  ["CUSTOM authorization", { route: { authorizationType: "CUSTOM" } }, '"CUSTOM" is not emulated'],
  ["misspelt authorization", { route: { authorizationType: "jwt" } }, '"jwt" is not emulated'],
  ["AWS_IAM authorization", { route: { authorizationType: "AWS_IAM" } }, "AWS_IAM is not emulated"],
  ["too many scopes", { route: { authorizationScopes: scopes(11) } }, "at most 10 scopes"],
  ["a scope of two words", { route: { authorizationScopes: ["a b"] } }, "each one word"],
  ["scopes of a wrong type", { route: { authorizationScopes: "a" } }, "`authorizationScopes` must be a list of text"],
  ["a trailing slash", { route: { routeKey: "GET /todos/" } }, "ends with a slash"],
  ["an unknown method", { route: { routeKey: "FETCH /todos" } }, "the method is not one of"],
  ["a lower-case method", { route: { routeKey: "get /todos" } }, "the method is not one of"],
  ["a path without a slash", { route: { routeKey: "GET todos" } }, "does not start with a slash"],
  [
    "a greedy parameter in the middle",
    { route: { routeKey: "GET /{a+}/b" } },
    "greedy parameter stands before the end",
  ],
  ["a parameter in part of a segment", { route: { routeKey: "GET /a{b}" } }, "take up its whole segment"],
  ["an empty segment", { route: { routeKey: "GET /a//b" } }, "path segment is empty"],
  ["two parameters of one name", { route: { routeKey: "GET /{a}/{a}" } }, "same name"],
  [
    "routes that differ in parameter names only",
    { more: [make.route("again", { routeKey: "GET /todos/{id}" })] },
    "is the same route as `GET /todos/{todoId}`",
  ],
  ["quick create and a second $default", { api: { target: INVOKE_ARN } }, "another stage `$default`"],
  ["a routeKey without target", { api: { routeKey: "GET /" } }, "no effect without `target`"],
  ["a WebSocket API", { api: { protocolType: "WEBSOCKET" } }, "only HTTP APIs are"],
  ["an OpenAPI document", { api: { body: "{}" } }, "OpenAPI document"],
  ["quick create with a role", { api: { target: INVOKE_ARN, credentialsArn: "arn:x" } }, "aws.lambda.Permission"],
  ["an unknown property", { api: { shiny: true } }, "`shiny` is not known"],
  ["a property of Object.prototype", { api: { constructor: "x" } }, "`constructor` is not known"],
  ["another region", { route: { region: "us-east-1" } }, "`region` is not emulated"],
  ["an API key", { route: { apiKeyRequired: true } }, "`apiKeyRequired` (true)"],
  ["request parameters of a route", { route: { requestParameters: [{}] } }, "`requestParameters`"],
  ["an HTTP proxy", { integration: { integrationType: "HTTP_PROXY" } }, "only Lambda proxy integrations"],
  ["a VPC link", { integration: { connectionType: "VPC_LINK" } }, "VPC link"],
  ["parameter mapping", { integration: { requestParameters: { "append:header.x": "1" } } }, "parameter mapping"],
  ["an integration's role", { integration: { credentialsArn: "arn:x" } }, "aws.lambda.Permission"],
  ["format 1.0", { integration: { payloadFormatVersion: "1.0" } }, "set it to `2.0`"],
  ["no format, which is 1.0", { integration: { payloadFormatVersion: undefined } }, "set it to `2.0`"],
  ["a timeout over 30 s", { integration: { timeoutMilliseconds: 30_001 } }, "from 50 to 30000"],
  ["a timeout under 50 ms", { integration: { timeoutMilliseconds: 49 } }, "from 50 to 30000"],
  ["a role's ARN as URI", { integration: { integrationUri: "arn:aws:iam::123456789012:role/r" } }, "a function's"],
  ["no URI", { integration: { integrationUri: undefined } }, "a function's"],
  ["a stage variable in the URI", { integration: { integrationUri: "$" + "{stageVariables.f}" } }, "a function's"],
  [
    "a function of another program",
    { integration: { integrationUri: `${FUNCTION_ARN}x` } },
    "function of this program",
  ],
  ["a function's alias", { integration: { integrationUri: `${FUNCTION_ARN}:live` } }, "function of this program"],
  ["a Lambda authorizer", { authorizer: { authorizerType: "REQUEST" } }, "Lambda (`REQUEST`) authorizers are refused"],
  ["an authorizer's TTL", { authorizer: { authorizerResultTtlInSeconds: 1 } }, "for Lambda authorizers"],
  ["no identity source", { authorizer: { identitySources: [] } }, "`identitySources` must be one of"],
  ["two identity sources", { authorizer: { identitySources: ["$request.header.A", "$request.header.B"] } }, "one of"],
  [
    "a context identity source",
    { authorizer: { identitySources: ["$context.x"] } },
    "`identitySources` must be one of",
  ],
  ["no JWT configuration", { authorizer: { jwtConfiguration: undefined } }, "`jwtConfiguration.issuer` must be"],
  [
    "an issuer without scheme",
    { authorizer: { jwtConfiguration: { issuer: "pool", audiences: ["c"] } } },
    "with scheme",
  ],
  [
    "no audience",
    { authorizer: { jwtConfiguration: { issuer: ISSUER, audiences: [] } } },
    "must list 1 to 50 audiences",
  ],
  [
    "an empty audience",
    { authorizer: { jwtConfiguration: { issuer: ISSUER, audiences: [""] } } },
    "none of them empty",
  ],
  ["an odd stage name", { stage: { name: "a b" } }, "`name` must be `$default`"],
  ["a deployment of nothing", { stage: { deploymentId: "nope" } }, "`deploymentId` names no deployment"],
  ["a client certificate", { stage: { clientCertificateId: "x" } }, "for WebSocket APIs"],
  ["settings of no route", { stage: { routeSettings: [{ routeKey: "GET /nope" }] } }, "names no route"],
  [
    "data traces",
    { stage: { defaultRouteSettings: { dataTraceEnabled: true } } },
    "`dataTraceEnabled` is not emulated",
  ],
  ["negative limits", { stage: { defaultRouteSettings: { throttlingRateLimit: -1 } } }, "must not be negative"],
  [
    "access logs to Firehose",
    { stage: { accessLogSettings: { destinationArn: "arn:aws:firehose:r:1:deliverystream/x", format: "x" } } },
    "must be a log group's ARN",
  ],
  [
    "any origin with credentials",
    { api: { corsConfiguration: { allowOrigins: ["*"], allowCredentials: true } } },
    "refused by AWS",
  ],
  [
    "an origin with a slash",
    { api: { corsConfiguration: { allowOrigins: ["https://a.example/"] } } },
    "scheme, host and port",
  ],
  [
    "an origin pattern",
    { api: { corsConfiguration: { allowOrigins: ["https://*.a.example"] } } },
    "scheme, host and port",
  ],
  [
    "an upper-case origin",
    { api: { corsConfiguration: { allowOrigins: ["https://A.example"] } } },
    "scheme, host and port",
  ],
  ["a CORS method that is none", { api: { corsConfiguration: { allowMethods: ["FETCH"] } } }, "which is no method"],
  ["a CORS header that is none", { api: { corsConfiguration: { allowHeaders: ["a b"] } } }, "no header name"],
  ["a maxAge over a day", { api: { corsConfiguration: { maxAge: 86_401 } } }, "`maxAge` must be"],
  ["an unknown CORS property", { api: { corsConfiguration: { shiny: 1 } } }, "`corsConfiguration.shiny` is not known"],
  [
    "a domain name",
    { more: [make.other("aws:apigatewayv2/domainName:DomainName", "d", "d", { domainName: "a.example" })] },
    "not emulated",
  ],
  [
    "an API mapping",
    { more: [make.other("aws:apigatewayv2/apiMapping:ApiMapping", "m", "m", { apiId: "apiid" })] },
    "not emulated",
  ],
  ["a route of no API", { more: [make.route("lost", { apiId: "nope", routeKey: "GET /lost" })] }, "names no API"],
];

describe("what AWS refuses or nobody emulates is a fault that names resource and rule", () => {
  test.each(refused)("%s", (_, changes, rule) => {
    const { faults } = read(changes);
    expect(faults.join("\n")).toContain(rule);
    for (const fault of faults) expect(fault).toMatch(/^aws:apigatewayv2\/\w+:\w+ \w+: /);
  });
});

test("all faults are found at once", () => {
  const { faults } = read({
    api: { body: "{}" },
    route: { routeKey: "GET /a/" },
    integration: { tlsConfig: { a: 1 } },
  });
  expect(faults).toHaveLength(3);
});

test("harmless values of WebSocket properties pass", () => {
  readOne({
    api: { apiKeySelectionExpression: "$request.header.x-api-key", ipAddressType: "ipv4", version: "1" },
    route: { apiKeyRequired: false, requestModels: {} },
    stage: { defaultRouteSettings: { loggingLevel: "OFF", dataTraceEnabled: false, throttlingRateLimit: 1 } },
  });
});
