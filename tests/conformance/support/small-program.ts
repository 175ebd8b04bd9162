import type { EvaluatedProgram } from "../../../harness/pulumi/evaluate.ts";
import { type Resource, resourceGraph } from "../../../harness/pulumi/resource-graph.ts";

type Inputs = Readonly<Record<string, unknown>>;

function resource(type: string, name: string, inputs: Inputs, arn?: string): Resource {
  return {
    type,
    name,
    id: name,
    inputs,
    outputs: { name, ...inputs, ...(arn === undefined ? {} : { arn }) },
    ...(arn === undefined ? {} : { arn }),
  };
}

const ROLE_ARN = "arn:aws:iam::123456789012:role/small";
const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:echo";
const trustLambda = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
};
const jwtConfiguration = {
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
  audiences: ["client-1"],
};

/** One of each resource that an API needs, sound as it is: what refusals are tried on by changing an input. */
export const SMALL_PROGRAM: EvaluatedProgram = {
  deployment: { project: "small", stack: "dev", partition: "aws", region: "eu-west-1", accountId: "123456789012" },
  graph: resourceGraph([
    resource("aws:iam/role:Role", "small", { assumeRolePolicy: JSON.stringify(trustLambda) }, ROLE_ARN),
    resource(
      "aws:lambda/function:Function",
      "echo",
      {
        role: ROLE_ARN,
        runtime: "nodejs24.x",
        handler: "index.handler",
        code: { kind: "archive", entries: { "index.js": { kind: "text", text: "exports.handler = async () => 1;" } } },
      },
      FUNCTION_ARN,
    ),
    resource("aws:apigatewayv2/api:Api", "abcdefghij", { name: "small", protocolType: "HTTP" }),
    resource("aws:apigatewayv2/authorizer:Authorizer", "jwt", {
      apiId: "abcdefghij",
      authorizerType: "JWT",
      identitySources: ["$request.header.Authorization"],
      jwtConfiguration,
    }),
    resource("aws:apigatewayv2/stage:Stage", "stage", { apiId: "abcdefghij", name: "$default", autoDeploy: true }),
    resource("aws:apigatewayv2/integration:Integration", "integration", {
      apiId: "abcdefghij",
      integrationType: "AWS_PROXY",
      payloadFormatVersion: "2.0",
      integrationUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
    }),
    resource("aws:apigatewayv2/route:Route", "route", {
      apiId: "abcdefghij",
      routeKey: "GET /items",
      target: "integrations/integration",
    }),
    resource("aws:lambda/permission:Permission", "permission", {
      action: "lambda:InvokeFunction",
      function: "echo",
      principal: "apigateway.amazonaws.com",
      sourceArn: "arn:aws:execute-api:eu-west-1:123456789012:abcdefghij/*/*",
    }),
  ]),
  exports: {},
  secretExports: [],
  faults: [],
  files: [],
  fromCache: false,
};
