import type { HeaderList } from "../http.ts";
import { isShown } from "../targets/target.ts";
import type { Trial } from "./check.ts";
import type { Answer, Person, RouteUnderTest, Subject, TokenOptions } from "./subject.ts";
import { curlOf, type WireRequest, withoutTokens } from "./wire-request.ts";

/** One request with what it tries to do. */
export interface Attack {
  readonly name: string;
  readonly route: RouteUnderTest;
  readonly request: WireRequest;
}

/** Sends all attacks, one after the other, and judges each. What breaks while it is sent is a breach: a server that cuts
 * the connection has not refused. */
export async function tryAll(
  subject: Subject,
  attacks: readonly Attack[],
  judge: (answer: Answer, attack: Attack) => Judgement | Promise<Judgement>,
): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const attack of attacks) trials.push(await tryOne(subject, attack, judge));
  return trials;
}

export interface Judgement {
  readonly verdict: Trial["verdict"];
  readonly evidence: string;
  readonly limitation?: string;
}

async function tryOne(
  subject: Subject,
  attack: Attack,
  judge: (answer: Answer, attack: Attack) => Judgement | Promise<Judgement>,
): Promise<Trial> {
  const { route, request } = attack;
  const about = {
    attack: `${route.route.routeKey}: ${attack.name}`,
    resource: route.route.declaredBy,
    reproduce: curlOf(route.baseUrl, request),
  };
  try {
    return { ...about, ...(await judge(await subject.send(route, request), attack)) };
  } catch (error) {
    return { ...about, verdict: "breached", evidence: `no answer: ${messageOf(error)}` };
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The attack must be refused with one of these statuses, by the gateway itself: no function may have run for it. */
export function refusedAtTheEdge(
  subject: Subject,
  statuses: readonly number[],
): (answer: Answer) => Promise<Judgement> {
  return async (answer) => {
    const ran = await functionsThatRan(subject, answer);
    const seen = `${answer.status}${await refusalReason(subject, answer)}`;
    if (ran !== undefined && ran.length > 0)
      return { verdict: "breached", evidence: `${seen}; ran ${ran.join(", ")} for it` };
    if (!statuses.includes(answer.status))
      return { verdict: "breached", evidence: `${seen}, where ${statuses.join(" or ")} was due` };
    return { verdict: "held", evidence: ran === undefined ? seen : `${seen}; no function ran` };
  };
}

/** Names of the functions that ran for a request; `undefined` where that cannot be seen. */
export async function functionsThatRan(
  { target }: Subject,
  { requestId, status }: Answer,
): Promise<readonly string[] | undefined> {
  if (!isShown(target.invocationsOf)) return undefined;
  if (requestId !== undefined) return (await target.invocationsOf(requestId)).map(({ functionName }) => functionName);
  // What the HTTP parser refuses has no request id, and no gateway has seen it.
  return status === 400 || status === 431 ? [] : undefined;
}

/** What the journal says of a refusal, in parentheses. */
async function refusalReason({ target }: Subject, { requestId }: Answer): Promise<string> {
  if (!isShown(target.journalOf) || requestId === undefined) return "";
  const denied = (await target.journalOf(requestId)).find(({ outcome }) => outcome === "denied");
  return denied === undefined ? "" : ` (${denied.step}: ${withoutTimes(denied.reason)})`;
}

/** A journal's reason without the times of this run, which would make two reports differ. */
const withoutTimes = (reason: string) => withoutTokens(reason.replaceAll(/\d{10}(\.\d+)?/g, "…")).slice(0, 160);

/** Headers for a JSON body. */
export const jsonHeaders: HeaderList = [["content-type", "application/json"]];

/** A token that the route takes from this person, unless spoilt; `undefined` for an open route. */
export async function tokenFor(
  subject: Subject,
  { route }: RouteUnderTest,
  person: Person,
  options?: TokenOptions,
): Promise<string | undefined> {
  if (route.authorization.type !== "JWT") return undefined;
  const { authorizer, scopes } = route.authorization;
  return subject.identity.token(authorizer, scopes, person, options);
}

/** The request with a text in the place where the route's authorizer looks for a token: `Bearer <token>`, in a header. */
export function withIdentity({ route }: RouteUnderTest, request: WireRequest, text: string): WireRequest {
  const source = route.authorization.type === "JWT" ? route.authorization.authorizer.identitySource : undefined;
  if (source?.in === "querystring") return withQuery(request, `${source.name}=${encodeURIComponent(text)}`);
  return { ...request, headers: [...(request.headers ?? []), [source?.name ?? "authorization", text]] };
}

export function withToken(route: RouteUnderTest, request: WireRequest, token: string | undefined): WireRequest {
  return token === undefined ? request : withIdentity(route, request, `Bearer ${token}`);
}

export function withQuery(request: WireRequest, query: string): WireRequest {
  return { ...request, path: `${request.path}${request.path.includes("?") ? "&" : "?"}${query}` };
}

/** The route's request, with an empty object where the method has a body. */
export function plainRequest(route: RouteUnderTest, token?: string): WireRequest {
  const { method, path } = route;
  const hasBody = ["POST", "PUT", "PATCH"].includes(method);
  return withToken(route, { method, path, ...(hasBody ? { headers: jsonHeaders, body: "{}" } : {}) }, token);
}

export type JwtRoute = RouteUnderTest & {
  readonly route: { readonly authorization: Extract<RouteUnderTest["route"]["authorization"], { type: "JWT" }> };
};

export function jwtRoutes({ routes }: Subject): readonly JwtRoute[] {
  return routes.filter((candidate): candidate is JwtRoute => candidate.route.authorization.type === "JWT");
}
