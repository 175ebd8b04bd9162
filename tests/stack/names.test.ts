import { resolve } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { uniqueName } from "../../stack/unique-name.ts";
import { type ScratchProgram, scratchProgram } from "../end-to-end/support/scratch-program.ts";

/** Sixty characters, with capitals and dots. */
const longName = `Feature.Todo-${"Sharing.With_Friends-".repeat(3)}`.slice(0, 60);

/**
 * What each service takes as the name that the program or Pulumi gives: longest, and in which characters.
 * https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, and each service's API reference
 */
const limits: Readonly<Record<string, { readonly property: string; readonly form: RegExp }>> = {
  "aws:apigatewayv2/api:Api": { property: "name", form: /^.{1,128}$/ },
  "aws:apigatewayv2/authorizer:Authorizer": { property: "name", form: /^.{1,128}$/ },
  "aws:apigatewayv2/stage:Stage": { property: "name", form: /^(\$default|[\w-]{1,128})$/ },
  "aws:cloudwatch/dashboard:Dashboard": { property: "dashboardName", form: /^[\w-]{1,255}$/ },
  "aws:cloudwatch/logGroup:LogGroup": { property: "name", form: /^[\w./#-]{1,512}$/ },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": { property: "name", form: /^[^:*]{1,512}$/ },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { property: "alarmName", form: /^.{1,255}$/ },
  "aws:cloudwatch/queryDefinition:QueryDefinition": { property: "name", form: /^.{1,255}$/ },
  "aws:cognito/userPool:UserPool": { property: "name", form: /^[\w\s+=,.@-]{1,128}$/ },
  "aws:cognito/userPoolClient:UserPoolClient": { property: "name", form: /^[\w\s+=,.@-]{1,128}$/ },
  "aws:dynamodb/table:Table": { property: "name", form: /^[\w.-]{3,255}$/ },
  "aws:iam/role:Role": { property: "name", form: /^[\w+=,.@-]{1,64}$/ },
  "aws:iam/rolePolicy:RolePolicy": { property: "name", form: /^[\w+=,.@-]{1,128}$/ },
  "aws:lambda/function:Function": { property: "name", form: /^[\w-]{1,64}$/ },
  "aws:lambda/permission:Permission": { property: "statementId", form: /^[\w-]{1,100}$/ },
  "aws:s3/bucket:Bucket": { property: "bucket", form: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/ },
  "aws:sns/topic:Topic": { property: "name", form: /^[\w-]{1,256}$/ },
};

/** Types that have no name of their own, but an id that AWS makes or that is the name of what they belong to. */
const nameless =
  /:(Route|Integration|TopicSubscription|ApiMapping|DomainName|Certificate|CertificateValidation|Record|Bucket\w+)$/;

/** What AWS takes in a tag's value. https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html */
const tagValue = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

const everything = {
  alarms: "true",
  alarmEmail: "ops@example.com",
  audit: "true",
  tracing: "true",
  customDomain: "api.example.com",
  hostedZoneId: "Z0123456789",
};

describe("a stack of a long name, with everything on", () => {
  let scratch: ScratchProgram;
  let program: EvaluatedProgram;
  beforeAll(async () => {
    scratch = await scratchProgram();
    await scratch.write(`Pulumi.${longName}.yaml`, await scratch.read("Pulumi.prod.yaml"));
    program = await evaluateProgram({
      programDirectory: resolve(scratch.directory),
      stack: longName,
      configuration: Object.fromEntries(
        Object.entries(everything).map(([key, value]) => [`pulumi-jwt-todo-api:${key}`, value]),
      ),
    });
  });
  afterAll(() => scratch?.remove());

  test("evaluates without a fault", () => {
    expect(longName).toHaveLength(60);
    expect(program.faults).toEqual([]);
  });

  test("has names that every service takes", () => {
    for (const { type, name, inputs, outputs } of program.graph.resources) {
      const limit = limits[type];
      if (limit === undefined) expect(type, `${type} needs a limit in this test`).toMatch(nameless);
      else expect(`${inputs[limit.property] ?? outputs[limit.property]}`, `${type} ${name}`).toMatch(limit.form);
      for (const value of Object.values(inputs.tags ?? {})) expect(value).toMatch(tagValue);
    }
  });

  test("shares no name with another stack but what Pulumi gives a random end", async () => {
    const other = longName.toLowerCase();
    await scratch.write(`Pulumi.${other}.yaml`, await scratch.read("Pulumi.prod.yaml"));
    const beside = await evaluateProgram({ programDirectory: scratch.directory, stack: other });
    const given = (evaluated: EvaluatedProgram) =>
      evaluated.graph.resources
        .filter(({ type }) => type !== "aws:apigatewayv2/stage:Stage")
        .flatMap(({ type, inputs }) => inputs[limits[type]?.property ?? ""] ?? []);
    expect(given(beside)).toHaveLength(1);
    expect(given(program)).not.toEqual(expect.arrayContaining(given(beside)));
  });
});

describe("a name that the program makes unique", () => {
  const stack = fc.stringMatching(/^[A-Za-z0-9._-]{1,60}$/);

  test("is short, and has letters, digits and hyphens only", () => {
    fc.assert(
      fc.property(stack, (name) => {
        expect(uniqueName("todo-api", name, "project")).toMatch(/^[a-z0-9-]{1,58}$/);
      }),
    );
  });

  test("is another for every stack, also where two differ in capitals only", () => {
    fc.assert(
      fc.property(stack, stack, (one, other) => {
        fc.pre(one !== other);
        expect(uniqueName("todo-api", one, "project")).not.toBe(uniqueName("todo-api", other, "project"));
      }),
    );
    expect(uniqueName("todo-api", "Dev", "project")).not.toBe(uniqueName("todo-api", "dev", "project"));
  });
});
