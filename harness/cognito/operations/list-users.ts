import { hasUnknownAttribute } from "../attributes.ts";
import { isRefusal } from "../errors.ts";
import { attributeNames, paginationToken, queryLimit, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { pageOf } from "../pagination.ts";
import { servedPool } from "../service.ts";
import { optional, string, structure } from "../shapes.ts";
import { readUserFilter } from "../user-filter.ts";
import { userType } from "../user-view.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html */
export const listUsers = operation({
  name: "ListUsers",
  access: "administrator",
  input: structure({
    UserPoolId: userPoolId,
    AttributesToGet: optional(attributeNames),
    Limit: optional(queryLimit),
    PaginationToken: optional(paginationToken),
    Filter: optional(string({ max: 256 })),
  }),
  run(input, service) {
    const served = servedPool(service, input.UserPoolId);
    if (isRefusal(served)) return served;
    const filter = readUserFilter(input.Filter ?? "");
    if (isRefusal(filter)) return filter;
    const unknown = hasUnknownAttribute(served.pool, input.AttributesToGet ?? []);
    if (unknown !== undefined) return unknown;
    const page = pageOf(served.users.all().filter(filter), input.Limit, input.PaginationToken);
    if (isRefusal(page)) return page;
    const wanted = input.AttributesToGet;
    const Users = page.items.map((user) => userType(user, (name) => wanted?.includes(name) ?? true));
    return { Users, ...(page.next === undefined ? {} : { PaginationToken: page.next }) };
  },
});
