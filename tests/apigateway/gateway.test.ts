import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readHttpApis } from "../../harness/apigateway/http-api-reader.ts";
import { faultCollector } from "../../harness/faults.ts";
import type { HeaderList } from "../../harness/http.ts";
import type { Decision } from "../../harness/iam/decision-types.ts";
import type { InvocationResult } from "../../harness/lambda/invocation-types.ts";
import { MAXIMUM_REQUEST_BYTES } from "../../harness/lambda/runtime/payload-limits.ts";
import { openRoute, type Sent, type Served, serve } from "./support/gateway.ts";
import { type Changes, FUNCTION_ARN, httpApiGraph, LOG_GROUP_ARN, make } from "./support/graph.ts";
import { accessClaims, KID, keySet, rsaKeyPair, signToken } from "./support/tokens.ts";

const key = rsaKeyPair();
const findSigningKey = keySet({ [KID]: key.publicKey }).find;
const token = signToken(key, accessClaims);
const bearer: HeaderList = [["Authorization", `Bearer ${token}`]];
const JSON_TYPE = "application/json";

test("a request with a good token runs the function, and the journal tells each step", async () => {
  const { send, journal } = serve({ options: { findSigningKey } });
  const response = await send({ headers: bearer });
  expect([response.status, response.body, response.header("content-type")]).toEqual([
    200,
    "ok",
    "text/plain; charset=utf-8",
  ]);
  const requestId = response.header("apigw-requestid") ?? "";
  expect(journal.entries(requestId).map((entry) => [entry.step, entry.outcome, entry.reason])).toEqual([
    ["route", "allowed", "stage $default, aws:apigatewayv2/route:Route route"],
    ["authorizer", "allowed", "the token is valid"],
    ["permission", "allowed", "allowed by permission#0"],
    ["invocation", "answered", "returned after 0 ms"],
    ["response", "answered", "status 200"],
  ]);
});

const denied: Decision = {
  kind: "ImplicitlyDenied",
  deciding: [],
  explain: () => [
    { statement: "p#0", effect: "Allow", applied: false, mismatch: "Condition", detail: "aws:SourceArn" },
  ],
};
const failed: InvocationResult = { kind: "failed", errorType: "Error", errorMessage: "m", durationMilliseconds: 1 };
const returned = (payload: string): InvocationResult => ({ kind: "returned", payload, durationMilliseconds: 1 });
const many = (count: number): HeaderList => [["x-filler", "x".repeat(count)], ...bearer];
const jsonBody: HeaderList = [...bearer, ["content-type", JSON_TYPE]];

interface Case {
  readonly name: string;
  readonly sent?: Sent;
  readonly served?: Served;
  readonly status: number;
  readonly body: string;
  readonly challenge?: string;
  readonly ran?: boolean;
  readonly reason: readonly [step: Parameters<ReturnType<typeof serve>["reasons"]>[0], text: string];
}

const NOT_FOUND = '{"message":"Not Found"}';
const SERVER_ERROR = '{"message":"Internal Server Error"}';
const UNAVAILABLE = '{"message":"Service Unavailable"}';
const UNAUTHORIZED = '{"message":"Unauthorized"}';
const TOO_LARGE = '{"message":"Request Entity Too Large"}';
const INVALID = 'Bearer scope="todos/read" error="invalid_token"';

