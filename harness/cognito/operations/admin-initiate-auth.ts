import { isRefusal } from "../errors.ts";
import { clientId, contextMembers, parameters, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { clientOfPool } from "../service.ts";
import { optional, structure } from "../shapes.ts";
import { authFlows, checkFlowEnabled, startFlow } from "./initiate-auth.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminInitiateAuth.html */
export const adminInitiateAuth = operation({
  name: "AdminInitiateAuth",
  access: "administrator",
  input: structure({
    UserPoolId: userPoolId,
    ClientId: clientId,
    AuthFlow: authFlows,
    AuthParameters: optional(parameters),
    ClientMetadata: contextMembers.ClientMetadata,
    AnalyticsMetadata: contextMembers.AnalyticsMetadata,
    ContextData: optional(structure({})),
  }),
  run(input, service) {
    const target = clientOfPool(service, input.UserPoolId, input.ClientId);
    if (isRefusal(target)) return target;
    const refusal = checkFlowEnabled(target.client.flows, input.AuthFlow);
    return refusal ?? startFlow(service, target, input.AuthFlow, input.AuthParameters ?? new Map());
  },
});
