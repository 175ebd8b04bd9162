import type { JwtAuthorizerConfiguration } from "../apigateway/http-api.ts";
import type { UserPool } from "../cognito/pool/user-pool.ts";
import type { Model } from "../model.ts";
import { isShown, type SignedIn, type Target } from "../targets/target.ts";
import type { SecurityProfile } from "./profile.ts";
import { seededRandom } from "./random.ts";
import { routesUnderTest } from "./routes-under-test.ts";
import type { Answer, Identity, LocalInsight, Person, PublishedKey, Subject, TokenOptions } from "./subject.ts";
import type { WireRequest } from "./wire-request.ts";

export interface SubjectOptions {
  readonly target: Target;
  readonly model: Model;
  readonly profile: SecurityProfile | undefined;
  readonly seed: number;
  readonly local?: LocalInsight;
  readonly fetch: typeof globalThis.fetch;
}

/** What the checks attack: a target, and the program that it is said to run. */
export function targetSubject(options: SubjectOptions): Subject {
  const { target, model, profile, seed, local } = options;
  const minting = mintingOf(options);
  const identity = "notShown" in minting ? signedInIdentity(options, minting.notShown) : mintingIdentity(options);
  return {
    target,
    model,
    profile,
    local,
    identity,
    random: seededRandom(seed, "subject"),
    routes: model.apis.flatMap((api, index) => {
      // A target that was deployed has ids of its own: its APIs are told by their place.
      const found = target.apis.find(({ apiId }) => apiId === api.apiId) ?? target.apis[index];
      return found === undefined ? [] : routesUnderTest(api, found.url, target.kind === "local");
    }),
    send: patientSender(target, model),
  };
}

/** A target whose pool is not the program's would sign for nobody whom the program knows. */
function mintingOf({ target, model }: SubjectOptions): Target["mintToken"] {
  const { userPool } = target;
  if (!isShown(target.mintToken) || userPool === undefined) return target.mintToken;
  if (model.userPools.some(({ id }) => id === userPool.userPoolId)) return target.mintToken;
  return {
    notShown: `The target's user pool ${userPool.userPoolId} is not the program's: name its stack with --stack.`,
  };
}

/** Waits out a throttle. A route that was still refused at the end of a wait is not waited for again: its limit is none. */
function patientSender(target: Target, model: Model): Subject["send"] {
  const neverServed = new Set<string>();
  return async ({ api, route }, request, impatient = false) => {
    const asked = route?.declaredBy ?? api.apiId;
    const waits = impatient || neverServed.has(asked) ? 0 : MOST_WAITS;
    const answer = await sendPatiently(target, apiIdOf(target, model, api.apiId), request, waits);
    if (waits > 0 && answer.status === 429) neverServed.add(asked);
    return answer;
  };
}

function apiIdOf(target: Target, model: Model, apiId: string): string | undefined {
  if (target.apis.some((api) => api.apiId === apiId)) return apiId;
  return target.apis[model.apis.findIndex((api) => api.apiId === apiId)]?.apiId;
}

const MOST_WAITS = 40;
const WAIT_MILLISECONDS = 100;

async function sendPatiently(
  target: Target,
  apiId: string | undefined,
  { method, path, headers, body }: WireRequest,
  waits: number,
): Promise<Answer> {
  if (!isShown(target.send)) throw new Error(target.send.notShown);
  const { body: bytes, ...answer } = await target.send({
    method,
    target: path,
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(apiId === undefined ? {} : { apiId }),
  });
  if (answer.status !== 429 || waits === 0) return { ...answer, text: bytes.toString("utf8") };
  await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
  return sendPatiently(target, apiId, { method, path, ...(headers && { headers }), ...(body && { body }) }, waits - 1);
}

const ADMIN_SCOPE = "aws.cognito.signin.user.admin";

