import { isNotRun, type NotRun, notShown, type Trial } from "./check.ts";
import type { Subject } from "./subject.ts";
import { type Made, type ThingApi, type ThingUser, thingApis, thingUser } from "./things.ts";

/** The trials of every kind of thing, each with a new user of that name; or why the check shows nothing. */
export async function eachThing(
  subject: Subject,
  userName: string,
  attack: (api: ThingApi, user: ThingUser) => Promise<readonly Trial[] | NotRun>,
): Promise<readonly Trial[] | NotRun> {
  const apis = thingApis(subject);
  if (isNotRun(apis)) return apis;
  const trials: Trial[] = [];
  for (const api of apis) {
    const user = await thingUser(subject, api, userName);
    if (user === undefined) return notShown("nobody can sign in");
    const found = await attack(api, user);
    if (isNotRun(found)) return found;
    trials.push(...found);
  }
  return trials;
}

/** The same for attacks that show something only where the ordinary use works: the user has made a thing. */
export function eachMadeThing(
  subject: Subject,
  userName: string,
  attack: (api: ThingApi, user: ThingUser, made: Made) => Promise<readonly Trial[]>,
): Promise<readonly Trial[] | NotRun> {
  return eachThing(subject, userName, async (api, user) => {
    const made = await user.make().catch(() => undefined);
    return made === undefined ? notShown("the ordinary use fails, so nothing can be shown") : attack(api, user, made);
  });
}
