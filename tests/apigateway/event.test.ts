import { describe, expect, test } from "vitest";
import type { HeaderList } from "../../harness/http.ts";
import { openRoute, type Sent, serve } from "./support/gateway.ts";
import { accessClaims, KID, keySet, rsaKeyPair, signToken } from "./support/tokens.ts";

const key = rsaKeyPair();
const findSigningKey = keySet({ [KID]: key.publicKey }).find;

async function eventOf(sent: Sent, changes = openRoute("ANY /{proxy+}")) {
  const { send, events } = serve({ changes });
  expect((await send(sent)).status).toBe(200);
  const event = events[0];
  if (event === undefined) throw new Error("the function did not run");
  return event;
}

test("the whole event of a JWT route without scopes, as AWS writes it", async () => {
  const changes = { route: { authorizationScopes: undefined } };
  const { send, events } = serve({ changes, options: { findSigningKey } });
  const token = signToken(key, {
    ...accessClaims,
    "cognito:groups": ["admin", "poweruser"],
    email_verified: true,
    x: null,
  });
  const response = await send({
    target: "/todos/a%20b?q=x%20y&t=1&t=2",
    headers: [
      ["Authorization", `Bearer ${token}`],
      ["Host", "localhost:3000"],
      ["User-Agent", "curl/8.5.0"],
    ],
  });
  const requestId = response.header("apigw-requestid");
  expect(requestId).toMatch(/^[A-Za-z0-9_-]{15}=$/);
  expect(events[0]).toEqual({
    version: "2.0",
    routeKey: "GET /todos/{todoId}",
    rawPath: "/todos/a b",
    rawQueryString: "q=x%20y&t=1&t=2",
    headers: {
      authorization: `Bearer ${token}`,
      "content-length": "0",
      host: "localhost:3000",
      "user-agent": "curl/8.5.0",
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-6b49d200-[0-9a-f]{24}$/),
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
    },
    queryStringParameters: { q: "x y", t: "1,2" },
    requestContext: {
      accountId: "123456789012",
      apiId: "apiid",
      authorizer: {
        jwt: {
          claims: {
            sub: "user-a",
            iss: accessClaims.iss,
            client_id: "client-1",
            token_use: "access",
            scope: accessClaims.scope,
            auth_time: "1799999940",
            iat: "1799999940",
            exp: "1800000600",
            jti: "j",
            username: "user-a",
            "cognito:groups": "[admin poweruser]",
            email_verified: "true",
          },
          scopes: null,
        },
      },
      domainName: "apiid.execute-api.eu-west-1.amazonaws.com",
      domainPrefix: "apiid",
      http: {
        method: "GET",
        path: "/todos/a b",
        protocol: "HTTP/1.1",
        sourceIp: "203.0.113.7",
        userAgent: "curl/8.5.0",
      },
      requestId,
      routeKey: "GET /todos/{todoId}",
      stage: "$default",
      time: "15/Jan/2027:08:00:00 +0000",
      timeEpoch: 1_800_000_000_359,
    },
    pathParameters: { todoId: "a b" },
    isBase64Encoded: false,
  });
});

test("on a scoped route all of the token's scopes are there", async () => {
  const { send, events } = serve({ options: { findSigningKey } });
  await send({ headers: [["authorization", signToken(key, accessClaims)]] });
  expect(events[0]).toMatchObject({
    requestContext: { authorizer: { jwt: { scopes: ["aws.cognito.signin.user.admin", "todos/read"] } } },
  });
});

test("on an open route nothing that does not apply is there", async () => {
  const event = await eventOf({ target: "/a", headers: [] }, openRoute("GET /a"));
  expect(Object.keys(event)).toEqual([
    "version",
    "routeKey",
    "rawPath",
    "rawQueryString",
    "headers",
    "requestContext",
    "isBase64Encoded",
  ]);
  expect(event.rawQueryString).toBe("");
  expect(event.requestContext).not.toHaveProperty("authorizer");
  expect(event).toMatchObject({ headers: { host: "apiid.execute-api.eu-west-1.amazonaws.com" } });
  expect(event).toMatchObject({ requestContext: { http: { userAgent: "" } } });
});

test.each([
  ["$default", "/todos", "/todos", "GET /todos"],
  ["dev", "/dev/todos", "/dev/todos", "GET /todos"],
  ["dev", "/dev", "/dev", "GET /"],
])("stage %s, %s: rawPath %s", async (name, target, rawPath, routeKey) => {
  const changes = { ...openRoute(routeKey), stage: { name, stageVariables: { table: "t" } } };
  const event = await eventOf({ target }, changes);
  expect(event).toMatchObject({ rawPath, routeKey, stageVariables: { table: "t" } });
  expect(event).toMatchObject({ requestContext: { stage: name, http: { path: rawPath }, routeKey } });
});

