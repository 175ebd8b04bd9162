import { checkAttributes, checkRequired, isEmail, isPhoneNumber, storedAttributes } from "../attributes.ts";
import { sendCode, verifiedAtSignUp } from "../code-delivery.ts";
import { isRefusal, type Refusal, refusals, refuse } from "../errors.ts";
import { attributeList, clientId, contextMembers, newPassword, secretHash, session, username } from "../model.ts";
import { operation } from "../operation.ts";
import { withPassword } from "../passwords.ts";
import { checkPassword } from "../pool/password-policy.ts";
import type { ContactAttribute, UserPool } from "../pool/user-pool.ts";
import { provenClient } from "../secret-hash.ts";
import type { ServedPool, Service } from "../service.ts";
import { optional, structure } from "../shapes.ts";
import { findUser, holderOf, normalName, type User } from "../users.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html */
export const signUp = operation({
  name: "SignUp",
  access: "public",
  input: structure({
    ClientId: clientId,
    Username: username,
    Password: newPassword,
    SecretHash: optional(secretHash),
    UserAttributes: optional(attributeList),
    ValidationData: optional(attributeList),
    ...contextMembers,
    Session: optional(session),
  }),
  run(input, service) {
    const target = provenClient(service, input);
    if (isRefusal(target)) return target;
    const { served, client } = target;
    const given = input.UserAttributes ?? [];
    const refusal =
      checkSelfSignUp(served.pool) ??
      checkUsernameForm(served.pool, input.Username) ??
      checkPassword(served.pool.passwordPolicy, input.Password) ??
      checkAttributes(served.pool, client, given);
    if (refusal !== undefined) return refusal;
    const user = newUser(service, served.pool, input.Username, storedAttributes(given));
    const conflict = checkRequired(served.pool, user.attributes) ?? checkNameIsFree(served, user, input.Username);
    return conflict ?? register(service, served, withPassword(service, served, user, input.Password));
  },
});

function checkSelfSignUp(pool: UserPool): Refusal | undefined {
  if (pool.selfSignUp) return undefined;
  return refuse("NotAuthorizedException", "SignUp is not permitted for this user pool");
}

const FORM_TEXTS: ReadonlyMap<string, string> = new Map([
  ["email", "Username should be an email."],
  ["phone_number", "Username should be a phone number."],
  ["email,phone_number", "Username should be either an email or a phone number."],
]);

/** Refuses a username of the wrong form: where contacts stand for names it must be one, where they are aliases it
 * must not look like one. */
export function checkUsernameForm(pool: UserPool, name: string): Refusal | undefined {
  const { usernameAttributes, aliasAttributes } = pool;
  if (usernameAttributes.length > 0) {
    if (contactKind(pool, name) !== undefined) return undefined;
    const text = FORM_TEXTS.get(usernameAttributes.toSorted().join(",")) ?? "Username is not of the right form.";
    return refusals.invalidParameter(text);
  }
  if (aliasAttributes.includes("email") && isEmail(name)) {
    return refusals.invalidParameter(
      "Username cannot be of email format, since user pool is configured for email alias.",
    );
  }
  if (aliasAttributes.includes("phone_number") && isPhoneNumber(name)) {
    return refusals.invalidParameter(
      "Username cannot be of phone number format, since user pool is configured for phone number alias.",
    );
  }
  return undefined;
}

function contactKind({ usernameAttributes }: UserPool, name: string): ContactAttribute | undefined {
  if (usernameAttributes.includes("email") && isEmail(name)) return "email";
  if (usernameAttributes.includes("phone_number") && isPhoneNumber(name)) return "phone_number";
  return undefined;
}

/** A user who has no password yet. Where a contact stands for the name, it becomes the attribute, and the sub the name. */
export function newUser(
  service: Service,
  pool: UserPool,
  name: string,
  attributes: Readonly<Record<string, string>>,
): User {
  const sub = service.random.uuid();
  const kind = contactKind(pool, name);
  const now = service.clock.nowMilliseconds();
  return {
    username: kind === undefined ? normalName(pool, name) : sub,
    sub,
    attributes: { ...attributes, ...(kind === undefined ? {} : { [kind]: name }), sub },
    enabled: true,
    status: "UNCONFIRMED",
    createdAtMilliseconds: now,
    modifiedAtMilliseconds: now,
    earlierPasswords: [],
    groups: [],
    codes: {},
    pendingAttributes: {},
  };
}

const contactNames = { email: "email", phone_number: "phone number" } as const;

/** Sign-up tells that a name is taken, even where other answers are masked. */
export function checkNameIsFree({ pool, users }: ServedPool, user: User, name: string): Refusal | undefined {
  for (const attribute of pool.usernameAttributes) {
    const value = user.attributes[attribute];
    if (value !== undefined && holderOf(pool, users, attribute, value) !== undefined) {
      const message = `An account with the given ${contactNames[attribute]} already exists.`;
      return refuse("UsernameExistsException", message);
    }
  }
  const preferred = pool.aliasAttributes.includes("preferred_username")
    ? user.attributes.preferred_username
    : undefined;
  const taken =
    users.byUsername(user.username) ??
    findUser(pool, users, name) ??
    (preferred === undefined ? undefined : findUser(pool, users, preferred));
  return taken === undefined ? undefined : refuse("UsernameExistsException", "User already exists");
}

function register(service: Service, served: ServedPool, user: User) {
  served.users.save(user);
  const answer = { UserConfirmed: false, UserSub: user.sub };
  const attribute = verifiedAtSignUp(served.pool, user);
  if (attribute === undefined) return answer;
  const destination = user.attributes[attribute] ?? "";
  const delivery = sendCode(service, served, user, { purpose: "sign-up", attribute, destination });
  return isRefusal(delivery) ? delivery : { ...answer, CodeDeliveryDetails: delivery };
}
