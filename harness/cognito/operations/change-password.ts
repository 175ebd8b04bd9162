import { withAccessToken } from "../access-token.ts";
import { type Refusal, refusals } from "../errors.ts";
import { accessToken, givenPassword, newPassword } from "../model.ts";
import { operation } from "../operation.ts";
import { checkHistory, withPassword } from "../passwords.ts";
import { checkPassword } from "../pool/password-policy.ts";
import type { Service } from "../service.ts";
import { optional, structure } from "../shapes.ts";
import { passwordMatches } from "../srp.ts";
import type { TokenSubject } from "../tokens.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ChangePassword.html */
export const changePassword = operation({
  name: "ChangePassword",
  access: "public",
  input: structure({
    PreviousPassword: optional(givenPassword),
    ProposedPassword: newPassword,
    AccessToken: accessToken,
  }),
  run: (input, service) =>
    withAccessToken(service, input.AccessToken, (subject) => {
      const { served, user } = subject;
      const refusal =
        checkPrevious(service, subject, input.PreviousPassword) ??
        checkPassword(served.pool.passwordPolicy, input.ProposedPassword) ??
        checkHistory(served.pool, user, input.ProposedPassword);
      if (refusal !== undefined) return refusal;
      served.users.save(withPassword(service, served, user, input.ProposedPassword));
      return {};
    }),
});

/** Wrong tries count like wrong sign-ins, but the limit is worded differently here. */
function checkPrevious(
  service: Service,
  { served, user }: TokenSubject,
  given: string | undefined,
): Refusal | undefined {
  const key = `sub ${user.sub}`;
  const now = service.clock.nowMilliseconds();
  if (served.attempts.check(key, now) !== undefined) return refusals.attemptLimit("too many wrong passwords");
  const { password, username } = user;
  if (password === undefined) return undefined;
  if (given !== undefined && passwordMatches(password, served.pool.srpName, username, given)) {
    served.attempts.succeeded(key);
    return undefined;
  }
  served.attempts.failed(key, now);
  return refusals.wrongCredentials("the previous password is wrong");
}
