import { describe, expect, test } from "vitest";
import { faultCollector } from "../../harness/faults.ts";
import { readFunctions } from "../../harness/lambda/function-reader.ts";
import { resourceGraph } from "../../harness/pulumi/resource-graph.ts";
import { functionArn, functionResource, ROLE_ARN, readOne, role, soundInputs, textArchive } from "./functions.ts";

describe("a function read from the graph", () => {
  test("has Lambda's defaults", () => {
    const { lambdaFunction, faults } = readOne(soundInputs);
    expect(faults).toEqual([]);
    expect(lambdaFunction).toEqual({
      declaredBy: "aws:lambda/function:Function f",
      functionName: "f",
      functionArn: functionArn("f"),
      handler: "index.handler",
      runtime: "nodejs24.x",
      callbackHandlers: false,
      roleArn: ROLE_ARN,
      code: soundInputs.code,
      timeoutSeconds: 3,
      memorySizeMegabytes: 128,
      environment: {},
      reservedConcurrentExecutions: undefined,
      logging: {
        logFormat: "Text",
        logGroup: "/aws/lambda/f",
        customLogGroup: false,
        applicationLogLevel: undefined,
        systemLogLevel: undefined,
      },
      warnings: [],
    });
  });

  test.each([
    [{ timeout: 900 }, { timeoutSeconds: 900 }],
    [{ memorySize: 10_240 }, { memorySizeMegabytes: 10_240 }],
    [{ reservedConcurrentExecutions: 0 }, { reservedConcurrentExecutions: 0 }],
    [{ reservedConcurrentExecutions: -1 }, { reservedConcurrentExecutions: undefined }],
    [{ runtime: "nodejs22.x" }, { runtime: "nodejs22.x", callbackHandlers: true }],
    [{ environment: { variables: { TABLE_NAME: "t" } } }, { environment: { TABLE_NAME: "t" } }],
    [{ architectures: ["arm64"], description: "d", tags: { a: "b" }, publish: true, layers: [] }, {}],
    [{ tracingConfig: { mode: "Active" }, ephemeralStorage: { size: 1024 }, packageType: "Zip" }, {}],
  ])("takes %j", (inputs, expected) => {
    const { lambdaFunction, faults } = readOne({ ...soundInputs, ...inputs });
    expect(faults).toEqual([]);
    expect(lambdaFunction).toMatchObject(expected);
  });

  test.each([
    [{ logFormat: "Text" }, { logFormat: "Text", logGroup: "/aws/lambda/f", customLogGroup: false }],
    [{ logFormat: "JSON" }, { applicationLogLevel: "INFO", systemLogLevel: "INFO" }],
    [
      { logFormat: "JSON", applicationLogLevel: "WARN", systemLogLevel: "DEBUG" },
      { applicationLogLevel: "WARN", systemLogLevel: "DEBUG" },
    ],
    [
      { logFormat: "JSON", logGroup: "shared" },
      { logGroup: "shared", customLogGroup: true },
    ],
  ])("takes the logging configuration %j", (loggingConfig, expected) => {
    const { lambdaFunction, faults } = readOne({ ...soundInputs, loggingConfig });
    expect(faults).toEqual([]);
    expect(lambdaFunction?.logging).toMatchObject(expected);
  });

  test.each([
    [
      { runtime: "nodejs22.x" },
      ["aws:lambda/function:Function f: the runtime is nodejs22.x, but here it runs on Node.js 24."],
    ],
    [
      { runtime: "nodejs20.x" },
      [
        "aws:lambda/function:Function f: the runtime is nodejs20.x, but here it runs on Node.js 24. AWS retired it on 2026-04-30 and announced to refuse new functions with it from 2027-02-01.",
      ],
    ],
    [{ runtime: "nodejs24.x" }, []],
  ])("warns where %j runs on another Node.js", (inputs, warnings) => {
    expect(readOne({ ...soundInputs, ...inputs }).lambdaFunction?.warnings).toEqual(warnings);
  });

  const retired = [
    ["nodejs12.x", "AWS retired it on 2023-03-31 and announced to refuse new functions with it from 2023-03-31."],
    ["nodejs14.x", "AWS retired it on 2023-12-04 and announced to refuse new functions with it from 2024-01-09."],
    ["nodejs16.x", "AWS retired it on 2024-06-12 and announced to refuse new functions with it from 2027-02-01."],
    ["nodejs18.x", "AWS retired it on 2025-09-01 and announced to refuse new functions with it from 2027-02-01."],
  ] as const;

  test.each(retired)("takes the retired runtime %s where that is allowed, with one warning", (runtime, since) => {
    const { lambdaFunction, faults } = readOne({ ...soundInputs, runtime }, { retiredRuntimes: true });
    expect(faults).toEqual([]);
    expect(lambdaFunction).toMatchObject({ runtime, callbackHandlers: true });
    const sdk = runtime === "nodejs18.x" ? "" : " without the aws-sdk package that the runtime brings";
    expect(lambdaFunction?.warnings).toEqual([
      `aws:lambda/function:Function f: the runtime is ${runtime}, but here it runs on Node.js 24${sdk}. ${since}`,
    ]);
  });

  test.each(retired)("refuses the retired runtime %s otherwise, and names the option", (runtime, since) => {
    const { lambdaFunction, faults } = readOne({ ...soundInputs, runtime });
    expect(lambdaFunction).toBeUndefined();
    const remedy = "Use one of nodejs20.x, nodejs22.x, nodejs24.x, or try it with --retired-runtimes.";
    expect(faults.map(({ rule }) => rule)).toEqual([`The runtime is ${runtime}. ${since} ${remedy}`]);
  });

  test("refuses a runtime that never was also where retired ones are allowed", () => {
    expect(readOne({ ...soundInputs, runtime: "nodejs10.x" }, { retiredRuntimes: true }).faults).toHaveLength(1);
  });

  test.each<[Readonly<Record<string, unknown>>, RegExp]>([
    [{ runtime: undefined }, /no runtime/],
    [{ runtime: "python3.13" }, /"python3.13" is not emulated/],
    [{ runtime: "nodejs18.x" }, /nodejs18.x/],
    [{ runtime: "nodejs26.x" }, /nodejs26.x/],
    [{ runtime: "constructor" }, /constructor/],
    [{ handler: undefined }, /handler/],
    [{ handler: "index handler" }, /handler/],
    [{ role: "arn:aws:iam::123456789012:role/other" }, /not the ARN of a role of this program/],
    [{ role: undefined }, /not the ARN of a role/],
    [{ timeout: 0 }, /timeout` must be a whole number from 1 to 900/],
    [{ timeout: 901 }, /timeout/],
    [{ timeout: "3" }, /timeout/],
    [{ memorySize: 127 }, /memorySize` must be a whole number from 128 to 10240/],
    [{ memorySize: 128.5 }, /memorySize/],
    [{ reservedConcurrentExecutions: -2 }, /reservedConcurrentExecutions/],
    [{ layers: ["arn:aws:lambda:eu-west-1:1:layer:x:1"] }, /`layers` is refused/],
    [{ vpcConfig: { subnetIds: ["a"] } }, /`vpcConfig` is refused/],
    [{ fileSystemConfig: { arn: "a" } }, /`fileSystemConfig` is refused/],
    [{ deadLetterConfig: { targetArn: "a" } }, /`deadLetterConfig` is refused/],
    [{ imageUri: "x" }, /`imageUri` is refused/],
    [{ packageType: "Image" }, /`packageType` is refused as "Image"/],
    [{ s3Bucket: "b" }, /`s3Bucket` is refused/],
    [{ snapStart: { applyOn: "PublishedVersions" } }, /`snapStart` is refused/],
    [{ durableConfig: { executionTimeout: 9 } }, /`durableConfig` is refused/],
    [{ tenancyConfig: { tenantIsolationMode: "PER_TENANT" } }, /`tenancyConfig` is refused/],
    [{ somethingNew: 1 }, /`somethingNew` is unknown/],
    [{ hasOwnProperty: 1 }, /`hasOwnProperty` is unknown/],
    [{ environment: { variables: { AWS_REGION: "x" } } }, /AWS_REGION is reserved/],
    [{ environment: { variables: { _HANDLER: "x" } } }, /_HANDLER is reserved/],
    [{ environment: { variables: { "a-b": "x" } } }, /"a-b" must start with a letter/],
    [{ environment: { variables: { TZ: "Europe/Berlin" } } }, /TZ is not emulated/],
    [{ environment: { variables: { AWS_LAMBDA_EXEC_WRAPPER: "/x" } } }, /AWS_LAMBDA_EXEC_WRAPPER is not emulated/],
    [{ environment: { variables: { NODE_OPTIONS: "--expose-gc" } } }, /NODE_OPTIONS/],
    [{ environment: { variables: { BIG: "x".repeat(4094) } } }, /4097 bytes; Lambda takes 4096/],
    [{ environment: { variables: { BIG: "é".repeat(2048) } } }, /4099 bytes/],
    [{ environment: { variables: { NUMBER: 1 } } }, /NUMBER must be text/],
    [{ loggingConfig: { logFormat: "xml" } }, /logFormat` must be Text or JSON/],
    [{ loggingConfig: { logFormat: "Text", applicationLogLevel: "INFO" } }, /need `logFormat` JSON/],
    [{ loggingConfig: { logFormat: "JSON", applicationLogLevel: "LOUD" } }, /applicationLogLevel` must be/],
    [{ loggingConfig: { logFormat: "JSON", systemLogLevel: "ERROR" } }, /systemLogLevel` must be/],
    [{ loggingConfig: { logFormat: "JSON", colour: "red" } }, /loggingConfig.colour` is unknown/],
    [{ code: undefined }, /no code/],
    [{ code: { kind: "path", path: "/x/function.tgz" } }, /compressed archive \/x\/function.tgz/],
    [{ code: { kind: "remote-archive", uri: "https://x" } }, /fetched from a URL/],
    [{ code: { kind: "archive", entries: { "a.js": { kind: "remote", uri: "https://x" } } } }, /code\/a.js is fetched/],
    [{ code: textArchive({ "../a.js": "" }) }, /"..\/a.js" outside the package/],
    [{ code: textArchive({ "/etc/a.js": "" }) }, /outside the package/],
    [{ code: { kind: "archive", entries: null } }, /without entries/],
    [{ code: "text" }, /not an asset or archive/],
  ])("refuses %j", (inputs, rule) => {
    const { faults } = readOne({ ...soundInputs, ...inputs });
    expect(faults).toEqual([{ subject: "aws:lambda/function:Function f", rule: expect.stringMatching(rule) }]);
  });

  test("reports everything at once", () => {
    const { faults } = readOne({ ...soundInputs, runtime: "ruby3.4", timeout: 0, layers: ["x"], memorySize: 1 });
    expect(faults).toHaveLength(4);
  });

  test("refuses two functions of one name", () => {
    const faults = faultCollector();
    const twin = { ...functionResource("f", soundInputs), name: "twin" };
    const functions = readFunctions(resourceGraph([role, functionResource("f", soundInputs), twin]), faults);
    expect(functions).toHaveLength(1);
    expect(faults.faults).toEqual([
      { subject: "aws:lambda/function:Function twin", rule: "Another function of the program is named f too." },
    ]);
  });
});
