import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { readSettings } from "../../stack/config.ts";

const root = resolve(import.meta.dirname, "../..");
const project = "pulumi-jwt-todo-api";
const setOrigins = "Set it with: pulumi config set --path 'allowedOrigins[0]' https://app.example.com";

const noProduction = "pulumi config set environment development";

type Values = Readonly<Record<string, string>>;
interface Declaration {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
}

async function readYaml(name: string): Promise<Readonly<Record<string, Declaration>>> {
  return (parse(await readFile(join(root, name), "utf8")) as { config: Record<string, Declaration> }).config;
}

describe("the settings", () => {
  let defaults: Values;
  beforeAll(async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, project, "dev");
    const declared = Object.entries(await readYaml("Pulumi.yaml")).filter(
      ([, { default: value }]) => value !== undefined,
    );
    defaults = Object.fromEntries(declared.map(([key, { default: value }]) => [key, String(value)]));
  });

  const least = { "aws:region": "eu-west-1", allowedOrigins: '["https://app.example.com"]' };

  /** Reads the settings as Pulumi hands them over: defaults filled in, lists as JSON, the project's name before its keys. */
  function settings(values: Values) {
    const all = Object.entries({ ...defaults, ...values });
    pulumi.runtime.setAllConfig(
      Object.fromEntries(all.map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value])),
    );
    return readSettings();
  }

  function refusal(values: Values): Error {
    try {
      settings(values);
    } catch (error) {
      return error as Error;
    }
    throw new Error("The settings were accepted.");
  }

  test("have a default for everything but origins and region", () => {
    expect(settings(least)).toEqual({
      region: "eu-west-1",
      environment: "production",
      mfa: "optional",
      allowedOrigins: ["https://app.example.com"],
      allowPasswordAuth: false,
      tokenValidityMinutes: 15,
      deletionProtection: true,
      pointInTimeRecovery: true,
      logRetentionDays: 30,
      throttlingRateLimit: 100,
      throttlingBurstLimit: 200,
      reservedConcurrency: 0,
      tracing: false,
      alarms: true,
      alarmEmail: "",
      audit: false,
      customDomain: "",
      hostedZoneId: "",
      tags: { project, stack: "dev", environment: "production" },
    });
  });

  const refused: readonly (readonly [Values, readonly string[]])[] = [
    [{ "aws:region": "eu-west-1" }, [`${project}:allowedOrigins is missing. ${setOrigins}`]],
    [{ ...least, allowedOrigins: "" }, [`allowedOrigins is not a list. ${setOrigins}`]],
    [{ ...least, allowedOrigins: "[]" }, [`allowedOrigins is empty. ${setOrigins}`]],
    [{ ...least, allowedOrigins: "https://app.example.com" }, [`allowedOrigins is not a list. ${setOrigins}`]],
    [{ ...least, allowedOrigins: "https://a.example,https://b.example" }, [`is not a list. ${setOrigins}`]],
    [{ ...least, allowedOrigins: '"https://app.example.com"' }, [`is not a list. ${setOrigins}`]],
    [{ ...least, allowedOrigins: '["*"]' }, ['allowedOrigins has "*", which', setOrigins]],
    [{ ...least, allowedOrigins: '["https://a.example/"]' }, [`write it as https://a.example. ${setOrigins}`]],
    [{ allowedOrigins: least.allowedOrigins }, ["aws:region is missing", "pulumi config set aws:region eu-west-1"]],
    [{ ...least, "aws:region": "Ireland" }, ["aws:region", "pulumi config set aws:region eu-west-1"]],
    [
      { ...least, allowPasswordAuth: "yes" },
      ["allowPasswordAuth is neither", "pulumi config set allowPasswordAuth true"],
    ],
    [{ ...least, tokenValidityMinutes: "14" }, ['is "14", which is not a whole number from 15 to 60']],
    [{ ...least, tokenValidityMinutes: "61" }, ["pulumi config set tokenValidityMinutes 15"]],
    [{ ...least, tokenValidityMinutes: "15.5" }, ["tokenValidityMinutes"]],
    [{ ...least, tokenValidityMinutes: "" }, ["tokenValidityMinutes"]],
    [{ ...least, logRetentionDays: "31" }, ["one of 1, 3, 5", "pulumi config set logRetentionDays 30"]],
    [{ ...least, throttlingRateLimit: "0" }, ["pulumi config set throttlingRateLimit 1"]],
    [{ ...least, throttlingBurstLimit: "-1" }, ["throttlingBurstLimit"]],
    [{ ...least, environment: "prod" }, ['environment is "prod", and can be development, staging, production']],
    [{ ...least, mfa: "sms" }, ['mfa is "sms", and can be off, optional, required', "pulumi config set mfa required"]],
    [
      { ...least, allowPasswordAuth: "true" },
      ["in production sign-in proves", "set allowPasswordAuth false", noProduction],
    ],
    [
      { ...least, allowedOrigins: '["https://app.example.com","http://localhost:5173"]' },
      ["allowedOrigins has an origin on localhost", noProduction],
    ],
    [{ ...least, alarmEmail: "nobody" }, ['alarmEmail is "nobody", which is not an e-mail address']],
    [{ ...least, reservedConcurrency: "901" }, ["a whole number from 0 to 900"]],
    [{ ...least, customDomain: "https://api.example.com", hostedZoneId: "Z1" }, ["not a host name in lower case"]],
    [{ ...least, customDomain: "api.example.com" }, ["customDomain and hostedZoneId go together"]],
    [{ ...least, hostedZoneId: "Z0123456789" }, ["customDomain and hostedZoneId go together"]],
    [{ ...least, customDomain: "api.example.com", hostedZoneId: "example.com" }, ["not the id of a Route 53 zone"]],
    [{ ...least, pointInTimeRecovery: "false" }, ["pulumi config set pointInTimeRecovery true", noProduction]],
    [{ ...least, deletionProtection: "false" }, ["pulumi config set deletionProtection true", noProduction]],
    [{ "aws:region": "x", logRetentionDays: "31" }, ["aws:region", "logRetentionDays", "allowedOrigins"]],
  ];

  test("take in development what production refuses", () => {
    const weak = { allowPasswordAuth: "true", pointInTimeRecovery: "false", deletionProtection: "false" };
    const development = { ...least, ...weak, environment: "development", allowedOrigins: '["http://localhost:5173"]' };
    expect(settings(development)).toMatchObject({ allowPasswordAuth: true, environment: "development" });
    expect(refusal({ ...development, environment: "production" }).message.split("\n")).toHaveLength(4);
  });

  test.each(refused)("%j stop the program in a sentence", (values, parts) => {
    const error = refusal(values);
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    for (const part of parts) expect(error.message).toContain(part);
  });
});

