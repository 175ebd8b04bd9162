import { codeContext, contactsVerifiedAtSignUp, sendCode, verifiedAtSignUp } from "../code-delivery.ts";
import { isRefusal, type Refusal, refusals } from "../errors.ts";
import { deliveryDetails } from "../messages.ts";
import { clientId, contextMembers, secretHash, username } from "../model.ts";
import { operation } from "../operation.ts";
import { provenClient } from "../secret-hash.ts";
import type { ServedClient, ServedPool, Service } from "../service.ts";
import { optional, structure } from "../shapes.ts";
import { simulatedContact } from "../simulated-contact.ts";
import { findUser, normalName, type User } from "../users.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResendConfirmationCode.html */
export const resendConfirmationCode = operation({
  name: "ResendConfirmationCode",
  access: "public",
  input: structure({
    ClientId: clientId,
    SecretHash: optional(secretHash),
    Username: username,
    ...contextMembers,
  }),
  run(input, service) {
    const target = provenClient(service, input);
    if (isRefusal(target)) return target;
    const user = findUser(target.served.pool, target.served.users, input.Username);
    return user === undefined ? unknownUser(service, target, input.Username) : resend(service, target.served, user);
  },
});

const notVerifying = () => refusals.invalidParameter("Auto verification not turned on.");

function unknownUser(service: Service, { served, client }: ServedClient, name: string): object {
  if (!client.masksUserExistence) return refusals.unknownUser();
  const verified = contactsVerifiedAtSignUp(served.pool);
  if (verified.length === 0) return notVerifying();
  const key = `sign-up\n${normalName(served.pool, name)}`;
  const limit = served.shadows.issue(key, codeContext(service, served, "sign-up"), service.random);
  const { attribute, value } = simulatedContact(served, name, verified);
  return limit ?? { CodeDeliveryDetails: deliveryDetails(attribute, value) };
}

function resend(service: Service, served: ServedPool, user: User): object | Refusal {
  if (user.status !== "UNCONFIRMED") return refusals.invalidParameter("User is already confirmed.");
  const attribute = verifiedAtSignUp(served.pool, user);
  if (attribute === undefined) return notVerifying();
  const destination = user.attributes[attribute] ?? "";
  const delivery = sendCode(service, served, user, { purpose: "sign-up", attribute, destination });
  return isRefusal(delivery) ? delivery : { CodeDeliveryDetails: delivery };
}
