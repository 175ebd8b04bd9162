import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { smallProgram } from "./support/small-program.ts";

const ECHO = resolve(import.meta.dirname, "../fixtures/echo");
const NODE_MODULES = resolve(import.meta.dirname, "../../node_modules");

describe("the echo program", () => {
  let program: EvaluatedProgram;
  beforeAll(async () => {
    program = await evaluateProgram({ programDirectory: ECHO });
  });

  test("registers every resource, without faults", () => {
    expect(program.faults).toEqual([]);
    const count = (type: string) => program.graph.ofType(type).length;
    expect(count("aws:lambda/function:Function")).toBe(2);
    expect(count("aws:apigatewayv2/route:Route")).toBe(4);
    expect(count("aws:lambda/permission:Permission")).toBe(4);
  });

  test("gives identifiers in AWS's forms", () => {
    const [pool] = program.graph.ofType("aws:cognito/userPool:UserPool");
    const [api] = program.graph.ofType("aws:apigatewayv2/api:Api");
    const [client] = program.graph.ofType("aws:cognito/userPoolClient:UserPoolClient");
    expect(pool?.id).toMatch(/^eu-central-1_[A-Za-z0-9]{9}$/);
    expect(client?.id).toMatch(/^[a-z0-9]{26}$/);
    expect(api?.id).toMatch(/^[a-z0-9]{10}$/);
    expect(program.exports).toEqual({
      url: `https://${api?.id}.execute-api.eu-central-1.amazonaws.com/dev`,
      issuer: `https://cognito-idp.eu-central-1.amazonaws.com/${pool?.id}`,
      homeRegion: "eu-central-1",
    });
  });

  test("holds the function's package as it would be uploaded", () => {
    const hello = program.graph.ofType("aws:lambda/function:Function").find(({ name }) => name === "hello");
    const code = hello?.inputs.code as { kind: string; entries: Record<string, { kind: string; text: string }> };
    expect(Object.keys(code.entries)).toEqual(["__index.js"]);
    expect(code.entries["__index.js"]?.text).toContain("exports.handler");
    expect(hello?.inputs.handler).toBe("__index.handler");
  });

  test("edges between resources are ids and ARNs that the graph finds again", () => {
    for (const route of program.graph.ofType("aws:apigatewayv2/route:Route")) {
      const integrationId = String(route.inputs.target).replace("integrations/", "");
      expect(program.graph.byId("aws:apigatewayv2/integration:Integration", integrationId)).toBeDefined();
    }
    const [echo] = program.graph.ofType("aws:lambda/function:Function");
    expect(program.graph.byArn(String(echo?.inputs.role))?.type).toBe("aws:iam/role:Role");
  });

  test("names the files to watch", () => {
    expect(program.files).toEqual(
      expect.arrayContaining([join(ECHO, "index.ts"), join(ECHO, "Pulumi.yaml"), join(ECHO, "Pulumi.dev.yaml")]),
    );
    expect(program.files.filter((file) => file.includes("node_modules"))).toEqual([]);
  });

  test("a second evaluation is the kept one and says the same", async () => {
    const again = await evaluateProgram({ programDirectory: ECHO });
    expect(again.fromCache).toBe(true);
    expect(again.graph.resources).toEqual(program.graph.resources);
    expect(again.exports).toEqual(program.exports);
  });

  test("other configuration is another evaluation", async () => {
    const other = await evaluateProgram({
      programDirectory: ECHO,
      configuration: { greeting: "bye" },
      useCache: false,
    });
    const hello = other.graph.ofType("aws:lambda/function:Function").find(({ name }) => name === "hello");
    expect(hello?.inputs.environment).toEqual({ variables: { GREETING: "bye" } });
  });
});