const cases: readonly Case[] = [
  {
    name: "no token",
    sent: {},
    status: 401,
    body: UNAUTHORIZED,
    challenge: "Bearer",
    reason: ["authorizer", "the identity source has no token"],
  },
  {
    name: "a malformed token",
    sent: { headers: [["authorization", "x"]] },
    status: 401,
    body: UNAUTHORIZED,
    challenge: `${INVALID} error_description="token contains an invalid number of segments"`,
    reason: ["authorizer", "the token does not have three segments"],
  },
  {
    name: "two Authorization headers",
    sent: { headers: [...bearer, ...bearer] },
    status: 401,
    body: UNAUTHORIZED,
    challenge: `${INVALID} error_description="token contains an invalid number of segments"`,
    reason: ["authorizer", "the token does not have three segments"],
  },
  {
    name: "the token in a query string that is not the identity source",
    sent: { target: `/todos/42?authorization=${token}` },
    status: 401,
    body: UNAUTHORIZED,
    challenge: "Bearer",
    reason: ["authorizer", "the identity source has no token"],
  },
  {
    name: "a scope that the token lacks",
    sent: { headers: bearer },
    served: { changes: { route: { authorizationScopes: ["todos/write"] } } },
    status: 403,
    body: '{"message":"Forbidden"}',
    challenge:
      'Bearer scope="todos/write" error="insufficient_scope" error_description="expected scopes: [todos/write]"',
    reason: [
      "authorizer",
      "the route asks for one of [todos/write], the token has [aws.cognito.signin.user.admin todos/read]",
    ],
  },
  {
    name: "an unknown path, no token",
    sent: { target: "/nope" },
    status: 404,
    body: NOT_FOUND,
    reason: ["route", "no route matches method and path"],
  },
  {
    name: "an unknown path, a bad token",
    sent: { target: "/nope", headers: [["authorization", "x"]] },
    status: 404,
    body: NOT_FOUND,
    reason: ["route", "no route matches method and path"],
  },
  {
    name: "another method",
    sent: { method: "POST" },
    status: 404,
    body: NOT_FOUND,
    reason: ["route", "no route matches method and path"],
  },
  {
    name: "a method of none",
    sent: { method: "TRACE" },
    status: 404,
    body: NOT_FOUND,
    reason: ["route", "HTTP APIs do not serve this method"],
  },
  {
    name: "an undeployed stage",
    served: { changes: { stage: { autoDeploy: false } } },
    status: 404,
    body: NOT_FOUND,
    reason: ["route", "stage $default is not deployed: set autoDeploy on aws:apigatewayv2/stage:Stage stage"],
  },
  {
    name: "no stage at all",
    served: { changes: { stage: null } },
    status: 404,
    body: NOT_FOUND,
    reason: ["route", "the first path segment names no deployed stage, and there is no $default stage"],
  },
  {
    name: "a disabled endpoint",
    served: { changes: { api: { disableExecuteApiEndpoint: true } } },
    status: 404,
    body: NOT_FOUND,
    reason: ["route", "the API's execute-api endpoint is disabled"],
  },
  {
    name: "a stray percent sign",
    sent: { target: "/todos/50%25done" },
    status: 400,
    body: '{"message":"Bad Request"}',
    reason: ["route", "the path has a percent sign that begins no escape"],
  },
  {
    name: "headers over 10,240 bytes",
    sent: { headers: many(10_240) },
    status: 431,
    body: '{"message":"Request Header Fields Too Large"}',
    reason: ["route", "request line and header values exceed 10,240 bytes"],
  },
  {
    name: "a target over 10,240 bytes",
    sent: { target: `/todos/42?${"q".repeat(10_240)}`, headers: bearer },
    status: 431,
    body: '{"message":"Request Header Fields Too Large"}',
    reason: ["route", "request line and header values exceed 10,240 bytes"],
  },
  {
    name: "a body of 10 MB",
    sent: { headers: jsonBody, body: Buffer.alloc(10 * 1024 * 1024, "x") },
    status: 413,
    body: TOO_LARGE,
    reason: ["invocation", "the event exceeds 6 MB"],
  },
  {
    name: "a body over 10 MB",
    sent: { headers: jsonBody, body: Buffer.alloc(10 * 1024 * 1024 + 1, "x") },
    status: 413,
    body: TOO_LARGE,
    reason: ["invocation", "the body exceeds 10 MB"],
  },
  {
    name: "a body that the listener did not keep",
    sent: { headers: jsonBody, bodyTooLarge: true },
    status: 413,
    body: TOO_LARGE,
    reason: ["invocation", "the body exceeds 10 MB"],
  },
  {
    name: "a text body over 6 MB",
    sent: { headers: jsonBody, body: Buffer.alloc(6 * 1024 * 1024, "x") },
    status: 413,
    body: TOO_LARGE,
    reason: ["invocation", "the event exceeds 6 MB"],
  },
  {
    name: "a binary body that exceeds 6 MB as base64 only",
    sent: { headers: bearer, body: Buffer.alloc(5 * 1024 * 1024) },
    status: 413,
    body: TOO_LARGE,
    reason: ["invocation", "the event exceeds 6 MB"],
  },
  {
    name: "a body over 10 MB without a token",
    sent: { body: "x", bodyTooLarge: true },
    status: 401,
    body: UNAUTHORIZED,
    challenge: "Bearer",
    reason: ["authorizer", "the identity source has no token"],
  },
  {
    name: "no target",
    sent: { headers: bearer },
    served: { changes: { route: { target: undefined } } },
    status: 500,
    body: SERVER_ERROR,
    reason: ["invocation", "the route has no target"],
  },
  {
    name: "no permission",
    sent: { headers: bearer },
    served: { options: { mayInvoke: () => denied } },
    status: 500,
    body: SERVER_ERROR,
    reason: ["permission", "p#0: Condition does not match (aws:SourceArn)"],
  },
  {
    name: "a permission that denies",
    sent: { headers: bearer },
    served: { options: { mayInvoke: () => ({ ...denied, kind: "ExplicitlyDenied", deciding: ["p#1"] }) } },
    status: 500,
    body: SERVER_ERROR,
    reason: ["permission", "denied by p#1"],
  },
  {
    name: "a function that fails",
    sent: { headers: bearer },
    served: { result: () => failed },
    status: 500,
    body: SERVER_ERROR,
    ran: true,
    reason: ["invocation", "the function failed: Error"],
  },
  {
    name: "a function that reaches its own timeout",
    sent: { headers: bearer },
    served: { result: () => ({ kind: "timed-out", errorMessage: "m", durationMilliseconds: 1 }) },
    status: 500,
    body: SERVER_ERROR,
    ran: true,
    reason: ["invocation", "the function reached its own timeout"],
  },
  {
    name: "a throttled function",
    sent: { headers: bearer },
    served: { result: () => ({ kind: "throttled", durationMilliseconds: 0 }) },
    status: 503,
    body: UNAVAILABLE,
    ran: true,
    reason: ["invocation", "Lambda throttled the invocation"],
  },
  {
    name: "an invoker that rejects",
    sent: { headers: bearer },
    served: { result: () => Promise.reject(new Error("broken")) },
    status: 500,
    body: SERVER_ERROR,
    ran: true,
    reason: ["invocation", "the function failed: InvocationError"],
  },
  {
    name: "an integration that does not answer in time",
    sent: { headers: bearer },
    served: {
      result: () => new Promise(() => undefined),
      options: {
        startTimer: (milliseconds, callback) => {
          expect(milliseconds).toBe(50);
          callback();
          return () => undefined;
        },
      },
      changes: { integration: { timeoutMilliseconds: 50 } },
    },
    status: 503,
    body: UNAVAILABLE,
    ran: true,
    reason: ["invocation", "no answer within 50 ms"],
  },
  {
    name: "an output over 6 MB",
    sent: { headers: bearer },
    served: { result: () => returned(JSON.stringify("x".repeat(6 * 1024 * 1024 + 200))) },
    status: 500,
    body: SERVER_ERROR,
    ran: true,
    reason: ["invocation", "the output exceeds 6 MB"],
  },
  {
    name: "an output that is no response",
    sent: { headers: bearer },
    served: { result: () => returned('{"statusCode":0}') },
    status: 500,
    body: SERVER_ERROR,
    ran: true,
    reason: ["response", "the function's output is no response: `statusCode` is no whole number from 200 to 599"],
  },
];

