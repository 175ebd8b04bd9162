import type { CodePurpose, CodeState } from "./codes.ts";
import type { AliasAttribute, ContactAttribute, UserPool } from "./pool/user-pool.ts";
import type { SrpCredential } from "./srp.ts";

export type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD";

/** An authenticator app that the user paired. */
export interface SoftwareToken {
  /** Base32. */
  readonly secret: string;
  /** A first code has come back. */
  readonly verified: boolean;
  /** Asked for at sign-in where MFA is optional. */
  readonly enabled: boolean;
  readonly preferred: boolean;
  readonly friendlyDeviceName: string;
  /** The newest time step that was used: a code works once. */
  readonly lastStep?: number;
}

/** A user as it is stored: an immutable value, replaced on every change. Holds no password and no code. */
export interface User {
  /** Cognito's internal name, `USER_ID_FOR_SRP`: the sub where the pool takes e-mail or phone as username. */
  readonly username: string;
  readonly sub: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly status: UserStatus;
  readonly createdAtMilliseconds: number;
  readonly modifiedAtMilliseconds: number;
  readonly password?: SrpCredential;
  /** Set for a password that an administrator gave. */
  readonly temporaryPasswordExpiresAtMilliseconds?: number;
  /** Newest first; as many as the pool's policy asks for. */
  readonly earlierPasswords: readonly SrpCredential[];
  readonly groups: readonly string[];
  readonly codes: Readonly<Partial<Record<CodePurpose, CodeState>>>;
  /** New values that wait for their code. */
  readonly pendingAttributes: Readonly<Record<string, string>>;
  readonly softwareToken?: SoftwareToken;
  /** An app that is being paired; it takes the other's place once its first code has come back. */
  readonly pairingToken?: SoftwareToken;
}

/** The users of one pool. */
export interface UserDirectory {
  all(): readonly User[];
  bySub(sub: string): User | undefined;
  byUsername(username: string): User | undefined;
  /** Adds the user, or replaces the one with the same `sub`. */
  save(user: User): void;
  delete(user: User): void;
}

/** @param changed called after each change: the caller keeps the data. */
export function userDirectory(stored: readonly User[], changed: () => void): UserDirectory {
  const bySub = new Map(stored.map((user) => [user.sub, user]));
  const byUsername = new Map(stored.map((user) => [user.username, user.sub]));
  return {
    all: () => [...bySub.values()],
    bySub: (sub) => bySub.get(sub),
    byUsername: (username) => bySub.get(byUsername.get(username) ?? ""),
    save(user) {
      bySub.set(user.sub, user);
      byUsername.set(user.username, user.sub);
      changed();
    },
    delete(user) {
      bySub.delete(user.sub);
      byUsername.delete(user.username);
      changed();
    },
  };
}

/** The form in which the pool compares names. */
export function normalName(pool: UserPool, name: string): string {
  return pool.caseSensitive ? name : name.toLowerCase();
}

export function isVerified(user: User, attribute: ContactAttribute): boolean {
  return user.attributes[`${attribute}_verified`] === "true";
}

/** The user who holds this value, leaving aside who only claims it unverified where the attribute is an alias. */
export function holderOf(
  pool: UserPool,
  users: UserDirectory,
  attribute: AliasAttribute,
  value: string,
): User | undefined {
  const wanted = normalName(pool, value);
  return users.all().find((user) => {
    const held = user.attributes[attribute];
    return held !== undefined && normalName(pool, held) === wanted && countsAsName(pool, user, attribute);
  });
}

function countsAsName(pool: UserPool, user: User, attribute: AliasAttribute): boolean {
  if (attribute === "preferred_username") return user.status === "CONFIRMED";
  return pool.usernameAttributes.includes(attribute) || isVerified(user, attribute);
}

/** Somebody other than the user of this `sub` whom this value names, whatever of theirs holds it. */
export function otherBearer(pool: UserPool, users: UserDirectory, sub: string, value: string): User | undefined {
  const wanted = normalName(pool, value);
  const names = [...pool.usernameAttributes, ...pool.aliasAttributes];
  const holds = (user: User, attribute: AliasAttribute) => {
    const held = user.attributes[attribute];
    return held !== undefined && normalName(pool, held) === wanted && countsAsName(pool, user, attribute);
  };
  return users
    .all()
    .find(
      (user) =>
        user.sub !== sub &&
        (user.username === wanted || user.sub === wanted || names.some((name) => holds(user, name))),
    );
}

/** Finds a user by whatever the pool lets people sign in with. */
export function findUser(pool: UserPool, users: UserDirectory, login: string): User | undefined {
  const direct = users.byUsername(normalName(pool, login)) ?? users.bySub(normalName(pool, login));
  if (direct !== undefined) return direct;
  // A contact is proven, a preferred name only chosen.
  const contacts = pool.aliasAttributes.filter((name) => name !== "preferred_username");
  for (const attribute of [...pool.usernameAttributes, ...new Set([...contacts, ...pool.aliasAttributes])]) {
    const user = holderOf(pool, users, attribute, login);
    if (user !== undefined) return user;
  }
  return undefined;
}
