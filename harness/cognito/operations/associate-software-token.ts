import { refuse } from "../errors.ts";
import { accessToken, session } from "../model.ts";
import { operation } from "../operation.ts";
import { optional, structure } from "../shapes.ts";
import { newSoftwareToken } from "../software-token.ts";
import { reopened, withPairingSubject } from "../software-token-pairing.ts";

/** Starts pairing an authenticator app, for a signed-in user or in the middle of a sign-in that asks for it.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html */
export const associateSoftwareToken = operation({
  name: "AssociateSoftwareToken",
  access: "public",
  input: structure({ AccessToken: optional(accessToken), Session: optional(session) }),
  run: (input, service) =>
    withPairingSubject(service, input, (subject) => {
      const { served, user } = subject;
      if (served.pool.mfa === "OFF") {
        return refuse("SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userpool");
      }
      const token = newSoftwareToken(service.random);
      served.users.save({ ...user, pairingToken: token });
      return { SecretCode: token.secret, ...reopened(subject) };
    }),
});
