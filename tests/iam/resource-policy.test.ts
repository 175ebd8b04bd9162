import { describe, expect, test } from "vitest";
import { faultCollector } from "../../harness/faults.ts";
import { authorizeResourcePolicy } from "../../harness/iam/authorize.ts";
import { compilePolicy } from "../../harness/iam/policy-document.ts";
import { CLOCK, PRINCIPALS } from "./support/evaluator-case.ts";

const FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:get-todos";
const SOURCE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/$default/GET/todos";
const everything = { Effect: "Allow", Action: "*", Resource: "*" };
const permission = {
  Sid: "invoke",
  Effect: "Allow",
  Principal: { Service: "apigateway.amazonaws.com" },
  Action: "lambda:InvokeFunction",
  Resource: FUNCTION,
  Condition: { ArnLike: { "AWS:SourceArn": SOURCE } },
};
const request = {
  principal: PRINCIPALS.apigateway,
  action: "lambda:InvokeFunction",
  resourceArn: FUNCTION,
  context: { "aws:SourceArn": SOURCE },
};

function compile(kind: "identity" | "resource", statement: object) {
  const faults = faultCollector();
  const document = { Version: "2012-10-17", Statement: [statement] };
  const policy = compilePolicy({ kind, name: "get-todos", document, subject: "test" }, faults);
  expect(faults.faults).toEqual([]);
  return policy;
}

describe("a resource's own policies", () => {
  test("let in whom they name", () => {
    const decision = authorizeResourcePolicy([compile("resource", permission)], request, CLOCK);
    expect(decision).toMatchObject({ kind: "Allowed", deciding: ["get-todos#invoke"] });
  });

  test("are not replaced by an identity policy that allows everything", () => {
    expect(authorizeResourcePolicy([compile("identity", everything)], request, CLOCK).kind).toBe("ImplicitlyDenied");
    expect(authorizeResourcePolicy([], request, CLOCK).kind).toBe("ImplicitlyDenied");
  });

  test("may stand alone, one statement after another", () => {
    const list = ["a", "b"].map((id) => compile("resource", { ...permission, Sid: id }));
    expect(authorizeResourcePolicy(list, request, CLOCK).deciding).toEqual(["get-todos#a", "get-todos#b"]);
  });
});