/** Tokens to order, signed by the pools' own keys, for people who need not exist. */
function mintingIdentity({ target, model, seed, local, fetch }: SubjectOptions): Identity {
  const random = seededRandom(seed, "people");
  const poolOf = (issuer: string) => model.userPools.find((pool) => pool.issuer === issuer);
  const endpointUrl = local?.awsEndpointUrl ?? target.userPool?.endpointUrl;
  return {
    cannotMint: undefined,
    shared: false,
    person: async (name) => ({ name, sub: random.uuid() }),
    async token(authorizer, scopes, person, options = {}) {
      const pool = poolOf(authorizer.issuer);
      if (pool === undefined || !isShown(target.mintToken)) return undefined;
      return target.mintToken(mintRequest(pool, authorizer, scopes, person, options));
    },
    publishedKeys: (issuer) => publishedKeys(fetch, `${endpointUrl ?? ""}/${poolOf(issuer)?.id ?? ""}`),
  };
}

function mintRequest(
  pool: UserPool,
  { audience }: JwtAuthorizerConfiguration,
  scopes: readonly string[],
  { sub }: Person,
  { tokenUse = "access", claims = {}, expiresInSeconds, algorithm }: TokenOptions,
) {
  const clientId = audience.find((id) => pool.clients.has(id));
  const scope =
    tokenUse === "id" || scopes.length === 0 || scopes.includes(ADMIN_SCOPE) ? {} : { scope: scopes.join(" ") };
  return {
    userPoolId: pool.id,
    sub,
    tokenUse,
    claims: { ...scope, ...claims },
    ...(clientId === undefined ? {} : { clientId }),
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
    ...(algorithm === undefined ? {} : { algorithm }),
  };
}

/** Tokens of people who sign in at the target's own pool: two of them, whom all checks share. */
function signedInIdentity({ target, fetch }: SubjectOptions, cannotMint: string): Identity {
  const people = new Map<string, Promise<SignedIn | undefined>>();
  const signedIn = (name: string): Promise<SignedIn | undefined> => {
    const which = SECOND_PERSONS.has(name) ? "second" : "first";
    const found = people.get(which) ?? signInAs(target, which);
    people.set(which, found);
    return found;
  };
  return {
    cannotMint,
    shared: true,
    async person(name) {
      const found = await signedIn(name);
      return found === undefined ? undefined : { name, sub: found.sub };
    },
    async token(_authorizer, _scopes, { name }, options = {}) {
      const { claims, expiresInSeconds, algorithm } = options;
      if (claims !== undefined || expiresInSeconds !== undefined || algorithm !== undefined) return undefined;
      const found = await signedIn(name);
      return options.tokenUse === "id" ? found?.idToken : found?.accessToken;
    },
    publishedKeys: (issuer) => publishedKeys(fetch, placeOfKeys(target, issuer)),
  };
}

/** An endpoint's tokens name the issuer that AWS would have, and its keys are at the endpoint. */
function placeOfKeys({ userPool }: Target, issuer: string): string {
  const isIssuer = userPool !== undefined && issuer.endsWith(`/${userPool.userPoolId}`);
  return isIssuer ? `${userPool.endpointUrl.replace(/\/$/, "")}/${userPool.userPoolId}` : issuer;
}

/** By this name a check asks for the one who must not be reached. */
const SECOND_PERSONS: ReadonlySet<string> = new Set(["victim"]);

async function signInAs(target: Target, which: "first" | "second"): Promise<SignedIn | undefined> {
  const signIn = which === "first" ? target.signIn : target.signInSecond;
  const [first = "first", second = "second"] = target.givenNames ?? [];
  return isShown(signIn) ? signIn(which === "first" ? first : second) : undefined;
}

/** None where they cannot be had: what needs them is not shown then. */
async function publishedKeys(fetch: typeof globalThis.fetch, issuer: string): Promise<readonly PublishedKey[]> {
  const url = `${issuer}/.well-known/jwks.json`;
  if (!URL.canParse(url)) return [];
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(KEYS_TIMEOUT_MILLISECONDS) });
    if (!response.ok) return [];
    const { keys } = (await response.json()) as { readonly keys?: readonly PublishedKey[] };
    return keys ?? [];
  } catch {
    return [];
  }
}

const KEYS_TIMEOUT_MILLISECONDS = 10_000;
