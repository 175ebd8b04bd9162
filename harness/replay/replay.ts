import { HarnessError } from "../errors.ts";
import { shown } from "../json.ts";
import { isShown, type Target, type TargetRoute } from "../targets/target.ts";
import { eventRequest } from "./event-request.ts";
import { type EventToken, eventToken, withToken } from "./event-token.ts";
import type { HttpApiEvent } from "./events.ts";
import type { ReadCase, ReplayCase } from "./read-cases.ts";
import { filled, savedFrom } from "./variables.ts";

/** Whether events become requests to a gateway, or are given to the functions as they are. */
export type Through = "gateway" | "invoke";

export interface ReplayOptions {
  readonly through?: Through;
  /** Whose fresh token takes the place of one that has expired: a name, or `self` for each event's own user. */
  readonly as?: string;
  readonly nowMilliseconds: () => number;
}

/** What became of one event. */
export interface Outcome {
  readonly name: string;
  /** `no`: `note` says why. */
  readonly sent: Through | "no";
  readonly status?: number;
  readonly body?: string;
  readonly durationMilliseconds?: number;
  /** Absent where the target does not show it. */
  readonly functionRan?: boolean;
  readonly note?: string;
}

/** Replays events one after the other, and tells each outcome as it is there. */
export async function replay(
  cases: readonly ReadCase[],
  target: Target,
  options: ReplayOptions,
  onOutcome: (outcome: Outcome) => void = () => {},
): Promise<readonly Outcome[]> {
  const variables = new Map<string, string>();
  const routes = isShown(target.routes) ? await target.routes() : [];
  const outcomes: Outcome[] = [];
  for (const one of cases) {
    const { answer, ...outcome } = await replayOne(one, { target, options, variables, routes });
    if (answer !== undefined && "save" in one)
      for (const [name, value] of savedFrom(one.save, answer)) variables.set(name, value);
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

interface Around {
  readonly target: Target;
  readonly options: ReplayOptions;
  readonly variables: ReadonlyMap<string, string>;
  readonly routes: readonly TargetRoute[];
}

interface Answer {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

type Replayed = Outcome & { readonly answer?: Answer };

async function replayOne(one: ReadCase, around: Around): Promise<Replayed> {
  const { name } = one;
  if ("refused" in one) return { name, sent: "no", note: one.refused };
  const prepared = filled(one.event, around.variables);
  if ("missing" in prepared) {
    const names = prepared.missing.map((missing) => `{{${missing}}}`).join(", ");
    return { name, sent: "no", note: `No earlier answer gave ${names}.` };
  }
  const ready = { ...one, event: prepared.event };
  const through = one.invokeOnly ? "invoke" : (around.options.through ?? defaultThrough(around.target));
  try {
    return through === "invoke" ? await invoke(ready, around) : await send(ready, around);
  } catch (error) {
    if (error instanceof HarnessError) return { name, sent: "no", note: error.message };
    throw error;
  }
}

/** An endpoint's functions can be asked themselves, and are what differs least from AWS's. */
function defaultThrough({ kind }: Target): Through {
  return kind === "local" || kind === "url" ? "gateway" : "invoke";
}

async function send(one: ReplayCase, { target, options }: Around): Promise<Replayed> {
  const { name } = one;
  if (!isShown(target.send)) return { name, sent: "no", note: target.send.notShown };
  const { event, note } = await refreshed(one, target, options);
  const answer = await target.send(eventRequest(event));
  const ran = await functionRan(target, answer.requestId);
  return {
    name,
    sent: "gateway",
    status: answer.status,
    body: answer.body.toString(),
    durationMilliseconds: answer.durationMilliseconds,
    ...(ran === undefined ? {} : { functionRan: ran }),
    ...(answer.status !== 401 || note === undefined ? {} : { note }),
    answer: {
      headers: new Map(answer.headers.map(([header, value]) => [header.toLowerCase(), value])),
      body: answer.body.toString(),
    },
  };
}

async function functionRan(target: Target, requestId: string | undefined): Promise<boolean | undefined> {
  if (!isShown(target.invocationsOf) || requestId === undefined) return undefined;
  return (await target.invocationsOf(requestId)).length > 0;
}

/** The event with a token that can be accepted, where it was asked for; else why it will not be. */
async function refreshed(
  { event, keepToken }: ReplayCase,
  target: Target,
  { as, nowMilliseconds }: ReplayOptions,
): Promise<{ readonly event: HttpApiEvent; readonly note?: string }> {
  const token = keepToken ? undefined : eventToken(event, nowMilliseconds());
  if (token?.stale === undefined) return { event };
  if (as === undefined)
    return { event, note: `${capitalized(token.stale)}: --as NAME, or --as self, sends a fresh one.` };
  return { event: withToken(event, await freshToken(token, target, as)) };
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Claims that say who and until when: the fresh token has its own. */
const OWN_CLAIMS: ReadonlySet<string> = new Set(
  "iss aud client_id exp iat nbf auth_time jti origin_jti event_id sub username cognito:username token_use".split(" "),
);

/** Signed by the pool's own key where it is here, with the old token's further claims; else by signing in. */
async function freshToken({ claims }: EventToken, target: Target, as: string): Promise<string> {
  const tokenUse = claims.token_use === "id" ? "id" : "access";
  const own = shown(claims.username ?? claims["cognito:username"] ?? claims.sub ?? "");
  const name = as === "self" ? own : as;
  if (isShown(target.mintToken)) {
    const further = Object.fromEntries(Object.entries(claims).filter(([claim]) => !OWN_CLAIMS.has(claim)));
    const sub = as === "self" && typeof claims.sub === "string" ? { sub: claims.sub } : { username: name };
    return target.mintToken({ ...sub, tokenUse, claims: further });
  }
  if (!isShown(target.signIn)) throw new HarnessError("USAGE", target.signIn.notShown);
  const person = await target.signIn(name);
  return tokenUse === "id" ? person.idToken : person.accessToken;
}

async function invoke({ name, event }: ReplayCase, { target, routes }: Around): Promise<Replayed> {
  if (!isShown(target.invoke)) return { name, sent: "no", note: target.invoke.notShown };
  if (!isShown(target.routes)) return { name, sent: "no", note: target.routes.notShown };
  const route = routes.find(({ routeKey }) => routeKey === event.routeKey);
  if (route === undefined) return { name, sent: "no", note: `No route ${event.routeKey} leads to a function.` };
  const result = await target.invoke({ functionArn: route.functionArn, payload: JSON.stringify(event) });
  const shared = { name, sent: "invoke" as const, durationMilliseconds: result.durationMilliseconds };
  if (result.kind === "returned") return { ...shared, functionRan: true, ...httpAnswer(result.payload) };
  if (result.kind === "failed")
    return { ...shared, functionRan: true, note: `The function failed: ${result.errorType}: ${result.errorMessage}` };
  return { ...shared, note: `The function ${result.kind === "throttled" ? "was throttled" : "timed out"}.` };
}

/** What a gateway would make of a function's answer, by format 2.0: without a status, the whole of it is the body. */
function httpAnswer(payload: string): Pick<Replayed, "status" | "body" | "answer"> {
  const value: unknown = payload === "" ? null : JSON.parse(payload);
  const { statusCode, body, isBase64Encoded, headers } = Object(value ?? {}) as Readonly<Record<string, unknown>>;
  if (statusCode === undefined) return { status: 200, body: payload, answer: { headers: new Map(), body: payload } };
  const text = typeof body === "string" ? body : "";
  const decoded = isBase64Encoded === true ? Buffer.from(text, "base64").toString() : text;
  const names = Object.entries(Object(headers ?? {}) as object).map(
    ([name, of]) => [name.toLowerCase(), shown(of)] as const,
  );
  return { status: Number(shown(statusCode)), body: decoded, answer: { headers: new Map(names), body: decoded } };
}