const ROUTE_KEY = "GET /todos/{todoId}";
const SOURCE_ARN = "arn:aws:execute-api:eu-west-1:123456789012:apiid/$default/GET/todos/{todoId}";

/** What a refusing step of the journal is about, and how it ends. */
function about(step: Case["reason"][0], method: string, ran: boolean): readonly [subject: string, outcome: string] {
  if (step === "route") return [method, "denied"];
  if (step === "permission") return [`lambda:InvokeFunction on ${FUNCTION_ARN} from ${SOURCE_ARN}`, "denied"];
  if (step === "invocation" && ran) return [FUNCTION_ARN, "failed"];
  return [ROUTE_KEY, step === "response" ? "failed" : "denied"];
}

describe("answers that the gateway makes itself", () => {
  test.each(cases)("$name: $status", async ({ sent, served, status, body, challenge, ran, reason }) => {
    const { send, invocations, journal } = serve({
      ...served,
      options: { findSigningKey, ...served?.options },
    });
    const response = await send(sent);
    expect([response.status, response.body]).toEqual([status, body]);
    expect(response.headers).toEqual([
      ["content-type", JSON_TYPE],
      ...(challenge === undefined ? [] : [["www-authenticate", challenge]]),
      ["apigw-requestid", expect.stringMatching(/^[A-Za-z0-9_-]{15}=$/)],
    ]);
    expect(invocations.length).toBe(ran === true ? 1 : 0);
    const entries = journal.entries().map((entry) => [entry.step, entry.subject, entry.outcome, entry.reason]);
    expect(entries.find(([step]) => step === reason[0])).toEqual([
      reason[0],
      ...about(reason[0], sent?.method ?? "GET", ran === true),
      reason[1],
    ]);
    const shown = entries.some(([step, , outcome]) => step === "route" && outcome === "allowed");
    expect(entries.at(-1)).toEqual([
      "response",
      shown ? ROUTE_KEY : (sent?.method ?? "GET"),
      "answered",
      `status ${status}`,
    ]);
    expect(JSON.stringify(journal.entries())).not.toContain(token.slice(0, 40));
  });
});

test("just under the limits a request passes", async () => {
  const { send } = serve({ options: { findSigningKey } });
  const line = "GET /todos/42 HTTP/1.1".length;
  const filler = 10_240 - line - `Bearer ${token}`.length;
  expect((await send({ headers: many(filler) })).status).toBe(200);
  expect((await send({ headers: many(filler + 1) })).status).toBe(431);
  expect((await send({ headers: bearer, body: Buffer.alloc(4 * 1024 * 1024) })).status).toBe(200);
});

test("an event of 6 MB passes, and one of a byte more does not", async () => {
  const { send, invocations } = serve({ options: { findSigningKey } });
  const sized = (bytes: number) => send({ headers: jsonBody, body: Buffer.alloc(bytes, "x") });
  expect((await sized(6_000_000)).status).toBe(200);
  const other = Buffer.byteLength(invocations[0]?.payload ?? "") - 6_000_000;
  expect((await sized(MAXIMUM_REQUEST_BYTES - other)).status).toBe(200);
  expect((await sized(MAXIMUM_REQUEST_BYTES - other + 1)).status).toBe(413);
  expect(invocations).toHaveLength(2);
});

