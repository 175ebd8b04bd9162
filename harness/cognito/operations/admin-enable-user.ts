import { withUser } from "../administered-user.ts";
import { username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminEnableUser.html */
export const adminEnableUser = operation({
  name: "AdminEnableUser",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, Username: username }),
  run: (input, service) =>
    withUser(service, input, (served, user) => {
      served.users.save({ ...user, enabled: true, modifiedAtMilliseconds: service.clock.nowMilliseconds() });
      return {};
    }),
});
