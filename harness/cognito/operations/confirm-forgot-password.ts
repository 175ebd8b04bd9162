import { codeContext, spendCode } from "../code-delivery.ts";
import { isRefusal, type Refusal, refusals } from "../errors.ts";
import { clientId, confirmationCode, contextMembers, newPassword, secretHash, username } from "../model.ts";
import { operation } from "../operation.ts";
import { checkHistory, withPassword } from "../passwords.ts";
import { checkPassword } from "../pool/password-policy.ts";
import { provenClient } from "../secret-hash.ts";
import type { ServedClient, ServedPool, Service } from "../service.ts";
import { optional, structure } from "../shapes.ts";
import { findUser, isVerified, normalName, type User } from "../users.ts";
import { recoveryContact } from "./forgot-password.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html */
export const confirmForgotPassword = operation({
  name: "ConfirmForgotPassword",
  access: "public",
  input: structure({
    ClientId: clientId,
    SecretHash: optional(secretHash),
    Username: username,
    ConfirmationCode: confirmationCode,
    Password: newPassword,
    ...contextMembers,
  }),
  run(input, service) {
    const target = provenClient(service, input);
    if (isRefusal(target)) return target;
    const { pool, users } = target.served;
    const refusal = checkPassword(pool.passwordPolicy, input.Password);
    if (refusal !== undefined) return refusal;
    const user = findUser(pool, users, input.Username);
    if (user === undefined || recoveryContact(pool, user) === undefined) {
      return nobody(service, target, input.Username, input.ConfirmationCode, user);
    }
    return reset(service, target.served, user, input.ConfirmationCode, input.Password);
  },
});

/** Mirrors `ForgotPassword`: whoever was told there that a code went out is told here that this is not it. */
function nobody(
  service: Service,
  { served, client }: ServedClient,
  name: string,
  code: string,
  user: User | undefined,
): Refusal {
  if (!client.masksUserExistence) {
    return user === undefined ? refusals.unknownUser() : refusals.codeExpired("the user cannot recover a password");
  }
  const key = `password-reset\n${normalName(served.pool, name)}`;
  return served.shadows.check(key, code, codeContext(service, served, "password-reset"));
}

/** The history is asked only after the right code, as its answer is about the account. */
function reset(service: Service, served: ServedPool, user: User, code: string, password: string): object {
  const verified = served.pool.recovery.filter((attribute) => isVerified(user, attribute));
  const destinations = verified.map((attribute) => user.attributes[attribute]);
  const spent = spendCode(service, served, user, { purpose: "password-reset", code, destinations });
  if (isRefusal(spent)) return spent;
  const reused = checkHistory(served.pool, spent, password);
  if (reused !== undefined) {
    // A refused password leaves the code as it was, so that the user can choose another one.
    served.users.save(user);
    return reused;
  }
  served.users.save(withPassword(service, served, spent, password));
  served.attempts.succeeded(`sub ${user.sub}`);
  return {};
}
