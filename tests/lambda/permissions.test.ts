import { describe, expect, test } from "vitest";
import { faultCollector } from "../../harness/faults.ts";
import { readPermissions } from "../../harness/lambda/permissions.ts";
import { type Resource, resourceGraph } from "../../harness/pulumi/resource-graph.ts";
import { refuseResources } from "../../harness/resources/refusal.ts";
import { ACCOUNT, functionArn, functionResource, soundInputs } from "./functions.ts";

const EXECUTION_ARN = `arn:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2c3d4e5`;
const GET_TODOS = `${EXECUTION_ARN}/$default/GET/todos`;
const POST_TODOS = `${EXECUTION_ARN}/$default/POST/todos`;
const DEFAULT_ROUTE = `${EXECUTION_ARN}/$default/$default`;

type Inputs = Readonly<Record<string, unknown>>;

const sound = {
  action: "lambda:InvokeFunction",
  function: functionArn("f"),
  principal: "apigateway.amazonaws.com",
  sourceArn: `${EXECUTION_ARN}/*/*`,
};

function permission(inputs: Inputs, name = "p"): Resource {
  return {
    type: "aws:lambda/permission:Permission",
    name,
    id: name,
    inputs,
    outputs: { ...inputs, statementId: name },
  };
}

function read(...all: readonly Resource[]) {
  const faults = faultCollector();
  const functions = ["f", "g"].map((name) => functionResource(name, soundInputs));
  const graph = resourceGraph([...functions, ...all]);
  refuseResources(graph, faults);
  return { permissions: readPermissions(graph, faults), faults: faults.faults };
}

function decide(inputs: Inputs, sourceArn: string): string {
  const { permissions, faults } = read(permission({ ...sound, ...inputs }));
  expect(faults).toEqual([]);
  return permissions.mayInvoke(functionArn("f"), sourceArn).kind;
}

/** @see https://github.com/aws/serverless-application-model/issues/1860 */
describe("a permission's source ARN", () => {
  test.each([
    [`${EXECUTION_ARN}/*/*`, GET_TODOS, "Allowed"],
    [`${EXECUTION_ARN}/*/*`, DEFAULT_ROUTE, "Allowed"],
    [`${EXECUTION_ARN}/*/*/*`, GET_TODOS, "Allowed"],
    [`${EXECUTION_ARN}/*/*/*`, DEFAULT_ROUTE, "ImplicitlyDenied"],
    [`${EXECUTION_ARN}/*/GET/todos`, GET_TODOS, "Allowed"],
    [`${EXECUTION_ARN}/*/GET/todos`, POST_TODOS, "ImplicitlyDenied"],
    [`${EXECUTION_ARN}/$default/GET/todos`, GET_TODOS, "Allowed"],
    [`${EXECUTION_ARN}/dev/GET/todos`, GET_TODOS, "ImplicitlyDenied"],
    [`${EXECUTION_ARN}/*/GET/todos`, `${EXECUTION_ARN}/$default/GET/todos/{todoId}`, "ImplicitlyDenied"],
    [`${EXECUTION_ARN}/*/GET/Todos`, GET_TODOS, "ImplicitlyDenied"],
    [`arn:aws:apigateway:eu-west-1::/apis/a1b2c3d4e5/*`, GET_TODOS, "ImplicitlyDenied"],
    [`arn:aws:execute-api:eu-west-1:${ACCOUNT}:zzzzzzzzzz/*/*`, GET_TODOS, "ImplicitlyDenied"],
    [`arn:aws:execute-api:us-east-1:${ACCOUNT}:a1b2c3d4e5/*/*`, GET_TODOS, "ImplicitlyDenied"],
    [GET_TODOS, GET_TODOS, "Allowed"],
    [undefined, GET_TODOS, "Allowed"],
  ])("%s for %s: %s", (sourceArn, asked, decision) => {
    expect(decide({ sourceArn }, asked)).toBe(decision);
  });
});

