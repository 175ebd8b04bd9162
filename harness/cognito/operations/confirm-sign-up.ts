import { aliasConflict, conflictOnceConfirmed, releaseAlias } from "../aliases.ts";
import { codeContext, spendCode, verifiedAtSignUp } from "../code-delivery.ts";
import { isRefusal, type Refusal, refusals, refuse } from "../errors.ts";
import { clientId, confirmationCode, contextMembers, secretHash, session, username } from "../model.ts";
import { operation } from "../operation.ts";
import type { ContactAttribute } from "../pool/user-pool.ts";
import { provenClient } from "../secret-hash.ts";
import type { ServedClient, ServedPool, Service } from "../service.ts";
import { boolean, optional, structure } from "../shapes.ts";
import { findUser, normalName, type User } from "../users.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmSignUp.html */
export const confirmSignUp = operation({
  name: "ConfirmSignUp",
  access: "public",
  input: structure({
    ClientId: clientId,
    SecretHash: optional(secretHash),
    Username: username,
    ConfirmationCode: confirmationCode,
    ForceAliasCreation: optional(boolean),
    ...contextMembers,
    Session: optional(session),
  }),
  run(input, service) {
    const target = provenClient(service, input);
    if (isRefusal(target)) return target;
    const user = findUser(target.served.pool, target.served.users, input.Username);
    if (user === undefined) return unknownUser(service, target, input.Username, input.ConfirmationCode);
    return confirm(service, target.served, user, input.ConfirmationCode, input.ForceAliasCreation ?? false);
  },
});

function unknownUser(service: Service, { served, client }: ServedClient, name: string, code: string): Refusal {
  if (!client.masksUserExistence) return refusals.unknownUser();
  const key = `sign-up\n${normalName(served.pool, name)}`;
  return served.shadows.check(key, code, codeContext(service, served, "sign-up"));
}

function confirm(service: Service, served: ServedPool, user: User, code: string, force: boolean): object {
  if (user.status !== "UNCONFIRMED") {
    return refuse("NotAuthorizedException", `User cannot be confirmed. Current status is ${user.status}`);
  }
  const attribute = verifiedAtSignUp(served.pool, user);
  const { email, phone_number } = user.attributes;
  const destinations = attribute === undefined ? [email, phone_number] : [user.attributes[attribute]];
  const spent = spendCode(service, served, user, { purpose: "sign-up", code, destinations });
  if (isRefusal(spent)) return spent;
  // Asked only after the right code, as the answer is about somebody else's account.
  const taken = attribute === undefined || force ? undefined : aliasConflict(served, spent, attribute);
  const conflict = taken ?? conflictOnceConfirmed(served, spent);
  if (conflict !== undefined) {
    // The code stays as it was, so that it can be used to take the alias along.
    served.users.save(user);
    return conflict;
  }
  if (attribute !== undefined) releaseAlias(served, spent, attribute);
  served.users.save(confirmed(service, spent, attribute));
  return {};
}

/** The user as confirmed, with the contact verified to which the code went. */
export function confirmed(service: Service, user: User, attribute: ContactAttribute | undefined): User {
  return {
    ...user,
    status: "CONFIRMED",
    attributes: attribute === undefined ? user.attributes : { ...user.attributes, [`${attribute}_verified`]: "true" },
    modifiedAtMilliseconds: service.clock.nowMilliseconds(),
  };
}
