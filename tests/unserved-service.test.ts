import { randomBytes, randomUUID } from "node:crypto";
import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awsEndpoint } from "../harness/aws-endpoint.ts";
import { callerIdentity as callerIdentityAnswer } from "../harness/caller-identity.ts";
import { systemClock } from "../harness/clock.ts";
import type { HttpHandler } from "../harness/http.ts";
import { type Listener, listen } from "../harness/http-server.ts";
import { credentialStore } from "../harness/iam/credentials.ts";
import type { Role } from "../harness/iam/roles.ts";
import { signatureVerifier } from "../harness/iam/signature.ts";

const clock = systemClock;
const roleArn = "arn:aws:iam::123456789012:role/reader";
const known: readonly Role[] = [
  { arn: roleArn, name: "reader", uniqueId: "AROAREADERREADER22222", tags: {}, policies: [], trusts: () => true },
];
const credentials = credentialStore({ accountId: "123456789012", clock, randomBytes });
const region = "eu-west-1";
const callerIdentity = callerIdentityAnswer({
  verifySignature: signatureVerifier({ lookup: credentials.lookup, clock, region }),
  roles: () => ({ byArn: (arn) => known.find((role) => role.arn === arn) }),
  requestId: randomUUID,
});
const served: HttpHandler = () => ({ status: 200, headers: [], body: "served" });

describe("a deployment to the harness's endpoint", () => {
  let listener: Listener;
  beforeAll(async () => {
    listener = await listen({
      name: "the AWS endpoint",
      port: 0,
      clock: systemClock,
      onDefect: (error) => {
        throw error;
      },
      handler: awsEndpoint({
        dynamodb: served,
        cognito: served,
        harness: served,
        callerIdentity,
        wellKnown: () => undefined,
      }),
    });
  });
  afterAll(() => listener.close(0));

  const settings = () => ({
    endpoint: listener.url,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["sts", () => new STS(settings()).getSessionToken({})],
    ["iam", () => new IAM(settings()).createRole({ RoleName: "r", AssumeRolePolicyDocument: "{}" })],
    ["lambda", () => new Lambda(settings()).listFunctions({})],
    ["apigateway", () => new ApiGatewayV2(settings()).createApi({ Name: "a", ProtocolType: "HTTP" })],
    ["apigateway", () => new ApiGatewayV2(settings()).deleteApi({ ApiId: "a" })],
    ["logs", () => new CloudWatchLogs(settings()).createLogGroup({ logGroupName: "g" })],
  ];

  test.each(calls)("is told by %s, as an error of that service", async (service, call) => {
    await expect(call()).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringMatching(new RegExp(`no deploy target: .*docs/endpoints\\.md\\). It has no ${service}`)),
    });
  });

  test("hears which operation is not there, where the request names it", async () => {
    const attempt = new IAM(settings()).listRoles({});
    await expect(attempt).rejects.toThrow("It has no iam and no ListRoles.");
    await expect(new CloudWatchLogs(settings()).createLogGroup({ logGroupName: "g" })).rejects.toThrow(
      "no logs and no CreateLogGroup.",
    );
  });

  test("S3's error is S3's: one element without an envelope", async () => {
    const signature =
      "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    const response = await fetch(listener.url, { headers: { authorization: signature } });
    expect(response.headers.get("content-type")).toBe("application/xml");
    expect(await response.text()).toMatch(
      /^<\?xml [^>]*\?><Error><Code>NotImplemented<\/Code><Message>.* It has no s3\.</,
    );
  });

  describe("GetCallerIdentity", () => {
    const identity = (signed: Parameters<typeof sts>[0]) => sts(signed).getCallerIdentity({});
    const sts = (signed: { readonly accessKeyId: string; readonly secretAccessKey: string }) =>
      new STS({ ...settings(), credentials: signed });

    test("says that the administrator asks", async () => {
      expect(await identity(credentials.administrator)).toMatchObject({
        Account: "123456789012",
        Arn: "arn:aws:iam::123456789012:user/administrator",
        UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      });
    });

    test("says which role's session asks", async () => {
      const session = { roleArn, sessionName: "list-todos", currentRequestId: () => undefined };
      expect(await identity(credentials.issueRoleSession(session))).toMatchObject({
        Arn: "arn:aws:sts::123456789012:assumed-role/reader/list-todos",
        UserId: "AROAREADERREADER22222:list-todos",
      });
    });

    test("refuses other keys and a wrong secret in STS's words, and says what this is", async () => {
      const stranger = { accessKeyId: "test", secretAccessKey: "test" };
      await expect(identity(stranger)).rejects.toMatchObject({
        name: "InvalidClientTokenId",
        message: expect.stringContaining("no deploy target"),
      });
      const wrong = { ...credentials.administrator, secretAccessKey: "test" };
      await expect(identity(wrong)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
    });
  });
});
