import { withAccessToken } from "../access-token.ts";
import { checkAllTaken } from "../aliases.ts";
import { checkAttributes, checkMutable, checkRequired, type GivenAttribute, storedAttributes } from "../attributes.ts";
import { sendCode } from "../code-delivery.ts";
import { isRefusal, type Refusal } from "../errors.ts";
import type { CodeDeliveryDetails } from "../messages.ts";
import { accessToken, attributeList, contextMembers } from "../model.ts";
import { operation } from "../operation.ts";
import type { ContactAttribute } from "../pool/user-pool.ts";
import type { ServedPool, Service } from "../service.ts";
import { structure } from "../shapes.ts";
import type { TokenSubject } from "../tokens.ts";
import type { User } from "../users.ts";

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

const CONTACTS: readonly ContactAttribute[] = ["email", "phone_number"];

function update(service: Service, { served, client, user }: TokenSubject, given: readonly GivenAttribute[]): object {
  const { pool } = served;
  const refusal =
    checkAttributes(pool, client, given) ??
    checkMutable(pool, user.attributes, given) ??
    checkAllTaken(served, user, given);
  if (refusal !== undefined) return refusal;
  const changed = withAttributes(service, served, user, given);
  const missing = checkRequired(pool, changed.attributes);
  if (missing !== undefined) return missing;
  served.users.save(changed);
  const sent = sendCodes(service, served, user, changed);
  // A change whose code cannot be sent is none; the codes that were sent still count against the hour's number.
  if (isRefusal(sent)) served.users.save({ ...user, codes: served.users.bySub(user.sub)?.codes ?? user.codes });
  return sent;
}

/** The user with the new values. A contact that needs verifying first keeps its old value until the code comes back;
 * any other changed contact is unverified. */
function withAttributes(service: Service, { pool }: ServedPool, user: User, given: readonly GivenAttribute[]): User {
  const values = storedAttributes(given);
  const cleared = new Set(clearedNames(given, values));
  const changedContacts = CONTACTS.filter((name) => isChanged(user, name, values));
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
    pendingAttributes: {
      ...without(user.pendingAttributes, (name) => cleared.has(name)),
      ...without(values, (name) => !isWaiting(name)),
    },
    modifiedAtMilliseconds: service.clock.nowMilliseconds(),
  };
}

/** The attributes that are given without a value; with a contact goes what was said of its verification. */
function clearedNames(given: readonly GivenAttribute[], values: Readonly<Record<string, string>>): readonly string[] {
  const names = given.map(({ Name }) => Name).filter((name) => !Object.hasOwn(values, name));
  const verifications = CONTACTS.filter((name) => names.includes(name)).map((name) => `${name}_verified`);
  return [...names, ...verifications];
}

function isChanged(user: User, name: ContactAttribute, values: Readonly<Record<string, string>>): boolean {
  return values[name] !== undefined && values[name] !== user.attributes[name];
}

function without(values: Readonly<Record<string, string>>, drop: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !drop(name)));
}

function sendCodes(service: Service, served: ServedPool, before: User, changed: User): object | Refusal {
  const { pool } = served;
  const sent: CodeDeliveryDetails[] = [];
  for (const attribute of CONTACTS.filter((name) => pool.autoVerified.includes(name))) {
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
