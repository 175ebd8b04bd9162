import { withAccessToken } from "../access-token.ts";
import { checkAttributes, checkMutable, checkRequired, type GivenAttribute, storedAttributes } from "../attributes.ts";
import { sendCode } from "../code-delivery.ts";
import { isRefusal, type Refusal, refuse } from "../errors.ts";
import type { CodeDeliveryDetails } from "../messages.ts";
import { accessToken, attributeList, contextMembers } from "../model.ts";
import { operation } from "../operation.ts";
import type { ServedPool, Service } from "../service.ts";
import { structure } from "../shapes.ts";
import type { TokenSubject } from "../tokens.ts";
import type { ContactAttribute } from "../user-pool.ts";
import { holderOf, type User } from "../users.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserAttributes.html */
export const updateUserAttributes = operation({
  name: "UpdateUserAttributes",
  access: "public",
  input: structure({
    UserAttributes: attributeList,
    AccessToken: accessToken,
    ClientMetadata: contextMembers.ClientMetadata,
  }),
  run: (input, service) =>
    withAccessToken(service, input.AccessToken, (subject) => update(service, subject, input.UserAttributes)),
});

const contacts: readonly ContactAttribute[] = ["email", "phone_number"];

function update(service: Service, { served, client, user }: TokenSubject, given: readonly GivenAttribute[]): object {
  const { pool } = served;
  const refusal =
    checkAttributes(pool, client, given) ??
    checkMutable(pool, user.attributes, given) ??
    contacts.map((name) => checkTaken(served, user, name, given)).find((found) => found !== undefined);
  if (refusal !== undefined) return refusal;
  const changed = withAttributes(service, served, user, given);
  const missing = checkRequired(pool, changed.attributes);
  if (missing !== undefined) return missing;
  served.users.save(changed);
  return sendCodes(service, served, user, changed);
}

/** A contact that signs somebody else in cannot be taken over. */
export function checkTaken(
  { pool, users }: ServedPool,
  user: User,
  attribute: ContactAttribute,
  given: readonly GivenAttribute[],
): Refusal | undefined {
  const value = given.findLast(({ Name }) => Name === attribute)?.Value;
  const named = pool.usernameAttributes.includes(attribute) || pool.aliasAttributes.includes(attribute);
  if (value === undefined || value === "" || !named) return undefined;
  const holder = holderOf(pool, users, attribute, value);
  if (holder === undefined || holder.sub === user.sub) return undefined;
  const label = attribute === "email" ? "email" : "phone number";
  return refuse("AliasExistsException", `An account with the given ${label} already exists.`);
}

/** The user with the new values. A contact that needs verifying first keeps its old value until the code comes back;
 * any other changed contact is unverified. */
function withAttributes(service: Service, { pool }: ServedPool, user: User, given: readonly GivenAttribute[]): User {
  const values = storedAttributes(given);
  const cleared = new Set(given.map(({ Name }) => Name).filter((name) => !Object.hasOwn(values, name)));
  const changedContacts = contacts.filter((name) => isChanged(user, name, values));
  const waiting = changedContacts.filter((name) => pool.verifiedBeforeUpdate.includes(name));
  const isWaiting = (name: string) => waiting.some((contact) => contact === name);
  const unverified = changedContacts.filter((name) => !isWaiting(name)).map((name) => `${name}_verified`);
  const applied = Object.entries({ ...user.attributes, ...without(values, isWaiting) });
  return {
    ...user,
    attributes: {
      ...Object.fromEntries(applied.filter(([name]) => !cleared.has(name))),
      ...Object.fromEntries(unverified.map((name) => [name, "false"])),
    },
    pendingAttributes: { ...user.pendingAttributes, ...without(values, (name) => !isWaiting(name)) },
    modifiedAtMilliseconds: service.clock.nowMilliseconds(),
  };
}

function isChanged(user: User, name: ContactAttribute, values: Readonly<Record<string, string>>): boolean {
  return values[name] !== undefined && values[name] !== user.attributes[name];
}

function without(values: Readonly<Record<string, string>>, drop: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !drop(name)));
}

function sendCodes(service: Service, served: ServedPool, before: User, changed: User): object {
  const { pool } = served;
  const sent: CodeDeliveryDetails[] = [];
  for (const attribute of contacts.filter((name) => pool.autoVerified.includes(name))) {
    const destination = newAddress(before, changed, attribute);
    const present = served.users.bySub(changed.sub);
    if (destination === undefined || present === undefined) continue;
    const delivery = sendCode(service, served, present, { purpose: `verify-${attribute}`, attribute, destination });
    if (isRefusal(delivery)) return delivery;
    sent.push(delivery);
  }
  return { CodeDeliveryDetailsList: sent };
}

function newAddress(before: User, changed: User, attribute: ContactAttribute): string | undefined {
  const pending = changed.pendingAttributes[attribute];
  if (pending !== undefined && pending !== before.pendingAttributes[attribute]) return pending;
  const value = changed.attributes[attribute];
  return value === before.attributes[attribute] ? undefined : value;
}