test("a route that asks for signed requests lets nobody in", async () => {
  const [api] = readHttpApis(httpApiGraph({ route: { authorizationType: "AWS_IAM" } }), faultCollector());
  if (api === undefined) throw new Error("no API was read");
  const { send, invocations, journal } = serve({ options: { api, findSigningKey } });
  const response = await send({ headers: bearer });
  expect([response.status, response.body, response.header("www-authenticate")]).toEqual([
    403,
    '{"message":"Forbidden"}',
    undefined,
  ]);
  expect(invocations).toEqual([]);
  expect(journal.entries().find(({ step }) => step === "authorizer")).toMatchObject({
    subject: ROUTE_KEY,
    outcome: "denied",
    reason: "signed requests are not verified here",
  });
});

test("a missing token is answered without a promise", () => {
  const { handler } = serve({ options: { findSigningKey } });
  const request = { method: "GET", target: "/todos/42", headers: [], body: Buffer.alloc(0), bodyTooLarge: false };
  const answer = handler({ ...request, sourceAddress: "127.0.0.1", receivedAtMilliseconds: 0 });
  expect(answer).toMatchObject({ status: 401 });
});

test("the timer is cancelled once the function has answered", async () => {
  let running = 0;
  const startTimer = () => {
    running += 1;
    return () => {
      running -= 1;
    };
  };
  const { send } = serve({ options: { findSigningKey, startTimer } });
  await send({ headers: bearer });
  expect(running).toBe(0);
});

test("request ids are different, the event's is the header's, and the invocation carries both ids", async () => {
  const { send, events, invocations } = serve({ changes: openRoute("GET /") });
  const answers = [];
  for (let count = 0; count < 300; count += 1) answers.push((await send({ target: "/" })).header("apigw-requestid"));
  expect(new Set(answers).size).toBe(300);
  expect(invocations.map((invocation) => invocation.requestId)).toEqual(answers);
  expect(events.map((event) => (event.requestContext as { requestId: string }).requestId)).toEqual(answers);
  expect(invocations[0]?.traceId).toBe(
    (events.map((event) => event.headers)[0] as Record<string, string>)["x-amzn-trace-id"],
  );
  expect(new Set(invocations.map((invocation) => invocation.traceId)).size).toBe(300);
});

test.each([
  ["GET /", "$default", "/", "$default/GET/"],
  ["GET /todos/{todoId}", "$default", "/todos/1", "$default/GET/todos/{todoId}"],
  ["ANY /{proxy+}", "dev", "/dev/a/b", "dev/*/{proxy+}"],
  ["$default", "$default", "/a", "$default/$default"],
  ["$default", "dev", "/dev", "dev/$default"],
])("%s on stage %s asks for permission as %s", async (routeKey, name, target, source) => {
  const { send, sources } = serve({ changes: { ...openRoute(routeKey), stage: { name } } });
  expect((await send({ target })).status).toBe(200);
  expect(sources).toEqual([`arn:aws:execute-api:eu-west-1:123456789012:apiid/${source}`]);
});

test("a route with an authorizer but without authorization type is open, as on AWS", async () => {
  const { send, invocations, journal } = serve({ changes: { route: { authorizationType: undefined } } });
  expect((await send()).status).toBe(200);
  expect(invocations).toHaveLength(1);
  expect(journal.entries().filter(({ step }) => step === "authorizer")).toMatchObject([
    { subject: ROUTE_KEY, outcome: "allowed", reason: "the route is open" },
  ]);
});

test.each([
  ["?access_token=TOKEN", 200],
  ["?access_token=Bearer+TOKEN", 200],
  ["?access%5Ftoken=TOKEN", 200],
  ["?access_token=", 401],
  ["?other=TOKEN", 401],
  ["?access_token=TOKEN&access_token=TOKEN", 401],
  ["?access_token=HEAD&access_token=TAIL", 401],
  ["", 401],
])("a token in the query string: %s", async (query, status) => {
  const changes = { authorizer: { identitySources: ["$request.querystring.access_token"] } };
  const { send, journal } = serve({ changes, options: { findSigningKey } });
  const halves = query.replace("HEAD", token.slice(0, 50)).replace("TAIL", token.slice(50));
  const target = `/todos/42${halves.replaceAll("TOKEN", token)}`;
  expect((await send({ target })).status).toBe(status);
  expect((await send({ target, headers: bearer })).status).toBe(status);
  expect(JSON.stringify(journal.entries())).not.toContain(token.slice(0, 40));
});

