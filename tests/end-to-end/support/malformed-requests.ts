import fc from "fast-check";

/** A request of any kind of brokenness. Everything in it can be put onto a socket by an HTTP client. */
export interface MalformedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
}

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY"];
const ANY_ID = "0190b0c1-7d2e-7abc-8def-0123456789ab";

/** What a header's value or a path may hold on the wire: no control characters, no line ends, no spaces in a path. */
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code === 0x7f ? 0x21 : code)),
  maxLength: 60,
});
const escapes = fc.constantFrom(
  "%",
  "%2",
  "%zz",
  "%00",
  "%2F",
  "%2e%2e",
  "%c3%28",
  "%ff",
  "..",
  "//",
  "#",
  "?",
  "&",
  "=",
  "{todoId}",
  "__proto__",
  "constructor",
  ANY_ID,
  "todos",
  "/",
);
const path = fc.oneof(
  fc.constantFrom(
    "/todos",
    `/todos/${ANY_ID}`,
    "/todos/",
    "/",
    "/todos?limit=0",
    "/todos?cursor=%00",
    "*",
    "/todos/__proto__",
  ),
  fc.array(fc.oneof(escapes, visible), { maxLength: 6 }).map((pieces) => `/todos/${pieces.join("")}`),
  fc.array(fc.oneof(escapes, visible), { maxLength: 6 }).map((pieces) => `/${pieces.join("/")}`),
  fc
    .array(fc.tuple(fc.constantFrom("limit", "cursor", "userId", "__proto__", "%"), visible), { maxLength: 4 })
    .map((pairs) => `/todos?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`),
  fc.nat(9_000).map((length) => `/todos/${"a".repeat(length)}`),
);

const jsonish = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  fc
    .dictionary(
      fc.constantFrom("title", "description", "completed", "dueDate", "userId", "version", "__proto__"),
      fc.jsonValue(),
    )
    .map((value) => Buffer.from(JSON.stringify(value))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      "{",
      "[]",
      "null",
      "\ufeff{}",
      '{"title":"\\ud800"}',
      `${"[".repeat(5_000)}`,
      `{"title":"${"x".repeat(17_000)}"}`,
    )
    .map((text) => Buffer.from(text)),
);

const headerName = fc.oneof(
  fc.constantFrom(
    "content-type",
    "if-match",
    "origin",
    "cookie",
    "x-forwarded-for",
    "expect",
    "range",
    "accept-encoding",
    "content-encoding",
    "x-amz-target",
    "access-control-request-method",
    "access-control-request-headers",
    "x-http-method-override",
  ),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).map((name) => `x-${name}`),
);
const headerText = fc.oneof(
  visible,
  fc.constantFrom(
    "*",
    '"1"',
    'W/"1"',
    "application/json; charset=utf-7",
    "multipart/form-data; boundary=x",
    "",
    "a, b",
    "null",
    "gzip",
  ),
  fc.nat(9_000).map((length) => "h".repeat(length)),
);
const headers = fc.array(fc.tuple(headerName, headerText), { maxLength: 6 });

/** From a token that is right to text that is none; `token` is the right one. */
function authorization(token: string) {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const base64 = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString("base64url"));
  const object = fc.dictionary(
    fc.constantFrom("alg", "kid", "typ", "crit", "iss", "sub", "exp", "b64", "__proto__"),
    fc.jsonValue(),
  );
  const part = fc.oneof(
    base64,
    object.map((value) => Buffer.from(JSON.stringify(value)).toString("base64url")),
    visible,
  );
  const changed = fc
    .tuple(fc.nat(token.length), visible)
    .map(([at, text]) => token.slice(0, at) + text + token.slice(at + 1));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(`Bearer ${token}`) },
    fc.constant(undefined),
    changed.map((text) => `Bearer ${text}`),
    fc.tuple(part, part, part).map((three) => `Bearer ${three.join(".")}`),
    part.map((text) => `Bearer ${head}.${text}.${signature}`),
    part.map((text) => `Bearer ${text}.${payload}.${signature}`),
    visible,
  );
}

