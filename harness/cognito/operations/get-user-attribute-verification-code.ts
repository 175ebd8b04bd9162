import { withAccessToken } from "../access-token.ts";
import { sendCode } from "../code-delivery.ts";
import { isRefusal, refusals } from "../errors.ts";
import { accessToken, attributeName, contextMembers } from "../model.ts";
import { operation } from "../operation.ts";
import { structure } from "../shapes.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserAttributeVerificationCode.html */
export const getUserAttributeVerificationCode = operation({
  name: "GetUserAttributeVerificationCode",
  access: "public",
  input: structure({
    AccessToken: accessToken,
    AttributeName: attributeName,
    ClientMetadata: contextMembers.ClientMetadata,
  }),
  run: (input, service) =>
    withAccessToken(service, input.AccessToken, (subject) => {
      const { served, user } = subject;
      const attribute = input.AttributeName;
      if (attribute !== "email" && attribute !== "phone_number") {
        return refusals.invalidParameter(`Attribute ${attribute} cannot be verified by a code.`);
      }
      const destination = user.pendingAttributes[attribute] ?? user.attributes[attribute];
      if (destination === undefined) return refusals.invalidParameter(`User does not have ${attribute}.`);
      const delivery = sendCode(service, served, user, { purpose: `verify-${attribute}`, attribute, destination });
      return isRefusal(delivery) ? delivery : { CodeDeliveryDetails: delivery };
    }),
});
