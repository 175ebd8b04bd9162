import type { DeclaredRecords } from "./declared-records.ts";
import type { UserGroup, UserPool } from "./pool/user-pool.ts";
import type { User } from "./users.ts";

/** A group with the dates that the API shows. */
export interface GroupRecord extends UserGroup {
  readonly createdAtMilliseconds: number;
  /** None: it was not changed since. */
  readonly modifiedAtMilliseconds?: number;
}

/** The groups that `CreateGroup` made, beside those of the program. */
export interface PoolGroups {
  all(): readonly GroupRecord[];
  add(group: GroupRecord): void;
}

/** @param changed called after each change: the caller keeps the data. */
export function poolGroups(stored: readonly GroupRecord[], changed: () => void): PoolGroups {
  const byName = new Map(stored.map((group) => [group.name, group]));
  return {
    all: () => [...byName.values()],
    add(group) {
      byName.set(group.name, group);
      changed();
    },
  };
}

interface Grouped {
  readonly pool: UserPool;
  readonly groups: PoolGroups;
  readonly declared: DeclaredRecords;
}

export function findGroup({ pool, groups, declared }: Grouped, name: string): GroupRecord | undefined {
  const found = pool.groups.get(name);
  if (found !== undefined) {
    const { createdAtMilliseconds, modifiedAtMilliseconds } = declared.group(name);
    return { ...found, createdAtMilliseconds, modifiedAtMilliseconds };
  }
  return groups.all().find((group) => group.name === name);
}

/** The user's groups that still exist, the one that wins first. */
export function groupsOf(grouped: Grouped, user: User): readonly GroupRecord[] {
  const groups = user.groups.flatMap((name) => findGroup(grouped, name) ?? []);
  const rank = (group: UserGroup) => group.precedence ?? Number.POSITIVE_INFINITY;
  return groups.toSorted((left, right) => (rank(left) < rank(right) ? -1 : rank(left) > rank(right) ? 1 : 0));
}

export interface GroupClaims {
  readonly "cognito:groups"?: readonly string[];
  readonly "cognito:roles"?: readonly string[];
  readonly "cognito:preferred_role"?: string;
}

/** The claims that groups add: names to both kinds of token, roles to the ID token. A role is preferred when the
 * groups of the best precedence agree on one.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html */
export function groupClaims(groups: readonly UserGroup[]): GroupClaims {
  if (groups.length === 0) return {};
  const roles = groups.flatMap((group) => group.roleArn ?? []);
  const [best] = groups;
  const bestRoles = new Set(
    groups.filter((group) => group.precedence === best?.precedence).flatMap((group) => group.roleArn ?? []),
  );
  const [preferred] = bestRoles;
  return {
    "cognito:groups": groups.map((group) => group.name),
    ...(roles.length === 0 ? {} : { "cognito:roles": roles }),
    ...(bestRoles.size === 1 && preferred !== undefined ? { "cognito:preferred_role": preferred } : {}),
  };
}
