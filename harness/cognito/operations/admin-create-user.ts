import { aliasConflict, releaseAlias } from "../aliases.ts";
import { checkAttributes, checkRequired, type GivenAttribute, storedAttributes } from "../attributes.ts";
import { sendInvitation } from "../code-delivery.ts";
import { isRefusal, type Refusal, refusals, refuse } from "../errors.ts";
import { attributeList, contextMembers, newPassword, username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { inventPassword, withTemporaryPassword } from "../passwords.ts";
import { checkAdminPassword } from "../pool/password-policy.ts";
import type { ContactAttribute } from "../pool/user-pool.ts";
import { type ServedPool, type Service, servedPool } from "../service.ts";
import { boolean, list, oneOf, optional, structure } from "../shapes.ts";
import { userType } from "../user-view.ts";
import { findUser, isVerified, type User } from "../users.ts";
import { checkNameIsFree, checkUsernameForm, newUser } from "./sign-up.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html */
export const adminCreateUser = operation({
  name: "AdminCreateUser",
  access: "administrator",
  input: structure({
    UserPoolId: userPoolId,
    Username: username,
    UserAttributes: optional(attributeList),
    ValidationData: optional(attributeList),
    TemporaryPassword: optional(newPassword),
    ForceAliasCreation: optional(boolean),
    MessageAction: optional(oneOf("RESEND", "SUPPRESS")),
    DesiredDeliveryMediums: optional(list(oneOf("SMS", "EMAIL"), 2)),
    ClientMetadata: contextMembers.ClientMetadata,
  }),
  run(input, service) {
    const served = servedPool(service, input.UserPoolId);
    if (isRefusal(served)) return served;
    const password = input.TemporaryPassword ?? inventPassword(service, served.pool.passwordPolicy);
    const invitation = { password, mediums: input.DesiredDeliveryMediums ?? ["SMS"] };
    const user =
      input.MessageAction === "RESEND"
        ? invitedAgain(served, input.Username)
        : created(service, served, input.Username, input.UserAttributes ?? []);
    if (isRefusal(user)) return user;
    const refusal =
      checkAdminPassword(served.pool.passwordPolicy, password) ??
      takeAliases(served, user, input.ForceAliasCreation ?? false);
    if (refusal !== undefined) return refusal;
    return invite(
      service,
      served,
      user,
      input.MessageAction === "SUPPRESS" ? { ...invitation, mediums: [] } : invitation,
    );
  },
});

function invitedAgain({ pool, users }: ServedPool, name: string): User | Refusal {
  const user = findUser(pool, users, name);
  if (user === undefined) return refusals.unknownUser();
  if (user.status === "FORCE_CHANGE_PASSWORD") return user;
  return refuse(
    "UnsupportedOperationException",
    `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`,
  );
}

function created(service: Service, served: ServedPool, name: string, given: readonly GivenAttribute[]): User | Refusal {
  const { pool } = served;
  const refusal = checkUsernameForm(pool, name) ?? checkAttributes(pool, "administrator", given);
  if (refusal !== undefined) return refusal;
  const user = newUser(service, pool, name, storedAttributes(given));
  const conflict = checkNameIsFree(served, user, name);
  if (conflict === undefined) return checkRequiredOfAdmin(served, user) ?? user;
  return refuse("UsernameExistsException", "User account already exists");
}

const CONTACTS: readonly ContactAttribute[] = ["email", "phone_number"];

/** A contact that is created as verified is an alias at once: somebody else's is taken only when that is asked for. */
function takeAliases(served: ServedPool, user: User, force: boolean): Refusal | undefined {
  const verified = CONTACTS.filter((attribute) => isVerified(user, attribute));
  const conflicts = verified.map((attribute) => aliasConflict(served, user, attribute));
  const refusal = conflicts.find((conflict) => conflict !== undefined);
  if (refusal !== undefined && !force) return refusal;
  for (const attribute of verified) releaseAlias(served, user, attribute);
  return undefined;
}

/** Attributes that are missing here are asked of the user at the first sign-in; only nothing at all would be wrong. */
function checkRequiredOfAdmin({ pool }: ServedPool, user: User): Refusal | undefined {
  const immutable = [...pool.schema.values()].filter((attribute) => attribute.required && !attribute.mutable);
  const needed = new Map(immutable.map((attribute) => [attribute.name, attribute]));
  return checkRequired({ ...pool, schema: needed }, user.attributes);
}

interface Invitation {
  readonly password: string;
  /** By SMS where nothing was asked, as in Cognito; none when the message is suppressed. */
  readonly mediums: readonly ("SMS" | "EMAIL")[];
}

const attributeOf: Readonly<Record<"SMS" | "EMAIL", ContactAttribute>> = { SMS: "phone_number", EMAIL: "email" };

function invite(service: Service, served: ServedPool, user: User, { password, mediums }: Invitation): object {
  const invited = withTemporaryPassword(service, served, user, password);
  served.users.save(invited);
  for (const medium of mediums) {
    const attribute = attributeOf[medium];
    if (invited.attributes[attribute] !== undefined) sendInvitation(service, served, invited, attribute, password);
  }
  return { User: userType(invited) };
}
