import { describe, expect, test } from "vitest";
import { readHttpApis } from "../../harness/apigateway/http-api-reader.ts";
import { faultCollector } from "../../harness/faults.ts";
import { refuseResources } from "../../harness/resources/refusal.ts";
import { type Changes, FUNCTION_ARN, httpApiGraph, INVOKE_ARN, ISSUER, LOG_GROUP_ARN, make } from "./support/graph.ts";

interface Property {
  readonly name: string;
  readonly with: (value: unknown) => Changes;
  readonly taken: readonly unknown[];
  readonly refused: readonly unknown[];
  /** The one fault, after the resource's type, of each refused value. */
  readonly rule: string | ((value: unknown) => string);
}

const list = (count: number, text: string) => Array.from({ length: count }, (_, index) => `${text}${index}`);
const quote = (value: unknown) => JSON.stringify(value);
const cors = (property: string) => (value: unknown) => ({ api: { corsConfiguration: { [property]: value } } });
const issuer = (value: unknown) => ({ authorizer: { jwtConfiguration: { issuer: value, audiences: ["c"] } } });
const settings = (property: string) => (value: unknown) => ({ stage: { defaultRouteSettings: { [property]: value } } });
const logFormat = (format: unknown) => ({ stage: { accessLogSettings: { destinationArn: LOG_GROUP_ARN, format } } });
const openRoute = (routeKey: unknown) => ({ route: { routeKey, authorizationType: "NONE" } });
const USABLE = "Route route: `authorizationType` JWT needs the `authorizerId` of a usable JWT authorizer of this API.";

