import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientId, password, poolId, type ServedCognito, sdkFor, serveCognito } from "../support/cognito-pool.ts";

let served: ServedCognito;
beforeAll(async () => {
  served = await serveCognito();
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
    clear: () => items.clear(),
  };
}

function browser() {
  const Storage = memoryStorage();
  const Pool = new CognitoUserPool({ UserPoolId: poolId, ClientId: clientId, endpoint: served.url, Storage });
  return { Pool, user: (Username: string) => new CognitoUser({ Username, Pool, Storage }) };
}

/** Turns the library's callbacks into a promise. */
function done<T>(run: (callback: (error: unknown, value?: T) => void) => void): Promise<T | undefined> {
  return new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))));
}

function authenticate(user: CognitoUser, Username: string, Password: string): Promise<CognitoUserSession> {
  return new Promise((onSuccess, onFailure) =>
    user.authenticateUser(new AuthenticationDetails({ Username, Password }), { onSuccess, onFailure }),
  );
}

test("sign-up, SRP sign-in, refresh, password change and recovery, as a browser does them", async () => {
  const { Pool, user } = browser();
  const email = "browser@example.com";
  const attributes = [new CognitoUserAttribute({ Name: "email", Value: email })];
  await done((callback) => Pool.signUp(email, password, attributes, [], callback));
  await done((callback) => user(email).confirmRegistration(served.code(email), false, callback));

  await expect(authenticate(user(email), email, "Wrong-horse-7")).rejects.toMatchObject({
    code: "NotAuthorizedException",
    message: "Incorrect username or password.",
  });
  const signedIn = user(email);
  const session = await authenticate(signedIn, email, password);
  expect(session.isValid()).toBe(true);
  expect(session.getIdToken().payload.email).toBe(email);

  served.clock.advance(5);
  const refreshed = await done<CognitoUserSession>((callback) =>
    signedIn.refreshSession(session.getRefreshToken(), callback),
  );
  expect(refreshed?.getAccessToken().payload.auth_time).toBe(session.getAccessToken().payload.auth_time);
  expect(refreshed?.getAccessToken().payload.iat).toBe(Number(session.getAccessToken().payload.iat) + 5);

  const read = await done<CognitoUserAttribute[]>((callback) => signedIn.getUserAttributes(callback));
  expect(read?.map((attribute) => attribute.getName())).toEqual(["sub", "email", "email_verified"]);
  await done((callback) => signedIn.changePassword(password, "Another-horse-8", callback));
  await authenticate(user(email), email, "Another-horse-8");

  await new Promise((resolve, onFailure) => user(email).forgotPassword({ onSuccess: resolve, onFailure }));
  await new Promise<unknown>((resolve, onFailure) =>
    user(email).confirmPassword(served.code(email), "Third-horse-9!", { onSuccess: resolve, onFailure }),
  );
  const last = user(email);
  await authenticate(last, email, "Third-horse-9!");
  await new Promise((resolve, onFailure) => last.globalSignOut({ onSuccess: resolve, onFailure }));
});

test("a user whom an administrator made answers NEW_PASSWORD_REQUIRED", async () => {
  const { user } = browser();
  const email = "invited@example.com";
  await sdkFor(served).adminCreateUser({
    UserPoolId: poolId,
    Username: email,
    UserAttributes: [{ Name: "email_verified", Value: "true" }],
    DesiredDeliveryMediums: ["EMAIL"],
  });
  const { temporaryPassword = "" } = served.message(email);
  const invited = user(email);
  const Password = temporaryPassword;
  const session = await new Promise<CognitoUserSession>((onSuccess, onFailure) =>
    invited.authenticateUser(new AuthenticationDetails({ Username: email, Password }), {
      onSuccess,
      onFailure,
      newPasswordRequired: (attributes: Readonly<Record<string, string>>, required: readonly string[]) => {
        expect(attributes.email).toBe(email);
        expect(required).toEqual([]);
        invited.completeNewPasswordChallenge(password, {}, { onSuccess, onFailure });
      },
    }),
  );
  expect(session.isValid()).toBe(true);
  await authenticate(user(email), email, password);
});
