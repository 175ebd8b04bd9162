import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { changeDifferences } from "../engine/comparison.ts";
import { clientsFor } from "../engine/provider/endpoint/clients.ts";
import { type Deployment, resourcesOf } from "../engine/support/deployment.ts";
import { type EngineHome, engineHome, findPulumi } from "../engine/support/pulumi-command.ts";
import { makeProbed, probeBoth } from "./probes.ts";
import { compareOnBoth, comparisonTable, listedDifferences } from "./side-by-side.ts";
import { type EndpointStack, factsOf, openEndpointStack } from "./support/deployed-stack.ts";
import { type Ministack, startMinistack } from "./support/ministack.ts";

const pulumi = findPulumi(process.env);
const ministack = "missing" in pulumi ? pulumi : inject("ministack");
const reason = "missing" in ministack ? ` (skipped: ${ministack.missing})` : "";

describe.skipIf("missing" in ministack)(`an independent endpoint${reason}`, () => {
  let endpoint: Ministack;
  let home: EngineHome;
  let stack: EndpointStack;
  let made: Awaited<ReturnType<Deployment["succeed"]>>;
  beforeAll(async () => {
    home = await engineHome("path" in pulumi ? pulumi.path : "");
    endpoint = await startMinistack("python" in ministack ? ministack.python : "");
    stack = await openEndpointStack(home, endpoint.url);
  });
  afterAll(async () => {
    await stack?.close();
    await endpoint?.stop();
    await home?.remove();
  });

  /** Everything that the endpoint holds of what the program makes. */
  async function contents(): Promise<Readonly<Record<string, readonly unknown[]>>> {
    const names = ["apigatewayv2", "cognitoidp", "dynamodb", "iam", "lambda", "logs", "sts", "cloudwatch"];
    const endpoints = Object.fromEntries(names.map((name) => [name, endpoint.url]));
    const clients = clientsFor({ region: "eu-west-1", accessKey: "test", secretKey: "test" }, endpoints);
    const pools = await new CognitoIdentityProvider({
      region: "eu-west-1",
      endpoint: endpoint.url,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }).listUserPools({ MaxResults: 10 });
    const roles = (await clients.iam.listRoles({})).Roles ?? [];
    return {
      apis: (await clients.apigatewayv2.getApis({})).Items ?? [],
      pools: pools.UserPools ?? [],
      tables: (await clients.dynamodb.listTables({})).TableNames ?? [],
      roles: roles.filter(({ Path = "" }) => !Path.startsWith("/aws-service-role/")),
      functions: (await clients.lambda.listFunctions({})).Functions ?? [],
      logGroups: (await clients.logs.describeLogGroups({})).logGroups ?? [],
    };
  }

  test("the engine makes the whole stack there, and changes nothing the second time", async () => {
    made = await stack.deployment.succeed("up");
    expect(made.summary.create).toBeGreaterThan(30);
    expect(made.warnings).toEqual([]);
    const again = await stack.deployment.succeed("up");
    expect(changeDifferences(again.summary)).toEqual([]);
    const held = await contents();
    expect(held.functions).toHaveLength(4);
    expect(Object.entries(held).filter(([, things]) => things.length === 0)).toEqual([]);
  });

  test("401, isolation and the repository's events are there as they are here, but for what is listed", async () => {
    const at = { facts: factsOf(made), endpointUrl: endpoint.url };
    const replayed = await compareOnBoth(at);
    await makeProbed(stack.copy);
    await stack.deployment.succeed("up");
    const comparison = [...replayed, ...(await probeBoth(stack.copy, at))];
    process.stdout.write(`\n${comparisonTable(comparison)}\n`);
    const { unlisted, gone } = await listedDifferences(comparison);
    expect(unlisted).toEqual([]);
    expect(gone).toEqual([]);
  });

  test("the engine takes all of it away again", async () => {
    const destroyed = await stack.deployment.succeed("destroy");
    expect(resourcesOf(destroyed.state)).toEqual([]);
    const held = await contents();
    // Functions write into groups that the endpoint makes of itself, as Lambda does.
    const { logGroups: _made, ...mine } = held;
    expect(Object.entries(mine).filter(([, things]) => things.length > 0)).toEqual([]);
  });
});