test("a greedy parameter has no leading slash, and the real method stands under ANY", async () => {
  const event = await eventOf({ method: "PATCH", target: "/a/b%2Fc/" });
  expect(event).toMatchObject({
    routeKey: "ANY /{proxy+}",
    pathParameters: { proxy: "a/b/c/" },
    requestContext: { http: { method: "PATCH" } },
  });
});

describe("headers", () => {
  const headersOf = async (headers: HeaderList) => {
    const event = await eventOf({ target: "/a", headers });
    return event as { headers: Record<string, string>; cookies?: string[] };
  };

  test("names in lower case, repeated ones joined by a comma", async () => {
    const { headers } = await headersOf([
      ["X-Trace", "first"],
      ["AUTHORIZATION", "x"],
      ["x-trace", "second"],
    ]);
    expect(headers).toMatchObject({ "x-trace": "first,second", authorization: "x" });
  });

  test("cookies apart, and not among the headers", async () => {
    const { headers, cookies } = await headersOf([
      ["Cookie", "a=1; b=2"],
      ["cookie", "c=3;; d "],
    ]);
    expect(cookies).toEqual(["a=1", "b=2", "c=3", "d"]);
    expect(headers).not.toHaveProperty("cookie");
  });

  test("what the client says of its way is not believed", async () => {
    const { headers } = await headersOf([
      ["X-Amzn-Trace-Id", "Root=1-1-1"],
      ["X-Forwarded-Proto", "http"],
      ["X-Forwarded-Port", "80"],
      ["X-Forwarded-For", "198.51.100.1"],
      ["Transfer-Encoding", "chunked"],
      ["Connection", "keep-alive"],
    ]);
    expect(headers).toMatchObject({
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
      "x-forwarded-for": "198.51.100.1, 203.0.113.7",
    });
    expect(headers["x-amzn-trace-id"]).not.toContain("1-1-1");
    expect(headers).not.toHaveProperty("transfer-encoding");
    expect(headers).not.toHaveProperty("connection");
  });

  test("names of Object.prototype are names like any other", async () => {
    const { headers } = await headersOf([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(Object.entries(headers)).toEqual(
      expect.arrayContaining([
        ["__proto__", "a"],
        ["constructor", "b"],
      ]),
    );
  });
});

test.each([
  ["a=1&a=2&tag=a,b", { a: "1,2", tag: "a,b" }],
  ["a=", { a: "" }],
  ["a", { a: "" }],
  ["q=x+y%2Bz", { q: "x y+z" }],
  ["%zz=1", { "%zz": "1" }],
  ["__proto__=1&__proto__=2", JSON.parse('{"__proto__":"1,2"}')],
])("query string %j", async (query, parameters) => {
  const event = await eventOf({ target: `/a?${query}` });
  expect(event.rawQueryString).toBe(query);
  expect(JSON.stringify(event.queryStringParameters)).toBe(JSON.stringify(parameters));
});

test.each(["/a?", "/a?&&"])("%s has no parameters", async (target) => {
  expect(await eventOf({ target })).not.toHaveProperty("queryStringParameters");
});

describe("bodies", () => {
  const text = "{é}";
  const base64 = Buffer.from(text).toString("base64");
  test.each([
    ["application/json", text, false],
    ["application/json; charset=utf-8", text, false],
    ["application/json ;charset=utf-8", text, false],
    ["APPLICATION/JSON", text, false],
    ["application/xml", text, false],
    ["application/javascript", text, false],
    ["text/plain", text, false],
    ["text/csv;header=present", text, false],
    ["application/x-www-form-urlencoded", base64, true],
    ["application/octet-stream", base64, true],
    ["application/problem+json", base64, true],
    ["multipart/form-data; boundary=x", base64, true],
    ["application/jsonx", base64, true],
    ["", base64, true],
    [undefined, base64, true],
  ])("%s", async (contentType, body, isBase64Encoded) => {
    const headers: HeaderList = contentType === undefined ? [] : [["Content-Type", contentType]];
    const event = await eventOf({ method: "POST", target: "/a", headers, body: text });
    expect(event).toMatchObject({ body, isBase64Encoded, headers: { "content-length": "4" } });
    expect(Object.hasOwn(event.headers as object, "content-type")).toBe(contentType !== undefined);
  });

  test("no body, no key", async () => {
    const event = await eventOf({ method: "POST", target: "/a", headers: [["content-type", "application/json"]] });
    expect(event).not.toHaveProperty("body");
    expect(event.isBase64Encoded).toBe(false);
  });
});
