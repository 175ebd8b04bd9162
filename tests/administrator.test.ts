import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { adminVerifier } from "../harness/administrator.ts";
import { faultCollector } from "../harness/faults.ts";
import { credentialStore } from "../harness/iam/credentials.ts";
import { compilePolicy } from "../harness/iam/policy-document.ts";
import type { Role } from "../harness/iam/roles.ts";
import { signatureVerifier } from "../harness/iam/signature.ts";
import { CLOCK } from "./iam/support/evaluator-case.ts";
import { sign, TODO_REQUEST } from "./iam/support/signing.ts";

const accountId = "123456789012";
const roleArn = `arn:aws:iam::${accountId}:role/keeper`;
const pool = `arn:aws:cognito-idp:eu-west-1:${accountId}:userpool/eu-west-1_AbCdEfGhI`;
const intent = { action: "cognito-idp:AdminGetUser", resourceArn: pool };
const allow = { Effect: "Allow", Action: "cognito-idp:AdminGetUser", Resource: pool };
const denyIf = (Condition: object) => ({ Effect: "Deny", Action: "*", Resource: "*", Condition });

function roleWith(statements: readonly object[]): Role {
  const faults = faultCollector();
  const document = { Version: "2012-10-17", Statement: statements };
  const policy = compilePolicy({ kind: "identity", name: "own", document, subject: "keeper" }, faults);
  expect(faults.faults).toEqual([]);
  return { arn: roleArn, name: "keeper", tags: {}, policies: [policy], trusts: () => true };
}

async function ask(by: "administrator" | "role", statements: readonly object[], service = "cognito-idp") {
  const store = credentialStore({ accountId, clock: CLOCK, randomBytes });
  const session = { roleArn, sessionName: "keep", currentRequestId: () => "gateway-request" };
  const credentials = by === "role" ? store.issueRoleSession(session) : store.administrator;
  const verifySignature = signatureVerifier({ lookup: store.lookup, clock: CLOCK, region: "eu-west-1" });
  const role = statements.length === 0 ? undefined : roleWith(statements);
  const verify = adminVerifier(verifySignature, () => ({ roles: { byArn: () => role }, clock: CLOCK }));
  const request = await sign(TODO_REQUEST, { credentials, date: new Date(CLOCK.nowMilliseconds()), service });
  return verify(request, intent);
}

/** The clock stands at 2026-03-04T05:06:07Z. */
describe("an administrative operation of Cognito is", () => {
  test.each<[string, Parameters<typeof ask>, string]>([
    ["allowed to the administrator", ["administrator", []], "allowed"],
    ["refused when signed for another service", ["administrator", [], "dynamodb"], "InvalidSignatureException"],
    ["allowed to a role whose policy says so", ["role", [allow]], "allowed"],
    ["refused to a role that is gone", ["role", []], "AccessDeniedException"],
    [
      "refused to a role with another action",
      ["role", [{ ...allow, Action: "cognito-idp:ListUsers" }]],
      "AccessDeniedException",
    ],
    [
      "refused to a role with another pool",
      ["role", [{ ...allow, Resource: pool.replace("AbC", "XyZ") }]],
      "AccessDeniedException",
    ],
    [
      "refused to a session from before sessions were revoked",
      ["role", [allow, denyIf({ DateLessThan: { "aws:TokenIssueTime": "2026-03-04T05:06:08Z" } })]],
      "AccessDeniedException",
    ],
    [
      "allowed to a session from after that",
      ["role", [allow, denyIf({ DateLessThan: { "aws:TokenIssueTime": "2026-03-04T05:06:07Z" } })]],
      "allowed",
    ],
    [
      "decided by the harness's clock, before a moment",
      ["role", [{ ...allow, Condition: { DateLessThan: { "aws:CurrentTime": "2026-03-04T05:06:08Z" } } }]],
      "allowed",
    ],
    [
      "decided by the harness's clock, after it",
      ["role", [allow, denyIf({ DateGreaterThan: { "aws:CurrentTime": "2026-03-04T05:06:08Z" } })]],
      "allowed",
    ],
  ])("%s", async (_title, asked, outcome) => {
    const verdict = await ask(...asked);
    expect(verdict.kind === "allowed" ? "allowed" : verdict.name).toBe(outcome);
  });

  test.each<[string, Parameters<typeof ask>, object]>([
    ["allowed", ["role", [allow]], { kind: "allowed", reason: "allowed by own#0" }],
    [
      "refused by a statement",
      ["role", [allow, { Effect: "Deny", Action: "*", Resource: "*" }]],
      { kind: "refused", reason: "denied by own#1", message: expect.stringContaining("with an explicit deny") },
    ],
    [
      "refused by none",
      ["role", [{ ...allow, Action: "cognito-idp:ListUsers" }]],
      {
        kind: "refused",
        reason: "own#0: Action does not match",
        message: `User: arn:aws:sts::${accountId}:assumed-role/keeper/keep is not authorized to perform: ${intent.action} on resource: ${pool} because no identity-based policy allows the ${intent.action} action`,
      },
    ],
  ])("%s, with the statement that decided and the gateway's request id", async (_title, asked, verdict) => {
    expect(await ask(...asked)).toMatchObject({ ...verdict, requestId: "gateway-request" });
  });
});
