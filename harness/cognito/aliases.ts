import type { GivenAttribute } from "./attributes.ts";
import { type Refusal, refuse } from "./errors.ts";
import type { AliasAttribute, ContactAttribute } from "./pool/user-pool.ts";
import type { ServedPool } from "./service.ts";
import { findUser, holderOf, type User } from "./users.ts";

const labels: Readonly<Record<AliasAttribute, string>> = {
  email: "email",
  phone_number: "phone number",
  preferred_username: "preferred username",
};

const taken = (attribute: AliasAttribute) =>
  refuse("AliasExistsException", `An account with the ${labels[attribute]} already exists.`);

/** Refuses a value that would sign in as somebody else, or take somebody else's sign-in over. */
export function checkTaken(
  { pool, users }: ServedPool,
  user: User,
  attribute: AliasAttribute,
  value: string | undefined,
): Refusal | undefined {
  const named =
    pool.aliasAttributes.includes(attribute) || pool.usernameAttributes.some((contact) => contact === attribute);
  if (value === undefined || value === "" || !named) return undefined;
  // A preferred name has any form, so it may also be somebody's user name.
  const holder =
    attribute === "preferred_username" ? findUser(pool, users, value) : holderOf(pool, users, attribute, value);
  return holder === undefined || holder.sub === user.sub ? undefined : taken(attribute);
}

const names: readonly AliasAttribute[] = ["email", "phone_number", "preferred_username"];

/** `checkTaken` for every name among the attributes that are given. */
export function checkAllTaken(served: ServedPool, user: User, given: readonly GivenAttribute[]): Refusal | undefined {
  for (const name of names) {
    const refusal = checkTaken(served, user, name, given.findLast(({ Name }) => Name === name)?.Value);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Somebody else who signs in with the same verified contact. */
function aliasHolder({ pool, users }: ServedPool, user: User, attribute: ContactAttribute): User | undefined {
  if (!pool.aliasAttributes.includes(attribute)) return undefined;
  const holder = holderOf(pool, users, attribute, user.attributes[attribute] ?? "");
  return holder?.sub === user.sub ? undefined : holder;
}

/** Refuses that a contact of the user's becomes a verified alias while it is somebody else's. */
export function aliasConflict(served: ServedPool, user: User, attribute: ContactAttribute): Refusal | undefined {
  return aliasHolder(served, user, attribute) === undefined ? undefined : taken(attribute);
}

/** `ForceAliasCreation` takes the alias from whoever had it. */
export function releaseAlias(served: ServedPool, user: User, attribute: ContactAttribute): void {
  const holder = aliasHolder(served, user, attribute);
  if (holder === undefined) return;
  served.users.save({ ...holder, attributes: { ...holder.attributes, [`${attribute}_verified`]: "false" } });
}
