import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OPERATIONS } from "../../harness/cognito/operations.ts";
import type { HttpRequest } from "../../harness/http.ts";
import {
  allFlows,
  clientId,
  password,
  poolId,
  type ServedCognito,
  serveCognito,
  signIn,
  signUpConfirmed,
  type Tokens,
  todoPool,
} from "../support/cognito-pool.ts";

let served: ServedCognito;
let tokens: Tokens;
beforeAll(async () => {
  served = await serveCognito(
    {
      pool: { ...todoPool, mfaConfiguration: "OPTIONAL", softwareTokenMfaConfiguration: { enabled: true } },
      client: allFlows,
    },
    { verifySignedAdmin: () => ({ kind: "allowed", reason: "the test" }) },
  );
  await signUpConfirmed(served, "fuzz@example.com");
  tokens = await signIn(served, "fuzz@example.com");
});
afterAll(() => served.close());

const requests = Number(process.env.COGNITO_FUZZ ?? 10_000);

/** Values that get past the first checks as often as not. */
function plausible(): fc.Arbitrary<unknown> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom<unknown>(clientId, poolId, "fuzz@example.com", "new@example.com", password, "123456"),
    },
    { weight: 2, arbitrary: fc.constantFrom<unknown>(tokens.access, tokens.id, tokens.refresh, "a.b.c", "") },
    {
      weight: 2,
      arbitrary: fc.constantFrom<unknown>(
        "USER_SRP_AUTH",
        "USER_PASSWORD_AUTH",
        "REFRESH_TOKEN_AUTH",
        "PASSWORD_VERIFIER",
        "NEW_PASSWORD_REQUIRED",
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown>(
        null,
        true,
        0,
        -1,
        1e308,
        [],
        {},
        [[[]]],
        "__proto__",
        "\u0000",
        "\ud800",
        "x".repeat(3000),
      ),
    },
    { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    {
      weight: 2,
      arbitrary: fc.array(
        fc.record({
          Name: fc.constantFrom("email", "name", "sub", "custom:x", "__proto__"),
          Value: fc.string({ maxLength: 20 }),
        }),
        { maxLength: 3 },
      ),
    },
    {
      weight: 2,
      arbitrary: fc.dictionary(
        fc.constantFrom(
          "USERNAME",
          "PASSWORD",
          "SRP_A",
          "REFRESH_TOKEN",
          "SECRET_HASH",
          "NEW_PASSWORD",
          "TIMESTAMP",
          "__proto__",
        ),
        fc.oneof(
          fc.constantFrom("fuzz@example.com", password, "0", "ff", "2", tokens.refresh),
          fc.string({ maxLength: 20 }),
        ),
      ),
    },
  );
}

const members = [
  ...["ClientId", "UserPoolId", "Username", "Password", "AuthFlow", "AuthParameters", "ChallengeName", "Session"],
  ...["ChallengeResponses", "AccessToken", "RefreshToken", "Token", "UserAttributes", "ConfirmationCode", "Code"],
  ...["AttributeName", "PreviousPassword", "ProposedPassword", "GroupName", "Filter", "Limit", "PaginationToken"],
  ...[
    "NextToken",
    "SecretHash",
    "ClientSecret",
    "UserCode",
    "TemporaryPassword",
    "MessageAction",
    "Permanent",
    "__proto__",
  ],
];

function body(): fc.Arbitrary<string> {
  const structured = fc.uniqueArray(fc.tuple(fc.constantFrom(...members), plausible()), {
    selector: ([name]) => name,
    maxLength: 8,
  });
  // Without what most operations ask for first, hardly a request in thousands would come to an end.
  const sound = fc.record(
    {
      ClientId: fc.constant(clientId),
      UserPoolId: fc.constant(poolId),
      Username: fc.constant("fuzz@example.com"),
      AccessToken: fc.constant(tokens.access),
    },
    { requiredKeys: [] },
  );
  const laidOver = fc.tuple(sound, structured).map(([base, entries]) => ({ ...base, ...Object.fromEntries(entries) }));
  return fc.oneof(
    { weight: 8, arbitrary: laidOver.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.constantFrom("[".repeat(50_000), '{"a":'.repeat(10_000), "null", '"x"', "{", "") },
  );
}

function request(): fc.Arbitrary<HttpRequest> {
  const prefix = "AWSCognitoIdentityProviderService.";
  const target = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...OPERATIONS.keys()).map((name) => prefix + name) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(`${prefix}__proto__`, prefix, "", "DynamoDB_20120810.GetItem", "constructor"),
    },
    { weight: 1, arbitrary: fc.string() },
  );
  return fc
    .record({ target, text: body(), bodyTooLarge: fc.constantFrom(false, false, false, false, true) })
    .map((parts) => ({
      method: "POST",
      target: "/",
      headers: [["X-Amz-Target", parts.target] as const],
      body: Buffer.from(parts.text),
      bodyTooLarge: parts.bodyTooLarge,
      sourceAddress: "127.0.0.1",
      receivedAtMilliseconds: 0,
    }));
}

test(`${requests} malformed requests: each has an answer in Cognito's form, none a 500`, async () => {
  const statuses = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(request(), async (fuzzed) => {
      const response = await served.cognito.handle(fuzzed);
      const answer: unknown = JSON.parse(String(response.body));
      expect([200, 400, 413]).toContain(response.status);
      if (response.status !== 200)
        expect(answer).toMatchObject({ __type: expect.any(String), message: expect.any(String) });
      for (const [, value] of response.headers) expect(value).toMatch(/^[\x20-\x7e]*$/);
      const kind = response.status === 200 ? "200" : String((answer as { __type: string }).__type);
      statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
    }),
    { numRuns: requests },
  );
  expect(served.defects).toEqual([]);
  // The requests were not all stopped at the door.
  for (const kind of [
    "200",
    "InvalidParameterException",
    "NotAuthorizedException",
    "SerializationException",
    "ResourceNotFoundException",
  ]) {
    expect([kind, statuses.get(kind) ?? 0]).not.toEqual([kind, 0]);
  }
}, 180_000);

test("real bytes on a real socket are answered too, and the server lives on", async () => {
  const headers = { "x-amz-target": "AWSCognitoIdentityProviderService.SignUp" };
  for (const sent of ["", "{", "\u0000", "[]", JSON.stringify({ ClientId: 1 }), "x".repeat(300_000)]) {
    const response = await fetch(served.url, { method: "POST", headers, body: sent });
    expect(response.status).toBe(400);
  }
});
