import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as userPools from "@aws-sdk/client-cognito-identity-provider";
import { describe, expect, test } from "vitest";
import { faultCollector } from "../../harness/faults.ts";
import { authorize } from "../../harness/iam/authorize.ts";
import { knownManagedPolicies, managedPolicyDocument } from "../../harness/iam/managed-policies.ts";
import { compilePolicy, type PolicyKind } from "../../harness/iam/policy-document.ts";
import { CLOCK, decide, PRINCIPALS } from "./support/evaluator-case.ts";

interface RefusedDocument {
  readonly it: string;
  readonly kind?: PolicyKind;
  readonly document?: unknown;
  readonly statement?: object;
  /** The condition of a statement that is right otherwise. */
  readonly condition?: object;
  /** Each fault's text after the policy's name, in order. */
  readonly rules: readonly string[];
}

const REFUSED: readonly RefusedDocument[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "documents/refused.json"), "utf8"),
);

const SUBJECT = { type: "aws:iam/rolePolicy:RolePolicy", name: "get-todos" };
const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" };

function compile(document: unknown, kind: PolicyKind = "identity") {
  const faults = faultCollector();
  return { policy: compilePolicy({ kind, name: "own", document, subject: SUBJECT }, faults), faults: faults.faults };
}

function documentOf({ document, statement, condition }: RefusedDocument): unknown {
  const whole = condition === undefined ? statement : { ...EVERYTHING, Condition: condition };
  return whole === undefined ? document : { Version: "2012-10-17", Statement: [whole] };
}

describe("a policy is refused for", () => {
  test.each(REFUSED)("$it", (refused) => {
    const { policy, faults } = compile(documentOf(refused), refused.kind);
    expect(faults.map(({ rule }) => rule)).toEqual(refused.rules.map((rule) => `Policy "own": ${rule}`));
    for (const { subject } of faults) expect(subject).toBe("aws:iam/rolePolicy:RolePolicy get-todos");
    const { deciding, explain } = decide([policy], { it: "", expect: "ExplicitlyDenied" });
    expect([deciding, explain()]).toEqual([
      ["own#unreadable"],
      [{ statement: "own#unreadable", effect: "Deny", applied: true }],
    ]);
    for (const asked of [{}, { action: "s3:GetObject" }, { principal: "apigateway" as const }]) {
      expect(decide([policy], { it: "", expect: "ExplicitlyDenied", ...asked }).kind).toBe("ExplicitlyDenied");
    }
  });
});

