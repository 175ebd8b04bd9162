import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Served } from "./served.ts";

export const PASSWORD = "Correct-horse-battery-7";

export interface Person {
  readonly email: string;
  /** The `sub` that Cognito gave. */
  readonly sub: string;
  readonly accessToken: string;
  readonly idToken: string;
  readonly refreshToken: string;
}

export function cognitoClient({ awsEndpointUrl, region }: Served): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({ endpoint: awsEndpointUrl, region });
}

/** The table as the account's administrator reaches it. */
export function administratorDynamoDb({ awsEndpointUrl, region, administrator }: Served): DynamoDBClient {
  return new DynamoDBClient({ endpoint: awsEndpointUrl, region, credentials: administrator });
}

/** Signs up, confirms with the code that was sent, signs in: all of it as an app would, through the SDK. */
export async function newPerson(served: Served, email: string): Promise<Person> {
  const cognito = cognitoClient(served);
  const ClientId = served.clientId;
  try {
    const { UserSub = "" } = await cognito.send(new SignUpCommand({ ClientId, Username: email, Password: PASSWORD }));
    const ConfirmationCode = served.outbox().findLast(({ to }) => to === email)?.code;
    await cognito.send(new ConfirmSignUpCommand({ ClientId, Username: email, ConfirmationCode }));
    return { email, sub: UserSub, ...(await signIn(served, email)) };
  } finally {
    cognito.destroy();
  }
}

export async function signIn(served: Served, email: string): Promise<Omit<Person, "email" | "sub">> {
  const cognito = cognitoClient(served);
  try {
    const { AuthenticationResult: tokens } = await cognito.send(
      new InitiateAuthCommand({
        ClientId: served.clientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: email, PASSWORD },
      }),
    );
    const { AccessToken = "", IdToken = "", RefreshToken = "" } = tokens ?? {};
    return { accessToken: AccessToken, idToken: IdToken, refreshToken: RefreshToken };
  } finally {
    cognito.destroy();
  }
}