export function malformedRequests(token: string): fc.Arbitrary<MalformedRequest> {
  return fc
    .record({
      method: fc.constantFrom(...METHODS.slice(0, 4), ...METHODS),
      path,
      headers,
      authorization: authorization(token),
      body: fc.option(jsonish, { nil: undefined }),
    })
    .map(({ authorization: value, ...request }) => ({
      ...request,
      headers: value === undefined ? request.headers : [...request.headers, ["authorization", value] as const],
    }));
}

const TARGETS = ["DynamoDB_20120810.", "AWSCognitoIdentityProviderService.", "Logs_20140328.", ""];
const OPERATIONS = [
  "PutItem",
  "Query",
  "BatchGetItem",
  "TransactWriteItems",
  "SignUp",
  "InitiateAuth",
  "RespondToAuthChallenge",
  "ListUsers",
  "GetUser",
  "__proto__",
  "constructor",
  "",
];
const member = fc.constantFrom(
  "TableName",
  "Key",
  "Item",
  "ClientId",
  "Username",
  "Password",
  "AuthFlow",
  "AuthParameters",
  "AccessToken",
  "UserPoolId",
  "KeyConditionExpression",
  "__proto__",
);

/** The same for the endpoint of the AWS services and of the harness's own routes. */
export function malformedServiceRequests(): fc.Arbitrary<MalformedRequest> {
  const target = fc
    .tuple(fc.constantFrom(...TARGETS), fc.oneof(fc.constantFrom(...OPERATIONS), visible))
    .map((words) => words.join(""));
  const body = fc.oneof(
    jsonish,
    fc.dictionary(member, fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value))),
  );
  const signature = fc.oneof(
    fc.constantFrom(
      "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00",
      "AWS4-HMAC-SHA256",
    ),
    visible,
  );
  return fc
    .record({
      method: fc.constantFrom("POST", "POST", "POST", ...METHODS),
      path: fc.oneof(
        fc.constantFrom(
          "/",
          "/_harness/tokens",
          "/_harness/journal?requestId=%",
          "/_harness/outbox?to=%ff",
          "/_harness/",
          "/x/.well-known/jwks.json",
        ),
        path,
      ),
      headers,
      target: fc.option(target, { nil: undefined }),
      authorization: fc.option(signature, { nil: undefined }),
      body: fc.option(body, { nil: undefined }),
    })
    .map(({ target: service, authorization: value, ...request }) => ({
      ...request,
      headers: [
        ...request.headers,
        ...(service === undefined ? [] : [["x-amz-target", service] as const]),
        ...(value === undefined ? [] : [["authorization", value] as const]),
      ],
    }));
}

/** Bytes that are no HTTP at all, or that a well-behaved client would not send. */
export const malformedBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(
      fc.constantFrom("GET", "POST", "get", "G\0T", ""),
      visible,
      fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "HTTP/2", ""),
    )
    .map(([method, target, version]) =>
      Buffer.from(`${method} /${target} ${version}\r\nhost: x\r\nconnection: close\r\n\r\n`, "latin1"),
    ),
  fc
    .constantFrom(
      "POST /todos HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
      "POST /todos HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
      "POST /todos HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      "POST /todos HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
      "GET /todos HTTP/1.1\r\nhost: x\r\nauthorization: Bearer\0x\r\n\r\n",
      "GET /todos HTTP/1.1\r\nhost: x\r\nbad header: x\r\n\r\n",
      "GET /todos HTTP/1.1\r\n folded\r\nhost: x\r\n\r\n",
      "GET http://elsewhere.example/todos HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      "CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n",
      "GET /todos HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      `GET /todos HTTP/1.1\r\nhost: x\r\nx-long: ${"h".repeat(70_000)}\r\n\r\n`,
      "GET /todos HTTP/1.1\nhost: x\nconnection: close\n\n",
    )
    .map((text) => Buffer.from(text, "latin1")),
);
