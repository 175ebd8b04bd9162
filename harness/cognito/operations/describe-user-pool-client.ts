import { isRefusal } from "../errors.ts";
import { clientId, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import type { UserPoolClient } from "../pool/user-pool.ts";
import { clientOfPool } from "../service.ts";
import { structure } from "../shapes.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolClient.html */
export const describeUserPoolClient = operation({
  name: "DescribeUserPoolClient",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, ClientId: clientId }),
  run(input, service) {
    const target = clientOfPool(service, input.UserPoolId, input.ClientId);
    return isRefusal(target) ? target : { UserPoolClient: userPoolClientType(target.client) };
  },
});

/** Members that the program left out are left out here too. */
function userPoolClientType(client: UserPoolClient) {
  const { declared, rotation } = client;
  const { units, validity } = declared;
  return {
    UserPoolId: client.poolId,
    ClientName: client.name,
    ClientId: client.id,
    ClientSecret: client.secret,
    RefreshTokenValidity: validity.refreshToken ?? 30,
    AccessTokenValidity: validity.accessToken,
    IdTokenValidity: validity.idToken,
    TokenValidityUnits: { AccessToken: units.accessToken, IdToken: units.idToken, RefreshToken: units.refreshToken },
    ReadAttributes: declared.readAttributes,
    WriteAttributes: declared.writeAttributes,
    ExplicitAuthFlows: declared.explicitAuthFlows,
    AllowedOAuthFlowsUserPoolClient: false,
    PreventUserExistenceErrors: client.masksUserExistence ? "ENABLED" : "LEGACY",
    EnableTokenRevocation: client.revocation,
    AuthSessionValidity: client.sessionSeconds / 60,
    RefreshTokenRotation:
      rotation === undefined ? undefined : { Feature: "ENABLED", RetryGracePeriodSeconds: rotation.graceSeconds },
  };
}
