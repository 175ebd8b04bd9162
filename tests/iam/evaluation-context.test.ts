import { describe, expect, test } from "vitest";
import type { AuthorizationRequest, Principal } from "../../harness/iam/decision-types.ts";
import { evaluationContext } from "../../harness/iam/evaluation-context.ts";
import { CLOCK, PRINCIPALS } from "./support/evaluator-case.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/todos";

function contextOf(principal: Principal, more: Partial<AuthorizationRequest> = {}) {
  return evaluationContext({ principal, action: "dynamodb:GetItem", resourceArn: TABLE, context: {}, ...more }, CLOCK);
}

const tagged: Principal = { ...PRINCIPALS.lambda, tags: { Team: "blue" } };
const { lambda, apigateway, administrator } = PRINCIPALS;

describe("what a request says of itself", () => {
  test.each<[string, Principal, string, readonly string[] | undefined]>([
    ["a session's role", lambda, "aws:principalarn", [lambda.roleArn]],
    ["a user", administrator, "aws:principalarn", [administrator.arn]],
    ["a service, which has no ARN", apigateway, "aws:principalarn", undefined],
    ["a session's account", lambda, "aws:principalaccount", ["123456789012"]],
    ["a user's account", administrator, "aws:principalaccount", ["123456789012"]],
    ["a service, which has no account", apigateway, "aws:principalaccount", undefined],
    ["a session", lambda, "aws:principaltype", ["AssumedRole"]],
    ["a user's type", administrator, "aws:principaltype", ["User"]],
    ["a service, which has no type", apigateway, "aws:principaltype", undefined],
    ["a session, which is no service", lambda, "aws:principalisawsservice", ["false"]],
    ["a service", apigateway, "aws:principalisawsservice", ["true"]],
    ["a service's name", apigateway, "aws:principalservicename", ["apigateway.amazonaws.com"]],
    ["a session, which has no service's name", lambda, "aws:principalservicename", undefined],
    ["directly", apigateway, "aws:viaawsservice", ["false"]],
    ["the time", lambda, "aws:currenttime", ["2026-03-04T05:06:07.000Z"]],
    ["the time in seconds", lambda, "aws:epochtime", ["1772600767"]],
    ["the resource's account", lambda, "aws:resourceaccount", ["123456789012"]],
    ["the resource's region", lambda, "aws:requestedregion", ["eu-west-1"]],
    ["a tag", tagged, "aws:principaltag/team", ["blue"]],
    ["another tag", tagged, "aws:principaltag/project", undefined],
    ["a tag, where there are none", lambda, "aws:principaltag/team", undefined],
    ["a user's tag", administrator, "aws:principaltag/team", undefined],
    ["a service's tag", apigateway, "aws:principaltag/team", undefined],
    ["nothing", lambda, "s3:prefix", undefined],
  ])("%s", (_name, principal, key, expected) => {
    expect(contextOf(principal).values(key)).toEqual(expected);
  });

  test.each([
    ["*", undefined, undefined],
    ["arn:aws:s3:::bucket", undefined, undefined],
    ["arn:aws:iam::123456789012:role/r", ["123456789012"], undefined],
  ])("of the resource %s: its account and region", (resourceArn, account, region) => {
    const context = contextOf(lambda, { resourceArn });
    expect(context.values("aws:resourceaccount")).toEqual(account);
    expect(context.values("aws:requestedregion")).toEqual(region);
  });

  test("is the caller's where it does not follow from principal, resource and time", () => {
    const context = contextOf(tagged, {
      context: {
        "AWS:SourceArn": "a",
        "aws:sourcearn": ["b", "c"],
        "aws:PrincipalArn": "forged",
        "aws:PrincipalTag/team": "forged",
        "aws:CurrentTime": "2000",
      },
    });
    expect(context.values("aws:sourcearn")).toEqual(["a", "b", "c"]);
    expect(context.values("aws:principalarn")).toEqual([lambda.roleArn]);
    expect(context.values("aws:principaltag/team")).toEqual(["blue"]);
    expect(context.values("aws:currenttime")).toEqual(["2026-03-04T05:06:07.000Z"]);
  });

  test("gives a variable its value where there is exactly one that is not empty", () => {
    const context = contextOf(tagged, { context: { "s3:a": "x", "s3:b": ["x", "y"], "s3:c": "", "s3:d": [] } });
    const keys = ["s3:a", "s3:b", "s3:c", "s3:d", "s3:e", "aws:principaltag/team"];
    expect(keys.map(context.resolve)).toEqual(["x", undefined, undefined, undefined, undefined, "blue"]);
  });
});
