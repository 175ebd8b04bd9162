import { describe, expect, test } from "vitest";
import { isEmail } from "../../harness/cognito/attributes.ts";
import {
  clientId as ClientId,
  password,
  refusalOf,
  type ServedCognito,
  sdkFor,
  servePerTest,
} from "../support/cognito-pool.ts";

const serve = servePerTest();

function signUp(served: ServedCognito, Username: string, email: string) {
  const UserAttributes = [{ Name: "email", Value: email }];
  return sdkFor(served).signUp({ ClientId, Username, Password: password, UserAttributes });
}

describe("with plain user names", () => {
  test("a code for nobody goes where the pool's codes go, not by SMS where nobody has a verified phone", async () => {
    const served = await serve({ pool: { autoVerifiedAttributes: ["email"] } });
    const sdk = sdkFor(served);
    await signUp(served, "alice", "alice@example.com");
    const medium = async (attempt: Promise<{ readonly CodeDeliveryDetails?: object | undefined }>) => {
      const { Destination: _hidden, ...details } = { Destination: "", ...(await attempt).CodeDeliveryDetails };
      return details;
    };
    expect(await medium(sdk.resendConfirmationCode({ ClientId, Username: "nobody" }))).toEqual(
      await medium(sdk.resendConfirmationCode({ ClientId, Username: "alice" })),
    );
    await sdk.confirmSignUp({
      ClientId,
      Username: "alice",
      ConfirmationCode: served.code("alice@example.com"),
    });
    expect(await medium(sdk.forgotPassword({ ClientId, Username: "nobody" }))).toEqual(
      await medium(sdk.forgotPassword({ ClientId, Username: "alice" })),
    );
  });

  test("a pool that verifies nothing says so to everybody", async () => {
    const served = await serve({ pool: {} });
    await signUp(served, "alice", "alice@example.com");
    const resend = (Username: string) => refusalOf(sdkFor(served).resendConfirmationCode({ ClientId, Username }));
    expect(await resend("nobody")).toEqual(await resend("alice"));
  });
});

test("somebody's verified alias is not told to who has no code for it", async () => {
  const served = await serve({ pool: { aliasAttributes: ["email"], autoVerifiedAttributes: ["email"] } });
  const sdk = sdkFor(served);
  const theirs = "alice@example.com";
  await signUp(served, "alice", theirs);
  await sdk.confirmSignUp({ ClientId, Username: "alice", ConfirmationCode: served.code(theirs) });
  await signUp(served, "mallory", theirs);
  const confirm = (ConfirmationCode: string, ForceAliasCreation?: boolean) =>
    sdk.confirmSignUp({ ClientId, Username: "mallory", ConfirmationCode, ForceAliasCreation });
  expect((await refusalOf(confirm("12345x"))).name).toBe("CodeMismatchException");
  expect((await refusalOf(confirm("12345x", true))).name).toBe("CodeMismatchException");
  // Who has the code is told, and may still use it to take the alias along.
  expect((await refusalOf(confirm(served.code(theirs)))).name).toBe("AliasExistsException");
  await confirm(served.code(theirs), true);
});

test("an address holds nothing that a console would obey", () => {
  const controls = ["\u001b[2J", "\u0000", "\u0007", "\u202e", "\u200b", "\u009b"];
  for (const control of controls) {
    expect(isEmail(`a${control}@example.com`)).toBe(false);
    expect(isEmail(`a@example${control}.com`)).toBe(false);
  }
  expect(isEmail("ähm+tag@bücher.example")).toBe(true);
});
