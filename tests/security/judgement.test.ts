import { describe, expect, test } from "vitest";
import type { GateObservation } from "../../harness/dynamodb/observation.ts";
import type { Table } from "../../harness/dynamodb/tables.ts";
import { type Access, accessChanges, changesMarkdown, type Decider } from "../../harness/security/access-diff.ts";
import { trespassesOf } from "../../harness/security/data-judge.ts";
import { slowerBeyondChance } from "../../harness/security/timing.ts";
import { curlOf } from "../../harness/security/wire-request.ts";

const arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
const table: Table = {
  name: "orders",
  arn,
  billingMode: "PAY_PER_REQUEST",
  provisioned: { read: 0, write: 0 },
  deletionProtection: false,
  tags: {},
  indexes: [],
  partitionKey: { name: "owner", type: "S" },
  sortKey: { name: "id", type: "S" },
};
const owned = { table, ownerAttribute: "owner", partitionedByOwner: true };

function observed(
  action: string,
  more: Partial<GateObservation> & { readonly keys?: readonly string[] },
): GateObservation {
  const { keys, ...rest } = more;
  const principal = { kind: "role-session", roleArn: "r", sessionArn: "s", accountId: "a" } as const;
  const context = keys === undefined ? {} : { "dynamodb:LeadingKeys": keys };
  return {
    requestId: "1",
    operation: action,
    input: {},
    asked: [{ principal, action: `dynamodb:${action}`, resourceArn: arn, context }],
    outcome: "executed",
    ...rest,
  };
}

const answer = (body: object) => ({ answer: { status: 200, body: JSON.stringify(body) } });
const bens = { owner: { S: "ben" }, id: { S: "1" } };

describe("what a request did to rows that are not its sender's", () => {
  test.each([
    ["the own row", observed("GetItem", { keys: ["ana"], ...answer({ Item: { owner: { S: "ana" } } }) }), []],
    ["another's partition", observed("GetItem", { keys: ["ben"] }), ["dynamodb:GetItem on another user's partition"]],
    ["a scan", observed("Scan", answer({ Items: [] })), ["Scan read the whole table"]],
    [
      "a returned row",
      observed("Query", { keys: ["ana"], ...answer({ Items: [bens] }) }),
      ["Query returned or wrote another user's row"],
    ],
    [
      "a row of a failed condition",
      observed("PutItem", { keys: ["ana"], ...answer({ Item: bens }) }),
      ["PutItem returned or wrote another user's row"],
    ],
    [
      "a batch",
      observed("BatchGetItem", { keys: ["ana"], ...answer({ Responses: { orders: [bens] } }) }),
      ["BatchGetItem returned or wrote another user's row"],
    ],
    [
      "a written row",
      observed("BatchWriteItem", {
        keys: ["ana"],
        input: { RequestItems: { orders: [{ PutRequest: { Item: bens } }] } },
      }),
      ["BatchWriteItem returned or wrote another user's row"],
    ],
    ["a denied request", observed("Scan", { outcome: "denied" }), []],
  ])("%s", (_name, observation, expected) => {
    expect(trespassesOf(observation, owned, "ana")).toEqual(expected);
  });
});

test("times are apart beyond chance only where they are", () => {
  const around = (middle: number) => Array.from({ length: 40 }, (_, index) => middle + ((index * 7) % 11));
  expect(slowerBeyondChance(around(20), around(20))).toBe(false);
  expect(slowerBeyondChance(around(40), around(20))).toBe(true);
});

test("a curl line shows no token, wherever it stood, and no control character", () => {
  const token = `${"eyJ".padEnd(30, "a")}.${"eyJ".padEnd(30, "b")}.c`;
  const line = curlOf("http://localhost", {
    method: "POST",
    path: `/orders?token=${token}`,
    headers: [
      ["authorization", `Bearer ${token}`],
      ["x-id-token", token],
      ["x-odd", "a\u001b[2Jb"],
    ],
    body: JSON.stringify({ access_token: token }),
  });
  expect(line).not.toContain("eyJ");
  expect(line).not.toContain("\u001b");
  expect(line).toContain("Bearer $TOKEN");
});

describe("access that grew and access that shrank", () => {
  const decider = (guard: string) => ({ name: "route a", guard, place: "stack/api.ts:71" });
  const token = decider("asks for a token of any scope");
  const access = (outcome: string, through: boolean, decidedBy?: Decider): Access => ({
    outcome,
    through,
    ...(decidedBy === undefined ? {} : { decider: decidedBy }),
  });
  const changeOf = (was: Access | undefined, is: Access | undefined, places: readonly string[] = []) => {
    const matrix = (one: Access | undefined) => new Map(one === undefined ? [] : [["anonymous GET /a", one]]);
    return accessChanges(matrix(was), matrix(is), places)[0];
  };

  test.each([
    [
      "a route lost its authorizer",
      access("401", false, token),
      access("200", true, decider("has no authorizer")),
      true,
      "route a lost its authorizer, stack/api.ts:71",
    ],
    [
      "a route got one",
      access("200", true, decider("has no authorizer")),
      access("401", false, token),
      false,
      "route a got an authorizer and asks for a token of any scope, stack/api.ts:71",
    ],
    [
      "a scope fell away",
      access("403", false, decider("asks for a token with x")),
      access("200", true, token),
      true,
      "route a asks for a token of any scope, where it once asked for a token with x, stack/api.ts:71",
    ],
    [
      "a route is new",
      undefined,
      access("200", true, token),
      true,
      "route a is new and asks for a token of any scope, stack/api.ts:71",
    ],
    ["a route is gone", access("200", true, token), undefined, false, "route a is gone, once stack/api.ts:71"],
    [
      "code changed",
      access("404", false, token),
      access("200", true, token),
      true,
      "route a asks for a token of any scope as before, stack/api.ts:71; changed: functions/get.ts:5",
    ],
    [
      "nothing is known to decide",
      access("held", false),
      access("breached", true),
      true,
      "changed: functions/get.ts:5",
    ],
  ] as const)("%s", (_name, was, is, grew, because) => {
    expect(changeOf(was, is, ["functions/get.ts:5"])).toMatchObject({ grew, because });
  });

  test("another status is no change where nobody got through", () => {
    expect(changeOf(access("401", false), access("403", false))).toBeUndefined();
    expect(changeOf(access("200", true), access("201", true))).toBeUndefined();
  });

  test("are Markdown in which nothing of an answer is markup", () => {
    const change = changeOf(
      access("401", false, token),
      access("200 <b>|*a*|</b>", true, decider("has no authorizer")),
    );
    const text = changesMarkdown("main", change === undefined ? [] : [change]);
    expect(text).toContain("### Access that grew");
    expect(text).toContain(
      "- **anonymous GET /a**: 401 → 200 \\<b\\>\\|\\*a\\*\\|\\</b\\>; route a lost its authorizer, stack/api.ts:71",
    );
    expect(changesMarkdown("main", [])).toContain("Nobody may do more or less than before.");
  });
});
