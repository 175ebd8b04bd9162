import { withUser } from "../administered-user.ts";
import { isRefusal } from "../errors.ts";
import { paginationToken, queryLimit, username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { pageOf } from "../pagination.ts";
import { optional, structure } from "../shapes.ts";
import { groupsOf } from "../user-groups.ts";
import { groupType } from "../user-view.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListGroupsForUser.html */
export const adminListGroupsForUser = operation({
  name: "AdminListGroupsForUser",
  access: "administrator",
  input: structure({
    UserPoolId: userPoolId,
    Username: username,
    Limit: optional(queryLimit),
    NextToken: optional(paginationToken),
  }),
  run: (input, service) =>
    withUser(service, input, (served, user) => {
      const page = pageOf(groupsOf(served, user), input.Limit, input.NextToken);
      if (isRefusal(page)) return page;
      const Groups = page.items.map((group) => groupType(group, served.pool.id));
      return { Groups, ...(page.next === undefined ? {} : { NextToken: page.next }) };
    }),
});
