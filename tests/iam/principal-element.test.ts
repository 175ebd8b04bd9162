import { describe, expect, test } from "vitest";
import { compilePrincipal } from "../../harness/iam/principal-element.ts";
import { PRINCIPALS } from "./support/evaluator-case.ts";

const ACCOUNT = "123456789012";
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/todo-role/get-todos`;

function compile(element: unknown, effect: "Allow" | "Deny" = "Allow", federated = false) {
  const rules: string[] = [];
  return { test: compilePrincipal(element, { effect, federated }, (rule) => rules.push(rule)), rules };
}

function named(element: unknown, effect: "Allow" | "Deny" = "Allow", federated = false): readonly string[] {
  const { test, rules } = compile(element, effect, federated);
  expect(rules).toEqual([]);
  return Object.entries(PRINCIPALS).flatMap(([name, principal]) => (test?.(principal) === true ? [name] : []));
}

const EVERYBODY = ["lambda", "apigateway", "events", "administrator"];

describe("a Principal element", () => {
  test.each<[string, unknown, string[], string[]]>([
    ["everybody", "*", EVERYBODY, EVERYBODY],
    ["everybody, as AWS", { AWS: "*" }, EVERYBODY, EVERYBODY],
    ["everybody, in a list", { AWS: [ACCOUNT, "*"] }, EVERYBODY, EVERYBODY],
    ["a service", { Service: "apigateway.amazonaws.com" }, ["apigateway"], ["apigateway"]],
    [
      "two services",
      { Service: ["events.amazonaws.com", "apigateway.amazonaws.com"] },
      ["apigateway", "events"],
      ["apigateway", "events"],
    ],
    ["a service in China", { Service: "ec2.amazonaws.com.cn" }, [], []],
    ["a service of a region", { Service: "logs.eu-west-1.amazonaws.com" }, [], []],
    ["an account by its id", { AWS: ACCOUNT }, [], ["lambda", "administrator"]],
    ["an account by its root", { AWS: `arn:aws:iam::${ACCOUNT}:root` }, [], ["lambda", "administrator"]],
    ["another account", { AWS: "999999999999" }, [], []],
    ["a role", { AWS: PRINCIPALS.lambda.roleArn }, ["lambda"], ["lambda"]],
    ["a session", { AWS: SESSION }, ["lambda"], ["lambda"]],
    ["another session", { AWS: `${SESSION}2` }, [], []],
    ["a user", { AWS: PRINCIPALS.administrator.arn }, ["administrator"], ["administrator"]],
    [
      "a role and a service",
      { AWS: PRINCIPALS.lambda.roleArn, Service: "events.amazonaws.com" },
      ["lambda", "events"],
      ["lambda", "events"],
    ],
  ])("names %s", (_name, element, allowed, denied) => {
    expect(named(element, "Allow")).toEqual(allowed);
    expect(named(element, "Deny")).toEqual(denied);
  });

  test("may name identity providers in a trust policy, who never ask here", () => {
    expect(named({ Federated: "cognito-identity.amazonaws.com" }, "Allow", true)).toEqual([]);
    expect(named({ Federated: ["accounts.google.com"], Service: "events.amazonaws.com" }, "Allow", true)).toEqual([
      "events",
    ]);
  });

  test("may name nobody else in a trust policy", () => {
    expect(compile({ CanonicalUser: "x" }, "Allow", true).rules).toEqual([
      "Principal.CanonicalUser is not emulated; name an AWS or Service principal.",
    ]);
  });

  const SHAPE = 'Principal is neither "*" nor an object such as {"Service": "apigateway.amazonaws.com"}.';
  const service = (text: string) => `Principal.Service "${text}" is not a service such as x.amazonaws.com.`;
  const arn = (text: string) =>
    `Principal.AWS "${text}" is no account id and no ARN of an account's root, role, session or user.`;
  const list = (type: string) => `Principal.${type} is not a string or a list of strings.`;

  test.each<[unknown, string[]]>([
    [undefined, [SHAPE]],
    ["apigateway.amazonaws.com", [SHAPE]],
    [{}, [SHAPE]],
    [[], [SHAPE]],
    [null, [SHAPE]],
    [{ Federated: "accounts.google.com" }, ["Principal.Federated is not emulated; name an AWS or Service principal."]],
    [{ CanonicalUser: "x" }, ["Principal.CanonicalUser is not emulated; name an AWS or Service principal."]],
    [{ __proto__: null, service: "x" }, ["Principal.service is not emulated; name an AWS or Service principal."]],
    [{ AWS: [] }, [list("AWS")]],
    [{ AWS: 123456789012 }, [list("AWS")]],
    [{ Service: [5] }, [list("Service")]],
    [{ Service: ["events.amazonaws.com", null] }, [list("Service")]],
    [{ Service: "*" }, [service("*")]],
    [{ Service: "amazonaws.com" }, [service("amazonaws.com")]],
    [{ Service: "x.amazonaws.com.evil.example" }, [service("x.amazonaws.com.evil.example")]],
    [{ Service: "!x.amazonaws.com" }, [service("!x.amazonaws.com")]],
    [{ Service: "a..amazonaws.com" }, [service("a..amazonaws.com")]],
    [{ Service: "X.amazonaws.com" }, [service("X.amazonaws.com")]],
    [{ AWS: "12345678901" }, [arn("12345678901")]],
    [{ AWS: "1234567890123" }, [arn("1234567890123")]],
    [{ AWS: `${ACCOUNT}:root` }, [arn(`${ACCOUNT}:root`)]],
    [{ AWS: `x${ACCOUNT}:root` }, [arn(`x${ACCOUNT}:root`)]],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:roots` }, [arn(`arn:aws:iam::${ACCOUNT}:roots`)]],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:group/x` }, [arn(`arn:aws:iam::${ACCOUNT}:group/x`)]],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:role/` }, [arn(`arn:aws:iam::${ACCOUNT}:role/`)]],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:role/x*` }, [arn(`arn:aws:iam::${ACCOUNT}:role/x*`)]],
    [{ AWS: `x arn:aws:iam::${ACCOUNT}:role/x` }, [arn(`x arn:aws:iam::${ACCOUNT}:role/x`)]],
    [{ AWS: `${SESSION}/more` }, [arn(`${SESSION}/more`)]],
    [{ AWS: [ACCOUNT, "AIDACKCEVSQ6C2EXAMPLE"] }, [arn("AIDACKCEVSQ6C2EXAMPLE")]],
    [{ AWS: "x", Service: "y" }, [service("y"), arn("x")]],
  ])("%j is refused", (element, expected) => {
    const { test, rules } = compile(element);
    expect(rules).toEqual(expected);
    expect(test).toBeUndefined();
  });
});