const properties: readonly Property[] = [
  {
    name: "timeoutMilliseconds",
    with: (timeoutMilliseconds) => ({ integration: { timeoutMilliseconds } }),
    taken: [50, 51, 29_999, 30_000, undefined],
    refused: [49, 30_001, 100.5, 0, -50],
    rule: "Integration echo: `timeoutMilliseconds` must be a whole number from 50 to 30000.",
  },
  {
    name: "authorizationScopes",
    with: (authorizationScopes) => ({ route: { authorizationScopes } }),
    taken: [list(10, "scope"), [], undefined],
    refused: [list(11, "scope"), ["a", ""], ["a\tb"], [" a"]],
    rule: "Route route: `authorizationScopes` holds at most 10 scopes, each one word.",
  },
  {
    name: "audiences",
    with: (audiences) => ({ authorizer: { jwtConfiguration: { issuer: ISSUER, audiences } } }),
    taken: [["c"], list(50, "client")],
    refused: [list(51, "client"), ["c", ""]],
    rule: "Authorizer jwt: `jwtConfiguration.audiences` must list 1 to 50 audiences, none of them empty.",
  },
  {
    name: "issuer",
    with: issuer,
    taken: ["https://a.example", "http://127.0.0.1:9", "https://a.example/b/", "https://a.example:8443/b"],
    refused: [
      "a.example",
      "ftp://a.example",
      "https://user@a.example",
      "https://:secret@a.example",
      "https://a.example?b",
      "https://a.example#b",
      "https://a.example/b c",
      "https://a.example\n",
      "",
    ],
    rule: [
      "Authorizer jwt: `jwtConfiguration.issuer` must be the issuer's URL, with scheme, and without query or fragment.",
      USABLE,
    ].join("\n"),
  },
  {
    name: "identitySources",
    with: (source) => ({ authorizer: { identitySources: [source] } }),
    taken: ["$request.header.Authorization", "$request.header.X-A.b!", "$request.querystring.access_token"],
    refused: [
      "x$request.header.A",
      "$request.header.A B",
      "$request.header.A,B",
      "$request.header.",
      "$request.body.a",
      "request.header.A",
      "$requestXheader.A",
      "",
    ],
    rule: [
      "Authorizer jwt: `identitySources` must be one of `$request.header.NAME` or `$request.querystring.NAME`.",
      USABLE,
    ].join("\n"),
  },
  {
    name: "a route's method",
    with: openRoute,
    taken: ["DELETE /", "GET /a", "HEAD /a", "OPTIONS /a", "PATCH /a", "POST /a", "PUT /a", "ANY /a"],
    refused: [undefined, "", "GET", "/a", " /a", "TRACE /a", "GET\t/a"],
    rule: (key) =>
      `Route route: \`routeKey\` ${quote(key ?? "")}: the method is not one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, ANY.`,
  },
  {
    name: "a route's path, which starts with a slash",
    with: openRoute,
    taken: ["$default", "GET /"],
    refused: ["GET ", "GET  /a", "GET {a}"],
    rule: (key) => `Route route: \`routeKey\` ${quote(key)}: the path does not start with a slash.`,
  },
  {
    name: "a route's segments",
    with: openRoute,
    taken: ["GET /a.b/~c/d-_", "GET /{a.b:c-d_e}", "GET /{A9}/b/{c+}", "GET /{proxy+}", "GET /a*b"],
    refused: [
      "GET /a b",
      "GET /{a",
      "GET /a}",
      "GET /{}",
      "GET /{+}",
      "GET /{a b}",
      "GET /x{a}",
      "GET /{a}x",
      "GET /a?b",
      "GET //a",
    ],
    rule: (key) =>
      `Route route: \`routeKey\` ${quote(key)}: a path segment is empty, or a parameter does not take up its whole segment.`,
  },
  {
    name: "a route's parameter names",
    with: openRoute,
    taken: ["GET /{a}/{b}", "GET /{a}/a"],
    refused: ["GET /{a}/b/{a}", "GET /{a}/{a+}"],
    rule: (key) => `Route route: \`routeKey\` ${quote(key)}: two parameters have the same name.`,
  },
  {
    name: "a stage's name",
    with: (name) => ({ stage: { name } }),
    taken: ["$default", "a", "A_-9", "x".repeat(128)],
    refused: [undefined, null, "x".repeat(129), "a.b", "a/b", "$default2", "x$default", "$", "a\n"],
    rule: "Stage stage: `name` must be `$default`, or letters, digits, hyphens and underscores.",
  },
  {
    name: "the names of stage variables",
    with: (name) => ({ stage: { stageVariables: { [String(name)]: "x" } } }),
    taken: ["a", "A_9", "x".repeat(64)],
    refused: ["a-b", "", "ü", "x".repeat(65)],
    rule: (name) =>
      `Stage stage: \`stageVariables\`: ${quote(name)} is no name for one: use letters, digits and underscores, at most 64 characters.`,
  },
  {
    name: "the values of stage variables",
    with: (a) => ({ stage: { stageVariables: { a } } }),
    taken: ["", "x".repeat(512)],
    refused: ["x".repeat(513)],
    rule: 'Stage stage: `stageVariables`: the value of "a" must have at most 512 characters.',
  },
  {
    name: "the number of stage variables",
    with: (count) => ({
      stage: { stageVariables: Object.fromEntries(list(Number(count), "v").map((name) => [name, "x"])) },
    }),
    taken: [0, 1, 100],
    refused: [101],
    rule: "Stage stage: `stageVariables` are 101: AWS takes at most 100.",
  },
  {
    name: "throttlingRateLimit",
    with: settings("throttlingRateLimit"),
    taken: [0, 0.5, 1],
    refused: [-0.5, -1],
    rule: "Stage stage: throttling limits must not be negative, and the burst limit is a whole number.",
  },
  {
    name: "throttlingBurstLimit",
    with: settings("throttlingBurstLimit"),
    taken: [0, 1],
    refused: [-1, 0.5],
    rule: "Stage stage: throttling limits must not be negative, and the burst limit is a whole number.",
  },
  {
    name: "loggingLevel",
    with: settings("loggingLevel"),
    taken: ["OFF"],
    refused: ["INFO", "off"],
    rule: (level) =>
      `Stage stage: \`defaultRouteSettings.loggingLevel\` is refused as ${quote(level)}: HTTP APIs have throttling and metrics only; remove it.`,
  },
  {
    name: "detailedMetricsEnabled",
    with: settings("detailedMetricsEnabled"),
    taken: [true, false],
    refused: [],
    rule: "",
  },
  {
    name: "a route setting that nobody knows",
    with: settings("shiny"),
    taken: [undefined, null],
    refused: ["x"],
    rule: "Stage stage: `defaultRouteSettings.shiny` is unknown to the harness and therefore refused; remove it.",
  },
  {
    name: "an access log's format",
    with: logFormat,
    taken: ["$context.requestId", "x".repeat(3_072)],
    refused: [undefined, "", "a\nb", "a\rb"],
    rule: "Stage stage: `accessLogSettings.format` must be a single line of text.",
  },
  {
    name: "an access log's format, in bytes",
    with: logFormat,
    taken: ["ü".repeat(1_536)],
    refused: [`x${"ü".repeat(1_536)}`],
    rule: "Stage stage: `accessLogSettings.format` has 3073 bytes; AWS takes 3072.",
  },
  {
    name: "an access log's destination",
    with: (destinationArn) => ({ stage: { accessLogSettings: { destinationArn, format: "x" } } }),
    taken: [LOG_GROUP_ARN],
    refused: [undefined, "x", "", "arn:aws:firehose:eu-west-1:123456789012:deliverystream/x"],
    rule: "Stage stage: `accessLogSettings.destinationArn` must be a log group's ARN: other destinations are not emulated.",
  },
  {
    name: "allowOrigins",
    with: (origin) => cors("allowOrigins")([origin]),
    taken: [
      "*",
      "http://*",
      "https://*",
      "https://a.example",
      "http://localhost:5173",
      "https://a.example:8443",
      "chrome-extension://abc",
    ],
    refused: [
      "",
      "null",
      "a.example",
      "https://a.example/",
      "https://a.example/b",
      "https://a.example?b",
      "https://a.example#b",
      "https://user@a.example",
      "https://a.example:443",
      "https://a.example,https://b.example",
      "https://a.example https://b.example",
      "https://**",
      "ftp://*",
      "chrome-extension://abc/",
      "chrome-extension://a@b",
      "chrome-extension:abc",
      "HTTPS://a.example",
    ],
    rule: (origin) =>
      `Api api: \`allowOrigins\` has ${quote(origin)}, which no Origin header equals: write scheme, host and port only.`,
  },
  {
    name: "allowMethods",
    with: (method) => cors("allowMethods")([method]),
    taken: ["*", "GET", "DELETE", "OPTIONS"],
    refused: ["get", "ANY", "TRACE", ""],
    rule: (method) => `Api api: \`allowMethods\` has ${quote(method)}, which is no method.`,
  },
  {
    name: "allowHeaders",
    with: (header) => cors("allowHeaders")([header]),
    taken: ["*", "Authorization", "x-amz-date", "x!"],
    refused: ["a b", "a:", ":a", "ü", ""],
    rule: (header) => `Api api: ${quote(header)} is no header name.`,
  },
  {
    name: "exposeHeaders",
    with: (header) => cors("exposeHeaders")([header]),
    taken: ["*", "etag"],
    refused: ["a b"],
    rule: (header) => `Api api: ${quote(header)} is no header name.`,
  },
  {
    name: "maxAge",
    with: cors("maxAge"),
    taken: [-1, 0, 86_400, undefined],
    refused: [-2, 86_401, 0.5],
    rule: "Api api: `maxAge` must be a whole number from -1 to 86400.",
  },
  {
    name: "allowCredentials",
    with: (allowCredentials) => ({
      api: { corsConfiguration: { allowCredentials, allowOrigins: ["https://a.example"] } },
    }),
    taken: [true, false, undefined],
    refused: ["yes"],
    rule: "Api api: `corsConfiguration.allowCredentials` must be true or false.",
  },
  {
    name: "integrationUri, as to its form",
    with: (integrationUri) => ({ integration: { integrationUri } }),
    taken: [INVOKE_ARN, FUNCTION_ARN],
    refused: [
      `x${INVOKE_ARN}`,
      `${INVOKE_ARN}/x`,
      INVOKE_ARN.replace("2015-03-31", "2015-03-30"),
      INVOKE_ARN.replace(":lambda:path", ":s3:path"),
      `x${FUNCTION_ARN}`,
      `${FUNCTION_ARN}:a:b`,
      FUNCTION_ARN.replace(":lambda:", ":s3:"),
      FUNCTION_ARN.replace(":function:", ":layer:"),
      FUNCTION_ARN.replace(":function:", ":x-function:"),
    ],
    rule: "Integration echo: `integrationUri` must be a function's `invokeArn` or `arn`: AWS refuses anything else.",
  },
  {
    name: "a text",
    with: (target) => ({ route: { target } }),
    taken: [undefined, null, "x"],
    refused: [5, true, ["x"], { a: 1 }],
    rule: "Route route: `target` must be text.",
  },
  {
    name: "a number",
    with: cors("maxAge"),
    taken: [1],
    refused: ["1", true, Number.NaN, Number.POSITIVE_INFINITY],
    rule: "Api api: `corsConfiguration.maxAge` must be a number.",
  },
  {
    name: "a flag",
    with: (autoDeploy) => ({ stage: { autoDeploy } }),
    taken: [true, false, null],
    refused: ["true", 1],
    rule: "Stage stage: `autoDeploy` must be true or false.",
  },
  {
    name: "a list of text",
    with: cors("allowHeaders"),
    taken: [[], ["a"]],
    refused: ["a", [1], ["a", 1], { 0: "a" }],
    rule: "Api api: `corsConfiguration.allowHeaders` must be a list of text.",
  },
  {
    name: "a map of text",
    with: (stageVariables) => ({ stage: { stageVariables } }),
    taken: [{ a: "b" }, {}],
    refused: ["a", ["a"], { a: 1 }, { a: "b", c: 1 }, 5],
    rule: "Stage stage: `stageVariables` must be a map of text.",
  },
  {
    name: "a block",
    with: (corsConfiguration) => ({ api: { corsConfiguration } }),
    taken: [{ allowOrigins: [] }, {}, null],
    refused: ["x", ["x"], 5],
    rule: "Api api: `corsConfiguration` must be a block of properties.",
  },
  {
    name: "a list of blocks",
    with: (routeSettings) => ({ stage: { routeSettings } }),
    taken: [[], [{ routeKey: "GET /todos/{todoId}" }]],
    refused: ["x", ["x"], [{ routeKey: "GET /todos/{todoId}" }, "x"], { routeKey: "x" }, [null], [["x"]]],
    rule: "Stage stage: `routeSettings` must be a list of blocks.",
  },
];

