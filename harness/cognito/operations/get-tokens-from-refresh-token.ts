import { isRefusal, refuse } from "../errors.ts";
import { clientId, clientSecret, contextMembers, refreshToken } from "../model.ts";
import { operation } from "../operation.ts";
import { renewTokens } from "../refresh-sign-in.ts";
import { provesSecret } from "../secret-hash.ts";
import { servedClient } from "../service.ts";
import { optional, string, structure } from "../shapes.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html */
export const getTokensFromRefreshToken = operation({
  name: "GetTokensFromRefreshToken",
  access: "public",
  input: structure({
    RefreshToken: refreshToken,
    ClientId: clientId,
    ClientSecret: optional(clientSecret),
    DeviceKey: optional(string({ min: 1, max: 55 })),
    ClientMetadata: contextMembers.ClientMetadata,
  }),
  async run(input, service) {
    const target = servedClient(service, input.ClientId);
    if (isRefusal(target)) return target;
    if (!provesSecret(target.client, input.ClientSecret)) {
      return refuse("NotAuthorizedException", `Unable to verify secret for client ${input.ClientId}`);
    }
    const tokens = await renewTokens(service, target, input.RefreshToken);
    return isRefusal(tokens) ? tokens : { AuthenticationResult: tokens };
  },
});