describe("a program with a mistake", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "program-"));
    await symlink(NODE_MODULES, join(directory, "node_modules"));
    await writeFile(join(directory, "package.json"), "{}");
    await writeFile(join(directory, "Pulumi.yaml"), "name: broken\nruntime: nodejs\n");
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function evaluate(source: string): Promise<EvaluatedProgram> {
    await writeFile(join(directory, "index.ts"), `import * as pulumi from "@pulumi/pulumi";\n${source}`);
    return evaluateProgram({ programDirectory: directory, useCache: false });
  }

  const REJECTED = [
    { name: "throws", source: `throw new Error("no such luck");`, message: /index\.ts failed:\nno such luck/ },
    { name: "a RunError shows no stack", source: `throw new pulumi.RunError("set it");`, message: /failed:\nset it$/ },
    {
      name: "throws far below the line that led there",
      source: `import { runInThisContext } from "node:vm";
const dive = runInThisContext("(function dive(left) { if (left === 0) throw new Error('deep'); dive(left - 1); })", "far.js");
dive(12);`,
      message: /failed:\ndeep\n +at .*index\.ts:4/,
    },
    { name: "rejects later", source: "Promise.reject(new Error('late'));", message: /late/ },
    { name: "does not parse", source: "const = 1;", message: /index\.ts/ },
    { name: "leaves", source: "process.exit(0);", message: /ended early/ },
    { name: "misses configuration", source: `new pulumi.Config("aws").require("profile");`, message: /aws:profile/ },
    {
      name: "asks for the provider's key under the project's name",
      source: `new pulumi.Config().require("aws:region");`,
      message: /'broken:aws:region'/,
    },
    {
      name: "imports what is not installed",
      source: `require("no-such-package");`,
      message: /Cannot find module 'no-such-package'/,
    },
    {
      name: "a function that cannot be serialized",
      source: `import * as lambda from "@pulumi/aws/lambda";
const native = Math.max.bind(null);
new lambda.CallbackFunction("f", { role: "arn:aws:iam::1:role/r", callback: async () => native(1, 2) });`,
      message: /native/,
    },
    {
      name: "a handler that takes a function out of a module of Node.js",
      source: `import * as lambda from "@pulumi/aws/lambda";
const { randomUUID } = require("node:crypto");
new lambda.CallbackFunction("f", { role: "arn:aws:iam::1:role/r", callback: async () => randomUUID() });`,
      message: /Error serializing 'async \(\) => randomUUID\(\)'/,
    },
    {
      name: "a handler with a client of the SDK from outside",
      source: `import * as lambda from "@pulumi/aws/lambda"; import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({});
new lambda.CallbackFunction("f", { role: "arn:aws:iam::1:role/r", callback: async () => client.config });`,
      message: /Error serializing[\s\S]*variable 'client'/,
    },
  ];
  test.each(REJECTED)("$name", async ({ source, message }) => {
    await expect(evaluate(source)).rejects.toMatchObject({
      code: "EVALUATION_FAILED",
      message: expect.stringMatching(message),
    });
  });

  const FAULTY = [
    {
      name: "an unknown resource type",
      source: `import * as ec2 from "@pulumi/aws/ec2"; new ec2.Vpc("net");`,
      fault: { subject: "aws:ec2/vpc:Vpc net", rule: expect.stringContaining("unknown to the harness") },
    },
    {
      name: "a REST API",
      source: `import * as apigateway from "@pulumi/aws/apigateway"; new apigateway.RestApi("api");`,
      fault: {
        subject: "aws:apigateway/restApi:RestApi api",
        rule: expect.stringContaining("REST APIs are not emulated; declare an HTTP API"),
      },
    },
    {
      name: "an existing resource",
      source: `import * as dynamodb from "@pulumi/aws/dynamodb"; dynamodb.Table.get("old", "old-table");`,
      fault: { subject: "aws:dynamodb/table:Table old", rule: expect.stringContaining("old-table") },
    },
    {
      name: "an output in a template string",
      source: `import * as iam from "@pulumi/aws/iam"; import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
const api = new apigatewayv2.Api("template", { protocolType: "HTTP" });
new iam.Policy("template", { policy: \`{"Resource":"\${api.arn}"}\` });`,
      fault: { subject: "aws:iam/policy:Policy template", rule: expect.stringContaining("pulumi.interpolate") },
    },
    {
      name: "an output in JSON.stringify",
      source: `import * as iam from "@pulumi/aws/iam"; import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
const api = new apigatewayv2.Api("json", { protocolType: "HTTP" });
new iam.Policy("json", { policy: JSON.stringify({ Statement: [{ Resource: api.arn }] }) });`,
      fault: { subject: "aws:iam/policy:Policy json", rule: expect.stringContaining("pulumi.jsonStringify") },
    },
    {
      name: "an output in an issuer",
      source: `import * as cognito from "@pulumi/aws/cognito"; import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
const pool = new cognito.UserPool("issuer");
const issuer = \`https://cognito-idp.eu-west-1.amazonaws.com/\${pool.id}\`;
new apigatewayv2.Authorizer("a", { apiId: "x", authorizerType: "JWT", jwtConfiguration: { issuer, audiences: ["c"] } });`,
      fault: {
        subject: "aws:apigatewayv2/authorizer:Authorizer a",
        rule: expect.stringContaining("jwtConfiguration.issuer holds the help text"),
      },
    },
    {
      name: "an output with text added",
      source: `import * as lambda from "@pulumi/aws/lambda"; import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
const api = new apigatewayv2.Api("added", { protocolType: "HTTP" });
const sourceArn = api.executionArn + "/*/*";
new lambda.Permission("p", { action: "lambda:InvokeFunction", function: "f", principal: "apigateway.amazonaws.com", sourceArn });`,
      fault: {
        subject: "aws:lambda/permission:Permission p",
        rule: expect.stringContaining("sourceArn holds the help text"),
      },
    },
    {
      name: "an output in a tag",
      source: `import * as cognito from "@pulumi/aws/cognito"; import * as cloudwatch from "@pulumi/aws/cloudwatch";
const pool = new cognito.UserPool("tagged", { tags: { note: "may be undefined" } });
new cloudwatch.LogGroup("tagged", { tags: { pool: \`\${pool.id}\` } });`,
      fault: {
        subject: "aws:cloudwatch/logGroup:LogGroup tagged",
        rule: expect.stringContaining("tags.pool holds the help text"),
      },
    },
    {
      name: "a promise in a template string",
      source: `import * as cloudwatch from "@pulumi/aws/cloudwatch";
new cloudwatch.LogGroup("promised", { name: \`/\${Promise.resolve("x")}\` });`,
      fault: { subject: "aws:cloudwatch/logGroup:LogGroup promised", rule: expect.stringContaining("name holds") },
    },
    {
      name: "a secret that a handler captured",
      source: `import * as lambda from "@pulumi/aws/lambda";
const key = pulumi.secret("x");
new lambda.CallbackFunction("f", { role: "arn:aws:iam::1:role/r", callback: async () => key.get() });`,
      fault: { subject: "aws:lambda/function:Function f", rule: expect.stringContaining("environment variable") },
    },
    {
      name: "a resource in another region",
      source: `import * as cloudwatch from "@pulumi/aws/cloudwatch";
new cloudwatch.LogGroup("near", { region: "us-east-1" });
new cloudwatch.LogGroup("far", { region: "eu-west-1" });`,
      fault: {
        subject: "aws:cloudwatch/logGroup:LogGroup far",
        rule: expect.stringContaining('"eu-west-1" is not the stack\'s, us-east-1'),
      },
    },
    {
      name: "an explicit provider for another region",
      source: `import * as aws from "@pulumi/aws"; import * as cloudwatch from "@pulumi/aws/cloudwatch";
const provider = new aws.Provider("far", { region: "eu-west-1" });
new cloudwatch.LogGroup("elsewhere", {}, { provider });`,
      fault: { subject: "pulumi:providers:aws far", rule: expect.stringContaining("Set aws:region") },
    },
    {
      name: "an output that stays undefined",
      source: `import * as dynamodb from "@pulumi/aws/dynamodb"; import * as cloudwatch from "@pulumi/aws/cloudwatch";
const table = new dynamodb.Table("encrypting", { attributes: [{ name: "a", type: "S" }], hashKey: "a", billingMode: "PAY_PER_REQUEST" });
new cloudwatch.LogGroup("encrypted", { kmsKeyId: table.streamLabel });`,
      fault: { subject: "aws:cloudwatch/logGroup:LogGroup encrypted", rule: expect.stringContaining("kmsKeyId") },
    },
    {
      name: "an exported output of undefined text",
      source: `import * as dynamodb from "@pulumi/aws/dynamodb";
const table = new dynamodb.Table("t", { attributes: [{ name: "a", type: "S" }], hashKey: "a", billingMode: "PAY_PER_REQUEST" });
export const stream = pulumi.interpolate\`https://\${table.streamLabel}/x\`;`,
      fault: { subject: "stack output", rule: expect.stringContaining("stream") },
    },
  ];
  describe("in a program with all of these at once", () => {
    let program: EvaluatedProgram;
    beforeAll(async () => {
      const modules = FAULTY.map(({ source }, at) => ({ name: `faulty-${at}`, source }));
      for (const { name, source } of modules)
        await writeFile(join(directory, `${name}.ts`), `import * as pulumi from "@pulumi/pulumi";\n${source}`);
      program = await evaluate(modules.map(({ name }) => `export * from "./${name}";`).join("\n"));
    });

    test.each(FAULTY)("$name is a fault", ({ fault }) => {
      expect(program.faults.filter(({ subject }) => subject === fault.subject)).toEqual([fault]);
    });

    test("nothing else is one", () => {
      const subjects = FAULTY.map(({ fault }) => fault.subject);
      expect(program.faults.map(({ subject }) => subject).sort()).toEqual(subjects.sort());
    });
  });

  test("components, secrets and getCallerIdentity are ordinary", async () => {
    const program = await evaluate(`import * as aws from "@pulumi/aws/getCallerIdentity";
class Group extends pulumi.ComponentResource { constructor() { super("my:index:Group", "g"); this.registerOutputs({}); } }
new Group();
export const account = aws.getCallerIdentityOutput({}).accountId;
export const hidden = pulumi.secret("s");`);
    expect(program.faults).toEqual([]);
    expect(program.exports).toEqual({ account: "123456789012", hidden: "s" });
  });

  test("the automation API is loaded for a program that asks for it, and for no other", async () => {
    const loaded = `const loaded = () => Object.keys(require.cache).filter((file) => /pulumi.automation/.test(file)).length > 0;`;
    const asking = await evaluate(`${loaded}
const before = loaded();
const { LocalWorkspace } = pulumi.automation;
export const found = { before, after: loaded(), name: LocalWorkspace.name };
export const isOne = require("@pulumi/pulumi/automation") === pulumi.automation;
export const names = Object.keys(pulumi).includes("automation");`);
    expect(asking.exports).toEqual({
      found: { before: false, after: true, name: "LocalWorkspace" },
      isOne: true,
      names: true,
    });
  });

  test("resources that come after the program's last line are in the graph too", async () => {
    const program = await evaluate(`import * as cloudwatch from "@pulumi/aws/cloudwatch";
const late = (name: string) => new cloudwatch.LogGroup(name, {});
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
const first = late("first");
first.arn.apply(() => void late("in-apply"));
first.arn.apply(async () => { await pause(); late("in-apply-later"); });
setTimeout(() => late("in-timer"), 40);
export = async () => { await pause(); return { name: late("after-await").id }; };`);
    const names = program.graph.resources.map(({ name }) => name);
    expect([...names].sort()).toEqual(["after-await", "first", "in-apply", "in-apply-later", "in-timer"]);
    expect(program.exports).toEqual({ name: expect.stringMatching(/^after-await-[0-9a-f]{7}$/) });
  });

  test("an explicit provider is ordinary, with as few settings as it is given", async () => {
    const program =
      await evaluate(`import * as aws from "@pulumi/aws"; import * as cloudwatch from "@pulumi/aws/cloudwatch";
const endpoints = [{ logs: "http://localhost:4566" }];
const provider = new aws.Provider("local", { region: "us-east-1", accessKey: "x", secretKey: "y", endpoints });
new cloudwatch.LogGroup("g", {}, { provider });`);
    expect(program.faults).toEqual([]);
    expect(program.graph.ofType("aws:cloudwatch/logGroup:LogGroup")).toHaveLength(1);
  });

  test("secrets reach resources as the provider is sent them, wherever they stand", async () => {
    const program =
      await evaluate(`import * as lambda from "@pulumi/aws/lambda"; import * as cognito from "@pulumi/aws/cognito";
const variables = { PLAIN: "p", SECRET: pulumi.secret("s") };
const pool = new cognito.UserPool("pool", { tags: pulumi.secret({ team: "t" }) });
const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = async () => 1;") });
new lambda.Function("f", { role: pulumi.secret("arn:aws:iam::1:role/r"), code, environment: { variables } });
export const tags = pool.tags;
export { pool };`);
    expect(program.faults).toEqual([]);
    const [lambda] = program.graph.ofType("aws:lambda/function:Function");
    expect(lambda?.inputs).toMatchObject({
      role: "arn:aws:iam::1:role/r",
      environment: { variables: { PLAIN: "p", SECRET: "s" } },
      code: { kind: "archive" },
    });
    expect(program.exports).toMatchObject({ tags: { team: "t" }, pool: { tags: { team: "t" } } });
    expect([lambda?.secretInputs, program.secretExports]).toEqual([
      ["environment", "role"],
      ["tags", "pool"],
    ]);
  });

  test("an inline function has the role, rights, timeout and runtime that Pulumi gives it", async () => {
    const program = await evaluate(`import * as lambda from "@pulumi/aws/lambda";
const callback = async () => 1;
new lambda.CallbackFunction("bare", { callback });
new lambda.CallbackFunction("without-policies", { callback, policies: [] });
new lambda.CallbackFunction("with-role", { callback, role: "arn:aws:iam::1:role/r" });`);
    expect(program.faults).toEqual([]);
    const functions = program.graph.ofType("aws:lambda/function:Function");
    for (const { inputs } of functions) expect(inputs).toMatchObject({ timeout: 180, runtime: "nodejs22.x" });
    const roles = program.graph.ofType("aws:iam/role:Role");
    expect(roles.map(({ name }) => name)).toEqual(["bare", "without-policies"]);
    expect(functions.map(({ name, inputs }) => [name, inputs.role])).toEqual([
      ["bare", roles[0]?.arn],
      ["with-role", "arn:aws:iam::1:role/r"],
      ["without-policies", roles[1]?.arn],
    ]);
    const attachments = program.graph.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    expect(attachments.map(({ inputs }) => inputs.role)).toEqual(Array(9).fill(roles[0]?.id));
  });

  test("a resource given in place of its name is its id", async () => {
    const program = await evaluate(`import * as iam from "@pulumi/aws/iam";
const role = new iam.Role("r", { assumeRolePolicy: "{}" });
new iam.RolePolicyAttachment("a", { role, policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" });`);
    const [role] = program.graph.ofType("aws:iam/role:Role");
    const [attachment] = program.graph.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    expect(attachment?.inputs.role).toBe(role?.id);
    expect(role?.id).toMatch(/^r-[0-9a-f]{7}$/);
  });

  test("a stack that was named must have its file", async () => {
    const missing = evaluateProgram({ programDirectory: directory, stack: "prod" });
    await expect(missing).rejects.toMatchObject({
      code: "CONFIGURATION",
      message: expect.stringContaining("Pulumi.prod.yaml"),
    });
  });

  test("what is wrong with the project is told before a stack that is missing", async () => {
    const small = await smallProgram({ "Pulumi.yaml": "name: small\nruntime: python\n" });
    const evaluation = small.evaluate({}, { stack: "prod" });
    await expect(evaluation).rejects.toThrow("only nodejs programs run here");
    await small.remove();
  });

  test("a folder without a program", async () => {
    const missing = evaluateProgram({ programDirectory: tmpdir() });
    await expect(missing).rejects.toMatchObject({
      code: "PROGRAM_NOT_FOUND",
      message: expect.stringContaining("--program"),
    });
  });
});
