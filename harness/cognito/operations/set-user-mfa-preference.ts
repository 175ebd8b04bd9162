import { withAccessToken } from "../access-token.ts";
import { isRefusal, type Refusal, refusals } from "../errors.ts";
import { accessToken } from "../model.ts";
import { operation } from "../operation.ts";
import { boolean, optional, structure } from "../shapes.ts";
import type { User } from "../users.ts";

const settings = structure({ Enabled: optional(boolean), PreferredMfa: optional(boolean) });

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserMFAPreference.html */
export const setUserMfaPreference = operation({
  name: "SetUserMFAPreference",
  access: "public",
  input: structure({
    AccessToken: accessToken,
    SMSMfaSettings: optional(settings),
    EmailMfaSettings: optional(settings),
    SoftwareTokenMfaSettings: optional(settings),
  }),
  run: (input, service) =>
    withAccessToken(service, input.AccessToken, (subject) => {
      if (input.SMSMfaSettings?.Enabled === true || input.EmailMfaSettings?.Enabled === true) {
        return refusals.invalidParameter("Only software-token MFA is emulated.");
      }
      const { Enabled = false, PreferredMfa = false } = input.SoftwareTokenMfaSettings ?? {};
      const user = withPreference(subject.user, Enabled, PreferredMfa);
      if (isRefusal(user)) return user;
      subject.served.users.save(user);
      return {};
    }),
});

function withPreference(user: User, enabled: boolean, preferred: boolean): User | Refusal {
  const { softwareToken } = user;
  if (softwareToken?.verified !== true) {
    return enabled ? refusals.invalidParameter("User has not verified software token mfa") : user;
  }
  return { ...user, softwareToken: { ...softwareToken, enabled, preferred: enabled && preferred } };
}
