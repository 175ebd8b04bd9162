import { type GivenAttribute, isContact } from "./attributes.ts";
import { type Refusal, refuse } from "./errors.ts";
import type { AliasAttribute, ContactAttribute, UserPool } from "./pool/user-pool.ts";
import type { ServedPool } from "./service.ts";
import { normalName, otherBearer, type User } from "./users.ts";

const labels: Readonly<Record<AliasAttribute, string>> = {
  email: "email",
  phone_number: "phone number",
  preferred_username: "preferred username",
};

const taken = (attribute: AliasAttribute) =>
  refuse("AliasExistsException", `An account with the ${labels[attribute]} already exists.`);

/** Refuses a value that would sign in as somebody else, or take somebody else's sign-in over. One value is one user's name,
 * whichever attribute holds it: a preferred name in the form of an address is no way to that address's owner. */
export function checkTaken(
  { pool, users }: ServedPool,
  user: User,
  attribute: AliasAttribute,
  value: string | undefined,
): Refusal | undefined {
  const named =
    pool.aliasAttributes.includes(attribute) || pool.usernameAttributes.some((contact) => contact === attribute);
  if (value === undefined || value === "" || !named) return undefined;
  return otherBearer(pool, users, user.sub, value) === undefined ? undefined : taken(attribute);
}

const NAMES: readonly AliasAttribute[] = ["email", "phone_number", "preferred_username"];

/** `checkTaken` for every name among the attributes that are given. */
export function checkAllTaken(served: ServedPool, user: User, given: readonly GivenAttribute[]): Refusal | undefined {
  for (const name of NAMES) {
    const refusal = checkTaken(served, user, name, given.findLast(({ Name }) => Name === name)?.Value);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Somebody else who signs in with what the user's attribute holds. */
function aliasHolder({ pool, users }: ServedPool, user: User, attribute: AliasAttribute): User | undefined {
  const value = user.attributes[attribute];
  if (value === undefined || !pool.aliasAttributes.includes(attribute)) return undefined;
  return otherBearer(pool, users, user.sub, value);
}

/** Refuses that an attribute of the user's becomes an alias while its value names somebody else. */
export function aliasConflict(served: ServedPool, user: User, attribute: AliasAttribute): Refusal | undefined {
  return aliasHolder(served, user, attribute) === undefined ? undefined : taken(attribute);
}

/** The first `aliasConflict` that confirming the user would bring about. */
export function conflictOnceConfirmed(served: ServedPool, user: User): Refusal | undefined {
  return aliasConflict(served, user, "preferred_username");
}

/** `ForceAliasCreation` takes the alias from whoever had it, as whatever they had it. */
export function releaseAlias(served: ServedPool, user: User, attribute: ContactAttribute): void {
  const holder = aliasHolder(served, user, attribute);
  if (holder === undefined) return;
  const value = user.attributes[attribute] ?? "";
  served.users.save({ ...holder, attributes: withoutName(served.pool, holder, value) });
}

/** A contact stays, unverified; a preferred name goes. */
function withoutName(pool: UserPool, { attributes }: User, value: string): User["attributes"] {
  const held = (name: AliasAttribute) => normalName(pool, attributes[name] ?? "") === normalName(pool, value);
  const contacts = NAMES.filter(isContact).filter(held);
  const unverified = Object.fromEntries(contacts.map((name) => [`${name}_verified`, "false"]));
  const { preferred_username: preferred, ...others } = attributes;
  const kept = preferred === undefined || held("preferred_username") ? others : attributes;
  return { ...kept, ...unverified };
}
