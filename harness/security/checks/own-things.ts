import type { Check, Trial } from "../check.ts";
import { ownedTable, rowsOf, trespasses } from "../data-judge.ts";
import { eachThing } from "../each-thing.ts";
import type { Answer, Subject } from "../subject.ts";
import { listRequest, type Made, parsed, requestFor, type ThingApi, type ThingUser, usesOfOne } from "../things.ts";
import { onEveryThing, type Scene } from "../trespass.ts";
import type { WireRequest } from "../wire-request.ts";

/** The ordinary use, which all attacks on ownership rest on. */
export const ownThings: Check = {
  id: "tenant-isolation.own-things",
  title: "A user's ordinary use works and touches the user's own items alone",
  threat: { cwe: ["CWE-284", "CWE-668"], owasp: ["API1:2023"], asvs: ["V8"] },
  sends: "Create, read, list, change, remove, each by the owner.",
  holds:
    "Each is answered with 2xx, shows the owner's thing, and reads and writes keys of the owner's alone; what was removed is gone.",
  run(subject) {
    return eachThing(subject, "owner", (api, user) => ordinaryUse(subject, api, user));
  },
};

interface Step {
  readonly use: "create" | "read" | "list" | "change" | "remove";
  readonly request: WireRequest;
  /** The answer must hold this text. */
  readonly shows?: string;
}

/** Creates, reads, lists, changes and removes one thing, and judges each step. */
export async function ordinaryUse(subject: Subject, api: ThingApi, user: ThingUser): Promise<readonly Trial[]> {
  let made: Made;
  try {
    made = await user.make();
  } catch (error) {
    const evidence = error instanceof Error ? error.message : String(error);
    return [
      {
        attack: `${api.thing.create.route}: the ordinary use`,
        verdict: "breached",
        evidence,
        resource: api.create.route.declaredBy,
      },
    ];
  }
  const { id, marker } = made;
  const changed = `${marker}-changed`;
  const steps: readonly Step[] = [
    ...(api.read === undefined
      ? []
      : [{ use: "read", request: requestFor(api, "read", { id }), shows: marker } as const]),
    ...(api.list === undefined ? [] : [{ use: "list", request: listRequest(api), shows: marker } as const]),
    ...(api.change === undefined
      ? []
      : [{ use: "change", request: requestFor(api, "change", { id, marker: changed }), shows: changed } as const]),
    ...(api.remove === undefined ? [] : [{ use: "remove", request: requestFor(api, "remove", { id }) } as const]),
  ];
  const trials = [
    await stepTrial(subject, api, user, { use: "create", request: requestFor(api, "create") }, made.answer),
  ];
  for (const step of steps) trials.push(await stepTrial(subject, api, user, step));
  if (api.remove !== undefined) trials.push(await goneTrial(subject, api, user, id));
  return trials;
}

async function stepTrial(
  subject: Subject,
  api: ThingApi,
  user: ThingUser,
  { use, request, shows }: Step,
  sent?: Answer,
): Promise<Trial> {
  const route = api[use] ?? api.create;
  const answer = sent ?? (await user.send(route, request));
  const reached = await trespasses(subject, ownedTable(subject, api), user.owner, answer);
  const isShown =
    shows === undefined ||
    answer.text.includes(shows) ||
    (use === "list" && (await isListed(api, user, answer, shows)));
  const faults = [
    ...(answer.status < 300 ? [] : [`answered ${answer.status}`]),
    ...(isShown ? [] : ["the answer lacks the owner's thing"]),
    ...(reached ?? []),
  ];
  const keys = reached === undefined ? "" : "; keys of the owner's alone";
  return {
    attack: `${route.route.routeKey}: the ordinary use`,
    verdict: faults.length === 0 ? "held" : "breached",
    evidence: faults.length === 0 ? `${answer.status}${keys}` : faults.join("; "),
    resource: route.route.declaredBy,
  };
}

const MOST_PAGES = 200;

