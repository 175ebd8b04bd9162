import { withAccessToken } from "../access-token.ts";
import { accessToken } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";
import { attributeListOf, mfaMembers } from "../user-view.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html */
export const getUser = operation({
  name: "GetUser",
  access: "public",
  input: structure({ AccessToken: accessToken }),
  run: (input, service) =>
    withAccessToken(service, input.AccessToken, (subject) => {
      const { user, client } = subject;
      const readable = (name: string) => name === "sub" || client.readable.has(name);
      return { Username: user.username, UserAttributes: attributeListOf(user, readable), ...mfaMembers(user) };
    }),
});
