import { randomBytes } from "node:crypto";
import { CognitoIdentityProviderClient, DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HeaderList, HttpRequest } from "../../harness/http.ts";
import { type Credentials, credentialStore } from "../../harness/iam/credentials.ts";
import { type SignatureResult, signatureVerifier } from "../../harness/iam/signature.ts";
import { MISMATCH } from "../../harness/iam/signature-faults.ts";
import { received, sign, TODO_REQUEST } from "./support/signing.ts";

const NOW = new Date("2026-03-04T05:06:07Z");
const ROLE_ARN = "arn:aws:iam::123456789012:role/service/todo-role";

function setUp(now: () => number = () => NOW.getTime()) {
  const clock = { nowMilliseconds: now };
  const store = credentialStore({ accountId: "123456789012", clock, randomBytes });
  const role = store.issueRoleSession({
    roleArn: ROLE_ARN,
    sessionName: "get-todos",
    currentRequestId: () => "request-1",
  });
  const verify = signatureVerifier({ lookup: store.lookup, clock, region: "eu-west-1" });
  return { store, role, verify };
}

function edited(request: HttpRequest, edit: (headers: HeaderList) => HeaderList): HttpRequest {
  return { ...request, headers: edit(request.headers) };
}

const withHeader = (request: HttpRequest, name: string, value: string) =>
  edited(request, (headers) => headers.map(([n, v]) => (n.toLowerCase() === name ? [n, value] : [n, v])));
const withoutHeader = (request: HttpRequest, name: string) =>
  edited(request, (headers) => headers.filter(([n]) => n.toLowerCase() !== name));
const plusHeader = (request: HttpRequest, name: string, value: string) =>
  edited(request, (headers) => [...headers, [name, value]]);
const inAuthorization = (request: HttpRequest, from: string | RegExp, to: string) =>
  edited(request, (headers) => headers.map(([n, v]) => (n === "authorization" ? [n, v.replace(from, to)] : [n, v])));

function errorOf(result: SignatureResult): string {
  return result.ok ? "ok" : result.error;
}

describe("what the AWS SDK signs", () => {
  const capture = () => {
    const requests: HttpRequest[] = [];
    const requestHandler = {
      handle: async (request: { method: string; path: string; headers: Record<string, string>; body: string }) => {
        requests.push(received(request.method, request.path, Object.entries(request.headers), request.body));
        return Promise.reject(new Error("captured"));
      },
    };
    return { requests, requestHandler };
  };
  const common = { region: "eu-west-1", endpoint: "http://localhost:4566", maxAttempts: 1 };
  const dateOf = (request: HttpRequest | undefined) => {
    const date = request?.headers.find(([name]) => name === "x-amz-date")?.[1] ?? "";
    return Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
  };

  test("passes from the DynamoDB client with a role's credentials", async () => {
    const { requests, requestHandler } = capture();
    const { role, verify } = setUp(() => dateOf(requests[0]));
    const client = new DynamoDBClient({ ...common, credentials: role, requestHandler: requestHandler as never });
    await client.send(new PutItemCommand({ TableName: "t", Item: { a: { S: "ß" } } })).catch(() => undefined);
    const [request] = requests;
    expect(request && verify(request, "dynamodb")).toMatchObject({ ok: true });
  });

  test("passes from the Cognito client with the administrator's credentials", async () => {
    const { requests, requestHandler } = capture();
    const { store, verify } = setUp(() => dateOf(requests[0]));
    const credentials = store.administrator;
    const client = new CognitoIdentityProviderClient({
      ...common,
      credentials,
      requestHandler: requestHandler as never,
    });
    await client.send(new DescribeUserPoolCommand({ UserPoolId: "eu-west-1_a" })).catch(() => undefined);
    const [request] = requests;
    expect(request && verify(request, "cognito-idp")).toMatchObject({ ok: true });
    expect(request && errorOf(verify(request, "dynamodb"))).toBe("InvalidSignatureException");
  });
});

