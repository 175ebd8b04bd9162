import type { RefusalCase } from "../support/case.ts";

const refused = (
  name: string,
  resource: string,
  inputs: RefusalCase["change"]["inputs"],
  fault: string,
): RefusalCase => ({
  name,
  change: { resource, inputs },
  fault,
});

/** What a program may not contain: it would be answered otherwise than on AWS, so that it is not answered at all. */
export const REFUSALS: readonly RefusalCase[] = [
  refused("WebSocket APIs", "api", { protocolType: "WEBSOCKET" }, "only HTTP APIs"),
  refused("OpenAPI documents as an API's body", "api", { body: "{}" }, "OpenAPI documents are not emulated"),
  refused(
    "A star of origins together with credentials (AWS refuses it too)",
    "api",
    { corsConfiguration: { allowOrigins: ["*"], allowCredentials: true } },
    "is refused by AWS",
  ),
  refused(
    "Route keys that end with a slash (AWS refuses them too)",
    "route",
    { routeKey: "GET /items/" },
    "ends with a slash",
  ),
  refused("IAM authorization of routes", "route", { authorizationType: "AWS_IAM" }, "AWS_IAM is not emulated"),
  refused(
    "Lambda authorizers on routes",
    "route",
    { authorizationType: "CUSTOM", authorizerId: "jwt" },
    '"CUSTOM" is not emulated',
  ),
  refused(
    "JWT authorization without an authorizer (AWS refuses it too)",
    "route",
    { authorizationType: "JWT" },
    "needs the `authorizerId`",
  ),
  refused("Lambda authorizers", "jwt", { authorizerType: "REQUEST" }, "only JWT authorizers"),
  refused(
    "Several identity sources",
    "jwt",
    { identitySources: ["$request.header.A", "$request.header.B"] },
    "must be one of",
  ),
  refused(
    "More than 50 audiences (AWS refuses them too)",
    "jwt",
    {
      jwtConfiguration: {
        issuer: "https://issuer.example",
        audiences: Array.from({ length: 51 }, (_, at) => `a${at}`),
      },
    },
    "1 to 50 audiences",
  ),
  refused(
    "More than 10 scopes on a route (AWS refuses them too)",
    "route",
    {
      authorizationType: "JWT",
      authorizerId: "jwt",
      authorizationScopes: Array.from({ length: 11 }, (_, at) => `s${at}`),
    },
    "at most 10 scopes",
  ),
  refused(
    "HTTP proxy integrations",
    "integration",
    { integrationType: "HTTP_PROXY" },
    "only Lambda proxy integrations",
  ),
  refused(
    "AWS service integrations",
    "integration",
    { integrationSubtype: "SQS-SendMessage" },
    "integrations with other AWS services are not emulated",
  ),
  refused("VPC links", "integration", { connectionType: "VPC_LINK" }, "VPC links are not emulated"),
  refused("Parameter mapping", "integration", { requestParameters: { "append:header.x": "1" } }, "parameter mapping"),
  refused(
    "Integration timeouts outside 50 to 30,000 ms (AWS refuses them too)",
    "integration",
    { timeoutMilliseconds: 40_000 },
    "50 to 30000",
  ),
  refused(
    "Access logs to other destinations than a log group",
    "stage",
    {
      accessLogSettings: {
        destinationArn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/x",
        format: "$context.status",
      },
    },
    "log group's ARN",
  ),
  refused(
    "Access log formats over 3 KB (AWS refuses them too)",
    "stage",
    {
      accessLogSettings: {
        destinationArn: "arn:aws:logs:eu-west-1:123456789012:log-group:x",
        format: "é".repeat(1_537),
      },
    },
    "3074 bytes; AWS takes 3072",
  ),
  refused(
    "More than 100 variables of a stage (AWS refuses them too)",
    "stage",
    { stageVariables: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`v${at}`, "x"])) },
    "at most 100",
  ),
  refused(
    "Names of a stage's variables over 64 characters (AWS refuses them too)",
    "stage",
    { stageVariables: { ["n".repeat(65)]: "x" } },
    "is no name for one",
  ),
  refused(
    "Values of a stage's variables over 512 characters (AWS refuses them too)",
    "stage",
    { stageVariables: { name: "x".repeat(513) } },
    "at most 512 characters",
  ),
  refused("Client certificates of stages", "stage", { clientCertificateId: "x" }, "WebSocket"),
  refused("Function runtimes other than Node.js", "function", { runtime: "python3.13" }, "runtime"),
  refused("Container images", "function", { packageType: "Image", imageUri: "x" }, "container images are not run"),
  refused(
    "Layers",
    "function",
    { layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:x:1"] },
    "layers cannot be fetched",
  ),
  refused(
    "Functions in a VPC",
    "function",
    { vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } },
    "no network to attach",
  ),
  refused("File systems", "function", { fileSystemConfig: { arn: "x", localMountPath: "/mnt/x" } }, "no file systems"),
  refused(
    "Reserved environment variables (AWS refuses them too)",
    "function",
    { environment: { variables: { AWS_REGION: "eu-west-1" } } },
    "is reserved by Lambda",
  ),
  refused(
    "More than 4 KB of environment variables (AWS refuses them too)",
    "function",
    { environment: { variables: { LONG: "x".repeat(5_000) } } },
    "Lambda takes 4096",
  ),
  refused(
    "Versions and aliases of functions in permissions",
    "permission",
    { qualifier: "live" },
    "versions and aliases are not kept",
  ),
];

/** What runs, and cannot be seen here as it is on AWS. */
export const LIMITS_OF_SIGHT: readonly string[] = [
  "HTTP/2 and TLS: the local listener speaks plain HTTP/1.1; `x-forwarded-proto` and `http.protocol` say what AWS says all the same.",
  "Quotas of the account beyond throttling: 300 routes, 300 integrations, 10 stages.",
  "Freezing: a function's left-over timers may fire while its sandbox waits.",
  "The order in which a deployment and the routes are made: a deployment holds all routes of the program.",
  "Capacity of tables, and the delay until a change of keys, a deployment or an eventually consistent read is seen.",
  "Custom domains, mutual TLS, private integrations and web application firewalls: their resources are refused by type.",
];
