import { withUser } from "../administered-user.ts";
import { username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";

/** Ends the user's sign-ins and lets no new one begin.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDisableUser.html */
export const adminDisableUser = operation({
  name: "AdminDisableUser",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, Username: username }),
  run: (input, service) =>
    withUser(service, input, (served, user) => {
      served.users.save({ ...user, enabled: false, modifiedAtMilliseconds: service.clock.nowMilliseconds() });
      served.sessions.endAllOf(user.sub);
      return {};
    }),
});
