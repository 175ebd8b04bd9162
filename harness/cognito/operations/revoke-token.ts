import { isRefusal, refuse } from "../errors.ts";
import { clientId, clientSecret, refreshToken } from "../model.ts";
import { operation } from "../operation.ts";
import { refreshTokenSession } from "../refresh-token.ts";
import { provesSecret } from "../secret-hash.ts";
import { servedClient } from "../service.ts";
import { optional, structure } from "../shapes.ts";

/** Ends the sign-in of a refresh token, and with it every token that came of it. Revoking twice is no error.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html */
export const revokeToken = operation({
  name: "RevokeToken",
  access: "public",
  input: structure({ Token: refreshToken, ClientId: clientId, ClientSecret: optional(clientSecret) }),
  async run(input, service) {
    const target = servedClient(service, input.ClientId);
    if (isRefusal(target)) return target;
    const { served, client } = target;
    if (!provesSecret(client, input.ClientSecret)) {
      return refuse("NotAuthorizedException", `Unable to verify secret for client ${client.id}`);
    }
    if (!client.revocation) {
      return refuse("UnsupportedOperationException", "Token revocation is not enabled for this client");
    }
    const found = await refreshTokenSession(served, input.Token);
    if (found === undefined) return refuse("UnsupportedTokenTypeException", "Unsupported token type");
    if (found.clientId !== client.id) return refuse("NotAuthorizedException", "The token belongs to another client");
    served.sessions.end(found.eventId);
    return {};
  },
});