describe("a permission's other elements", () => {
  test.each<[Inputs, string]>([
    [{ principal: "events.amazonaws.com" }, "ImplicitlyDenied"],
    [{ principal: "*" }, "Allowed"],
    [{ principal: ACCOUNT }, "ImplicitlyDenied"],
    [{ principal: `arn:aws:iam::${ACCOUNT}:root` }, "ImplicitlyDenied"],
    [{ action: "lambda:*" }, "Allowed"],
    [{ action: "lambda:GetFunction" }, "ImplicitlyDenied"],
    [{ sourceAccount: ACCOUNT }, "Allowed"],
    [{ sourceAccount: "999999999999" }, "ImplicitlyDenied"],
    [{ function: "f" }, "Allowed"],
    [{ function: `${ACCOUNT}:function:f` }, "Allowed"],
    [{ function: functionArn("g") }, "ImplicitlyDenied"],
  ])("%j: %s", (inputs, decision) => {
    expect(decide(inputs, GET_TODOS)).toBe(decision);
  });

  test("is missing: no", () => {
    const { permissions } = read();
    expect(permissions.mayInvoke(functionArn("f"), GET_TODOS).kind).toBe("ImplicitlyDenied");
    expect(permissions.mayInvoke("constructor", "__proto__").kind).toBe("ImplicitlyDenied");
  });

  test("explains itself", () => {
    const { permissions } = read(permission({ ...sound, sourceArn: `${EXECUTION_ARN}/*/POST/todos` }, "create"));
    const decision = permissions.mayInvoke(functionArn("f"), GET_TODOS);
    expect(decision.explain()).toMatchObject([{ statement: "create#create", applied: false, mismatch: "Condition" }]);
  });

  test("adds up with the function's other permissions", () => {
    const only = (method: string) => ({ ...sound, sourceArn: `${EXECUTION_ARN}/*/${method}/todos` });
    const { permissions } = read(permission(only("GET"), "one"), permission(only("POST"), "two"));
    expect(permissions.mayInvoke(functionArn("f"), POST_TODOS).deciding).toEqual(["two#two"]);
  });
});

describe("a permission that cannot be read", () => {
  test.each<[Inputs, RegExp]>([
    [{ qualifier: "live" }, /`qualifier` is refused/],
    [{ eventSourceToken: "t" }, /`eventSourceToken` is refused/],
    [{ principalOrgId: "o-1" }, /`principalOrgId` is refused/],
    [{ functionUrlAuthType: "NONE" }, /`functionUrlAuthType` is refused/],
    [{ invokedViaFunctionUrl: true }, /`invokedViaFunctionUrl` is refused/],
    [{ novelty: 1 }, /`novelty` is unknown/],
    [{ function: `${functionArn("f")}:live` }, /without a version or alias/],
    [{ function: "nobody" }, /"nobody" is not one of this program's/],
    [{ function: undefined }, /not one of this program's/],
    [{ action: undefined }, /`action` is missing/],
    [{ action: "MakeCoffee" }, /MakeCoffee/],
    [{ principal: undefined }, /`principal` is missing/],
    [{ principal: "apigateway" }, /apigateway/],
    [{ sourceArn: "" }, /`sourceArn` must be text/],
    [{ sourceArn: 1 }, /`sourceArn` must be text/],
  ])("%j is a fault, and permits nothing", (inputs, rule) => {
    const { permissions, faults } = read(permission({ ...sound, ...inputs }));
    expect(permissions.mayInvoke(functionArn("f"), GET_TODOS).kind).not.toBe("Allowed");
    expect(faults[0]).toEqual({ subject: "aws:lambda/permission:Permission p", rule: expect.stringMatching(rule) });
  });

  test("refuses a statement id that stands twice", () => {
    const { faults } = read(permission(sound, "p"), permission(sound, "p"));
    expect(faults).toEqual([
      { subject: "aws:lambda/permission:Permission p", rule: expect.stringMatching(/statement id p too/) },
    ]);
  });
});
