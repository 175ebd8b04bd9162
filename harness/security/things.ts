import { parseJsonObject } from "../json.ts";
import { jsonHeaders, withQuery, withToken } from "./attack.ts";
import { type NotRun, notApplicable, notShown } from "./check.ts";
import type { JsonRecord, OwnedThing } from "./profile.ts";
import { pathWith } from "./routes-under-test.ts";
import type { Answer, Person, RouteUnderTest, Subject } from "./subject.ts";
import type { WireRequest } from "./wire-request.ts";

/** One kind of thing with the routes that handle it. */
export interface ThingApi {
  readonly thing: OwnedThing;
  readonly create: RouteUnderTest;
  readonly read?: RouteUnderTest;
  readonly list?: RouteUnderTest;
  readonly change?: RouteUnderTest;
  readonly remove?: RouteUnderTest;
}

/** A thing as its owner got it back. */
export interface Made {
  readonly id: string;
  readonly answer: Answer;
  /** The text of its own that it was made with: whoever else sees it has seen this thing. */
  readonly marker: string;
}

/** Somebody with a token, using one kind of thing. */
export interface ThingUser {
  readonly person: Person;
  readonly token: string | undefined;
  readonly owner: string;
  /** @throws Error when the thing cannot be made. */
  make(): Promise<Made>;
  /** Sends a request with this user's token. */
  send(route: RouteUnderTest, request: WireRequest): Promise<Answer>;
}

export type Use = "create" | "read" | "list" | "change" | "remove";

/** The things of a profile, or why there are none to attack. */
export function thingApis(subject: Subject): readonly ThingApi[] | NotRun {
  if (subject.profile === undefined)
    return notShown("no profile says how the program's things are used; draft one with --draft-profile");
  if (subject.routes.length === 0) return notApplicable("the program has no route");
  return subject.profile.things.map((thing) => ({
    thing,
    create: routeOf(subject, thing.create.route),
    ...optional(subject, "read", thing.read),
    ...optional(subject, "list", thing.list),
    ...optional(subject, "change", thing.change),
    ...optional(subject, "remove", thing.remove),
  }));
}

function optional(subject: Subject, use: Use, given: { readonly route: string } | undefined) {
  return given === undefined ? {} : { [use]: routeOf(subject, given.route) };
}

function routeOf({ routes }: Subject, routeKey: string): RouteUnderTest {
  const found = routes.find(({ route }) => route.routeKey === routeKey);
  if (found === undefined) throw new Error(`the profile names ${routeKey}, which is no route of the program`);
  return found;
}

/** A new user of a thing; `undefined` where nobody (more) can sign in. */
export async function thingUser(subject: Subject, api: ThingApi, name: string): Promise<ThingUser | undefined> {
  const person = await subject.identity.person(name);
  if (person === undefined) return undefined;
  const { authorization } = api.create.route;
  const token =
    authorization.type === "JWT"
      ? await subject.identity.token(authorization.authorizer, authorization.scopes, person)
      : undefined;
  const send = (route: RouteUnderTest, request: WireRequest) => subject.send(route, withToken(route, request, token));
  return {
    person,
    token,
    owner: person.sub,
    send,
    make: () => make(subject, api, send),
  };
}

async function make(subject: Subject, api: ThingApi, send: ThingUser["send"]): Promise<Made> {
  const marker = `marker-${subject.random.text(16)}`;
  const answer = await send(api.create, requestFor(api, "create", { marker }));
  const id = parsed(answer)?.[api.thing.create.id];
  if (answer.status >= 300 || typeof id !== "string")
    throw new Error(`a ${api.thing.name} cannot be made: ${api.thing.create.route} answers ${answer.status}`);
  return { id, answer, marker };
}

/** The request of one use of a thing, without a token. */
export function requestFor(
  api: ThingApi,
  use: Use,
  { id = "", marker = "text" }: { readonly id?: string; readonly marker?: string } = {},
): WireRequest {
  const route = api[use];
  if (route === undefined) throw new Error(`the profile says nothing of how to ${use} a ${api.thing.name}`);
  const path = use === "create" || use === "list" ? route.path : pathWith(route, id);
  const body = use === "create" ? api.thing.create.body : use === "change" ? api.thing.change?.body : undefined;
  const request: WireRequest = { method: route.method, path };
  return body === undefined ? request : withBody(request, filled(body, marker));
}

export function withBody(request: WireRequest, body: unknown): WireRequest {
  return { ...request, headers: [...jsonHeaders, ...(request.headers ?? [])], body: JSON.stringify(body) };
}

/** A profile's body with a text of the attack's own. */
export function filled(body: JsonRecord, marker: string): JsonRecord {
  return JSON.parse(JSON.stringify(body).replaceAll("{text}", marker)) as JsonRecord;
}

/** The answer's JSON object, if it is one. */
export function parsed({ text }: Answer): JsonRecord | undefined {
  return parseJsonObject(text);
}

export function listRequest({ thing, list }: ThingApi, query: Readonly<Record<string, string>> = {}): WireRequest {
  if (list === undefined) throw new Error(`the profile says nothing of how to list ${thing.name}s`);
  const request: WireRequest = { method: list.method, path: list.path };
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? request : withQuery(request, pairs.join("&"));
}

/** The uses that name one thing, as far as the profile has them. */
export function usesOfOne(api: ThingApi): readonly ("read" | "change" | "remove")[] {
  return (["read", "change", "remove"] as const).filter((use) => api[use] !== undefined);
}
