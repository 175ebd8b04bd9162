import { describe, expect, test } from "vitest";
import type { LambdaOptions } from "../../../harness/lambda/runner.ts";
import { functionArn, ISOLATIONS, run as runOn, type Source } from "../functions.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each(ISOLATIONS)("what a handler in a %s is given", (isolation) => {
  const run = (sources: Readonly<Record<string, Source>>, options: Partial<LambdaOptions> = {}) =>
    runOn(sources, { isolation, ...options });

  test("is Lambda's environment and nothing of the host's", async () => {
    const environment = { variables: { TABLE_NAME: "todos" } };
    const { value } = await run({ f: { files: { "index.js": "exports.handler = () => process.env;" }, environment } });
    const variables = Object(await value("f"));
    const path = expect.stringMatching(/task$/);
    expect(variables).toEqual({
      AWS_ACCESS_KEY_ID: "ASIAf0",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      AWS_LAMBDA_FUNCTION_NAME: "f",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_FORMAT: "Text",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/f",
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001",
      AWS_REGION: "eu-west-1",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
      LAMBDA_RUNTIME_DIR: "/var/runtime",
      LAMBDA_TASK_ROOT: path,
      LANG: "en_US.UTF-8",
      LD_LIBRARY_PATH: expect.any(String),
      NODE_PATH: expect.stringMatching(/node_modules$/),
      PATH: expect.any(String),
      TABLE_NAME: "todos",
      TZ: ":UTC",
      _HANDLER: "index.handler",
      _X_AMZN_TRACE_ID: "Root=1-5-6",
    });
  });

  test("has no trace id where none was sent", async () => {
    const { lambda, value } = await run({ f: "exports.handler = () => String(process.env._X_AMZN_TRACE_ID);" });
    expect(await value("f")).toBe("Root=1-5-6");
    const result = await lambda.invoke({ functionArn: functionArn("f"), payload: "{}", requestId: "r" });
    expect(result).toMatchObject({ payload: '"undefined"' });
  });

  test("is Lambda's context", async () => {
    const source = "exports.handler = (e, c) => ({ ...c, left: c.getRemainingTimeInMillis(), keys: Object.keys(c) });";
    const { value } = await run({ f: { files: { "index.js": source }, timeout: 10, memorySize: 256 } });
    const context = Object(await value("f"));
    expect(context).toMatchObject({
      functionName: "f",
      functionVersion: "$LATEST",
      memoryLimitInMB: "256",
      logGroupName: "/aws/lambda/f",
      invokedFunctionArn: functionArn("f"),
      awsRequestId: expect.stringMatching(UUID),
    });
    expect(context.left).toBeGreaterThan(0);
    expect(context.left).toBeLessThanOrEqual(10_000);
    expect(context.keys).not.toContain("done");
    expect(context.keys).toEqual(expect.arrayContaining(["clientContext", "identity", "tenantId"]));
  });

  test("is the task folder as working directory, and no way back to the harness", async () => {
    const source =
      "const w = require('worker_threads'); exports.handler = () => [process.cwd() === process.env.LAMBDA_TASK_ROOT, Object.keys(w.workerData ?? {}), process.execArgv];";
    const { value } = await run({ f: source });
    expect(await value("f")).toEqual([true, [], []]);
  });

  test.each([
    ["require('@aws-sdk/lib-dynamodb').PutCommand.name", "PutCommand"],
    ["require('@aws-sdk/lib-dynamodb/dist-cjs/index.js').PutCommand.name", "PutCommand"],
    ["typeof require('@smithy/node-http-handler').NodeHttpHandler", "function"],
    ["import('@aws-sdk/client-dynamodb').then((m) => m.DynamoDBClient.name)", "DynamoDBClient"],
    ["new (require('@aws-sdk/client-dynamodb').DynamoDBClient)({}).config.endpoint === undefined ? '' : 'set'", ""],
    ["import('jose').catch((e) => e.code)", "ERR_MODULE_NOT_FOUND"],
    ["(() => { try { require('@pulumi/pulumi'); } catch (e) { return e.code; } })()", "MODULE_NOT_FOUND"],
    ["(() => { try { require('@aws-crypto/util'); } catch (e) { return e.code; } })()", "MODULE_NOT_FOUND"],
  ])("is the SDK of Lambda's runtime: %s", async (expression, expected) => {
    const { value } = await run({ f: `exports.handler = async () => ${expression};` });
    expect(await value("f")).toBe(expected);
  });
});
