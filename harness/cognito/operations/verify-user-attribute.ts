import { withAccessToken } from "../access-token.ts";
import { checkTaken } from "../aliases.ts";
import { spendCode } from "../code-delivery.ts";
import { isRefusal, refusals } from "../errors.ts";
import { accessToken, attributeName, confirmationCode } from "../model.ts";
import { operation } from "../operation.ts";
import type { ContactAttribute } from "../pool/user-pool.ts";
import type { Service } from "../service.ts";
import { structure } from "../shapes.ts";
import type { User } from "../users.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifyUserAttribute.html */
export const verifyUserAttribute = operation({
  name: "VerifyUserAttribute",
  access: "public",
  input: structure({ AccessToken: accessToken, AttributeName: attributeName, Code: confirmationCode }),
  run: (input, service) =>
    withAccessToken(service, input.AccessToken, (subject) => {
      const { served, user } = subject;
      const attribute = input.AttributeName;
      if (attribute !== "email" && attribute !== "phone_number") {
        return refusals.invalidParameter(`Attribute ${attribute} cannot be verified by a code.`);
      }
      const value = user.pendingAttributes[attribute] ?? user.attributes[attribute] ?? "";
      const taken = checkTaken(served, user, attribute, value);
      if (taken !== undefined) return taken;
      const attempt = { purpose: `verify-${attribute}`, code: input.Code, destinations: [value] } as const;
      const spent = spendCode(service, served, user, attempt);
      if (isRefusal(spent)) return spent;
      served.users.save(verified(service, spent, attribute, value));
      return {};
    }),
});

/** The user with the contact verified, a waiting value having taken the old one's place. */
function verified(service: Service, user: User, attribute: ContactAttribute, value: string): User {
  const { [attribute]: _applied, ...pendingAttributes } = user.pendingAttributes;
  return {
    ...user,
    attributes: { ...user.attributes, [attribute]: value, [`${attribute}_verified`]: "true" },
    pendingAttributes,
    modifiedAtMilliseconds: service.clock.nowMilliseconds(),
  };
}
