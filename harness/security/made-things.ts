import { parseJsonObject } from "../json.ts";
import { isShown, type Target, type TargetRequest, type TargetResponse } from "../targets/target.ts";
import type { OwnedThing, SecurityProfile } from "./profile.ts";

/** What attacks have made through an API that others use too, to be taken away again. */
export interface MadeThings {
  /** The target, every thing that it makes remembered. */
  readonly target: Target;
  /** Removes what is left, by the profile's own way, as whoever made it.
   * @returns a sentence for each kind of thing of which some are left; none: nothing is. */
  remove(): Promise<readonly string[]>;
}

interface Made {
  readonly thing: OwnedThing;
  readonly id: string;
  /** Values of the parameters in the path under which it was made. */
  readonly parameters: Readonly<Record<string, string>>;
  /** As it was made: its headers and its query say who did. */
  readonly by: TargetRequest;
}

type Send = (request: TargetRequest) => Promise<TargetResponse>;

/** Watches what goes through a target's API. Things that were there before are not seen being made, and so stay. */
export function rememberMade(target: Target, profile: SecurityProfile | undefined): MadeThings {
  const { send } = target;
  if (profile === undefined || !isShown(send)) return { target, remove: async () => [] };
  const made = new Map<string, Made>();
  const watched: Send = async (request) => {
    const response = await send(request);
    for (const one of madeBy(profile.things, request, response)) made.set(`${one.thing.name} ${one.id}`, one);
    return response;
  };
  return {
    target: { ...target, send: watched },
    async remove() {
      const left: string[] = [];
      for (const one of made.values()) if (!(await removeOne(send, one))) left.push(one.thing.name);
      made.clear();
      return [...Map.groupBy(left, (name) => name)].map(
        ([name, { length }]) => `${length} of the ${name}s that the run made could not be removed.`,
      );
    },
  };
}

/** Any request that is answered like a creation has made something, whatever else it tried. */
function madeBy(things: readonly OwnedThing[], by: TargetRequest, { status, body }: TargetResponse): readonly Made[] {
  if (status >= 300) return [];
  return things.flatMap((thing) => {
    const [method, path = ""] = thing.create.route.split(" ");
    const parameters = by.method === method ? parametersIn(path, by.target) : undefined;
    const id = parseJsonObject(body.toString())?.[thing.create.id];
    return parameters === undefined || typeof id !== "string" ? [] : [{ thing, id, parameters, by }];
  });
}

/** The values of a route's parameters in a request's target; `undefined` where it is not of the route. */
function parametersIn(path: string, target: string): Readonly<Record<string, string>> | undefined {
  const names = path.split("/");
  const values = (target.split("?")[0] ?? "").split("/");
  const fits = names.every((name, at) => name.startsWith("{") || name === values[at]);
  if (!fits) return undefined;
  return Object.fromEntries(names.flatMap((name, at) => (name.startsWith("{") ? [[name, values[at] ?? ""]] : [])));
}

async function removeOne(send: Send, made: Made): Promise<boolean> {
  const { remove, read } = made.thing;
  if (remove === undefined) return false;
  const answer = await sendPatiently(send, requestOn(remove.route, made));
  if (answer === undefined || (answer.status >= 300 && answer.status !== 404)) return false;
  // Attacks may have removed it themselves; a thing that can still be read was not removed.
  return read === undefined || (await sendPatiently(send, requestOn(read.route, made)))?.status === 404;
}

/** A request on a thing, as whoever made it. */
function requestOn(route: string, { id, parameters, by }: Made): TargetRequest {
  const [method = "GET", path = ""] = route.split(" ");
  const filled = path
    .split("/")
    .map((name) => (name.startsWith("{") ? (parameters[name] ?? encodeURIComponent(id)) : name));
  const [, query] = by.target.split("?");
  return {
    method,
    target: `${filled.join("/")}${query === undefined ? "" : `?${query}`}`,
    // What describes the body is not of the one who sent it.
    headers: (by.headers ?? []).filter(([name]) => !/^content-/i.test(name)),
    ...(by.apiId === undefined ? {} : { apiId: by.apiId }),
  };
}

const MOST_TRIES = 20;
const WAIT_MILLISECONDS = 200;

async function sendPatiently(send: Send, request: TargetRequest): Promise<TargetResponse | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const answer = await send(request).catch(() => undefined);
    if (answer?.status !== 429) return answer;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
  }
  return undefined;
}