describe("throttling", () => {
  const settings = (limits: object) => ({ ...openRoute("GET /"), stage: { defaultRouteSettings: limits } });
  const limits = { throttlingBurstLimit: 3, throttlingRateLimit: 2 };

  test("a burst passes, then 429, and the bucket fills with time", async () => {
    const { send, time, reasons, invocations } = serve({ changes: settings(limits) });
    const burst = async (count: number) => {
      const statuses = [];
      for (let index = 0; index < count; index += 1) statuses.push((await send({ target: "/" })).status);
      return statuses;
    };
    expect(await burst(4)).toEqual([200, 200, 200, 429]);
    time.milliseconds += 500;
    expect(await burst(2)).toEqual([200, 429]);
    time.milliseconds += 60_000;
    expect(await burst(4)).toEqual([200, 200, 200, 429]);
    time.milliseconds -= 60_000;
    expect(await burst(1)).toEqual([429]);
    expect(invocations).toHaveLength(7);
    expect(reasons("throttle")[0]).toBe(
      "the default route settings of aws:apigatewayv2/stage:Stage stage: 2 a second, burst 3",
    );
    const refused = await send({ target: "/" });
    expect([refused.body, refused.header("retry-after")]).toEqual(['{"message":"Too Many Requests"}', undefined]);
  });

  test("settings without limits let nothing pass", async () => {
    const { send } = serve({ changes: settings({ detailedMetricsEnabled: true }) });
    expect((await send({ target: "/" })).status).toBe(429);
  });

  test("a route's own settings win over the stage's, and each route has its bucket", async () => {
    const changes: Changes = {
      ...openRoute("GET /"),
      stage: {
        defaultRouteSettings: { throttlingBurstLimit: 1, throttlingRateLimit: 1 },
        routeSettings: [{ routeKey: "GET /b", throttlingBurstLimit: 2, throttlingRateLimit: 1 }],
      },
      more: [make.route("a", { routeKey: "GET /a" }), make.route("b", { routeKey: "GET /b" })],
    };
    const { send, reasons } = serve({ changes });
    const statuses = [];
    for (const target of ["/", "/", "/a", "/b", "/b", "/b"]) statuses.push((await send({ target })).status);
    expect(statuses).toEqual([200, 429, 200, 200, 200, 429]);
    expect(reasons("throttle")).toEqual([
      "the default route settings of aws:apigatewayv2/stage:Stage stage: 1 a second, burst 1",
      "the route settings of aws:apigatewayv2/stage:Stage stage: 1 a second, burst 2",
    ]);
  });

  test("the account's limits stand above all routes", async () => {
    const accountLimits = { burstLimit: 1, rateLimit: 1 };
    const { send, reasons } = serve({ changes: openRoute("GET /"), options: { accountLimits } });
    expect([(await send({ target: "/" })).status, (await send({ target: "/" })).status]).toEqual([200, 429]);
    expect(reasons("throttle")).toEqual(["the account's limits"]);
  });

  test("a refused token takes nothing from the bucket", async () => {
    const stage = { defaultRouteSettings: { throttlingBurstLimit: 1, throttlingRateLimit: 0 } };
    const { send } = serve({ changes: { stage }, options: { findSigningKey } });
    for (let count = 0; count < 5; count += 1) expect((await send()).status).toBe(401);
    expect([(await send({ headers: bearer })).status, (await send({ headers: bearer })).status]).toEqual([200, 429]);
  });
});

