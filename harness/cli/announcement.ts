import type { HttpApi, Route } from "../apigateway/http-api.ts";

/** What a started harness tells its user. */
export interface Announced {
  readonly apis: readonly { readonly api: HttpApi; readonly url: string }[];
  readonly awsEndpointUrl: string;
  readonly region: string;
  readonly stack: string;
  readonly userPools: readonly {
    readonly id: string;
    readonly passwordClientId?: string;
    readonly clientIds: readonly string[];
  }[];
  readonly tableNames: readonly string[];
  readonly functionNames: readonly string[];
  /** What is accepted without effect, each type with its number. */
  readonly inert?: readonly string[];
  readonly dataDirectory?: string;
  /** The endpoint that keeps the tables in place of this machine. */
  readonly tablesAt?: string;
  readonly readyMilliseconds: number;
  /** Whether `/_harness/*` asks for the value of `HARNESS_SECRET`. */
  readonly asksForSecret: boolean;
  /** Request bodies to show for routes, by route key: the program's own, from its package.json. */
  readonly examples: ReadonlyMap<string, unknown>;
}

/** Where a client reaches an API: the stage's prefix belongs to the URL unless it is `$default`. */
export function baseUrl(url: string, api: HttpApi): string {
  const stages = api.stages.map((stage) => stage.name);
  const [first] = stages;
  return first === undefined || stages.includes("$default") ? url : `${url}/${first}`;
}

/** The one line of `--json`. */
export function machineAnnouncement(announced: Announced): string {
  const [api] = announced.apis;
  const [pool] = announced.userPools;
  return JSON.stringify({
    apiUrl: api === undefined ? null : baseUrl(api.url, api.api),
    awsEndpointUrl: announced.awsEndpointUrl,
    region: announced.region,
    stack: announced.stack,
    userPoolId: pool?.id ?? null,
    userPoolClientId: pool?.clientIds[0] ?? null,
    tableName: announced.tableNames[0] ?? null,
    readyMilliseconds: announced.readyMilliseconds,
  });
}

