import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { filePersistence } from "../../harness/cognito/store.ts";
import {
  allFlows,
  clientId as ClientId,
  type PoolProgram,
  readPools,
  type ServedCognito,
  sdkFor,
  serveCognito,
  servePerTest,
  todoPool,
  poolId as UserPoolId,
} from "../support/cognito-pool.ts";

const serve = servePerTest();

describe("DescribeUserPool", () => {
  test("has the pool's tags, with the provider's default ones where there are some", async () => {
    const tags = { team: "todo" };
    const { UserPool } = await sdkFor(await serve({ pool: { ...todoPool, tags } })).describeUserPool({ UserPoolId });
    expect(UserPool?.UserPoolTags).toEqual(tags);
    const tagsAll = { ...tags, owner: "us" };
    const all = await sdkFor(await serve({ pool: { ...todoPool, tags, tagsAll } })).describeUserPool({ UserPoolId });
    expect(all.UserPool?.UserPoolTags).toEqual(tagsAll);
  });

  test("has the kind of verification, and the texts that the program gives and no others", async () => {
    const bare = (await sdkFor(await serve()).describeUserPool({ UserPoolId })).UserPool;
    expect(bare?.VerificationMessageTemplate).toEqual({ DefaultEmailOption: "CONFIRM_WITH_CODE" });
    expect(bare?.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 1 });
    expect(bare?.EmailVerificationMessage).toBeUndefined();

    const verificationMessageTemplate = { emailSubject: "Hello", emailMessage: "It is {####}" };
    const inviteMessageTemplate = { smsMessage: "{username}, {####}" };
    const pool = { ...todoPool, verificationMessageTemplate, adminCreateUserConfig: { inviteMessageTemplate } };
    const { UserPool } = await sdkFor(await serve({ pool })).describeUserPool({ UserPoolId });
    expect(UserPool).toMatchObject({
      EmailVerificationSubject: "Hello",
      EmailVerificationMessage: "It is {####}",
      VerificationMessageTemplate: {
        DefaultEmailOption: "CONFIRM_WITH_CODE",
        EmailSubject: "Hello",
        EmailMessage: "It is {####}",
      },
      AdminCreateUserConfig: { InviteMessageTemplate: { SMSMessage: "{username}, {####}" } },
    });
  });
});

describe("dates", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "cognito-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const program: PoolProgram = { groups: { readers: {} } };

  async function datesOf(served: ServedCognito) {
    const sdk = sdkFor(served);
    const { UserPool } = await sdk.describeUserPool({ UserPoolId });
    const { UserPoolClient } = await sdk.describeUserPoolClient({ UserPoolId, ClientId });
    const known = [UserPool, UserPoolClient];
    return known.map((each) => [each?.CreationDate?.getTime(), each?.LastModifiedDate?.getTime()]);
  }

  test("are the first start's, and stay over a restart that keeps data", async () => {
    const options = { persistence: filePersistence(directory) };
    const first = await serveCognito(program, options);
    const now = first.clock.nowMilliseconds();
    const dates = await datesOf(first);
    expect(dates).toEqual([
      [now, now],
      [now, now],
    ]);
    await first.close();
    const again = await serveCognito(program, options);
    expect(await datesOf(again)).toEqual(dates);
    await again.close();
  });

  test("a change moves the last modification of what was changed alone", async () => {
    const served = await serve(program);
    const now = served.clock.nowMilliseconds();
    served.clock.advance(60);
    const changed = readPools({ ...program, client: { ...allFlows, accessTokenValidity: 2 } }).pools;
    await served.cognito.reconfigure(changed);
    expect(await datesOf(served)).toEqual([
      [now, now],
      [now, now + 60_000],
    ]);
  });

  test("a group of the program has one too", async () => {
    const served = await serve(program);
    const sdk = sdkFor(served);
    await sdk.adminCreateUser({ UserPoolId, Username: "a@example.com", MessageAction: "SUPPRESS" });
    await sdk.adminAddUserToGroup({ UserPoolId, Username: "a@example.com", GroupName: "readers" });
    const { Groups } = await sdk.adminListGroupsForUser({ UserPoolId, Username: "a@example.com" });
    expect(Groups?.[0]?.CreationDate?.getTime()).toBe(served.clock.nowMilliseconds());
  });
});
