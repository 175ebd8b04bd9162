import { answerChallenge } from "../challenge-answers.ts";
import { isRefusal } from "../errors.ts";
import { clientId, contextMembers, parameters, session, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { clientOfPool } from "../service.ts";
import { optional, structure } from "../shapes.ts";
import { challengeNames } from "./respond-to-auth-challenge.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminRespondToAuthChallenge.html */
export const adminRespondToAuthChallenge = operation({
  name: "AdminRespondToAuthChallenge",
  access: "administrator",
  input: structure({
    UserPoolId: userPoolId,
    ClientId: clientId,
    ChallengeName: challengeNames,
    ChallengeResponses: optional(parameters),
    Session: optional(session),
    ClientMetadata: contextMembers.ClientMetadata,
    AnalyticsMetadata: contextMembers.AnalyticsMetadata,
    ContextData: optional(structure({})),
  }),
  run(input, service) {
    const target = clientOfPool(service, input.UserPoolId, input.ClientId);
    if (isRefusal(target)) return target;
    return answerChallenge(service, target, {
      name: input.ChallengeName,
      session: input.Session,
      responses: input.ChallengeResponses ?? new Map(),
    });
  },
});
