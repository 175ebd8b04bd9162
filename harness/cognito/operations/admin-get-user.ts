import { withUser } from "../administered-user.ts";
import { username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";
import { attributeListOf, mfaMembers, userMembers } from "../user-view.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html */
export const adminGetUser = operation({
  name: "AdminGetUser",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, Username: username }),
  run: (input, service) =>
    withUser(service, input, (_served, user) => ({
      ...userMembers(user),
      UserAttributes: attributeListOf(user),
      ...mfaMembers(user),
    })),
});
