import { randomBytes } from "node:crypto";
import {
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderClientConfig,
  DescribeUserPoolCommand,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from "amazon-cognito-identity-js";
import { decodeJwt } from "jose";
import { HarnessError } from "../errors.ts";
import type { SignedIn, TargetUser } from "./target.ts";

export interface PoolUsersOptions {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly region: string;
  /** Default: AWS's own. */
  readonly endpointUrl?: string;
  /** For making users. Default: the SDK's chain of environment, profile and role. */
  readonly credentials?: CognitoIdentityProviderClientConfig["credentials"];
  /** People who are there already, by the name that they are asked for by. */
  readonly given?: ReadonlyMap<string, TargetUser>;
  /** Whether whoever is not given is made. Default: yes. */
  readonly makeUsers?: boolean;
}

export interface PoolUsers {
  /** @throws HarnessError TARGET_UNREACHABLE with the pool's own words. */
  signIn(name: string): Promise<SignedIn>;
  /** Deletes who was made. */
  close(): Promise<void>;
}

/** Cognito's own API of a region. */
export const cognitoUrl = (region: string): string =>
  `https://cognito-idp.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;

/** Signs people in at a user pool through Cognito's API, and makes those that it is not given. */
export function poolUsers(options: PoolUsersOptions): PoolUsers {
  const { region, endpointUrl, credentials, given = new Map(), makeUsers = true } = options;
  const client = new CognitoIdentityProviderClient({
    region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const made = new Map<string, Promise<TargetUser>>();
  const userFor = (name: string): Promise<TargetUser> => {
    const there = given.get(name);
    if (there !== undefined) return Promise.resolve(there);
    if (!makeUsers)
      throw new HarnessError("USAGE", `No user ${name} is given; there are: ${[...given.keys()].join(", ")}.`);
    const making = made.get(name) ?? makeUser(client, options.userPoolId, name);
    made.set(name, making);
    return making;
  };
  return {
    async signIn(name) {
      try {
        return await signIn(client, options, await userFor(name));
      } catch (error) {
        if (error instanceof HarnessError) throw error;
        throw poolError(options, name, error);
      }
    },
    async close() {
      const users = await Promise.allSettled(made.values());
      made.clear();
      const removals = users.map((user) =>
        user.status === "rejected"
          ? undefined
          : client.send(new AdminDeleteUserCommand({ UserPoolId: options.userPoolId, Username: user.value.username })),
      );
      const failed = (await Promise.allSettled(removals)).find(({ status }) => status === "rejected");
      client.destroy();
      if (failed?.status === "rejected") throw poolError(options, "a user that was made, to remove it", failed.reason);
    },
  };
}

function poolError({ userPoolId }: PoolUsersOptions, name: string, error: unknown): HarnessError {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new HarnessError("TARGET_UNREACHABLE", `The user pool ${userPoolId} refused ${name}. ${reason}`);
}

/** Confirmed, with a password that nobody else knows. The name is unlike any person's, so that nobody is overwritten. */
async function makeUser(client: CognitoIdentityProviderClient, userPoolId: string, name: string): Promise<TargetUser> {
  const { UserPool: pool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
  const unique = `${name.toLowerCase().replace(/[^a-z0-9]/g, "-")}-${randomBytes(6).toString("hex")}`;
  const email = `${unique}@example.com`;
  const username = pool?.UsernameAttributes?.includes("email") ? email : unique;
  const password = `Aa1!${randomBytes(24).toString("base64url")}`;
  await client.send(
    new AdminCreateUserCommand({
      UserPoolId: userPoolId,
      Username: username,
      MessageAction: "SUPPRESS",
      UserAttributes: [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
      ],
    }),
  );
  await client.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: userPoolId,
      Username: username,
      Password: password,
      Permanent: true,
    }),
  );
  return { username, password };
}

async function signIn(
  client: CognitoIdentityProviderClient,
  options: PoolUsersOptions,
  user: TargetUser,
): Promise<SignedIn> {
  const tokens = (await byPassword(client, options, user)) ?? (await bySrp(options, user));
  return { username: user.username, sub: String(decodeJwt(tokens.accessToken).sub), ...tokens };
}

type Tokens = Pick<SignedIn, "accessToken" | "idToken" | "refreshToken">;

/** `undefined`: the client does not take passwords. */
async function byPassword(
  client: CognitoIdentityProviderClient,
  { clientId }: PoolUsersOptions,
  { username, password }: TargetUser,
): Promise<Tokens | undefined> {
  const command = new InitiateAuthCommand({
    ClientId: clientId,
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  try {
    const { AuthenticationResult: result, ChallengeName: challenge } = await client.send(command);
    if (result === undefined) throw new Error(`the sign-in asks for ${challenge ?? "something else"}`);
    return tokensOf(result);
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidParameterException") return undefined;
    throw error;
  }
}

function tokensOf({ AccessToken = "", IdToken = "", RefreshToken = "" }: AuthenticationResultType): Tokens {
  return { accessToken: AccessToken, idToken: IdToken, refreshToken: RefreshToken };
}

/** The password is proven and not sent: what a client of `allowPasswordAuth: false` takes. */
async function bySrp(options: PoolUsersOptions, { username, password }: TargetUser): Promise<Tokens> {
  const pool = new CognitoUserPool({
    UserPoolId: options.userPoolId,
    ClientId: options.clientId,
    Storage: noStorage,
    ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl }),
  });
  const user = new CognitoUser({ Username: username, Pool: pool, Storage: noStorage });
  const challenged = (what: string) => new Error(`the sign-in asks for ${what}`);
  const session = await new Promise<CognitoUserSession>((onSuccess, onFailure) => {
    user.authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), {
      onSuccess,
      onFailure,
      newPasswordRequired: () => onFailure(challenged("a new password")),
      mfaRequired: () => onFailure(challenged("a code")),
      totpRequired: () => onFailure(challenged("a code")),
    });
  });
  return {
    accessToken: session.getAccessToken().getJwtToken(),
    idToken: session.getIdToken().getJwtToken(),
    refreshToken: session.getRefreshToken().getToken(),
  };
}

/** Tokens stay in this process's memory and nowhere else. */
const noStorage = { setItem: () => "", getItem: () => null, removeItem: () => {}, clear: () => {} };