describe("a rightly signed request", () => {
  test("tells whose it is", async () => {
    const { role, verify } = setUp();
    const result = verify(await sign(TODO_REQUEST, { credentials: role, date: NOW }), "dynamodb");
    if (!result.ok) throw new Error(result.message);
    expect(result.session.principal).toStrictEqual({
      kind: "role-session",
      roleArn: ROLE_ARN,
      sessionArn: "arn:aws:sts::123456789012:assumed-role/todo-role/get-todos",
      accountId: "123456789012",
    });
    expect(result.session.currentRequestId()).toBe("request-1");
    expect(JSON.stringify(result.session)).not.toContain(role.secretAccessKey);
  });

  test("passes again with the kept signing key, and with unsigned hop headers added on the way", async () => {
    const { role, verify } = setUp();
    const request = await sign(TODO_REQUEST, { credentials: role, date: NOW });
    expect(verify(request, "dynamodb").ok).toBe(true);
    expect(verify(plusHeader(plusHeader(request, "Connection", "keep-alive"), "Via", "x"), "dynamodb").ok).toBe(true);
  });

  test("passes with a stated payload hash, when it is that of the payload", async () => {
    const { role, verify } = setUp();
    const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const headers = { ...TODO_REQUEST.headers, "x-amz-content-sha256": hash };
    const signed = (body: string) => sign({ ...TODO_REQUEST, headers, body }, { credentials: role, date: NOW });
    expect(verify(await signed(""), "dynamodb").ok).toBe(true);
    expect(errorOf(verify(await signed("{}"), "dynamodb"))).toBe("InvalidSignatureException");
  });

  test("passes whatever its path and query", async () => {
    const { role, verify } = setUp();
    const text = fc.string({ unit: fc.constantFrom(..."ab/.~*'()!@ +%é𝒳"), maxLength: 12 });
    const query = fc.dictionary(fc.string({ unit: fc.constantFrom(..."aB-_~ *é"), minLength: 1, maxLength: 5 }), text);
    const property = fc.asyncProperty(text, query, async (path, parameters) => {
      const unsigned = { ...TODO_REQUEST, path: `/${encodeURI(path.toWellFormed())}`, query: parameters };
      const request = await sign(unsigned, { credentials: role, date: NOW });
      expect(verify(request, "dynamodb")).toMatchObject({ ok: true });
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

describe("a request that was changed after signing is refused", () => {
  const mutations: Record<string, (request: HttpRequest) => HttpRequest> = {
    method: (request) => ({ ...request, method: "PUT" }),
    path: (request) => ({ ...request, target: "/x" }),
    query: (request) => ({ ...request, target: "/?a=1" }),
    "absolute target": (request) => ({ ...request, target: "http://localhost/" }),
    "broken query": (request) => ({ ...request, target: "/?a=%zz" }),
    body: (request) => ({ ...request, body: Buffer.from(request.body.toString().replace("todos", "other")) }),
    "body cut off": (request) => ({ ...request, bodyTooLarge: true }),
    host: (request) => withHeader(request, "host", "evil.example"),
    target: (request) => withHeader(request, "x-amz-target", "DynamoDB_20120810.Scan"),
    "content type": (request) => withHeader(request, "content-type", "text/plain"),
    "no-break space before a value": (request) =>
      withHeader(request, "x-amz-target", "\u00a0DynamoDB_20120810.GetItem"),
    "no-break space after a value": (request) => withHeader(request, "x-amz-target", "DynamoDB_20120810.GetItem\u00a0"),
    date: (request) => withHeader(request, "x-amz-date", "20260304T050608Z"),
    "header dropped": (request) => withoutHeader(request, "content-type"),
    "header repeated": (request) => plusHeader(request, "x-amz-target", "DynamoDB_20120810.Scan"),
    "unsigned x-amz header": (request) => plusHeader(request, "X-Amz-Extra", "1"),
    "unsigned payload": (request) => plusHeader(request, "x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
    "signature digit": flipLastDigit,
    "signature of zeros": (request) => inAuthorization(request, /Signature=\w+/, `Signature=${"0".repeat(64)}`),
    region: (request) => inAuthorization(request, "eu-west-1", "us-east-1"),
    service: (request) => inAuthorization(request, "/dynamodb/", "/s3/"),
    terminator: (request) => inAuthorization(request, "aws4_request", "aws4_requests"),
    "scope date": (request) => inAuthorization(request, "/20260304/", "/20260305/"),
    "host not signed": (request) => inAuthorization(request, "content-type;host;", "content-type;"),
    "header list shortened": (request) => inAuthorization(request, "content-type;", ""),
    "header list unsorted": (request) => inAuthorization(request, "content-type;host;", "host;content-type;"),
    "header list in capitals": (request) => inAuthorization(request, "content-type;", "Content-Type;"),
    "header list repeated": (request) => inAuthorization(request, "content-type;", "content-type;content-type;"),
  };

  function flipLastDigit(request: HttpRequest): HttpRequest {
    return edited(request, (headers) =>
      headers.map(([n, v]) => (n === "authorization" ? [n, v.slice(0, -1) + (v.endsWith("0") ? "1" : "0")] : [n, v])),
    );
  }

  const PAYLOAD = "The value of 'x-amz-content-sha256' is not the hash of the payload.";
  /** Of the rules that come before the signature's own. */
  const ownMessages = new Map([
    ["body cut off", PAYLOAD],
    ["unsigned x-amz header", "'x-amz-extra' must be a 'SignedHeader' in the AWS Authorization."],
    ["unsigned payload", "'x-amz-content-sha256' must be a 'SignedHeader' in the AWS Authorization."],
    ["region", "Credential should be scoped to a valid region, not 'us-east-1'."],
    ["service", "Credential should be scoped to correct service: 'dynamodb'."],
    ["terminator", "Credential should be scoped with a valid terminator: 'aws4_request'."],
    ["scope date", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."],
    ["host not signed", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
  ]);

  test.each(Object.entries(mutations))("%s", async (name, mutate) => {
    const { role, verify } = setUp();
    const request = await sign(TODO_REQUEST, { credentials: role, date: NOW });
    expect(verify(request, "dynamodb").ok).toBe(true);
    expect(verify(mutate(request), "dynamodb")).toEqual({
      ok: false,
      error: "InvalidSignatureException",
      message: ownMessages.get(name) ?? MISMATCH,
    });
  });

  test.each(["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "0".repeat(64), ""])(
    "and so is one that was signed with %j for its payload's hash",
    async (hash) => {
      const { role, verify } = setUp();
      const headers = { ...TODO_REQUEST.headers, "x-amz-content-sha256": hash };
      const request = await sign({ ...TODO_REQUEST, headers }, { credentials: role, date: NOW });
      expect(verify(request, "dynamodb")).toMatchObject({ message: PAYLOAD });
    },
  );

  test("any single byte of the body", async () => {
    const { role, verify } = setUp();
    const request = await sign(TODO_REQUEST, { credentials: role, date: NOW });
    const property = fc.property(fc.nat(request.body.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
      const body = Buffer.from(request.body);
      body[index] = (body[index] ?? 0) ^ change;
      expect(verify({ ...request, body }, "dynamodb").ok).toBe(false);
    });
    fc.assert(property, { numRuns: 100 });
  });
});

describe("credentials", () => {
  const unknown: Record<string, (request: HttpRequest, other: Credentials) => HttpRequest> = {
    "an access key that nobody has": (request) => inAuthorization(request, /ASIA\w{16}/, "ASIAAAAAAAAAAAAAAAAA"),
    "a property's name as access key": (request) => inAuthorization(request, /ASIA\w{16}/, "__proto__"),
    "no session token": (request) => withoutHeader(request, "x-amz-security-token"),
    "another session's token": (request, other) =>
      withHeader(request, "x-amz-security-token", other.sessionToken ?? ""),
    "a token of another length": (request) => withHeader(request, "x-amz-security-token", "short"),
    "the token twice": (request, other) => plusHeader(request, "x-amz-security-token", other.sessionToken ?? ""),
  };

  test.each(Object.entries(unknown))("with %s are unrecognized", async (_name, mutate) => {
    const { store, role, verify } = setUp();
    const other = store.issueRoleSession({
      roleArn: ROLE_ARN,
      sessionName: "other",
      currentRequestId: () => undefined,
    });
    const request = await sign(TODO_REQUEST, { credentials: role, date: NOW });
    expect(verify(mutate(request, other), "dynamodb")).toEqual({
      ok: false,
      error: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
  });

  test("are unrecognized once revoked, though the signing key was kept", async () => {
    const { store, role, verify } = setUp();
    const request = await sign(TODO_REQUEST, { credentials: role, date: NOW });
    expect(verify(request, "dynamodb").ok).toBe(true);
    store.revoke(role.accessKeyId);
    expect(errorOf(verify(request, "dynamodb"))).toBe("UnrecognizedClientException");
  });

  test("with another key's secret do not match", async () => {
    const { store, role, verify } = setUp();
    const credentials = { ...role, secretAccessKey: store.administrator.secretAccessKey };
    const request = await sign(TODO_REQUEST, { credentials, date: NOW });
    expect(errorOf(verify(request, "dynamodb"))).toBe("InvalidSignatureException");
  });

  test("of the administrator come without a token", async () => {
    const { store, role, verify } = setUp();
    const bare = await sign(TODO_REQUEST, { credentials: store.administrator, date: NOW });
    expect(verify(bare, "dynamodb").ok).toBe(true);
    const credentials = { ...store.administrator, sessionToken: role.sessionToken };
    const withToken = await sign(TODO_REQUEST, { credentials, date: NOW });
    expect(errorOf(verify(withToken, "dynamodb"))).toBe("UnrecognizedClientException");
  });
});

describe("time", () => {
  test.each([
    [-301, "InvalidSignatureException"],
    [-300, "ok"],
    [0, "ok"],
    [300, "ok"],
    [301, "InvalidSignatureException"],
  ])("a request signed %d seconds away: %s", async (seconds, expected) => {
    const { role, verify } = setUp();
    const date = new Date(NOW.getTime() + seconds * 1000);
    expect(errorOf(verify(await sign(TODO_REQUEST, { credentials: role, date }), "dynamodb"))).toBe(expected);
  });

  test("says by how much a request is late", async () => {
    const { role, verify } = setUp();
    const request = await sign(TODO_REQUEST, { credentials: role, date: new Date("2026-03-04T04:00:00Z") });
    expect(verify(request, "dynamodb")).toMatchObject({
      message: "Signature expired: 20260304T040000Z is now earlier than 20260304T050107Z (20260304T050607Z - 5 min.)",
    });
  });
});

describe("the Authorization header", () => {
  const broken: Record<string, [(request: HttpRequest) => HttpRequest, error: string, message: string]> = {
    absent: [
      (request) => withoutHeader(request, "authorization"),
      "MissingAuthenticationTokenException",
      "Request is missing Authentication Token",
    ],
    empty: [
      (request) => withHeader(request, "authorization", ""),
      "MissingAuthenticationTokenException",
      "Request is missing Authentication Token",
    ],
    "of another scheme": [
      (r) => withHeader(r, "authorization", "Bearer abc"),
      "IncompleteSignatureException",
      "Unsupported AWS 'algorithm'; only AWS4-HMAC-SHA256 is supported.",
    ],
    "of another algorithm": [
      (r) => inAuthorization(r, "HMAC-SHA256", "HMAC-SHA1"),
      "IncompleteSignatureException",
      "Unsupported AWS 'algorithm'; only AWS4-HMAC-SHA256 is supported.",
    ],
    "a bare word": [
      (r) => withHeader(r, "authorization", "AWS4-HMAC-SHA256"),
      "IncompleteSignatureException",
      "Unsupported AWS 'algorithm'; only AWS4-HMAC-SHA256 is supported.",
    ],
    "without Credential": [
      (r) => inAuthorization(r, /Credential=[^,]+, /, ""),
      "IncompleteSignatureException",
      "Authorization header requires 'Credential' parameter.",
    ],
    "without SignedHeaders": [
      (r) => inAuthorization(r, /SignedHeaders=[^,]+, /, ""),
      "IncompleteSignatureException",
      "Authorization header requires 'SignedHeaders' parameter.",
    ],
    "without Signature": [
      (r) => inAuthorization(r, /, Signature=\w+/, ""),
      "IncompleteSignatureException",
      "Authorization header requires 'Signature' parameter.",
    ],
    "with two signatures": [
      (r) => inAuthorization(r, /$/, ", Signature=00"),
      "IncompleteSignatureException",
      "Authorization header has a malformed or repeated parameter.",
    ],
    "with a short signature": [
      (r) => inAuthorization(r, /Signature=\w+/, "Signature=ab"),
      "IncompleteSignatureException",
      "Authorization header requires a hexadecimal 'Signature'.",
    ],
    "with a short scope": [
      (r) => inAuthorization(r, "/aws4_request", ""),
      "IncompleteSignatureException",
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
    ],
    "with a long scope": [
      (r) => inAuthorization(r, "/aws4_request", "/aws4_request/x"),
      "IncompleteSignatureException",
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
    ],
    twice: [
      (r) => plusHeader(r, "Authorization", "x"),
      "IncompleteSignatureException",
      "Authorization header must not be repeated.",
    ],
    "without a date header": [
      (r) => withoutHeader(r, "x-amz-date"),
      "IncompleteSignatureException",
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ],
    "with two date headers": [
      (r) => plusHeader(r, "x-amz-date", "20260304T050607Z"),
      "IncompleteSignatureException",
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ],
  };

  test.each(Object.entries(broken))("%s", async (_name, [mutate, error, message]) => {
    const { role, verify } = setUp();
    const request = mutate(await sign(TODO_REQUEST, { credentials: role, date: NOW }));
    const result = verify(request, "dynamodb");
    expect(result).toEqual({ ok: false, error, message });
    expect(JSON.stringify(result)).not.toContain(role.sessionToken);
  });

  test("and every other header may be anything, without an exception", () => {
    const { role, verify } = setUp();
    const value = fc.oneof(
      fc.string(),
      fc.string().map((text) => `AWS4-HMAC-SHA256 Credential=${role.accessKeyId}/${text}`),
      fc.string().map((text) => `AWS4-HMAC-SHA256 ${text}`),
    );
    const name = fc.constantFrom("authorization", "x-amz-date", "host", "x-amz-security-token", "__proto__");
    const property = fc.property(fc.array(fc.tuple(name, value)), fc.string(), (headers, target) => {
      expect(verify(received("POST", target, headers, ""), "dynamodb").ok).toBe(false);
    });
    fc.assert(property, { numRuns: 300 });
  });
});