describe("a policy is taken", () => {
  test.each<[string, unknown, PolicyKind?]>([
    ["as an object", { Version: "2012-10-17", Statement: EVERYTHING }],
    ["as text, with white space", `\n{ "Version": "2012-10-17", "Statement": [ ${JSON.stringify(EVERYTHING)} ] }\n`],
    [
      "with a text that looks like two members",
      `{"Statement":{"Sid":"","Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::a\\":\\"Effect"}}`,
    ],
    ["with an empty condition", { Statement: { ...EVERYTHING, Condition: {} } }],
    [
      "with several ARN forms",
      { Statement: { ...EVERYTHING, Resource: ["arn:*", "arn:aws:s3:*", "arn:aws:s3:::b/*"] } },
    ],
    [
      "with keys of identity providers",
      {
        Statement: {
          ...EVERYTHING,
          Condition: {
            StringEquals: { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com", "saml:aud": "x" },
          },
        },
      },
    ],
    [
      "for a role that a provider's users assume, with an Id",
      {
        Version: "2012-10-17",
        Id: "trust",
        Statement: {
          Effect: "Allow",
          Principal: { Federated: "cognito-identity.amazonaws.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
        },
      },
      "trust",
    ],
    [
      "with empty Sids",
      {
        Statement: [
          { Sid: "", ...EVERYTHING },
          { Sid: "", ...EVERYTHING },
        ],
      },
    ],
    [
      "for a resource, with an Id and a Sid of many letters",
      { Id: "default", Statement: { Sid: "a-b_c d", Principal: { AWS: "123456789012" }, ...EVERYTHING } },
      "resource",
    ],
  ])("%s", (_name, document, kind) => {
    expect(compile(document, kind).faults).toEqual([]);
  });

  test("with any operation of user pools that the SDK knows", () => {
    const operations = Object.keys(userPools).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? []);
    const Action = operations.map((name) => `cognito-idp:${name}`);
    expect(compile({ Statement: { ...EVERYTHING, Action } }).faults).toEqual([]);
    expect(operations.length).toBeGreaterThan(100);
  });

  test("when AWS itself manages it", () => {
    for (const arn of knownManagedPolicies()) expect(compile(managedPolicyDocument(arn)).faults).toEqual([]);
    expect(knownManagedPolicies().length).toBeGreaterThan(60);
  });

  test.each([
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "service-role/AWSLambdaMSKExecutionRole",
    "AWSXRayDaemonWriteAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBReadOnlyAccess",
    "CloudWatchFullAccess",
    "AmazonSSMReadOnlyAccess",
    "AmazonBedrockReadOnly",
    "AmazonEventBridgeFullAccess",
    "AmazonS3ReadOnlyAccess",
    "SecretsManagerReadWrite",
  ])("%s is known, which programs often attach", (name) => {
    expect(managedPolicyDocument(`arn:aws:iam::aws:policy/${name}`)).toHaveProperty("Statement");
  });
});

describe("an extreme document", () => {
  test.each([1_000, 100_000])("nested %d deep does not crash", (depth) => {
    const nested = `${'{"Statement":['.repeat(depth)}1${"]}".repeat(depth)}`;
    expect(compile(nested).faults).not.toEqual([]);
  });

  test("with a condition nested deep does not crash", () => {
    let value: unknown = "a";
    for (let depth = 0; depth < 50_000; depth++) value = [value];
    const { faults } = compile({ Statement: { ...EVERYTHING, Condition: { StringEquals: { "s3:prefix": value } } } });
    expect(faults).toHaveLength(1);
  });

  test("with ten thousand statements is read", () => {
    const { policy, faults } = compile({ Statement: Array.from({ length: 10_000 }, () => EVERYTHING) });
    expect(faults).toEqual([]);
    expect(policy.statements).toHaveLength(10_000);
  });

  test("of a megabyte of text is refused", () => {
    expect(compile(" ".repeat(1_000_000)).faults[0]?.rule).toContain("IAM takes at most");
  });

  test("with thousands of unclosed variables comes to an end", () => {
    const Resource = `arn:aws:s3:::${"${aws:PrincipalTag/a , ".repeat(4_000)}`;
    expect(compile({ Version: "2012-10-17", Statement: { ...EVERYTHING, Resource } }).faults).toHaveLength(1);
  });
});

describe("an explanation", () => {
  test("says what the request has where a condition does not hold, and whom a principal does not name", () => {
    const Condition = { StringEquals: { "s3:prefix": ["a", "b"], "aws:PrincipalAccount": "123456789012" } };
    const { policy } = compile(
      {
        Statement: [
          { Sid: "Prefix", Principal: "*", ...EVERYTHING, Condition },
          { Sid: "Who", Principal: { Service: "events.amazonaws.com" }, ...EVERYTHING },
        ],
      },
      "resource",
    );
    const asked = { principal: PRINCIPALS.lambda, action: "s3:ListBucket", resourceArn: "arn:aws:s3:::c" };
    const decision = authorize([policy], { ...asked, context: { "s3:prefix": ["c", "d"] } }, CLOCK);
    expect(decision.explain().map(({ mismatch, detail }) => [mismatch, detail])).toEqual([
      ["Condition", 'StringEquals s3:prefix ["a","b"]: the request has ["c","d"]'],
      ["Principal", "Principal does not name the one who asks"],
    ]);
  });

  test("says of each statement why it did not apply", () => {
    const { policy } = compile({
      Version: "2012-10-17",
      Statement: [
        { Sid: "Put", Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*" },
        { Sid: "Other", Effect: "Allow", Action: "*", Resource: "arn:aws:s3:::b" },
        { Sid: "Tag", ...EVERYTHING, Condition: { StringEquals: { "aws:PrincipalTag/team": "a" } } },
        { Sid: "Get", ...EVERYTHING, Action: "dynamodb:Get*" },
      ],
    });
    const request = {
      principal: PRINCIPALS.lambda,
      action: "dynamodb:GetItem",
      resourceArn: "arn:aws:s3:::c",
      context: {},
    };
    expect(authorize([policy], request, CLOCK).explain()).toEqual([
      {
        statement: "own#Put",
        effect: "Allow",
        applied: false,
        mismatch: "Action",
        detail: 'Action ["dynamodb:PutItem"] does not cover dynamodb:GetItem',
      },
      {
        statement: "own#Other",
        effect: "Allow",
        applied: false,
        mismatch: "Resource",
        detail: 'Resource ["arn:aws:s3:::b"] does not cover arn:aws:s3:::c',
      },
      {
        statement: "own#Tag",
        effect: "Allow",
        applied: false,
        mismatch: "Condition",
        detail: 'StringEquals aws:PrincipalTag/team ["a"]: the request has no such key',
      },
      { statement: "own#Get", effect: "Allow", applied: true },
    ]);
  });
});
