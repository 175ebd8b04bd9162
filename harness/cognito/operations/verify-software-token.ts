import { isRefusal, refuse } from "../errors.ts";
import { accessToken, session } from "../model.ts";
import { operation } from "../operation.ts";
import { optional, string, structure } from "../shapes.ts";
import { tryCode } from "../software-token.ts";
import { markPaired, reopened, withPairingSubject } from "../software-token-pairing.ts";

/** Ends pairing an authenticator app with a first code of it.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifySoftwareToken.html */
export const verifySoftwareToken = operation({
  name: "VerifySoftwareToken",
  access: "public",
  input: structure({
    AccessToken: optional(accessToken),
    Session: optional(session),
    UserCode: string({ min: 6, max: 6, pattern: /^[0-9]+$/ }),
    FriendlyDeviceName: optional(string({ max: 131_072 })),
  }),
  run: (input, service) =>
    withPairingSubject(service, input, (subject) => {
      const { served, user } = subject;
      const { pairingToken, ...rest } = user;
      if (pairingToken === undefined) {
        return refuse("SoftwareTokenMFANotFoundException", "No software token is being set up for the user.");
      }
      const used = tryCode(pairingToken, input.UserCode, service.clock.nowMilliseconds());
      if (isRefusal(used)) return refuse("EnableSoftwareTokenMFAException", "Code mismatch", used.reason);
      const before = user.softwareToken;
      served.users.save({
        ...rest,
        softwareToken: {
          ...used,
          verified: true,
          // In the middle of a sign-in the pairing is also the choice; signed in, SetUserMFAPreference makes it.
          enabled: before?.enabled ?? subject.setup !== undefined,
          preferred: before?.preferred ?? subject.setup !== undefined,
          friendlyDeviceName: input.FriendlyDeviceName ?? "",
        },
      });
      markPaired(subject);
      return { Status: "SUCCESS", ...reopened(subject) };
    }),
});
