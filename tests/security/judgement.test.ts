import { describe, expect, test } from "vitest";
import type { GateObservation } from "../../harness/dynamodb/observation.ts";
import type { Table } from "../../harness/dynamodb/tables.ts";
import { accessChanges, changesMarkdown } from "../../harness/security/access-diff.ts";
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

test("access that grew and access that shrank are told apart, and other statuses are no change", () => {
  const access = (outcome: string, through: boolean, decidedBy = "route a, stack/api.ts:71") => ({
    outcome,
    through,
    decidedBy,
  });
  const before = new Map([
    ["anonymous GET /a", access("401", false)],
    ["anonymous GET /b", access("401", false)],
    ["a user GET /c", access("200", true)],
  ]);
  const after = new Map([
    ["anonymous GET /a", access("200", true, "route a has no authorizer, stack/api.ts:71")],
    ["anonymous GET /b", access("403", false)],
    ["a user GET /c", access("401", false)],
    ["anonymous GET /d", access("200", true)],
  ]);
  const changes = accessChanges(before, after);
  expect(changes.map(({ who, grew }) => [who, grew])).toEqual([
    ["anonymous GET /a", true],
    ["a user GET /c", false],
    ["anonymous GET /d", true],
  ]);
  expect(changesMarkdown("main", changes)).toContain(
    "| anonymous GET /a | 401 | 200 | route a has no authorizer, stack/api.ts:71; before: route a",
  );
  expect(changesMarkdown("main", [])).toContain("Nobody may do more or less than before.");
});
