import { withUser } from "../administered-user.ts";
import { username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";
import { removeUser } from "./delete-user.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUser.html */
export const adminDeleteUser = operation({
  name: "AdminDeleteUser",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, Username: username }),
  run: (input, service) =>
    withUser(service, input, (served, user) => {
      removeUser(served, user);
      return {};
    }),
});
