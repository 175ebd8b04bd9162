import { describe, expect, test } from "vitest";
import type { HttpApi } from "../../harness/apigateway/http-api.ts";
import { readHttpApis } from "../../harness/apigateway/http-api-reader.ts";
import { faultCollector } from "../../harness/faults.ts";
import { refuseResources } from "../../harness/resources/refusal.ts";
import { type Changes, FUNCTION_ARN, httpApiGraph, INVOKE_ARN, ISSUER, LOG_GROUP_ARN, make } from "./support/graph.ts";

function read(changes: Changes = {}) {
  const collector = faultCollector();
  const graph = httpApiGraph(changes);
  refuseResources(graph, collector);
  const apis = readHttpApis(graph, collector);
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
  expect(readOne()).toStrictEqual({
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

test("an API has the name that AWS gave it", () => {
  expect(readOne({ api: { name: "api-1a2b3c4" } }).name).toBe("api-1a2b3c4");
});

test("quick create makes an open route and a stage that deploys by itself", () => {
  const api = readOne({ api: { target: INVOKE_ARN }, stage: null, route: null });
  expect(api.stages.map((stage) => [stage.name, stage.deployed])).toEqual([["$default", true]]);
  expect(api.routes.map((route) => [route.routeKey, route.authorization])).toEqual([["$default", { type: "NONE" }]]);
  expect(api.routes[0]?.target).toMatchObject(lambdaTarget);
  expect(api.routes[0]?.target).toMatchObject({ declaredBy: "aws:apigatewayv2/api:Api api" });
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

  const NO_INTEGRATION = "the route's target names no integration of this API";
  test.each<[string, Changes, string]>([
    ["no target", { route: { target: undefined } }, "the route has no target"],
    [
      "the bare integration id",
      { route: { target: "echoid" } },
      "the route's target is not of the form integrations/<id>",
    ],
    ["an id of nothing", { route: { target: "integrations/nope" } }, NO_INTEGRATION],
    [
      "another API's integration",
      { integration: { apiId: "otherid" }, more: [make.api("other", { protocolType: "HTTP" })] },
      NO_INTEGRATION,
    ],
  ])("%s is a dangling target", (_, changes, reason) => {
    expect(readOne(changes).routes[0]?.target).toEqual({ kind: "dangling", reason });
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

  test("empty blocks are as good as none", () => {
    const stage = readOne({ stage: { defaultRouteSettings: {}, stageVariables: {}, routeSettings: [] } }).stages[0];
    expect(stage).toStrictEqual({
      name: "$default",
      declaredBy: "aws:apigatewayv2/stage:Stage stage",
      deployed: true,
      routeThrottles: new Map(),
    });
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

const refused: readonly (readonly [string, Changes, ...string[]])[] = [
  [
    "JWT without an authorizer",
    { route: { authorizerId: undefined } },
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "JWT with an id of nothing",
    { route: { authorizerId: "nope" } },
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "JWT with another API's authorizer",
    { authorizer: { apiId: "otherid" } },
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
    "Authorizer jwt: `apiId` names no API of this program.",
  ],
  [
    "CUSTOM authorization",
    { route: { authorizationType: "CUSTOM" } },
    'Route route: `authorizationType` "CUSTOM" is not emulated: set it to `JWT` or `NONE`.',
  ],
  [
    "misspelt authorization",
    { route: { authorizationType: "jwt" } },
    'Route route: `authorizationType` "jwt" is not emulated: set it to `JWT` or `NONE`.',
  ],
  [
    "AWS_IAM authorization",
    { route: { authorizationType: "AWS_IAM" } },
    "Route route: `authorizationType` AWS_IAM is not emulated: signed requests to an API are not verified here.",
  ],
  [
    "too many scopes",
    { route: { authorizationScopes: scopes(11) } },
    "Route route: `authorizationScopes` holds at most 10 scopes, each one word.",
  ],
  [
    "a scope of two words",
    { route: { authorizationScopes: ["a b"] } },
    "Route route: `authorizationScopes` holds at most 10 scopes, each one word.",
  ],
  ...['a"b', "a\\b", "é", "a\nb", ""].map(
    (scope) =>
      [
        `the scope ${JSON.stringify(scope)}`,
        { route: { authorizationScopes: [scope] } },
        "Route route: `authorizationScopes` holds at most 10 scopes, each one word.",
      ] as const,
  ),
  [
    "scopes of a wrong type",
    { route: { authorizationScopes: "a" } },
    "Route route: `authorizationScopes` must be a list of text.",
  ],
  [
    "a trailing slash",
    { route: { routeKey: "GET /todos/" } },
    'Route route: `routeKey` "GET /todos/": the path ends with a slash, which AWS refuses.',
  ],
  [
    "an unknown method",
    { route: { routeKey: "FETCH /todos" } },
    'Route route: `routeKey` "FETCH /todos": the method is not one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, ANY.',
  ],
  [
    "a lower-case method",
    { route: { routeKey: "get /todos" } },
    'Route route: `routeKey` "get /todos": the method is not one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, ANY.',
  ],
  [
    "a path without a slash",
    { route: { routeKey: "GET todos" } },
    'Route route: `routeKey` "GET todos": the path does not start with a slash.',
  ],
  [
    "a greedy parameter in the middle",
    { route: { routeKey: "GET /{a+}/b" } },
    'Route route: `routeKey` "GET /{a+}/b": a greedy parameter stands before the end.',
  ],
  [
    "a parameter in part of a segment",
    { route: { routeKey: "GET /a{b}" } },
    'Route route: `routeKey` "GET /a{b}": a path segment is empty, or a parameter does not take up its whole segment.',
  ],
  [
    "an empty segment",
    { route: { routeKey: "GET /a//b" } },
    'Route route: `routeKey` "GET /a//b": a path segment is empty, or a parameter does not take up its whole segment.',
  ],
  [
    "two parameters of one name",
    { route: { routeKey: "GET /{a}/{a}" } },
    'Route route: `routeKey` "GET /{a}/{a}": two parameters have the same name.',
  ],
  [
    "routes that differ in parameter names only",
    { more: [make.route("again", { routeKey: "GET /todos/{id}" })] },
    "Route again: `GET /todos/{id}` is the same route as `GET /todos/{todoId}` of aws:apigatewayv2/route:Route route.",
  ],
  [
    "quick create and a second $default",
    { api: { target: INVOKE_ARN } },
    "Stage stage: the API has another stage `$default`.",
  ],
  [
    "quick create with a broken route key",
    { api: { target: INVOKE_ARN, routeKey: "FETCH /" }, stage: null, route: null },
    'Api api: `routeKey` "FETCH /": the method is not one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, ANY.',
  ],
  [
    "quick create of a role",
    { api: { target: "arn:aws:iam::123456789012:role/r" }, stage: null, route: null },
    "Api api: `target` must be a function's `invokeArn` or `arn`: AWS refuses anything else.",
  ],
  [
    "a misspelt part of the JWT configuration",
    { authorizer: { jwtConfiguration: { issuer: ISSUER, audiences: ["c"], audience: "c" } } },
    "Authorizer jwt: `jwtConfiguration.audience` is unknown to the harness and therefore refused; remove it.",
  ],
  [
    "a routeKey without target",
    { api: { routeKey: "GET /" } },
    "Api api: `routeKey` has no effect without `target`: remove it.",
  ],
  [
    "a WebSocket API",
    { api: { protocolType: "WEBSOCKET" } },
    'Api api: `protocolType` is refused as "WEBSOCKET": only HTTP APIs are emulated; set it to `HTTP`.',
  ],
  [
    "an OpenAPI document",
    { api: { body: "{}" } },
    "Api api: `body` is refused: OpenAPI documents are not emulated; declare routes and integrations as resources.",
  ],
  [
    "quick create with a role",
    { api: { target: INVOKE_ARN, credentialsArn: "arn:x" } },
    "Api api: `credentialsArn` is refused: invocation by a role is not emulated; let API Gateway in by an `aws.lambda.Permission` and remove it.",
    "Stage stage: the API has another stage `$default`.",
  ],
  [
    "an unknown property",
    { api: { shiny: true } },
    "Api api: `shiny` is unknown to the harness and therefore refused; remove it.",
  ],
  [
    "a property of Object.prototype",
    { api: { constructor: "x" } },
    "Api api: `constructor` is unknown to the harness and therefore refused; remove it.",
  ],
  [
    "an API key",
    { route: { apiKeyRequired: true } },
    "Route route: `apiKeyRequired` is refused as true: it is for WebSocket APIs, which are not emulated; remove it.",
  ],
  [
    "request parameters of a route",
    { route: { requestParameters: [{}] } },
    "Route route: `requestParameters` is refused: it is for WebSocket APIs, which are not emulated; remove it.",
  ],
  [
    "an HTTP proxy",
    { integration: { integrationType: "HTTP_PROXY" } },
    'Integration echo: `integrationType` is refused as "HTTP_PROXY": only Lambda proxy integrations are emulated; set it to `AWS_PROXY`.',
  ],
  [
    "a VPC link",
    { integration: { connectionType: "VPC_LINK" } },
    'Integration echo: `connectionType` is refused as "VPC_LINK": VPC links are not emulated; remove it.',
  ],
  [
    "parameter mapping",
    { integration: { requestParameters: { "append:header.x": "1" } } },
    "Integration echo: `requestParameters` is refused: parameter mapping is not emulated; map in the function.",
  ],
  [
    "an integration's role",
    { integration: { credentialsArn: "arn:x" } },
    "Integration echo: `credentialsArn` is refused: invocation by a role is not emulated; let API Gateway in by an `aws.lambda.Permission` and remove it.",
  ],
  [
    "another format",
    { integration: { payloadFormatVersion: "3.0" } },
    'Integration echo: `payloadFormatVersion` is "3.0": it must be `1.0` or `2.0`.',
  ],
  [
    "a timeout over 30 s",
    { integration: { timeoutMilliseconds: 30_001 } },
    "Integration echo: `timeoutMilliseconds` must be a whole number from 50 to 30000.",
  ],
  [
    "a timeout under 50 ms",
    { integration: { timeoutMilliseconds: 49 } },
    "Integration echo: `timeoutMilliseconds` must be a whole number from 50 to 30000.",
  ],
  [
    "a role's ARN as URI",
    { integration: { integrationUri: "arn:aws:iam::123456789012:role/r" } },
    "Integration echo: `integrationUri` must be a function's `invokeArn` or `arn`: AWS refuses anything else.",
  ],
  [
    "no URI",
    { integration: { integrationUri: undefined } },
    "Integration echo: `integrationUri` must be a function's `invokeArn` or `arn`: AWS refuses anything else.",
  ],
  [
    "a stage variable in the URI",
    { integration: { integrationUri: "$" + "{stageVariables.f}" } },
    "Integration echo: `integrationUri` must be a function's `invokeArn` or `arn`: AWS refuses anything else.",
  ],
  [
    "a function of another program",
    { integration: { integrationUri: `${FUNCTION_ARN}x` } },
    "Integration echo: `integrationUri` names arn:aws:lambda:eu-west-1:123456789012:function:echo-1a2b3c4x, which is not an unqualified function of this program.",
  ],
  [
    "a function's alias",
    { integration: { integrationUri: `${FUNCTION_ARN}:live` } },
    "Integration echo: `integrationUri` names arn:aws:lambda:eu-west-1:123456789012:function:echo-1a2b3c4:live, which is not an unqualified function of this program.",
  ],
  [
    "a Lambda authorizer",
    { authorizer: { authorizerType: "REQUEST" } },
    'Authorizer jwt: `authorizerType` is refused as "REQUEST": only JWT authorizers are emulated; use a JWT authorizer.',
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "an authorizer's TTL",
    { authorizer: { authorizerResultTtlInSeconds: 1 } },
    "Authorizer jwt: `authorizerResultTtlInSeconds` is refused: Lambda authorizers are not emulated; use a JWT authorizer and remove it.",
  ],
  [
    "no identity source",
    { authorizer: { identitySources: [] } },
    "Authorizer jwt: `identitySources` must be one of `$request.header.NAME` or `$request.querystring.NAME`.",
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "two identity sources",
    { authorizer: { identitySources: ["$request.header.A", "$request.header.B"] } },
    "Authorizer jwt: `identitySources` must be one of `$request.header.NAME` or `$request.querystring.NAME`.",
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "a context identity source",
    { authorizer: { identitySources: ["$context.x"] } },
    "Authorizer jwt: `identitySources` must be one of `$request.header.NAME` or `$request.querystring.NAME`.",
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "no JWT configuration",
    { authorizer: { jwtConfiguration: undefined } },
    "Authorizer jwt: `jwtConfiguration.audiences` must list 1 to 50 audiences, none of them empty.",
    "Authorizer jwt: `jwtConfiguration.issuer` must be the issuer's URL, with scheme, and without query or fragment.",
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "an issuer without scheme",
    { authorizer: { jwtConfiguration: { issuer: "pool", audiences: ["c"] } } },
    "Authorizer jwt: `jwtConfiguration.issuer` must be the issuer's URL, with scheme, and without query or fragment.",
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "no audience",
    { authorizer: { jwtConfiguration: { issuer: ISSUER, audiences: [] } } },
    "Authorizer jwt: `jwtConfiguration.audiences` must list 1 to 50 audiences, none of them empty.",
    "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.",
  ],
  [
    "an empty audience",
    { authorizer: { jwtConfiguration: { issuer: ISSUER, audiences: [""] } } },
    "Authorizer jwt: `jwtConfiguration.audiences` must list 1 to 50 audiences, none of them empty.",
  ],
  [
    "an odd stage name",
    { stage: { name: "a b" } },
    "Stage stage: `name` must be `$default`, or letters, digits, hyphens and underscores.",
  ],
  [
    "a deployment of nothing",
    { stage: { deploymentId: "nope" } },
    "Stage stage: `deploymentId` names no deployment of this API.",
  ],
  [
    "a client certificate",
    { stage: { clientCertificateId: "x" } },
    "Stage stage: `clientCertificateId` is refused: it is for WebSocket APIs, which are not emulated; remove it.",
  ],
  [
    "settings of no route",
    { stage: { routeSettings: [{ routeKey: "GET /nope" }] } },
    "Stage stage: `routeSettings` names no route: `GET /nope`.",
  ],
  [
    "data traces",
    { stage: { defaultRouteSettings: { dataTraceEnabled: true } } },
    "Stage stage: `defaultRouteSettings.dataTraceEnabled` is refused as true: HTTP APIs have throttling and metrics only; remove it.",
  ],
  [
    "negative limits",
    { stage: { defaultRouteSettings: { throttlingRateLimit: -1 } } },
    "Stage stage: throttling limits must not be negative, and the burst limit is a whole number.",
  ],
  [
    "access logs to Firehose",
    { stage: { accessLogSettings: { destinationArn: "arn:aws:firehose:r:1:deliverystream/x", format: "x" } } },
    "Stage stage: `accessLogSettings.destinationArn` must be a log group's ARN: other destinations are not emulated.",
  ],
  [
    "any origin with credentials",
    { api: { corsConfiguration: { allowOrigins: ["*"], allowCredentials: true } } },
    "Api api: `allowOrigins: *` together with `allowCredentials` is refused by AWS: list the origins.",
  ],
  [
    "an origin with a slash",
    { api: { corsConfiguration: { allowOrigins: ["https://a.example/"] } } },
    'Api api: `allowOrigins` has "https://a.example/", which no Origin header equals: write scheme, host and port only.',
  ],
  [
    "an origin pattern",
    { api: { corsConfiguration: { allowOrigins: ["https://*.a.example"] } } },
    'Api api: `allowOrigins` has "https://*.a.example", which no Origin header equals: write scheme, host and port only.',
  ],
  [
    "an upper-case origin",
    { api: { corsConfiguration: { allowOrigins: ["https://A.example"] } } },
    'Api api: `allowOrigins` has "https://A.example", which no Origin header equals: write scheme, host and port only.',
  ],
  [
    "a CORS method that is none",
    { api: { corsConfiguration: { allowMethods: ["FETCH"] } } },
    'Api api: `allowMethods` has "FETCH", which is no method.',
  ],
  [
    "a CORS header that is none",
    { api: { corsConfiguration: { allowHeaders: ["a b"] } } },
    'Api api: "a b" is no header name.',
  ],
  [
    "a maxAge over a day",
    { api: { corsConfiguration: { maxAge: 86_401 } } },
    "Api api: `maxAge` must be a whole number from -1 to 86400.",
  ],
  [
    "an unknown CORS property",
    { api: { corsConfiguration: { shiny: 1 } } },
    "Api api: `corsConfiguration.shiny` is unknown to the harness and therefore refused; remove it.",
  ],
  [
    "a VPC link of its own",
    { more: [make.other("aws:apigatewayv2/vpcLink:VpcLink", "v", "v", { subnetIds: ["s"] })] },
    "VpcLink v: This resource type is refused: VPC links are not emulated; remove it.",
  ],
  [
    "a kind of resource that nobody knows",
    { more: [make.other("aws:apigatewayv2/novelty:Novelty", "n", "n", { apiId: "apiid" })] },
    "Novelty n: This resource type is unknown to the harness and therefore refused; remove it.",
  ],
  [
    "a route of no API",
    { more: [make.route("lost", { apiId: "nope", routeKey: "GET /lost" })] },
    "Route lost: `apiId` names no API of this program.",
  ],
];

describe("what AWS refuses or nobody emulates is a fault that names resource and rule", () => {
  const named = refused.map(([name, changes, ...rules]) => ({ name, changes, rules }));
  test.each(named)("$name", ({ changes, rules }) => {
    const { faults } = read(changes);
    expect(faults.map((fault) => fault.replace(/^aws:apigatewayv2\/\w+:/, ""))).toEqual(rules);
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
    authorizer: { shiny: undefined, dull: null },
    api: { apiKeySelectionExpression: "$request.header.x-api-key", ipAddressType: "ipv4", version: "1" },
    route: { apiKeyRequired: false, requestModels: {} },
    stage: { defaultRouteSettings: { loggingLevel: "OFF", dataTraceEnabled: false, throttlingRateLimit: 1 } },
  });
});

test.each([
  ["1.0", "1.0"],
  ["2.0", "2.0"],
  [undefined, "1.0"],
])("payload format %s is %s", (payloadFormatVersion, expected) => {
  const { apis, faults } = read({ integration: { payloadFormatVersion } });
  expect(faults).toEqual([]);
  expect(apis[0]?.routes[0]?.target).toMatchObject({ payloadFormatVersion: expected });
});

test("an integration with another AWS service is refused as what it is, and not for what a function's would need", () => {
  const { faults } = read({
    integration: {
      integrationSubtype: "EventBridge-PutEvents",
      integrationUri: undefined,
      payloadFormatVersion: "3.0",
    },
  });
  expect(faults).toEqual([expect.stringMatching(/integrationSubtype.*other AWS services/)]);
});