function faultsOf(changes: Changes): string {
  const collector = faultCollector();
  const graph = httpApiGraph(changes);
  refuseResources(graph, collector);
  readHttpApis(graph, collector);
  return collector.faults
    .map(({ subject, rule }) => `${subject.replace(/^aws:apigatewayv2\/\w+:/, "")}: ${rule}`)
    .join("\n");
}

describe.each(properties)("$name", ({ with: changes, taken, refused, rule }) => {
  for (const value of taken) {
    test(`is taken as ${quote(value)}`, () => {
      expect(faultsOf(changes(value))).toBe("");
    });
  }
  for (const value of refused) {
    test(`is refused as ${typeof value === "number" ? value : quote(value)}`, () => {
      expect(faultsOf(changes(value))).toBe(typeof rule === "string" ? rule : rule(value));
    });
  }
});

describe("a part", () => {
  const deployment = (inputs: object) =>
    make.other("aws:apigatewayv2/deployment:Deployment", "d", "did", { ...inputs });
  const other = make.api("other", { protocolType: "HTTP" });

  test.each<[string, Changes, string]>([
    [
      "of another API: a deployment",
      { stage: { deploymentId: "did" }, more: [other, deployment({ apiId: "otherid" })] },
      "Stage stage: `deploymentId` names no deployment of this API.",
    ],
    [
      "of no API: a deployment",
      { more: [deployment({ apiId: "nope" })] },
      "Deployment d: `apiId` names no API of this program.",
    ],
    ["of another API: an authorizer", { more: [other], authorizer: { apiId: "otherid" } }, USABLE],
    [
      "that is nobody's business: another service",
      { more: [make.other("aws:cloudwatch/dashboard:Dashboard", "b", "b", { x: 1 })] },
      "",
    ],
  ])("%s", (_, changes, rule) => {
    expect(faultsOf(changes)).toBe(rule);
  });
});
