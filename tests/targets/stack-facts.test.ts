import { describe, expect, test } from "vitest";
import { readStackFacts } from "../../harness/targets/stack-facts.ts";

const OUTPUTS = {
  apiUrl: "https://a1b2c3.execute-api.eu-west-1.amazonaws.com",
  region: "eu-west-1",
  tableName: "table-1",
  userPoolId: "eu-west-1_AbCdEf123",
  userPoolClientId: "client-1",
};

const INVOKE_ARN = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:f/invocations";
const RESOURCES = [
  { type: "pulumi:pulumi:Stack", urn: "urn:stack" },
  {
    type: "aws:apigatewayv2/api:Api",
    id: "a1b2c3",
    outputs: { arn: "arn:aws:apigateway:eu-west-1::/apis/a1b2c3", name: "api", apiEndpoint: OUTPUTS.apiUrl },
  },
  { type: "aws:lambda/function:Function", id: "f", outputs: { arn: "arn:f", invokeArn: INVOKE_ARN } },
  { type: "aws:lambda/function:Function", id: "old", delete: true, outputs: { arn: "arn:old" } },
  {
    type: "aws:apigatewayv2/integration:Integration",
    id: "i1",
    inputs: { apiId: "a1b2c3", integrationUri: INVOKE_ARN },
  },
  {
    type: "aws:apigatewayv2/route:Route",
    id: "r1",
    inputs: { apiId: "a1b2c3", routeKey: "GET /todos", target: "integrations/i1" },
  },
  { type: "aws:dynamodb/table:Table", id: "table-1" },
  { type: "aws:cognito/userPoolClient:UserPoolClient", id: "client-1", inputs: { userPoolId: OUTPUTS.userPoolId } },
];

const facts = {
  region: "eu-west-1",
  tableNames: ["table-1"],
  userPool: { userPoolId: OUTPUTS.userPoolId, clientId: "client-1" },
};
const routes = [{ apiId: "a1b2c3", routeKey: "GET /todos", functionArn: "arn:f" }];
const read = (value: unknown) => readStackFacts(JSON.stringify(value), "stack.json");

describe("what a stack says of itself", () => {
  test("outputs name an API, and no functions", () => {
    const apis = [{ name: "apiUrl", apiId: "a1b2c3", url: OUTPUTS.apiUrl }];
    expect(read(OUTPUTS)).toEqual({ ...facts, apis });
  });

  test("the region is the user pool's, where no output names it", () => {
    expect(read({ ...OUTPUTS, region: undefined }).region).toBe("eu-west-1");
  });

  test.each([
    ["pulumi stack export", { version: 3, deployment: { resources: RESOURCES } }],
    ["a state file", { version: 3, checkpoint: { latest: { resources: RESOURCES } } }],
  ])("%s names the functions behind the routes", (_name, state) => {
    expect(read(state)).toEqual({ ...facts, routes, apis: [{ name: "api", apiId: "a1b2c3", url: OUTPUTS.apiUrl }] });
  });

  test.each([
    ["$default", ""],
    ["v1", "/v1"],
  ])("the stage %s answers below %j", (name, path) => {
    const stage = { type: "aws:apigatewayv2/stage:Stage", id: name, inputs: { apiId: "a1b2c3", name } };
    expect(read({ deployment: { resources: [...RESOURCES, stage] } }).apis[0]?.url).toBe(OUTPUTS.apiUrl + path);
  });

  test.each([
    ["[]", /is no JSON object.*pulumi stack export/],
    ["{", /is no JSON object/],
    ["{}", /apiUrl is missing/],
    ['{"apiUrl":"todos"}', /is no URL/],
    ['{"apiUrl":"https://api.example.com"}', /region is missing/],
    ['{"deployment":{"resources":[]}}', /no HTTP API.*pulumi up/],
  ])("%s is refused by name", (text, reason) => {
    expect(() => readStackFacts(text, "stack.json")).toThrow(reason);
    expect(() => readStackFacts(text, "stack.json")).toThrow(/^stack\.json /);
  });
});
