import { answerChallenge } from "../challenge-answers.ts";
import { isRefusal } from "../errors.ts";
import { clientId, contextMembers, parameters, session } from "../model.ts";
import { operation } from "../operation.ts";
import { servedClient } from "../service.ts";
import { oneOf, optional, structure } from "../shapes.ts";

/** The challenges that the API model knows; those that are not emulated are never posed. */
export const challengeNames = oneOf(
  "SMS_MFA",
  "EMAIL_OTP",
  "SOFTWARE_TOKEN_MFA",
  "SELECT_MFA_TYPE",
  "MFA_SETUP",
  "PASSWORD_VERIFIER",
  "CUSTOM_CHALLENGE",
  "SELECT_CHALLENGE",
  "DEVICE_SRP_AUTH",
  "DEVICE_PASSWORD_VERIFIER",
  "ADMIN_NO_SRP_AUTH",
  "NEW_PASSWORD_REQUIRED",
  "SMS_OTP",
  "PASSWORD",
  "WEB_AUTHN",
  "PASSWORD_SRP",
);

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html */
export const respondToAuthChallenge = operation({
  name: "RespondToAuthChallenge",
  access: "public",
  input: structure({
    ClientId: clientId,
    ChallengeName: challengeNames,
    Session: optional(session),
    ChallengeResponses: optional(parameters),
    ...contextMembers,
  }),
  run(input, service) {
    const target = servedClient(service, input.ClientId);
    if (isRefusal(target)) return target;
    return answerChallenge(service, target, {
      name: input.ChallengeName,
      session: input.Session,
      responses: input.ChallengeResponses ?? new Map(),
    });
  },
});
