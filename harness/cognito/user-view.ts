import type { GroupRecord } from "./user-groups.ts";
import type { User } from "./users.ts";

/** Dates go over the wire as seconds since the epoch. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

export function attributeListOf(user: User, wanted: (name: string) => boolean = () => true) {
  const { sub } = user;
  const others = Object.entries(user.attributes).filter(([name]) => name !== "sub");
  return [["sub", sub] as const, ...others].filter(([name]) => wanted(name)).map(([Name, Value]) => ({ Name, Value }));
}

export function mfaMembers({ softwareToken }: User) {
  if (softwareToken?.verified !== true || !softwareToken.enabled) return {};
  return {
    UserMFASettingList: ["SOFTWARE_TOKEN_MFA"],
    ...(softwareToken.preferred ? { PreferredMfaSetting: "SOFTWARE_TOKEN_MFA" } : {}),
  };
}

/** The members that every administrator's view of a user has. */
export function userMembers(user: User) {
  return {
    Username: user.username,
    UserCreateDate: seconds(user.createdAtMilliseconds),
    UserLastModifiedDate: seconds(user.modifiedAtMilliseconds),
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}

/** A user as `ListUsers` and `AdminCreateUser` show one. */
export function userType(user: User, wanted?: (name: string) => boolean) {
  return { ...userMembers(user), Attributes: attributeListOf(user, wanted) };
}

export function groupType(group: GroupRecord, userPoolId: string) {
  return {
    GroupName: group.name,
    UserPoolId: userPoolId,
    ...(group.description === undefined ? {} : { Description: group.description }),
    ...(group.roleArn === undefined ? {} : { RoleArn: group.roleArn }),
    ...(group.precedence === undefined ? {} : { Precedence: group.precedence }),
    CreationDate: seconds(group.createdAtMilliseconds),
    LastModifiedDate: seconds(group.modifiedAtMilliseconds ?? group.createdAtMilliseconds),
  };
}
