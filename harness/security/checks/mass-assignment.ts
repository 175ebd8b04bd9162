import { type Check, isNotRun, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { type OwnedTable, ownedTable, rowsOf } from "../data-judge.ts";
import type { JsonRecord } from "../profile.ts";
import type { Answer, Subject } from "../subject.ts";
import {
  filled,
  parsed,
  requestFor,
  type ThingApi,
  type ThingUser,
  thingApis,
  thingUser,
  withBody,
} from "../things.ts";

const threat: Threat = { cwe: ["CWE-915", "CWE-1321"], owasp: ["API3:2023"], asvs: ["V2", "V4"] };

/** Names that no thing has and that a spread of the body would store. */
const UNKNOWN: JsonRecord = {
  isAdmin: true,
  role: "attackers-role",
  ttl: 1,
  internal: { a: "attackers-value" },
  pk: "attackers-key",
};

type Extras = Readonly<Record<string, JsonRecord>>;

function extrasOf({ thing }: ThingApi): Extras {
  const server = Object.entries(thing.serverFields).map(([name, value]) => [`the server's ${name}`, { [name]: value }]);
  const unknown = Object.entries(UNKNOWN).map(([name, value]) => [`an unknown member ${name}`, { [name]: value }]);
  return Object.fromEntries([...server, ...unknown, ["all of them at once", { ...thing.serverFields, ...UNKNOWN }]]);
}

function assignmentCheck(id: Check["id"], title: string, use: "create" | "change"): Check {
  return {
    id,
    title,
    threat,
    sends: `Bodies to ${use} with members that only the server may set, and with unknown ones, one at a time and all at once.`,
    holds: "Refused, or ignored: no row of the table has the attacker's value or an unknown attribute.",
    async run(subject) {
      const apis = thingApis(subject);
      if (isNotRun(apis)) return apis;
      const trials: Trial[] = [];
      for (const api of apis) {
        if (api[use] === undefined) continue;
        const user = await thingUser(subject, api, "assigner");
        if (user === undefined) return notShown("nobody can sign in");
        if ((await user.make().catch(() => undefined)) === undefined)
          return notShown("the ordinary use fails, so nothing can be shown");
        for (const [name, extra] of Object.entries(extrasOf(api)))
          trials.push(await assign(subject, api, user, use, name, extra));
      }
      return trials.length > 0 ? trials : notApplicable(`the profile has no way to ${use} a thing`);
    },
  };
}

async function assign(
  subject: Subject,
  api: ThingApi,
  user: ThingUser,
  use: "create" | "change",
  name: string,
  extra: JsonRecord,
): Promise<Trial> {
  const route = api[use] ?? api.create;
  const owned = ownedTable(subject, api);
  const { id } = await user.make();
  const base = requestFor(api, use, { id });
  const body = filled((use === "create" ? api.thing.create.body : api.thing.change?.body) ?? {}, "assigned");
  const strangersBefore = await strangersRows(subject, owned, extra);
  const answer = await user.send(route, withBody({ ...base, headers: [] }, { ...body, ...extra }));
  const rows = await rowsOf(subject, owned, user.owner);
  const strangersAfter = await strangersRows(subject, owned, extra);
  const members = Object.entries(extra).filter(([member]) => member !== owned.ownerAttribute);
  const shown = rows === undefined ? await readBack(api, user, answer, use === "create" ? undefined : id) : {};
  const kept = members.filter(([member, value]) =>
    rows === undefined ? isShownBack(shown, member, value) : isKept(rows, member, value),
  );
  const faults = [
    ...(answer.status < 500 ? [] : [`answered ${answer.status}`]),
    ...kept.map(([member]) => `the attacker's ${member} was kept`),
    ...(strangersBefore === strangersAfter ? [] : ["a row came into being under another owner"]),
  ];
  const about = { attack: `${route.route.routeKey}: ${name}`, resource: route.route.declaredBy };
  if (faults.length > 0) return { ...about, verdict: "breached", evidence: faults.join("; ") };
  const unseen = members.filter(
    ([member]) => rows === undefined && answer.status < 400 && !Object.hasOwn(shown, member),
  );
  if (unseen.length > 0)
    return { ...about, verdict: "not-shown", evidence: `${answer.status}, and the table cannot be read` };
  return { ...about, verdict: "held", evidence: `${answer.status}; nothing of it was kept` };
}

/** The thing as its owner gets it, where the table cannot be read. */
async function readBack(
  api: ThingApi,
  user: ThingUser,
  answer: Answer,
  changed: string | undefined,
): Promise<JsonRecord> {
  if (answer.status >= 400) return {};
  const made = parsed(answer) ?? {};
  const id = changed ?? made[api.thing.create.id];
  if (api.read === undefined || typeof id !== "string") return made;
  return { ...made, ...parsed(await user.send(api.read, requestFor(api, "read", { id }))) };
}

function isShownBack(shown: JsonRecord, member: string, value: unknown): boolean {
  return member in UNKNOWN ? Object.hasOwn(shown, member) : shown[member] === value;
}

/** The row of the owner whom the attacker names. */
async function strangersRows(subject: Subject, owned: OwnedTable, extra: JsonRecord): Promise<string | undefined> {
  const named = extra[owned.ownerAttribute];
  return typeof named === "string" ? rowsOf(subject, owned, named) : undefined;
}

/** Whether a row has the member with the attacker's value, in DynamoDB's form or in JSON. */
function isKept(rows: string, member: string, value: unknown): boolean {
  const plain = typeof value === "string" ? JSON.stringify(value) : String(value);
  const known = [`["${member}",{"S":${plain}}]`, `["${member}",{"N":"${plain}"}]`, `["${member}",{"BOOL":${plain}}]`];
  if (known.some((form) => rows.includes(form))) return true;
  return member in UNKNOWN && rows.includes(`"${member}"`);
}

export const massAssignment: readonly Check[] = [
  assignmentCheck(
    "mass-assignment.create",
    "A new thing takes from the request what a client may set, and nothing else",
    "create",
  ),
  assignmentCheck(
    "mass-assignment.change",
    "A change takes from the request what a client may change, and nothing else",
    "change",
  ),
];
