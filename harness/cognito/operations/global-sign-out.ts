import { withAccessToken } from "../access-token.ts";
import { accessToken } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";

/** Ends every sign-in of the user. An API's authorizer does not ask Cognito: there an access token passes until it
 * expires.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GlobalSignOut.html */
export const globalSignOut = operation({
  name: "GlobalSignOut",
  access: "public",
  input: structure({ AccessToken: accessToken }),
  run: (input, service) =>
    withAccessToken(service, input.AccessToken, (subject) => {
      subject.served.sessions.endAllOf(subject.user.sub);
      return {};
    }),
});
