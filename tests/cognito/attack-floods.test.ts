import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientId as ClientId, call, type ServedCognito, serveCognito } from "../support/cognito-pool.ts";

let served: ServedCognito;
beforeAll(async () => {
  served = await serveCognito();
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

const signInAs = (USERNAME: string, more: Readonly<Record<string, string>> = {}) =>
  call(served, "InitiateAuth", {
    ClientId,
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME, PASSWORD: "Wrong-horse-7", ...more },
  });

describe("what a stranger sends", () => {
  test("is not kept at length: a name that no user can have is refused before anything is counted under it", async () => {
    const { status, body } = await signInAs("a".repeat(100_000));
    expect([status, body.__type]).toEqual([400, "InvalidParameterException"]);
    const srp = await call(served, "InitiateAuth", {
      ClientId,
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: { USERNAME: "a".repeat(100_000), SRP_A: "abc" },
    });
    expect([srp.status, srp.body.__type]).toEqual([400, "InvalidParameterException"]);
  });

  const long = "k".repeat(100_000);
  const bodies: readonly (readonly [string, object])[] = [
    ["InitiateAuth", { ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { [long]: 1 } }],
    ["RespondToAuthChallenge", { ClientId, ChallengeName: "PASSWORD_VERIFIER", ChallengeResponses: { [long]: [] } }],
    ["SignUp", { ClientId, Username: "a@example.com", Password: "Correct-horse-7", ClientMetadata: { [long]: {} } }],
    ["ForgotPassword", { ClientId, Username: long }],
    ["InitiateAuth", { ClientId: long, AuthFlow: long }],
  ];
  test.each(bodies)("comes back neither in the answer nor in the journal at length: %s", async (operation, body) => {
    const { status, headers, body: answer } = await call(served, operation, body);
    expect(status).toBe(400);
    expect((headers.get("x-amzn-errormessage") ?? "").length).toBeLessThan(1200);
    expect(JSON.stringify(answer).length).toBeLessThan(1200);
    expect(Math.max(...served.journal.entries().map((entry) => JSON.stringify(entry).length))).toBeLessThan(2400);
  });
});

describe("names of the prototype", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  const operations: readonly (readonly [string, (name: string) => object])[] = [
    ["SignUp", (name) => ({ ClientId: name, Username: name, Password: "Correct-horse-7" })],
    ["ForgotPassword", (name) => ({ ClientId, Username: name })],
    ["ConfirmForgotPassword", (n) => ({ ClientId, Username: n, ConfirmationCode: n, Password: "Correct-horse-7" })],
    ["ConfirmSignUp", (name) => ({ ClientId, Username: name, ConfirmationCode: name })],
    ["ResendConfirmationCode", (name) => ({ ClientId, Username: name })],
    ["RevokeToken", (name) => ({ ClientId, Token: name })],
    ["GetUser", (name) => ({ AccessToken: name })],
    ["InitiateAuth", (name) => ({ ClientId, AuthFlow: name, AuthParameters: { USERNAME: name } })],
    [
      "InitiateAuth",
      (n) => ({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: n, PASSWORD: n } }),
    ],
    ["RespondToAuthChallenge", (name) => ({ ClientId, ChallengeName: name, Session: name.repeat(4) })],
  ];
  test.each(operations)("are only names: %s", async (operation, body) => {
    for (const name of names) {
      const { status } = await call(served, operation, body(name));
      expect([200, 400]).toContain(status);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test.each(names)("%s is no operation", async (name) => {
    expect((await call(served, name, {})).body.__type).toBe("UnknownOperationException");
  });
});