describe("CORS", () => {
  const APP = "https://app.example.com";
  const corsConfiguration = {
    allowOrigins: [APP, "http://localhost:5173"],
    allowMethods: ["GET", "PUT"],
    allowHeaders: ["authorization", "content-type"],
    exposeHeaders: ["etag", "location"],
    maxAge: 600,
  };
  const withCors = (cors: object, more: Changes = {}): Changes => ({ ...more, api: { corsConfiguration: cors } });
  const corsOf = (response: { headers: HeaderList }) =>
    Object.fromEntries(response.headers.filter(([name]) => name.toLowerCase().startsWith("access-control-")));
  const preflight = (origin: string, more: HeaderList = []): Sent => ({
    method: "OPTIONS",
    headers: [["Origin", origin], ["Access-Control-Request-Method", "PUT"], ...more],
  });
  const allowed = {
    "access-control-allow-origin": APP,
    "access-control-allow-methods": "GET,PUT",
    "access-control-allow-headers": "authorization,content-type",
    "access-control-max-age": "600",
  };

  test("a preflight is answered without authorizer and function, wherever no route takes OPTIONS", async () => {
    const { send, invocations, reasons } = serve({ changes: withCors(corsConfiguration) });
    for (const target of ["/todos/42", "/nope"]) {
      const response = await send({ ...preflight(APP), target });
      expect([response.status, response.body, corsOf(response)]).toEqual([204, "", allowed]);
      expect(response.header("apigw-requestid")).toBeDefined();
    }
    expect(invocations).toEqual([]);
    expect(reasons("cors")).toEqual([
      `${APP} asks for PUT /todos/42: the browser will send it; no route takes it`,
      `${APP} asks for PUT /nope: the browser will send it; no route takes it`,
    ]);
  });

  test.each([
    "https://evil.example",
    `${APP}.evil.example`,
    `${APP}/`,
    `${APP}:443`,
    "null",
    "",
    "*",
    APP.toUpperCase(),
  ])("origin %j gets no CORS header", async (origin) => {
    const { send, journal } = serve({ changes: withCors(corsConfiguration, openRoute("GET /todos/{todoId}")) });
    const answer = await send(preflight(origin));
    expect([answer.status, corsOf(answer)]).toEqual([204, {}]);
    expect(journal.entries()[0]).toMatchObject({
      step: "cors",
      subject: "preflight",
      outcome: "answered",
      reason: expect.stringContaining(
        `the browser will not send it, as origin ${origin} is not in allowOrigins [${APP}, http://localhost:5173]`,
      ),
    });
    expect(corsOf(await send({ headers: [["Origin", origin]] }))).toEqual({});
    const hidden = journal.entries().findLast(({ step }) => step === "cors");
    expect(hidden).toMatchObject({ subject: "GET", reason: expect.stringMatching(/^the browser hides the answer/) });
  });

  test("who develops a page is told what it will not like, and nothing else", async () => {
    const told: string[] = [];
    const options = { onCorsProblem: (reason: string) => told.push(reason) };
    const changes = withCors(corsConfiguration, openRoute("PUT /todos/{todoId}"));
    const { send } = serve({ changes, options });
    await send(preflight(APP));
    await send({ method: "PUT", headers: [["Origin", APP]] });
    expect(told).toEqual([]);
    await send({ ...preflight(APP), target: "/todo" });
    await send(preflight("http://localhost:5174"));
    expect(told).toEqual([
      `${APP} asks for PUT /todo: the browser will send it; no route takes it`,
      expect.stringContaining("origin http://localhost:5174 is not in allowOrigins"),
    ]);
  });

  test("without a CORS configuration a preflight finds no route, and the developer is told what is missing", async () => {
    const told: string[] = [];
    const { send } = serve({ options: { onCorsProblem: (reason: string) => told.push(reason) } });
    expect((await send(preflight(APP))).status).toBe(404);
    expect(told).toEqual(["the API has no corsConfiguration: the browser will not send the request"]);
  });

  test("two Origin headers are no origin", async () => {
    const { send } = serve({ changes: withCors(corsConfiguration) });
    expect(corsOf(await send(preflight(APP, [["Origin", APP]])))).toEqual({});
  });

  test.each([
    ["without Access-Control-Request-Method", [["Origin", APP]]],
    ["without Origin", [["Access-Control-Request-Method", "PUT"]]],
  ] as const)("OPTIONS %s is a method like any other", async (_, headers) => {
    const { send } = serve({ changes: withCors(corsConfiguration) });
    expect((await send({ method: "OPTIONS", headers })).status).toBe(404);
  });

  test("without CORS configuration a preflight is not found, and the function's headers pass", async () => {
    const handler = () => ({ statusCode: 200, headers: { "access-control-allow-origin": "*" } });
    const { send } = serve({ changes: openRoute("GET /todos/{todoId}"), handler });
    expect((await send(preflight(APP))).status).toBe(404);
    expect(corsOf(await send({ headers: [["Origin", APP]] }))).toEqual({ "access-control-allow-origin": "*" });
  });

  test.each(["ANY /todos/{todoId}", "$default", "ANY /{proxy+}", "OPTIONS /todos/{todoId}"])(
    "%s with the authorizer refuses a preflight",
    async (routeKey) => {
      const { send, invocations } = serve({ changes: withCors(corsConfiguration, { route: { routeKey } }) });
      expect((await send(preflight(APP))).status).toBe(401);
      expect(invocations).toEqual([]);
    },
  );

  test("an open OPTIONS route runs its function, and the configuration writes the CORS headers", async () => {
    const handler = () => ({
      statusCode: 200,
      headers: { "Access-Control-Allow-Origin": "*", "Access-Control-Max-Age": "1" },
    });
    const { send, invocations } = serve({
      changes: withCors(corsConfiguration, openRoute("OPTIONS /{proxy+}")),
      handler,
    });
    const response = await send(preflight(APP));
    expect(invocations).toHaveLength(1);
    expect(corsOf(response)).toEqual({
      "access-control-allow-origin": APP,
      "access-control-expose-headers": "etag,location",
    });
  });

  test("an actual request: the function's CORS headers are dropped for every origin", async () => {
    const handler = () => ({ statusCode: 200, headers: { "Access-Control-Allow-Origin": "*", etag: "1" } });
    const { send } = serve({ changes: withCors(corsConfiguration, openRoute("GET /todos/{todoId}")), handler });
    const request = (origin?: string) => send({ headers: origin === undefined ? [] : [["Origin", origin]] });
    expect(corsOf(await request(APP))).toEqual({
      "access-control-allow-origin": APP,
      "access-control-expose-headers": "etag,location",
    });
    expect(corsOf(await request("https://evil.example"))).toEqual({});
    const plain = await request();
    expect([corsOf(plain), plain.header("etag")]).toEqual([{}, "1"]);
  });

  test.each([
    [{ allowOrigins: ["*"] }, APP, { "access-control-allow-origin": "*" }],
    [{ allowOrigins: ["*"] }, "null", { "access-control-allow-origin": "*" }],
    [{ allowOrigins: ["https://*"] }, APP, { "access-control-allow-origin": APP }],
    [{ allowOrigins: ["https://*"] }, "http://app.example.com", {}],
    [{ allowOrigins: ["https://*"] }, `${APP}, https://evil.example`, {}],
    [
      { allowOrigins: ["http://*"] },
      "http://localhost:5173",
      { "access-control-allow-origin": "http://localhost:5173" },
    ],
    [
      { allowOrigins: [APP], allowCredentials: true },
      APP,
      { "access-control-allow-origin": APP, "access-control-allow-credentials": "true" },
    ],
    [{ allowMethods: ["*"] }, APP, {}],
  ])("%j for %s", async (cors, origin, expected) => {
    const { send } = serve({ changes: withCors(cors, openRoute("GET /todos/{todoId}")) });
    expect(corsOf(await send({ headers: [["Origin", origin]] }))).toEqual(expected);
    const answer = await send(preflight(origin));
    expect(corsOf(answer)).toEqual(expected);
  });

  test("the gateway's own errors carry the CORS headers of an allowed origin, and of no other", async () => {
    const { send } = serve({ changes: withCors(corsConfiguration) });
    const shown = await send({ headers: [["Origin", APP]] });
    expect([shown.status, shown.header("vary"), corsOf(shown)]).toEqual([
      401,
      "origin",
      { "access-control-allow-origin": APP, "access-control-expose-headers": "etag,location" },
    ]);
    const foreign = await send({ headers: [["Origin", "https://evil.example"]] });
    expect([foreign.status, foreign.header("vary"), corsOf(foreign)]).toEqual([401, undefined, {}]);
    const without = await serve().send({ headers: [["Origin", APP]] });
    expect([without.status, without.header("vary"), corsOf(without)]).toEqual([401, undefined, {}]);
  });
});

