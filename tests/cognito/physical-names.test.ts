import { expect, test } from "vitest";
import type { Resource } from "../../harness/pulumi/resource-graph.ts";
import { password, sdkFor, servePerTest } from "../support/cognito-pool.ts";

const serve = servePerTest();

const UserPoolId = "eu-west-1_Unnamed01";
const ClientId = "2example23456789abcdefghij";

function made(kind: string, name: string, id: string, outputs: Resource["outputs"]): Resource {
  const inputs = kind === "userPool" ? {} : { userPoolId: UserPoolId };
  const type = `aws:cognito/${kind}:${kind.replace("u", "U")}`;
  return { type, name, id, arn: `arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${id}`, inputs, outputs };
}

/** What Pulumi makes of resources to which the program gives no name: their outputs have one. */
const unnamed = [
  made("userPool", "accounts", UserPoolId, { name: "accounts-1a2b3c4" }),
  made("userPoolClient", "web", ClientId, { name: "web-5d6e7f8" }),
  made("userGroup", "admins", `${UserPoolId}/admins-48780c7`, { name: "admins-48780c7" }),
];

test("pools, clients and groups go by the names that the program's outputs have", async () => {
  const served = await serve({ others: unnamed });
  const sdk = sdkFor(served);
  expect((await sdk.describeUserPool({ UserPoolId })).UserPool?.Name).toBe("accounts-1a2b3c4");
  expect((await sdk.describeUserPoolClient({ UserPoolId, ClientId })).UserPoolClient?.ClientName).toBe("web-5d6e7f8");
  await sdk.adminCreateUser({ UserPoolId, Username: "ana", MessageAction: "SUPPRESS" });
  const join = (GroupName: string) => sdk.adminAddUserToGroup({ UserPoolId, Username: "ana", GroupName });
  await join("admins-48780c7");
  await expect(join("admins")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  const { Groups } = await sdk.adminListGroupsForUser({ UserPoolId, Username: "ana" });
  expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(["admins-48780c7"]);
});

test("a seed file may use the program's own names", async () => {
  const served = await serve({ others: unnamed });
  const user = { password, attributes: {}, userPool: "accounts" };
  await served.cognito.seed([
    { ...user, username: "ana", groups: ["admins"] },
    { ...user, username: "ben", groups: ["admins-48780c7"] },
  ]);
  for (const Username of ["ana", "ben"]) {
    const { Groups } = await sdkFor(served).adminListGroupsForUser({ UserPoolId, Username });
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(["admins-48780c7"]);
  }
});
