import { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awsEndpoint } from "../harness/aws-endpoint.ts";
import { systemClock } from "../harness/clock.ts";
import type { HttpHandler } from "../harness/http.ts";
import { type Listener, listen } from "../harness/http-server.ts";

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
      handler: awsEndpoint({ dynamodb: served, cognito: served, harness: served, wellKnown: () => undefined }),
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
    ["sts", () => new STS(settings()).getCallerIdentity({})],
    ["iam", () => new IAM(settings()).createRole({ RoleName: "r", AssumeRolePolicyDocument: "{}" })],
    ["lambda", () => new Lambda(settings()).listFunctions({})],
    ["apigateway", () => new ApiGatewayV2(settings()).createApi({ Name: "a", ProtocolType: "HTTP" })],
    ["apigateway", () => new ApiGatewayV2(settings()).deleteApi({ ApiId: "a" })],
    ["logs", () => new CloudWatchLogs(settings()).createLogGroup({ logGroupName: "g" })],
  ];

  test.each(calls)("is told by %s, as an error of that service", async (service, call) => {
    await expect(call()).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringMatching(new RegExp(`no deploy target: it has no ${service}\\..*docs/endpoints\\.md`)),
    });
  });
});
