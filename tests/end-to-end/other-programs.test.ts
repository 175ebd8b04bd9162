import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Harness } from "../../harness/harness.ts";
import { zipOf } from "../../harness/lambda/zip.ts";
import type { Archive } from "../../harness/pulumi/resource-graph.ts";
import { call, rawCall, traceOf } from "./support/calls.ts";
import { newPerson } from "./support/people.ts";
import { ROOT, scratchProgram } from "./support/scratch-program.ts";
import { type Served, serveProgram } from "./support/served.ts";

const open: Harness[] = [];
const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const harness of open.splice(0)) await harness.close();
  for (const act of undo.splice(0)) await act();
});

async function serve(programDirectory: string): Promise<Served> {
  const served = await serveProgram({ programDirectory });
  open.push(served);
  return served;
}

describe("programs in the style of short examples run as they are", () => {
  test("an API made by quick create, a function without a role", async () => {
    const served = await serve(join(ROOT, "tests/fixtures/quick-create"));
    const [lambda] = served.model().functions;
    expect(served.model().roles.byArn(lambda?.roleArn ?? "")?.policies).toHaveLength(9);
    const answer = await rawCall(served, { method: "GET", path: "/" });
    expect([answer.status, answer.text]).toEqual([200, "You asked for /"]);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect((await rawCall(served, { method: "POST", path: "/" })).status).toBe(404);
    expect((await rawCall(served, { method: "GET", path: "/other" })).status).toBe(404);
  });

  test("a counter behind a named stage, with a managed policy and one of its own", async () => {
    const served = await serve(join(ROOT, "tests/fixtures/http-api"));
    const visit = (path: string) => rawCall(served, { method: "GET", path });
    expect((await visit("/dev/home")).text).toBe("1");
    const second = await visit("/dev/home");
    expect([second.status, second.text, second.headers["x-counted"]]).toEqual([200, "2", "yes"]);
    expect((await visit("/dev/home/deeper")).text).toBe("1");
    expect((await visit("/home")).status).toBe(404);
    expect(await served.rawItems(served.tableName)).toHaveLength(2);
  });
});

test("a function from a ZIP file, behind an integration that names no payload format", async () => {
  const program = await scratchProgram(join(ROOT, "tests/fixtures/quick-create"));
  undo.push(program.remove);
  const code = `exports.handler = async ({ version, httpMethod, resource }) =>
  ({ statusCode: 200, multiValueHeaders: { "x-a": ["1", "2"] }, body: [version, httpMethod, resource].join(" ") });`;
  const entries: Archive = { kind: "archive", entries: { "index.js": { kind: "text", text: code } } };
  await writeFile(join(program.directory, "function.zip"), await zipOf(entries));
  await program.write(
    "index.ts",
    `import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
const role = new aws.iam.Role("zipped", { assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }) });
const zipped = new aws.lambda.Function("zipped", {
  role: role.arn, runtime: "nodejs24.x", handler: "index.handler", code: new pulumi.asset.FileArchive("./function.zip"),
});
const api = new aws.apigatewayv2.Api("api", { protocolType: "HTTP" });
new aws.apigatewayv2.Stage("api", { apiId: api.id, name: "$default", autoDeploy: true });
const { id } = new aws.apigatewayv2.Integration("zipped", { apiId: api.id, integrationType: "AWS_PROXY", integrationUri: zipped.invokeArn });
new aws.apigatewayv2.Route("zipped", { apiId: api.id, routeKey: "GET /zipped/{id}", target: pulumi.interpolate\`integrations/\${id}\` });
new aws.lambda.Permission("zipped", {
  action: "lambda:InvokeFunction", function: zipped.name, principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate\`\${api.executionArn}/*/*\`,
});
`,
  );
  const answer = await rawCall(await serve(program.directory), { method: "GET", path: "/zipped/7" });
  expect([answer.status, answer.text]).toEqual([200, "1.0 GET /zipped/{id}"]);
  expect(answer.headers["x-a"]).toBe("1, 2");
});

describe("what an inline function keeps from one event to the next", () => {
  test("is what its factory made; a variable that it captured starts anew", async () => {
    const program = await scratchProgram(join(ROOT, "tests/fixtures/quick-create"));
    undo.push(program.remove);
    await program.write(
      "index.ts",
      `import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
let captured = 0;
const functions = {
  captured: new aws.lambda.CallbackFunction("captured", { callback: async () => String(++captured) }),
  made: new aws.lambda.CallbackFunction("made", {
    callbackFactory: () => {
      let made = 0;
      return async () => String(++made);
    },
  }),
};
const api = new aws.apigatewayv2.Api("api", { protocolType: "HTTP" });
new aws.apigatewayv2.Stage("api", { apiId: api.id, name: "$default", autoDeploy: true });
for (const [name, handler] of Object.entries(functions)) {
  const { id } = new aws.apigatewayv2.Integration(name, {
    apiId: api.id, integrationType: "AWS_PROXY", integrationUri: handler.arn, payloadFormatVersion: "2.0",
  });
  new aws.apigatewayv2.Route(name, {
    apiId: api.id, routeKey: \`GET /\${name}\`, target: pulumi.interpolate\`integrations/\${id}\`,
  });
  new aws.lambda.Permission(name, {
    action: "lambda:InvokeFunction", function: handler.name, principal: "apigateway.amazonaws.com",
    sourceArn: pulumi.interpolate\`\${api.executionArn}/*/GET/\${name}\`,
  });
}
`,
    );
    const served = await serve(program.directory);
    const answers: string[] = [];
    for (const path of ["/captured", "/captured", "/captured", "/made", "/made", "/made"]) {
      answers.push((await rawCall(served, { method: "GET", path })).text);
    }
    expect(answers).toEqual(["1", "1", "1", "1", "2", "3"]);
  });
});

describe("a function that imports a package which its package does not hold", () => {
  test("fails with Lambda's own error, and the client is told nothing", async () => {
    const program = await scratchProgram();
    undo.push(program.remove);
    // Installed here, as a development dependency: on this machine alone the import would be found.
    await program.replace(
      "functions/delete-todo.ts",
      "const table = connectTodoTable();",
      'const table = connectTodoTable();\n  require("yaml");',
    );
    const served = await serve(program.directory);
    const ana = await newPerson(served, "ana@example.com");
    const answer = await rawCall(served, { method: "DELETE", path: "/todos/x", token: ana.accessToken });
    expect([answer.status, answer.text]).toEqual([500, '{"message":"Internal Server Error"}']);
    const printed = served.lines.join("\n");
    expect(printed).toContain("Runtime.ImportModuleError");
    expect(printed).toContain("Cannot find module 'yaml'");
    const { entries } = traceOf(served, answer.headers);
    expect(entries.find(({ step }) => step === "invocation")).toMatchObject({ outcome: "failed" });
    await call(served, { method: "GET", path: "/todos", token: ana.accessToken }).expect(200);
  });
});
