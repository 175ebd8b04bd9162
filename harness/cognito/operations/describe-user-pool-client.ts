import { isRefusal } from "../errors.ts";
import { clientId, userPoolId } from "../model.ts";
import { operation } from "../operation.ts";
import { clientOfPool, type ServedClient } from "../service.ts";
import { structure } from "../shapes.ts";
import { seconds } from "../user-view.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolClient.html */
export const describeUserPoolClient = operation({
  name: "DescribeUserPoolClient",
  access: "administrator",
  input: structure({ UserPoolId: userPoolId, ClientId: clientId }),
  run(input, service) {
    const target = clientOfPool(service, input.UserPoolId, input.ClientId);
    return isRefusal(target) ? target : { UserPoolClient: userPoolClientType(target) };
  },
});

/** Members that the program left out are left out here too. */
function userPoolClientType({ served, client }: ServedClient) {
  const { createdAtMilliseconds, modifiedAtMilliseconds } = served.declared.client(client.id);
  const { declared, rotation } = client;
  const { units, validity } = declared;
  return {
    UserPoolId: client.poolId,
    ClientName: client.name,
    ClientId: client.id,
    ClientSecret: client.secret,
    CreationDate: seconds(createdAtMilliseconds),
    LastModifiedDate: seconds(modifiedAtMilliseconds),
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
