import { randomUUID } from "node:crypto";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { GetPolicyCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { type LocalTarget, localTarget } from "../../harness/targets/local.ts";
import type { StackFacts } from "../../harness/targets/stack-facts.ts";
import { isShown, type Target } from "../../harness/targets/target.ts";
import { copyProgram, ROOT } from "../engine/support/program-copy.ts";
import type { SideBySide } from "./side-by-side.ts";

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Probed {
  readonly local: LocalTarget;
  readonly endpoint: Target;
  readonly facts: StackFacts;
  readonly endpointUrl: string;
  readonly credentials: Credentials;
}

/** What no event shows: headers of a refusal, how names are compared, whether the right to invoke is asked for. The last
 * takes a permission away from the endpoint's stack. */
export async function probeBoth(probed: Probed): Promise<readonly SideBySide[]> {
  return [await challenge(probed), await signInInAnotherCase(probed), await withoutPermission(probed)];
}

async function challenge({ local, endpoint }: Probed): Promise<SideBySide> {
  const ask = async (target: Target) => {
    const headers = isShown(target.send) ? (await target.send({ method: "GET", target: "/todos" })).headers : [];
    return headers.find(([name]) => name.toLowerCase() === "www-authenticate")?.[1] ?? "none";
  };
  const rows = { local: await ask(local), endpoint: await ask(endpoint) };
  return { name: "the challenge of a 401", through: "gateway", ...rows };
}

interface Pool {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly region: string;
  readonly endpointUrl: string;
  readonly credentials: Credentials;
}

async function signInInAnotherCase({ local, facts, endpointUrl, credentials }: Probed): Promise<SideBySide> {
  const [pool] = local.harness.model().userPools;
  const here = await signedIn({
    userPoolId: pool?.id ?? "",
    clientId: [...(pool?.clients.keys() ?? [])][0] ?? "",
    region: facts.region,
    endpointUrl: local.harness.awsEndpointUrl,
    credentials: local.harness.administrator,
  });
  const { userPoolId = "", clientId = "" } = facts.userPool ?? {};
  const there = await signedIn({ userPoolId, clientId, region: facts.region, endpointUrl, credentials });
  return { name: "a sign-in in another case", through: "gateway", local: here, endpoint: there };
}

async function signedIn({
  userPoolId: UserPoolId,
  clientId: ClientId,
  endpointUrl,
  ...settings
}: Pool): Promise<string> {
  const cognito = new CognitoIdentityProviderClient({ ...settings, endpoint: endpointUrl });
  const Username = `probe-${randomUUID()}@example.com`;
  const Password = `Aa1!${randomUUID()}`;
  try {
    await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: "SUPPRESS" }));
    await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }));
    const AuthParameters = { USERNAME: Username.toUpperCase(), PASSWORD: Password };
    await cognito.send(new InitiateAuthCommand({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters }));
    return "signed in";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  } finally {
    cognito.destroy();
  }
}

const ROUTE = "GET /todos";

async function withoutPermission({ endpoint, facts, endpointUrl, credentials }: Probed): Promise<SideBySide> {
  const lambda = new LambdaClient({ region: facts.region, endpoint: endpointUrl, credentials });
  const route = facts.routes?.find(({ routeKey }) => routeKey === ROUTE);
  const FunctionName = route?.functionArn ?? "";
  const { Policy: policy = "{}" } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  const { Statement: statements = [] } = JSON.parse(policy) as {
    readonly Statement?: readonly { readonly Sid: string }[];
  };
  for (const { Sid: StatementId } of statements)
    await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }));
  lambda.destroy();
  const copy = await copyProgram(ROOT);
  await copy.edit("stack/http-api.ts", 'principal: "apigateway.amazonaws.com"', 'principal: "events.amazonaws.com"');
  const local = await localTarget({ programDirectory: copy.directory });
  try {
    const rows = { local: await answerWithToken(local), endpoint: await answerWithToken(endpoint) };
    return { name: "a function that the API may not invoke", through: "gateway", ...rows };
  } finally {
    await local.close();
    await copy.remove();
  }
}

async function answerWithToken(target: Target): Promise<string> {
  if (!isShown(target.send) || !isShown(target.signIn)) return "not shown";
  const { accessToken } = await target.signIn("probe");
  const headers = [["authorization", `Bearer ${accessToken}`]] as const;
  return String((await target.send({ method: "GET", target: "/todos", headers })).status);
}
