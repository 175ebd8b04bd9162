import { withUser } from "../administered-user.ts";
import { refusals } from "../errors.ts";
import { groupName, username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";
import { findGroup } from "../user-groups.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminRemoveUserFromGroup.html */
export const adminRemoveUserFromGroup = operation({
  name: "AdminRemoveUserFromGroup",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, Username: username, GroupName: groupName }),
  run: (input, service) =>
    withUser(service, input, (served, user) => {
      if (findGroup(served, input.GroupName) === undefined) return refusals.unknownGroup();
      served.users.save({ ...user, groups: user.groups.filter((name) => name !== input.GroupName) });
      return {};
    }),
});
