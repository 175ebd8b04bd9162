import { describe, expect, test } from "vitest";
import { awsEndpoint } from "../harness/aws-endpoint.ts";
import { type HeaderList, type HttpRequest, type HttpResponse, headerValue } from "../harness/http.ts";

function answer(name: string): HttpResponse {
  return { status: 200, headers: [["content-type", "text/plain"]], body: name };
}

const endpoint = awsEndpoint({
  dynamodb: () => answer("dynamodb"),
  cognito: async () => answer("cognito"),
  wellKnown: (path) => (path === "/pool/.well-known/jwks.json" ? Promise.resolve(answer("keys")) : undefined),
  harness: () => answer("harness"),
  callerIdentity: () => answer("callerIdentity"),
});

function send(method: string, target: string, headers: HeaderList = []) {
  const request: HttpRequest = {
    method,
    target,
    headers,
    body: Buffer.alloc(0),
    bodyTooLarge: false,
    sourceAddress: "127.0.0.1",
    receivedAtMilliseconds: 0,
  };
  return Promise.resolve(endpoint(request));
}

const targetHeader = (value: string): HeaderList => [["X-Amz-Target", value]];

describe("which service answers", () => {
  test.each([
    ["POST", "/", targetHeader("DynamoDB_20120810.PutItem"), "dynamodb"],
    ["POST", "/any/path", targetHeader("DynamoDB_20120810.NoSuchOperation"), "dynamodb"],
    ["PUT", "/", targetHeader("DynamoDB_20120810.PutItem"), "dynamodb"],
    ["POST", "/", targetHeader("AWSCognitoIdentityProviderService.SignUp"), "cognito"],
    ["GET", "/pool/.well-known/jwks.json", [], "keys"],
    ["GET", "/pool/.well-known/jwks.json?x=1", [], "keys"],
    ["GET", "/_harness/health", [], "harness"],
    ["GET", "/_harness", [], "harness"],
    ["OPTIONS", "/_harness/tokens", [], "harness"],
    ["POST", "/_harness/tokens", targetHeader("DynamoDB_20120810.PutItem"), "harness"],
  ] as const)("%s %s %j: %s", async (method, target, headers, body) => {
    expect(await send(method, target, headers)).toMatchObject({ status: 200, body });
  });

  test.each([
    ["POST", "/", []],
    ["POST", "/", targetHeader("")],
    ["POST", "/", targetHeader("DynamoDB_20110101.PutItem")],
    ["POST", "/", targetHeader("DynamoDBStreams_20120810.GetRecords")],
    ["POST", "/", targetHeader("dynamodb_20120810.PutItem")],
    ["POST", "/", targetHeader("AWSCognitoIdentityService.GetId")],
    ["POST", "/", targetHeader("AWSSecurityTokenServiceV20110615.GetCallerIdentity")],
    ["GET", "/", targetHeader("DynamoDB_20120810.PutItem")],
    ["GET", "/other/.well-known/jwks.json", []],
    ["GET", "/_harnesses", []],
  ] as const)("%s %s %j: nobody, in words", async (method, target, headers) => {
    const response = await send(method, target, headers);
    expect(response.status).toBe(400);
    expect(JSON.parse(response.body.toString())).toMatchObject({ __type: "UnknownOperationException" });
  });
});

describe("browsers", () => {
  const origin: HeaderList = [["Origin", "https://app.example.com"]];
  const allowed = (response: HttpResponse) => headerValue(response.headers, "access-control-allow-origin");

  test("may call Cognito, which answers every origin", async () => {
    const headers = [...targetHeader("AWSCognitoIdentityProviderService.SignUp"), ...origin];
    const response = await send("POST", "/", headers);
    expect(allowed(response)).toBe("*");
    expect(headerValue(response.headers, "access-control-allow-credentials")).toBeUndefined();
    expect(allowed(await send("POST", "/", targetHeader("AWSCognitoIdentityProviderService.SignUp")))).toBeUndefined();
  });

  test("may ask beforehand, with the headers that they name", async () => {
    const asked: HeaderList = [...origin, ["Access-Control-Request-Headers", "x-amz-target,content-type"]];
    const response = await send("OPTIONS", "/", asked);
    expect(response.status).toBe(200);
    expect(headerValue(response.headers, "access-control-allow-headers")).toBe("x-amz-target,content-type");
    expect(headerValue(response.headers, "access-control-allow-methods")).toBe("POST");
    expect(headerValue((await send("OPTIONS", "/")).headers, "access-control-allow-headers")).toBeUndefined();
  });

  test("may not read answers of DynamoDB", async () => {
    expect(allowed(await send("POST", "/", [...targetHeader("DynamoDB_20120810.Scan"), ...origin]))).toBeUndefined();
  });
});

describe("a name that was rebound to this machine", () => {
  const rebound = ["evil.example", "evil.example:4566", "localhost.evil.example", "localhost@evil.example", "0.0.0.0"];
  const requests = [
    ["POST", "/", targetHeader("DynamoDB_20120810.Scan")],
    ["POST", "/", targetHeader("AWSCognitoIdentityProviderService.SignUp")],
    ["GET", "/pool/.well-known/jwks.json", []],
    ["OPTIONS", "/", []],
  ] as const;
  test.each(rebound)("%s reaches nothing", async (host) => {
    for (const [method, target, headers] of requests)
      expect(await send(method, target, [["Host", host], ...headers])).toMatchObject({ status: 403 });
  });

  test.each(["localhost:4566", "127.0.0.1:4566", "[::1]:4566", "dynamodb.localhost", "LOCALHOST"])(
    "%s is this machine's own",
    async (host) => {
      const headers: HeaderList = [["Host", host], ...targetHeader("DynamoDB_20120810.Scan")];
      expect(await send("POST", "/", headers)).toMatchObject({ status: 200, body: "dynamodb" });
    },
  );
});
