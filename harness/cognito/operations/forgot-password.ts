import { codeContext, sendCode } from "../code-delivery.ts";
import { isRefusal, type Refusal, refusals, refuse } from "../errors.ts";
import { deliveryDetails } from "../messages.ts";
import { clientId, contextMembers, secretHash, username } from "../model.ts";
import { operation } from "../operation.ts";
import type { ContactAttribute, UserPool } from "../pool/user-pool.ts";
import { provenClient } from "../secret-hash.ts";
import type { ServedClient, Service } from "../service.ts";
import { optional, structure } from "../shapes.ts";
import { simulatedContact } from "../simulated-contact.ts";
import { findUser, isVerified, normalName, type User } from "../users.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ForgotPassword.html */
export const forgotPassword = operation({
  name: "ForgotPassword",
  access: "public",
  input: structure({ ClientId: clientId, SecretHash: optional(secretHash), Username: username, ...contextMembers }),
  run(input, service) {
    const target = provenClient(service, input);
    if (isRefusal(target)) return target;
    const { pool, users } = target.served;
    const user = findUser(pool, users, input.Username);
    const contact = user === undefined ? undefined : recoveryContact(pool, user);
    if (user === undefined || contact === undefined) return unreachable(service, target, input.Username, user);
    return sendReset(service, target, user, contact);
  },
});

/** The verified contact of highest priority to which the pool sends reset codes. */
export function recoveryContact(pool: UserPool, user: User): ContactAttribute | undefined {
  if (user.status !== "CONFIRMED" || !user.enabled) return undefined;
  return pool.recovery.find((attribute) => user.attributes[attribute] !== undefined && isVerified(user, attribute));
}

function sendReset(service: Service, { served }: ServedClient, user: User, attribute: ContactAttribute) {
  const destination = user.attributes[attribute] ?? "";
  const delivery = sendCode(service, served, user, { purpose: "password-reset", attribute, destination });
  return isRefusal(delivery) ? delivery : { CodeDeliveryDetails: delivery };
}

/** Nobody to whom a code could go. A masking client is told that one went. */
function unreachable(service: Service, { served, client }: ServedClient, name: string, user: User | undefined): object {
  if (!client.masksUserExistence) return user === undefined ? refusals.unknownUser() : whyUnreachable(user);
  const key = `password-reset\n${normalName(served.pool, name)}`;
  const limit = served.shadows.issue(key, codeContext(service, served, "password-reset"), service.random);
  // A real user's code goes to a verified contact, which is most likely one that the pool verifies of itself.
  const { recovery, autoVerified } = served.pool;
  const likely = [...recovery.filter((contact) => autoVerified.includes(contact)), ...recovery];
  const { attribute, value } = simulatedContact(served, name, likely);
  return limit ?? { CodeDeliveryDetails: deliveryDetails(attribute, value) };
}

function whyUnreachable(user: User): Refusal {
  if (!user.enabled) return refuse("NotAuthorizedException", "User is disabled.");
  if (user.status === "FORCE_CHANGE_PASSWORD") {
    return refuse("NotAuthorizedException", "User password cannot be reset in the current state.");
  }
  return refusals.invalidParameter(
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
  );
}