export function humanAnnouncement(announced: Announced): string {
  const facts: [string, string][] = [
    ...announced.apis.map(({ api, url }): [string, string] => [
      "API",
      `${baseUrl(url, api)}  (${api.name}, ${api.routes.length} routes)`,
    ]),
    ["AWS endpoint", `${announced.awsEndpointUrl}  (DynamoDB, Cognito, /_harness/*)`],
    ...announced.userPools.map(({ id, clientIds }): [string, string] => [
      "User pool",
      `${id}  (client ${clientIds.join(", ") || "none"})`,
    ]),
    ...announced.tableNames.map((name): [string, string] => ["Table", name]),
    ["Stack", `${announced.stack} in ${announced.region}, ${keptText(announced)}`],
    ...(announced.inert === undefined || announced.inert.length === 0
      ? []
      : [["Without effect", announced.inert.join(", ")] satisfies [string, string]]),
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  const table = facts.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join("\n");
  const tour = tourLines(announced);
  const ready = `Ready in ${announced.readyMilliseconds} ms. Ctrl-C stops it.`;
  return [
    `\n${table}`,
    ...(tour.length === 0 ? [] : [`Try it:\n\n${tour.map((line) => `  ${line}`).join("\n\n")}`]),
    ready,
  ].join("\n\n");
}

function keptText({ dataDirectory, tablesAt }: Announced): string {
  const here = dataDirectory === undefined ? "in memory" : `kept in ${dataDirectory}`;
  return tablesAt === undefined ? here : `users ${here}, tables at ${tablesAt}`;
}

const USER = "ana@example.com";
const PASSWORD = "Correct-horse-7";

/** Commands to paste: sign up (and confirm with the code from the outbox), sign in, call a route. Where no client takes
 * passwords, a minted token stands for the sign-in. Each is right whatever came before, or stops with the reason. */
export function tourLines(announced: Announced): string[] {
  const [called] = announced.apis.flatMap(({ api, url }) => exampleCall(api, baseUrl(url, api), announced.examples));
  if (called === undefined) return [];
  const client = announced.userPools.find(({ passwordClientId }) => passwordClientId !== undefined)?.passwordClientId;
  if (client !== undefined) return [...signInLines(announced, client), called.line];
  const pool = announced.userPools.find(({ id }) => called.issuer.endsWith(`/${id}`));
  return pool === undefined ? [] : [mintLine(announced, pool, called), called.line];
}

function signInLines(announced: Announced, client: string): string[] {
  const cognito = (operation: string, body: string) =>
    `curl -sS --fail-with-body ${announced.awsEndpointUrl} -H 'content-type: application/x-amz-json-1.1' -H 'x-amz-target: AWSCognitoIdentityProviderService.${operation}' -d ${body}`;
  const signUp = cognito("SignUp", `'${JSON.stringify({ ClientId: client, Username: USER, Password: PASSWORD })}'`);
  const outbox = `curl -sS --fail-with-body${secretHeader(announced)} '${announced.awsEndpointUrl}/_harness/outbox/code?to=${USER}'`;
  const code = `{ CODE=$(${outbox}) || { printf '%s\\n' "$CODE"; false; }; }`;
  const confirm = cognito(
    "ConfirmSignUp",
    `'{"ClientId":"${client}","Username":"${USER}","ConfirmationCode":"'"$CODE"'"}'`,
  );
  const parameters = { USERNAME: USER, PASSWORD };
  const signIn = cognito(
    "InitiateAuth",
    `'${JSON.stringify({ ClientId: client, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: parameters })}'`,
  );
  return [`${signUp} && ${code} && ${confirm}`, tokenLine(signIn, "AccessToken")];
}

function mintLine(announced: Announced, pool: Announced["userPools"][number], { audience, scopes }: ExampleCall) {
  const clientId = pool.clientIds.find((id) => audience.includes(id));
  const wanted = {
    userPoolId: pool.id,
    ...(clientId === undefined ? {} : { clientId }),
    ...(scopes.length === 0 ? {} : { claims: { scope: scopes.join(" ") } }),
  };
  const url = `${announced.awsEndpointUrl}/_harness/tokens`;
  return tokenLine(
    `curl -sS ${url} -H 'content-type: application/json'${secretHeader(announced)} -d '${JSON.stringify(wanted)}'`,
    "token",
  );
}

/** Takes a member out of a JSON answer into TOKEN; an answer without it is printed, and leaves TOKEN empty. */
function tokenLine(command: string, member: string): string {
  const found = `*'"${member}":"'*) TOKEN=\${TOKEN#*'"${member}":"'}; TOKEN=\${TOKEN%%'"'*};;`;
  return `TOKEN=$(${command}); case $TOKEN in ${found} *) printf '%s\\n' "$TOKEN"; TOKEN=;; esac`;
}

function secretHeader({ asksForSecret }: Announced): string {
  return asksForSecret ? ' -H "x-harness-secret: $HARNESS_SECRET"' : "";
}

interface ExampleCall {
  readonly line: string;
  /** Of the route's authorizer. */
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
}

/** A call of a protected route: one with an example body first, else a plain GET without path parameters. */
function exampleCall(api: HttpApi, url: string, examples: ReadonlyMap<string, unknown>): ExampleCall[] {
  const protectedRoutes = api.routes.filter((route) => route.authorization.type === "JWT");
  const withBody = protectedRoutes.find((route) => examples.has(route.routeKey));
  const plain = protectedRoutes.find((route) => /^GET \/[^{]*$/.test(route.routeKey));
  const route = withBody ?? plain;
  if (route?.authorization.type !== "JWT") return [];
  const { authorizer, scopes } = route.authorization;
  return [{ line: callOf(route, url, examples), issuer: authorizer.issuer, audience: authorizer.audience, scopes }];
}

function callOf(route: Route, url: string, examples: ReadonlyMap<string, unknown>): string {
  const [method = "GET", path = "/"] = route.routeKey.split(" ");
  const body = examples.get(route.routeKey);
  const data =
    body === undefined
      ? ""
      : ` -H 'content-type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
  return `curl -sS -X ${method} ${url}${path} -H "authorization: Bearer \${TOKEN:?has no value: the line before says why}"${data}`;
}
