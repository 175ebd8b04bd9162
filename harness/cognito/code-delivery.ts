import { type CodeContext, type CodePurpose, checkCode, issueCode } from "./codes.ts";
import { isRefusal, type Refusal, refusals } from "./errors.ts";
import { type CodeDeliveryDetails, deliveryDetails, fillTemplate, mediumOf } from "./messages.ts";
import type { OutboxMessage } from "./outbox.ts";
import type { ContactAttribute, UserPool } from "./pool/user-pool.ts";
import type { ServedPool, Service } from "./service.ts";
import type { User } from "./users.ts";

const kinds: Readonly<Record<CodePurpose, OutboxMessage["kind"]>> = {
  "sign-up": "sign-up",
  "password-reset": "password-reset",
  "verify-email": "attribute-verification",
  "verify-phone_number": "attribute-verification",
};

export function codeContext(service: Service, served: ServedPool, purpose: CodePurpose): CodeContext {
  return { purpose, secret: served.keys.codeSecret, nowMilliseconds: service.clock.nowMilliseconds() };
}

/** What sign-up can verify: the phone first, as Cognito does where both could be. */
export function contactsVerifiedAtSignUp(pool: UserPool): readonly ContactAttribute[] {
  const order: readonly ContactAttribute[] = ["phone_number", "email"];
  return order.filter((name) => pool.autoVerified.includes(name));
}

/** The attribute that sign-up verifies for this user. */
export function verifiedAtSignUp(pool: UserPool, user: User): ContactAttribute | undefined {
  return contactsVerifiedAtSignUp(pool).find((name) => user.attributes[name] !== undefined);
}

export interface CodeOrder {
  readonly purpose: CodePurpose;
  readonly attribute: ContactAttribute;
  /** Where it goes; a pending address rather than the user's present one. */
  readonly destination: string;
}

/** Makes a code, stores its hash with the user, and puts the message into the outbox. Saves `user`. */
export function sendCode(
  service: Service,
  served: ServedPool,
  user: User,
  { purpose, attribute, destination }: CodeOrder,
): CodeDeliveryDetails | Refusal {
  const issued = issueCode(user.codes[purpose], codeContext(service, served, purpose), service.random);
  if (isRefusal(issued)) return issued;
  served.users.save({ ...user, codes: { ...user.codes, [purpose]: { ...issued.state, destination } } });
  const { verification } = served.pool.messages;
  service.outbox.send({
    ...envelope(service, served, user, attribute, destination),
    kind: kinds[purpose],
    subject: verification.subject,
    text: fillTemplate(attribute === "email" ? verification.email : verification.sms, issued.code, user.username),
    code: issued.code,
  });
  return deliveryDetails(attribute, destination);
}

function envelope(service: Service, served: ServedPool, user: User, attribute: ContactAttribute, destination: string) {
  return {
    at: new Date(service.clock.nowMilliseconds()).toISOString(),
    medium: mediumOf(attribute),
    to: destination,
    userPoolId: served.pool.id,
    username: user.username,
  };
}

/** Sends an administrator's invitation with the temporary password. */
export function sendInvitation(
  service: Service,
  served: ServedPool,
  user: User,
  attribute: ContactAttribute,
  temporaryPassword: string,
): void {
  const { invitation } = served.pool.messages;
  const destination = user.attributes[attribute] ?? "";
  const shownName = served.pool.usernameAttributes.length > 0 ? destination : user.username;
  service.outbox.send({
    ...envelope(service, served, user, attribute, destination),
    kind: "invitation",
    subject: invitation.subject,
    text: fillTemplate(attribute === "email" ? invitation.email : invitation.sms, temporaryPassword, shownName),
    temporaryPassword,
  });
}

export interface CodeTry {
  readonly purpose: CodePurpose;
  readonly code: string;
  /** The addresses whose holder the code may prove: one that went elsewhere is as good as expired. */
  readonly destinations: readonly (string | undefined)[];
}

/** Tries a code and stores what the try leaves behind; answers the user as saved, or the refusal. */
export function spendCode(
  service: Service,
  served: ServedPool,
  user: User,
  { purpose, code, destinations }: CodeTry,
): User | Refusal {
  const before = user.codes[purpose];
  if (before !== undefined && !destinations.includes(before.destination)) {
    return refusals.codeExpired("the code went to an address that it cannot prove");
  }
  const { refusal, state } = checkCode(before, code, codeContext(service, served, purpose));
  const tried = state === undefined ? user : { ...user, codes: { ...user.codes, [purpose]: state } };
  if (tried !== user) served.users.save(tried);
  return refusal ?? tried;
}