/** Whether a later page shows it: a user who was there before may have many. */
async function isListed(api: ThingApi, user: ThingUser, first: Answer, text: string): Promise<boolean> {
  const { cursor } = api.thing.list ?? {};
  if (cursor === undefined || api.list === undefined) return false;
  let page = first;
  for (let pages = 1; pages < MOST_PAGES; pages += 1) {
    const next = parsed(page)?.[cursor.next];
    if (typeof next !== "string") return false;
    page = await user.send(api.list, listRequest(api, { [cursor.parameter]: next }));
    if (page.text.includes(text)) return true;
  }
  return false;
}

/** Gone for the owner, and gone from the table where that can be read. */
async function goneTrial(subject: Subject, api: ThingApi, user: ThingUser, id: string): Promise<Trial> {
  const rows = await rowsOf(subject, ownedTable(subject, api), user.owner);
  const status = api.read && (await user.send(api.read, requestFor(api, "read", { id }))).status;
  const faults = [
    ...(rows?.includes(JSON.stringify(id)) ? ["a row is left"] : []),
    ...(status !== undefined && status !== 404 ? [`a read answers ${status}, where 404 was due`] : []),
  ];
  const seen = [
    ...(rows === undefined ? [] : ["no row is left"]),
    ...(status === undefined ? [] : [`${status} afterwards`]),
  ];
  const verdict = seen.length === 0 ? "not-shown" : faults.length === 0 ? "held" : "breached";
  return {
    attack: `${api.thing.remove?.route}: what was removed is gone`,
    verdict,
    evidence: faults.join("; ") || seen.join("; ") || "the table cannot be read, and no route reads one thing",
    ...(api.remove === undefined ? {} : { resource: api.remove.route.declaredBy }),
  };
}

/** What is not there: neither made by a change nor removed with success. */
export const nothingThere: Check = {
  id: "tenant-isolation.nothing-there",
  title: "A change or removal of what is not there is refused and writes nothing",
  threat: { cwe: ["CWE-639", "CWE-841"], owasp: ["API1:2023", "API6:2023"], asvs: ["V2", "V8"] },
  sends: "Read, change and removal of an id that nobody has, of one that the owner has removed, and of another user's.",
  holds: "Each is answered 4xx, and no row comes into being or changes.",
  async run(subject) {
    return onEveryThing(subject, async (scene) => {
      const { api, attacker, victimsThings } = scene;
      const removed = await attacker.make();
      if (api.remove !== undefined) await attacker.send(api.remove, requestFor(api, "remove", { id: removed.id }));
      const nobodys = removed.id.replace(/[0-9a-f]{4}$/, (end) => (end === "0000" ? "0001" : "0000"));
      const ids = { "nobody's id": nobodys, "a removed id": removed.id, "another user's id": victimsThings[0].id };
      const trials: Trial[] = [];
      for (const [name, id] of Object.entries(ids)) {
        if (name === "a removed id" && api.remove === undefined) continue;
        for (const use of usesOfOne(api)) trials.push(await writesNothing(scene, use, name, id));
      }
      return trials;
    });
  },
};

async function writesNothing(
  { subject, api, owned, attacker }: Scene,
  use: "read" | "change" | "remove",
  name: string,
  id: string,
): Promise<Trial> {
  const route = api[use] ?? api.create;
  const before = await rowsOf(subject, owned, attacker.owner);
  const answer = await attacker.send(route, requestFor(api, use, { id, marker: "out of nothing" }));
  const after = await rowsOf(subject, owned, attacker.owner);
  const faults = [
    ...(before === after ? [] : ["a row came into being or changed"]),
    ...(answer.status >= 400 && answer.status < 500 ? [] : [`answered ${answer.status}, where 4xx was due`]),
  ];
  return {
    attack: `${route.route.routeKey}: ${use} ${name}`,
    verdict: faults.length === 0 ? "held" : "breached",
    evidence: faults.length === 0 ? `${answer.status}; nothing was written` : faults.join("; "),
    resource: route.route.declaredBy,
  };
}
