import { isRefusal, refuse } from "../errors.ts";
import { arn, description, groupName, precedence, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { servedPool } from "../service.ts";
import { optional, structure } from "../shapes.ts";
import { findGroup } from "../user-groups.ts";
import { groupType } from "../user-view.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html */
export const createGroup = operation({
  name: "CreateGroup",
  access: "administrator",
  input: structure({
    GroupName: groupName,
    UserPoolId: userPoolId,
    Description: optional(description),
    RoleArn: optional(arn),
    Precedence: optional(precedence),
  }),
  run(input, service) {
    const served = servedPool(service, input.UserPoolId);
    if (isRefusal(served)) return served;
    if (findGroup(served, input.GroupName) !== undefined) {
      return refuse("GroupExistsException", "A group with the name already exists.");
    }
    const group = {
      name: input.GroupName,
      createdAtMilliseconds: service.clock.nowMilliseconds(),
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
      ...(input.Precedence === undefined ? {} : { precedence: input.Precedence }),
    };
    served.groups.add(group);
    return { Group: groupType(group, served.pool.id) };
  },
});
