import { withUser } from "../administered-user.ts";
import { conflictOnceConfirmed } from "../aliases.ts";
import { refuse } from "../errors.ts";
import { contextMembers, username, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";
import { confirmed } from "./confirm-sign-up.ts";

/** Confirms without a code: no contact becomes verified by it.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminConfirmSignUp.html */
export const adminConfirmSignUp = operation({
  name: "AdminConfirmSignUp",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, Username: username, ClientMetadata: contextMembers.ClientMetadata }),
  run: (input, service) =>
    withUser(service, input, (served, user) => {
      if (user.status !== "UNCONFIRMED") {
        return refuse("NotAuthorizedException", `User cannot be confirmed. Current status is ${user.status}`);
      }
      const conflict = conflictOnceConfirmed(served, user);
      if (conflict !== undefined) return conflict;
      served.users.save(confirmed(service, user, undefined));
      return {};
    }),
});
