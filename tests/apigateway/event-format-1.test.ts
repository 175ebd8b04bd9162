import fc from "fast-check";
import { expect, test } from "vitest";
import type { HeaderList } from "../../harness/http.ts";
import { openRoute, type Sent, serve } from "./support/gateway.ts";
import { accessClaims, KID, keySet, rsaKeyPair, signToken } from "./support/tokens.ts";

const key = rsaKeyPair();
const findSigningKey = keySet({ [KID]: key.publicKey }).find;
const integration = { payloadFormatVersion: "1.0" };

async function eventOf(sent: Sent, changes = openRoute("ANY /{proxy+}")) {
  const { send, events } = serve({ changes: { ...changes, integration } });
  expect((await send(sent)).status).toBe(200);
  const event = events[0];
  if (event === undefined) throw new Error("the function did not run");
  return event;
}

test("the whole event of a JWT route, as AWS writes it", async () => {
  const { send, events } = serve({ changes: { integration }, options: { findSigningKey } });
  const token = signToken(key, { ...accessClaims, email_verified: true });
  const response = await send({
    target: "/todos/a%20b?q=x%20y&t=1&t=2",
    headers: [
      ["Authorization", `Bearer ${token}`],
      ["Host", "localhost:3000"],
      ["user-agent", "curl/8.5.0"],
      ["X-Custom-Header", "1"],
      ["x-custom-header", "2"],
      ["X-Forwarded-For", "198.51.100.1"],
      ["Connection", "keep-alive"],
    ],
  });
  const requestId = response.header("apigw-requestid");
  const traceId = expect.stringMatching(/^Root=1-6b49d200-[0-9a-f]{24}$/);
  expect(events[0]).toEqual({
    version: "1.0",
    resource: "/todos/{todoId}",
    path: "/todos/a%20b",
    httpMethod: "GET",
    headers: {
      "Content-Length": "0",
      Host: "localhost:3000",
      "User-Agent": "curl/8.5.0",
      "X-Amzn-Trace-Id": traceId,
      "X-Custom-Header": "2",
      "X-Forwarded-For": "198.51.100.1, 203.0.113.7",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Proto": "https",
      authorization: `Bearer ${token}`,
    },
    multiValueHeaders: {
      "Content-Length": ["0"],
      Host: ["localhost:3000"],
      "User-Agent": ["curl/8.5.0"],
      "X-Amzn-Trace-Id": [traceId],
      "X-Custom-Header": ["1", "2"],
      "X-Forwarded-For": ["198.51.100.1, 203.0.113.7"],
      "X-Forwarded-Port": ["443"],
      "X-Forwarded-Proto": ["https"],
      authorization: [`Bearer ${token}`],
    },
    queryStringParameters: { q: "x y", t: "2" },
    multiValueQueryStringParameters: { q: ["x y"], t: ["1", "2"] },
    requestContext: {
      accountId: "123456789012",
      apiId: "apiid",
      authorizer: {
        claims: expect.objectContaining({ sub: "user-a", exp: "1800000600", email_verified: "true" }),
        scopes: ["aws.cognito.signin.user.admin", "todos/read"],
      },
      domainName: "apiid.execute-api.eu-west-1.amazonaws.com",
      domainPrefix: "apiid",
      extendedRequestId: requestId,
      httpMethod: "GET",
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAmr: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: "203.0.113.7",
        user: null,
        userAgent: "curl/8.5.0",
        userArn: null,
      },
      path: "/todos/a b",
      protocol: "HTTP/1.1",
      requestId,
      requestTime: "15/Jan/2027:08:00:00 +0000",
      requestTimeEpoch: 1_800_000_000_359,
      resourceId: "GET /todos/{todoId}",
      resourcePath: "/todos/{todoId}",
      stage: "$default",
    },
    pathParameters: { todoId: "a b" },
    stageVariables: null,
    body: null,
    isBase64Encoded: false,
  });
});

test("members stand in AWS's order, and header names in that of their bytes", async () => {
  const event = await eventOf({ target: "/a", headers: [["accept", "*/*"]] }, openRoute("GET /a"));
  expect(Object.keys(event)).toEqual([
    "version",
    "resource",
    "path",
    "httpMethod",
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "requestContext",
    "pathParameters",
    "stageVariables",
    "body",
    "isBase64Encoded",
  ]);
  expect(Object.keys(event.headers as object)).toEqual([
    "Content-Length",
    "Host",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "accept",
  ]);
  expect(event.requestContext).not.toHaveProperty("authorizer");
});

test("what a request does not have is null, and its user agent empty", async () => {
  const event = await eventOf({ target: "/" }, openRoute("$default"));
  expect(event).toMatchObject({
    resource: "$default",
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: null,
    requestContext: { resourcePath: "$default", identity: { userAgent: "" } },
  });
});

test("a body of a text type is text, and one of any other type base64", async () => {
  const body = '{"a":1}';
  const typed = (type: string): Sent => ({ method: "POST", target: "/a", headers: [["content-type", type]], body });
  expect(await eventOf(typed("application/json"))).toMatchObject({ body, isBase64Encoded: false });
  const base64 = Buffer.from(body).toString("base64");
  expect(await eventOf(typed("application/octet-stream"))).toMatchObject({ body: base64, isBase64Encoded: true });
});

test("several x-forwarded-for headers are one list, with the caller's address behind", async () => {
  const headers: HeaderList = [
    ["x-forwarded-for", "198.51.100.1"],
    ["X-Forwarded-For", "198.51.100.2"],
  ];
  const event = await eventOf({ target: "/a", headers });
  expect(event.headers).toMatchObject({ "X-Forwarded-For": "198.51.100.1,198.51.100.2, 203.0.113.7" });
});

test("every header and parameter is there with all its values, whatever its name", async () => {
  const name = fc.oneof(
    fc.constantFrom("__proto__", "constructor", "X-A", "x-a"),
    fc.stringMatching(/^[a-zA-Z-]{1,8}$/),
  );
  const pairs = fc.array(fc.tuple(name, fc.stringMatching(/^[a-z0-9,]{0,6}$/)), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(pairs, pairs, async (given, query) => {
      const headers: HeaderList = given.map(([each, value]) => [`q-${each}`, value]);
      const search = query.map((pair) => pair.join("=")).join("&");
      const event = await eventOf({ target: `/a?${search}`, headers });
      const expected = (list: HeaderList) => {
        const values = Map.groupBy(list, ([each]) => each.toLowerCase());
        return [...values].map(([each, same]) => [each, same.map(([, value]) => value)]).sort();
      };
      const seen = Object.entries(event.multiValueHeaders as object).map(([each, list]) => [each.toLowerCase(), list]);
      expect(seen.filter(([each]) => each.startsWith("q-")).sort()).toEqual(expected(headers));
      const lists = Object.entries((event.multiValueQueryStringParameters ?? {}) as object).sort();
      const byName = [...Map.groupBy(query, ([each]) => each)].map(([each, same]) => [each, same.map(([, v]) => v)]);
      expect(lists).toEqual(byName.sort());
    }),
    { numRuns: 100 },
  );
});
