import {
  confirmResetPassword,
  confirmSignUp,
  fetchAuthSession,
  resetPassword,
  signIn,
  signOut,
  signUp,
  updatePassword,
} from "@aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "@aws-amplify/auth/cognito";
import { Amplify } from "@aws-amplify/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientId, password, poolId, type ServedCognito, serveCognito } from "../support/cognito-pool.ts";

let served: ServedCognito;
beforeAll(async () => {
  served = await serveCognito();
  const tokenProvider = cognitoUserPoolsTokenProvider;
  const Auth = { Cognito: { userPoolId: poolId, userPoolClientId: clientId, userPoolEndpoint: served.url } };
  Amplify.configure({ Auth }, { Auth: { tokenProvider } });
  tokenProvider.setAuthConfig(Auth);
  const items = new Map<string, string>();
  tokenProvider.setKeyValueStorage({
    getItem: async (key) => items.get(key) ?? null,
    setItem: async (key, value) => void items.set(key, value),
    removeItem: async (key) => void items.delete(key),
    clear: async () => items.clear(),
  });
});
afterAll(async () => {
  expect(served.defects).toEqual([]);
  await served.close();
});

test("Amplify signs up, signs in by SRP, refreshes, changes and recovers the password, signs out", async () => {
  const username = "amplify@example.com";
  await signUp({ username, password, options: { userAttributes: { email: username } } });
  await confirmSignUp({ username, confirmationCode: served.code(username) });
  await expect(signIn({ username, password: "Wrong-horse-7" })).rejects.toMatchObject({
    name: "NotAuthorizedException",
  });
  expect(await signIn({ username, password })).toMatchObject({ isSignedIn: true });

  const first = (await fetchAuthSession()).tokens;
  expect(first?.accessToken.payload).toMatchObject({ token_use: "access", client_id: clientId });
  const refreshed = (await fetchAuthSession({ forceRefresh: true })).tokens;
  expect(refreshed?.accessToken.payload.jti).not.toBe(first?.accessToken.payload.jti);
  expect(refreshed?.accessToken.payload.origin_jti).toBe(first?.accessToken.payload.origin_jti);

  const changed = "Correct-horse-8!";
  await updatePassword({ oldPassword: password, newPassword: changed });
  await signOut();
  await resetPassword({ username });
  const recovered = "Correct-horse-9!";
  await confirmResetPassword({ username, confirmationCode: served.code(username), newPassword: recovered });
  await expect(signIn({ username, password: changed })).rejects.toMatchObject({ name: "NotAuthorizedException" });
  expect(await signIn({ username, password: recovered })).toMatchObject({ isSignedIn: true });
  await signOut({ global: true });
  await expect(fetchAuthSession()).resolves.toMatchObject({ tokens: undefined });
});
