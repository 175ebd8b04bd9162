import { describe, expect, test } from "vitest";
import { conditionKey } from "../../harness/iam/condition-keys.ts";

describe("a condition key", () => {
  test.each<[string, string, boolean]>([
    ["AWS:SourceArn", "aws:sourcearn", false],
    ["aws:PrincipalTag/Team", "aws:principaltag/team", false],
    ["aws:CalledVia", "aws:calledvia", true],
    ["dynamodb:LeadingKeys", "dynamodb:leadingkeys", true],
    ["dynamodb:Select", "dynamodb:select", false],
    ["s3:prefix", "s3:prefix", false],
    ["lambda:FunctionArn", "lambda:functionarn", false],
    ["saml:aud", "saml:aud", false],
    ["cognito-identity.amazonaws.com:amr", "cognito-identity.amazonaws.com:amr", true],
    ["token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:sub", false],
    ["oidc.example.com/id/ABC:sub", "oidc.example.com/id/abc:sub", false],
    ["oidc.example.com/:sub", "oidc.example.com/:sub", false],
  ])("%s is known", (text, name, multivalued) => {
    expect(conditionKey(text)).toEqual({ kind: "known", name, multivalued });
  });

  test.each([
    "aws:PrincipalOrgID",
    "aws:RequestTag/team",
    "aws:ResourceTag/team",
    "dynamodb:FirstPartitionKeyValues",
    "lambda:SourceFunctionArn",
  ])("%s is one that AWS fills and the harness does not", (text) => {
    expect(conditionKey(text)).toEqual({ kind: "not-emulated", remedy: "use a key that the harness supplies." });
  });

  test.each([
    "",
    "team",
    ":team",
    "s3:",
    "s3: prefix",
    "s3 :prefix",
    "aws:",
    "aws:PrincipalTag/",
    "aws:sourcearn2",
    "dynamodb:LeadingKey",
    "dynamodb:",
    "sns3:prefix",
    "example.com:",
    "-.example:",
    "example:sub",
    ".example.com:sub",
    "example.com.:sub",
    "example..com:sub",
    "!example.com:sub",
    "example.com!:sub",
    "constructor:x",
    "__proto__:x",
  ])("%j is unknown", (text) => {
    expect(conditionKey(text)).toEqual({ kind: "unknown" });
  });
});
