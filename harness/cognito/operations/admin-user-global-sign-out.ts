import { withUser } from "../administered-user.ts";
import { username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html */
export const adminUserGlobalSignOut = operation({
  name: "AdminUserGlobalSignOut",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, Username: username }),
  run: (input, service) =>
    withUser(service, input, (served, user) => {
      served.sessions.endAllOf(user.sub);
      return {};
    }),
});
