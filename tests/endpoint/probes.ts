import { randomUUID } from "node:crypto";
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { HeaderList } from "../../harness/http.ts";
import { endpointTarget } from "../../harness/targets/endpoint.ts";
import { type LocalTarget, localTarget } from "../../harness/targets/local.ts";
import { isShown, type Target } from "../../harness/targets/target.ts";
import type { ProgramCopy } from "../engine/support/program-copy.ts";
import { CREDENTIALS, type Endpoint, type SideBySide } from "./side-by-side.ts";

/** What no event of the todo API shows. */
const ECHO = `() => async (event: any): Promise<any> => {
  if (event.rawQueryString === "throw") throw new Error("broken on purpose");
  return {
    statusCode: 200,
    cookies: ["answer=1"],
    body: JSON.stringify({ cookies: event.cookies ?? "none", stageVariables: event.stageVariables ?? "none" }),
  };
}`;

/** The one route that may not invoke its function any more, and one whose function tells what it was given. */
const FORBIDDEN = { method: "DELETE", target: "/todos/of-nobody" } as const;
const TOLD = { method: "GET", target: "/todos" } as const;

/** Changes a program so that it shows what the probes ask for. */
export async function makeProbed(copy: ProgramCopy): Promise<void> {
  await copy.edit("index.ts", "handlerFactory: getTodos,", `handlerFactory: ${ECHO},`);
  await copy.edit("stack/http-api.ts", "autoDeploy: true,", 'autoDeploy: true,\n    stageVariables: { probe: "yes" },');
  await copy.edit(
    "stack/http-api.ts",
    'principal: "apigateway.amazonaws.com"',
    'principal: routeKey.startsWith("DELETE ") ? "events.amazonaws.com" : "apigateway.amazonaws.com"',
  );
}

interface Probed {
  readonly local: LocalTarget;
  readonly endpoint: Target;
  readonly at: Endpoint;
}

/** Asks both sides of a program that `makeProbed` has changed, and that the endpoint has got. */
export async function probeBoth(copy: ProgramCopy, at: Endpoint): Promise<readonly SideBySide[]> {
  const local = await localTarget({ programDirectory: copy.directory, stack: "localstack" });
  const endpoint = endpointTarget({ ...at, credentials: CREDENTIALS });
  try {
    return [...(await throughGateways({ local, endpoint })), await signInInAnotherCase({ local, endpoint, at })];
  } finally {
    await endpoint.close();
    await local.close();
  }
}

interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

interface Probe {
  readonly name: string;
  readonly request: { readonly method: string; readonly target: string };
  /** Without a token, what is asked for is the refusal. */
  readonly signedIn: boolean;
  readonly headers?: HeaderList;
  readonly shown: (answer: Answer) => string;
}

const header = ({ headers }: Answer, wanted: string) =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "none";
const member = ({ body }: Answer, name: string) =>
  JSON.stringify((JSON.parse(body.toString()) as Readonly<Record<string, unknown>>)[name]);
const statusAndBody = ({ status, body }: Answer) => `${status} ${body.toString()}`;

const PROBES: readonly Probe[] = [
  {
    name: "the challenge of a 401",
    request: TOLD,
    signedIn: false,
    shown: (answer) => header(answer, "www-authenticate"),
  },
  {
    name: "a function that throws",
    request: { ...TOLD, target: `${TOLD.target}?throw` },
    signedIn: true,
    shown: statusAndBody,
  },
  {
    name: "a request's cookies",
    request: TOLD,
    signedIn: true,
    headers: [["cookie", "a=1; b=2"]],
    shown: (answer) => member(answer, "cookies"),
  },
  { name: "an answer's cookies", request: TOLD, signedIn: true, shown: (answer) => header(answer, "set-cookie") },
  { name: "stage variables", request: TOLD, signedIn: true, shown: (answer) => member(answer, "stageVariables") },
  {
    name: "a function that the API may not invoke",
    request: FORBIDDEN,
    signedIn: true,
    shown: ({ status }) => String(status),
  },
];

async function throughGateways({ local, endpoint }: Omit<Probed, "at">): Promise<readonly SideBySide[]> {
  const [here, there] = [await asker(local), await asker(endpoint)];
  const rows: SideBySide[] = [];
  for (const probe of PROBES)
    rows.push({ name: probe.name, through: "gateway", local: await here(probe), endpoint: await there(probe) });
  return rows;
}

/** Sends a probe's request, as somebody who is signed in where it says so. */
async function asker({ send, signIn }: Target): Promise<(probe: Probe) => Promise<string>> {
  if (!isShown(send) || !isShown(signIn)) return async () => "not shown";
  const { accessToken } = await signIn("probe");
  const authorization: HeaderList = [["authorization", `Bearer ${accessToken}`]];
  return async ({ request, signedIn, headers = [], shown }) =>
    shown(await send({ ...request, headers: [...headers, ...(signedIn ? authorization : [])] }));
}

interface Pool {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly region: string;
  readonly endpointUrl: string;
  readonly credentials: typeof CREDENTIALS;
}

async function signInInAnotherCase({ local, at: { facts, endpointUrl } }: Probed): Promise<SideBySide> {
  const [pool] = local.harness.model().userPools;
  const here = await signedIn({
    userPoolId: pool?.id ?? "",
    clientId: [...(pool?.clients.keys() ?? [])][0] ?? "",
    region: facts.region,
    endpointUrl: local.harness.awsEndpointUrl,
    credentials: local.harness.administrator,
  });
  const { userPoolId = "", clientId = "" } = facts.userPool ?? {};
  const there = await signedIn({ userPoolId, clientId, region: facts.region, endpointUrl, credentials: CREDENTIALS });
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
