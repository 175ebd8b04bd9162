import { withUser } from "../administered-user.ts";
import { conflictOnceConfirmed } from "../aliases.ts";
import { newPassword, username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { checkHistory, withPassword, withTemporaryPassword } from "../passwords.ts";
import { checkAdminPassword } from "../pool/password-policy.ts";
import { boolean, optional, structure } from "../shapes.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html */
export const adminSetUserPassword = operation({
  name: "AdminSetUserPassword",
  access: "administrator",
  input: structure({
    UserPoolId: userPoolId,
    Username: username,
    Password: newPassword,
    Permanent: optional(boolean),
  }),
  run: (input, service) =>
    withUser(service, input, (served, user) => {
      const refusal =
        checkAdminPassword(served.pool.passwordPolicy, input.Password) ??
        checkHistory(served.pool, user, input.Password) ??
        (input.Permanent === true ? conflictOnceConfirmed(served, user) : undefined);
      if (refusal !== undefined) return refusal;
      const changed =
        input.Permanent === true
          ? { ...withPassword(service, served, user, input.Password), status: "CONFIRMED" as const }
          : withTemporaryPassword(service, served, user, input.Password);
      served.users.save(changed);
      served.attempts.succeeded(`sub ${user.sub}`);
      return {};
    }),
});
