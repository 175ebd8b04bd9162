import { describe, expect, test } from "vitest";
import { faultCollector } from "../../harness/faults.ts";
import { compilePolicy } from "../../harness/iam/policy-document.ts";
import { providerFunction } from "../../harness/pulumi/provider-functions.ts";
import { decide } from "../iam/support/evaluator-case.ts";

const deployment = {
  project: "notes",
  stack: "dev",
  accountId: "123456789012",
  region: "eu-west-1",
  partition: "aws",
} as const;

function documentOf(args: Readonly<Record<string, unknown>>): { readonly Statement: readonly unknown[] } {
  const answer = providerFunction("aws:iam/getPolicyDocument:getPolicyDocument")?.(deployment, args);
  return JSON.parse(String(answer?.json));
}

const table = "arn:aws:dynamodb:eu-west-1:123456789012:table";

describe("getPolicyDocument writes", () => {
  test.each<[string, object, object]>([
    [
      "a permission, where no effect is said",
      { sid: "Read", actions: ["dynamodb:GetItem"], resources: ["*"] },
      { Sid: "Read", Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: ["*"] },
    ],
    [
      "what is excepted",
      { effect: "Deny", notActions: ["s3:*"], notResources: [`${table}/&{aws:PrincipalTag/own}`] },
      { Effect: "Deny", NotAction: ["s3:*"], NotResource: [`${table}/\${aws:PrincipalTag/own}`] },
    ],
    [
      "values of one test and key together",
      {
        conditions: [
          { test: "StringLike", variable: "s3:prefix", values: ["a/*"] },
          { test: "Bool", variable: "aws:SecureTransport", values: ["true"] },
          { test: "StringLike", variable: "s3:prefix", values: ["&{aws:PrincipalAccount}/*"] },
        ],
      },
      {
        Effect: "Allow",
        Condition: {
          StringLike: { "s3:prefix": ["a/*", `\${aws:PrincipalAccount}/*`] },
          Bool: { "aws:SecureTransport": ["true"] },
        },
      },
    ],
    [
      "principals by type",
      {
        principals: [
          { type: "Service", identifiers: ["lambda.amazonaws.com"] },
          { type: "AWS", identifiers: ["*"] },
        ],
      },
      { Effect: "Allow", Principal: { Service: ["lambda.amazonaws.com"], AWS: ["*"] } },
    ],
    ["everyone", { principals: [{ type: "*", identifiers: ["*"] }] }, { Effect: "Allow", Principal: "*" }],
    [
      "principals that are excepted, for IAM's reader to refuse",
      { notPrincipals: [{ type: "AWS", identifiers: ["123456789012"] }] },
      { Effect: "Allow", NotPrincipal: { AWS: ["123456789012"] } },
    ],
  ])("%s", (_title, written, statement) => {
    expect(documentOf({ statements: [written] }).Statement).toEqual([statement]);
  });

  test("denials that variables aim at the one who asks", () => {
    const own = { effect: "Deny", actions: ["*"], resources: [`${table}/&{aws:PrincipalTag/hidden}`] };
    const document = documentOf({ statements: [{ actions: ["*"], resources: ["*"] }, own] });
    const faults = faultCollector();
    const policy = compilePolicy({ kind: "identity", name: "own", document, subject: "role" }, faults);
    expect(faults.faults).toEqual([]);
    const asked = { it: "", expect: "ExplicitlyDenied", resource: `${table}/secret` } as const;
    expect(decide([policy], { ...asked, tags: { hidden: "secret" } }).kind).toBe("ExplicitlyDenied");
    expect(decide([policy], { ...asked, tags: { hidden: "other" } }).kind).toBe("Allowed");
  });
});

describe("getPolicyDocument refuses", () => {
  test.each<[string, object, RegExp]>([
    ["to merge documents", { sourcePolicyDocuments: ["{}"] }, /sourcePolicyDocuments is not emulated/],
    [
      "variables in a version that has none",
      { version: "2008-10-17", statements: [{ resources: ["arn:aws:s3:::b/&{aws:username}"] }] },
      /version 2008-10-17 has no policy variables/,
    ],
  ])("%s", (_title, args, message) => {
    expect(() => documentOf({ ...args })).toThrow(message);
  });
});