describe("Pulumi.yaml and the stack files", () => {
  test("declare each key with a type and a description, and a default where there can be one", async () => {
    for (const [key, declared] of Object.entries(await readYaml("Pulumi.yaml"))) {
      expect(declared, key).toMatchObject({ type: expect.any(String), description: expect.any(String) });
      expect(declared.default === undefined, key).toBe(key === "allowedOrigins");
    }
  });

  test.each(["dev", "staging", "prod", "localstack"])("%s sets declared keys only", async (stack) => {
    const declared = Object.keys(await readYaml("Pulumi.yaml")).map((key) => `${project}:${key}`);
    for (const key of Object.keys(await readYaml(`Pulumi.${stack}.yaml`))) {
      if (!key.startsWith("aws:")) expect(declared).toContain(key);
    }
  });

  test.each(["dev", "staging", "prod", "localstack"])(
    "%s stands as Pulumi writes it: the first deployment changes no value",
    async (stack) => {
      const scalars = Object.entries(await readYaml(`Pulumi.${stack}.yaml`)).filter(
        ([, value]) => typeof value !== "object",
      );
      expect(scalars.filter(([, value]) => typeof value !== "string")).toEqual([]);
    },
  );

  describe("the stack for a local endpoint", () => {
    const services: Readonly<Record<string, string>> = {
      apigatewayv2: "apigatewayv2",
      cloudwatch: "logs",
      cognito: "cognitoidp",
      dynamodb: "dynamodb",
      iam: "iam",
      lambda: "lambda",
    };
    const members = (text: string) => [...text.matchAll(/^\s+(\w+)\??: /gm)].map(([, name]) => name);
    const installed = (name: string) => readFile(join(root, "node_modules/@pulumi/aws", name), "utf8");
    const provider = async () => (await readYaml("Pulumi.localstack.yaml")) as unknown as Record<string, unknown>;
    const endpoints = async () => ((await provider())["aws:endpoints"] as Values[])[0] ?? {};

    test("names settings and services that the installed provider knows", async () => {
      const [, settings = ""] = /interface ProviderArgs \{([\s\S]*?)^\}/m.exec(await installed("provider.d.ts")) ?? [];
      const given = Object.keys(await provider()).filter((key) => key.startsWith("aws:"));
      expect(members(settings).map((name) => `aws:${name}`)).toEqual(expect.arrayContaining(given));
      const types = await installed("types/input.d.ts");
      const [, known = ""] = /interface ProviderEndpoint \{([\s\S]*?)^\}/m.exec(types) ?? [];
      expect(members(known)).toEqual(expect.arrayContaining(Object.keys(await endpoints())));
    });

    test("names every service that the program uses, on the one endpoint, with no account behind it", async () => {
      const { graph } = await evaluateProgram({ programDirectory: root, stack: "localstack" });
      const used = graph.resources.map(({ type }) => services[type.split(/[:/]/)[1] ?? ""]);
      expect(Object.keys(await endpoints()).sort()).toEqual([...new Set([...used, "sts"])].sort());
      expect(new Set(Object.values(await endpoints()))).toEqual(new Set(["http://localhost:4566"]));
      expect(await provider()).toMatchObject({
        "aws:accessKey": "test",
        "aws:secretKey": "test",
        "aws:skipCredentialsValidation": "true",
        "aws:skipMetadataApiCheck": "true",
      });
      // Without the account, the provider leaves it out of execute-api ARNs too, and no permission would fit a call.
      expect(await provider()).not.toHaveProperty("aws:skipRequestingAccountId");
    });
  });

  test("a star stops the whole program, without a stack trace", async () => {
    const configuration = { [`${project}:allowedOrigins`]: '["*"]' };
    const evaluation = evaluateProgram({ programDirectory: root, configuration, useCache: false });
    await expect(evaluation).rejects.toMatchObject({
      code: "EVALUATION_FAILED",
      message: expect.stringMatching(/failed:\n[^\n]*allowedOrigins has "\*"[^\n]*https:\/\/app\.example\.com$/),
    });
  });
});