describe("the access log", () => {
  const logging = (format: string, more: Changes = {}): Changes => ({
    ...more,
    stage: { accessLogSettings: { destinationArn: LOG_GROUP_ARN, format } },
  });

  test("an answered request", async () => {
    const format = [
      "$context.requestId $context.extendedRequestId $context.routeKey $context.httpMethod $context.path $context.protocol",
      "$context.status $context.integration.status $context.integrationStatus $context.responseLength $context.stage",
      "$context.authorizer.claims.sub $context.authorizer.claims.cognito:groups $context.identity.sourceIp",
      "$context.identity.userAgent $context.apiId $context.domainName $context.requestTime $context.requestTimeEpoch",
      "$context.integrationLatency $context.error.message $context.authorizer.error $context.nope $context.authorizer.claims",
    ].join(" ");
    const { send, logged } = serve({ changes: logging(format), options: { findSigningKey } });
    const claims = { ...accessClaims, "cognito:groups": ["a", "b"] };
    const headers: HeaderList = [
      ["authorization", signToken(key, claims)],
      ["User-Agent", "curl"],
    ];
    const id = (await send({ headers, target: "/todos/4%202?q=1" })).header("apigw-requestid");
    expect(logged).toEqual([
      [
        `${id} ${id} GET /todos/{todoId} GET /todos/4 2 HTTP/1.1 200 200 200 2 $default user-a [a b] 203.0.113.7 curl apiid`,
        "apiid.execute-api.eu-west-1.amazonaws.com 15/Jan/2027:08:00:00 +0000 1800000000359 0 - - - -",
      ].join(" "),
    ]);
  });

  test("a request that found no route has neither route nor integration", async () => {
    const format = [
      "$context.status $context.routeKey $context.stage $context.error.responseType $context.integration.status",
      "$context.integration.integrationStatus $context.integrationStatus $context.integration.latency",
      "$context.integrationLatency $context.integration.error $context.integrationErrorMessage",
    ].join(" ");
    const { send, logged } = serve({ changes: logging(format) });
    await send({ target: "/nope" });
    expect(logged).toEqual(["404 - $default DEFAULT_4XX - - - - - - -"]);
  });

  test("a refused one has no integration, and says why", async () => {
    const format =
      '{"status":"$context.status","error":$context.error.messageString,"why":"$context.authorizer.error","type":"$context.error.responseType","latency":"$context.integrationLatency","sub":"$context.authorizer.claims.sub"}';
    const { send, logged } = serve({ changes: logging(format), options: { findSigningKey } });
    await send({ headers: [["authorization", "x.y"]] });
    await send();
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      {
        status: "401",
        error: "Unauthorized",
        why: "invalid_token: token contains an invalid number of segments",
        type: "UNAUTHORIZED",
        latency: "-",
        sub: "-",
      },
      {
        status: "401",
        error: "Unauthorized",
        why: "missing: token not provided",
        type: "UNAUTHORIZED",
        latency: "-",
        sub: "-",
      },
    ]);
  });

  test("counts the bytes that came and went, and has a dash for what there is not", async () => {
    const format = [
      "$context.dataProcessed $context.responseLength $context.error.responseType $context.error.messageString",
      "$context.identity.userAgent $context.responseLatency $context.domainPrefix $context.accountId",
    ].join(" ");
    const { send, logged } = serve({ changes: logging(format, openRoute("ANY /todos/{todoId}")) });
    await send({ method: "POST", body: "12345", headers: [["user-agent", ""]] });
    expect(logged).toEqual(["7 2 - - - 0 apiid 123456789012"]);
  });

  const functionError = (message: string) =>
    `The Lambda function returned the following error: ${message}. Check your Lambda function code and try again.`;

  test.each<[string, InvocationResult, string]>([
    ["that failed", failed, `200 - ${functionError("m")}`],
    [
      "that reached its timeout",
      { kind: "timed-out", errorMessage: "t", durationMilliseconds: 1 },
      `200 - ${functionError("t")}`,
    ],
    ["that was throttled", { kind: "throttled", durationMilliseconds: 0 }, "429 - Rate Exceeded."],
    [
      "whose output is too large",
      returned(`"${"x".repeat(7 * 1024 * 1024)}"`),
      `200 - ${functionError("the response is too large")}`,
    ],
    [
      "whose output is no response",
      returned('{"statusCode":0}'),
      "200 - `statusCode` is no whole number from 200 to 599",
    ],
  ])("a function %s", async (_, result, expected) => {
    const format = "$context.integration.integrationStatus $context.integration.status $context.integration.error";
    const changes = logging(format, openRoute("GET /todos/{todoId}"));
    const { send, logged } = serve({ changes, result: () => result });
    await send();
    expect(logged).toEqual([expected]);
  });

  test("a function that did not answer in time", async () => {
    const format = "$context.integrationStatus $context.integration.status $context.integration.error";
    const startTimer = (_milliseconds: number, callback: () => void) => {
      callback();
      return () => undefined;
    };
    const changes = logging(format, openRoute("GET /todos/{todoId}"));
    const { send, logged } = serve({ changes, result: () => new Promise(() => undefined), options: { startTimer } });
    await send();
    expect(logged).toEqual(["- - Network error communicating with endpoint"]);
  });

  test("a function that could not be invoked", async () => {
    const format = "$context.integrationErrorMessage $context.integration.error $context.error.message";
    const changes = logging(format, openRoute("GET /todos/{todoId}"));
    const { send, logged } = serve({ changes, result: () => Promise.reject(new Error("broken")) });
    await send();
    const error = functionError("the invocation could not be made");
    expect(logged).toEqual([`${error} ${error} Internal Server Error`]);
  });

  test("has the times that a request and its function took", async () => {
    const format = "$context.responseLatency $context.integration.latency $context.integrationLatency";
    const served = serve({
      changes: logging(format, openRoute("GET /todos/{todoId}")),
      handler: () => {
        served.time.milliseconds += 5;
        return "ok";
      },
    });
    await served.send();
    expect(served.logged).toEqual(["5 5 5"]);
  });

  test("no header of a request ends an entry or a field", async () => {
    const format = '{"agent":"$context.identity.userAgent","path":"$context.path"}';
    const { send, logged } = serve({ changes: logging(format, openRoute("GET /{proxy+}")) });
    await send({ target: "/a%22%0a%7d", headers: [["user-agent", '","admin":"\\']] });
    expect(JSON.parse(logged[0] ?? "")).toEqual({ agent: '","admin":"\\', path: '/a"\n}' });
    expect(logged[0]).not.toContain("\n");
  });

  test("a request that found no stage leaves no entry", async () => {
    const changes = logging("$context.requestId");
    const { send, logged } = serve({ changes: { stage: { ...changes.stage, name: "dev" } } });
    await send({ target: "/todos/42" });
    await send({ target: "/dev/nope" });
    expect(logged).toHaveLength(1);
  });
});

test("whatever comes, there is an answer, the function does not run without a token, and the gateway stays up", async () => {
  const { send, invocations } = serve({
    changes: { api: { corsConfiguration: { allowOrigins: ["https://a.example"] } } },
    options: { findSigningKey },
  });
  const text = fc.string({ unit: "binary" });
  const name = fc.oneof(
    fc.constantFrom("authorization", "origin", "cookie", "host", "content-type", "__proto__"),
    text,
  );
  const path = fc.oneof(
    fc.constant("/todos/42"),
    text.map((rest) => `/todos/${rest}`),
    text,
  );
  const method = fc.oneof(fc.constantFrom("GET", "OPTIONS", "HEAD", "POST"), text);
  const header = fc.tuple(name, fc.oneof(text, fc.constant(token.slice(0, -2))));
  await fc.assert(
    fc.asyncProperty(method, path, fc.array(header), fc.uint8Array(), async (verb, target, headers, body) => {
      const response = await send({ method: verb, target, headers, body: Buffer.from(body) });
      expect([204, 400, 401, 404, 431]).toContain(response.status);
      expect(invocations).toHaveLength(0);
    }),
    { numRuns: 300 },
  );
  expect((await send({ headers: bearer })).status).toBe(200);
});
