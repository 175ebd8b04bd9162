import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { credentialContext, credentialStore } from "../../harness/iam/credentials.ts";

const clock = { nowMilliseconds: () => 1_700_000_000_000 };
const store = () => credentialStore({ accountId: "123456789012", clock, randomBytes });
const session = {
  roleArn: "arn:aws:iam::123456789012:role/a/b/reader",
  sessionName: "fn",
  currentRequestId: () => undefined,
};

describe("credentials", () => {
  test("have AWS's forms", () => {
    const kept = store();
    const role = kept.issueRoleSession(session);
    expect(role.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(role.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(role.sessionToken.length).toBeGreaterThan(100);
    expect(kept.administrator.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  });

  test("are found by their access key until they are revoked", () => {
    const kept = store();
    const role = kept.issueRoleSession(session);
    expect(kept.lookup(role.accessKeyId)).toMatchObject({
      principal: { sessionArn: "arn:aws:sts::123456789012:assumed-role/reader/fn", roleArn: session.roleArn },
      issuedAtMilliseconds: 1_700_000_000_000,
    });
    kept.revoke(role.accessKeyId);
    expect(kept.lookup(role.accessKeyId)).toBeUndefined();
    expect(kept.lookup(kept.administrator.accessKeyId)?.principal).toEqual({
      kind: "administrator",
      arn: "arn:aws:iam::123456789012:user/administrator",
      accountId: "123456789012",
    });
  });

  test("differ from session to session", () => {
    const kept = store();
    const issued = Array.from({ length: 50 }, () => kept.issueRoleSession(session));
    expect(new Set(issued.map(({ accessKeyId }) => accessKeyId)).size).toBe(50);
    expect(new Set(issued.map(({ secretAccessKey }) => secretAccessKey)).size).toBe(50);
  });

  test("carry the role's tags", () => {
    const kept = store();
    const { accessKeyId } = kept.issueRoleSession({ ...session, tags: { team: "blue" } });
    expect(kept.lookup(accessKeyId)?.principal).toMatchObject({ tags: { team: "blue" } });
  });

  test("say when they were issued, if they are temporary", () => {
    const kept = store();
    const contextOf = (accessKeyId: string) => {
      const found = kept.lookup(accessKeyId);
      return found && credentialContext(found);
    };
    const issued = { "aws:TokenIssueTime": "2023-11-14T22:13:20.000Z" };
    expect(contextOf(kept.issueRoleSession(session).accessKeyId)).toEqual(issued);
    expect(contextOf(kept.administrator.accessKeyId)).toEqual({});
  });

  test("show no secret when a session is printed", () => {
    const kept = store();
    const role = kept.issueRoleSession(session);
    const printed =
      inspect(kept.lookup(role.accessKeyId), { depth: null }) + JSON.stringify(kept.lookup(role.accessKeyId));
    expect(printed).not.toContain(role.secretAccessKey);
    expect(printed).not.toContain(role.sessionToken);
  });

  test.each(["", "constructor", "__proto__", "toString"])("are none for the access key %j", (accessKeyId) => {
    expect(store().lookup(accessKeyId)).toBeUndefined();
  });

  test.each(["arn:aws:iam::1:user/x", "arn:aws:s3:::role/x", "role/x", ""])(
    "are not issued for %j, which is no role",
    (roleArn) => {
      expect(() => store().issueRoleSession({ ...session, roleArn })).toThrow(
        new TypeError(`${roleArn} is not the ARN of a role`),
      );
    },
  );
});
