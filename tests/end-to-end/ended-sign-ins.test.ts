import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  DeleteUserCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  RevokeTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MovableClock, movableClock } from "../support/cognito-pool.ts";
import { call } from "./support/calls.ts";
import { newPerson, type Person } from "./support/people.ts";
import { type Served, serveProgram } from "./support/served.ts";

/** @see https://github.com/awslabs/aws-jwt-verify/issues/170 */
const endings: readonly (readonly [string, (served: Served, person: Person) => object])[] = [
  ["GlobalSignOut", (_served, { accessToken }) => new GlobalSignOutCommand({ AccessToken: accessToken })],
  ["DeleteUser", (_served, { accessToken }) => new DeleteUserCommand({ AccessToken: accessToken })],
  [
    "RevokeToken",
    ({ clientId }, { refreshToken }) => new RevokeTokenCommand({ ClientId: clientId, Token: refreshToken }),
  ],
  [
    "AdminUserGlobalSignOut",
    ({ userPoolId }, { email }) => new AdminUserGlobalSignOutCommand({ UserPoolId: userPoolId, Username: email }),
  ],
  [
    "AdminDisableUser",
    ({ userPoolId }, { email }) => new AdminDisableUserCommand({ UserPoolId: userPoolId, Username: email }),
  ],
  [
    "AdminDeleteUser",
    ({ userPoolId }, { email }) => new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: email }),
  ],
];

let served: Served;
let clock: MovableClock;
beforeAll(async () => {
  clock = movableClock();
  served = await serveProgram({ clock });
});
afterAll(() => served?.close());

test("an access token is taken until its end, whatever became of its user; Cognito takes it no more", async () => {
  const { awsEndpointUrl, region, administrator } = served;
  const cognito = new CognitoIdentityProviderClient({ endpoint: awsEndpointUrl, region, credentials: administrator });
  const list = async (token: string) => (await call(served, { method: "GET", path: "/todos", token })).status;
  const tokens = new Map<string, string>();
  for (const [ending, command] of endings) {
    const person = await newPerson(served, `${ending.toLowerCase()}@example.com`);
    await cognito.send(command(served, person) as GlobalSignOutCommand);
    const attempt = cognito.send(new GetUserCommand({ AccessToken: person.accessToken }));
    await expect(attempt, ending).rejects.toMatchObject({
      name: expect.stringMatching(/^(NotAuthorized|UserNotFound)/),
    });
    tokens.set(ending, person.accessToken);
  }
  cognito.destroy();
  for (const [ending, token] of tokens) expect([ending, await list(token)]).toEqual([ending, 200]);
  const [pool] = served.model().userPools;
  const { accessTokenSeconds = 0 } = pool?.clients.get(served.clientId) ?? {};
  expect(accessTokenSeconds).toBe(3600);
  clock.advance(accessTokenSeconds);
  for (const [ending, token] of tokens) expect([ending, await list(token)]).toEqual([ending, 401]);
});
