import { withIdentity } from "../attack.ts";
import { type Check, isNotRun, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { ownedTable, rowsOf, trespasses } from "../data-judge.ts";
import type { Answer, Subject } from "../subject.ts";
import {
  filled,
  listRequest,
  type Made,
  parsed,
  requestFor,
  type ThingApi,
  type ThingUser,
  thingApis,
  thingUser,
  usesOfOne,
  withBody,
} from "../things.ts";
import { onEveryThing, type Scene, type TrespassAttack, trespass } from "../trespass.ts";
import type { WireRequest } from "../wire-request.ts";
import { ownership } from "./ownership.ts";

const threat: Threat = {
  cwe: ["CWE-639", "CWE-284", "CWE-862"],
  owasp: ["API1:2023", "API5:2023"],
  asvs: ["V8"],
};

const HOLDS =
  "No key of another user's is read or written at the table's door, the other's rows are byte for byte as before, and no answer shows anything of them.";

function trespassCheck(
  id: Check["id"],
  title: string,
  sends: string,
  attacks: (scene: Scene) => readonly TrespassAttack[] | Promise<readonly TrespassAttack[]>,
): Check {
  return {
    id,
    title,
    threat,
    sends,
    holds: HOLDS,
    async run(subject) {
      let any = false;
      const outcome = await onEveryThing(subject, async (scene) => {
        const sent = await attacks(scene);
        any ||= sent.length > 0;
        return trespass(scene, sent);
      });
      return isNotRun(outcome) || any ? outcome : notApplicable("the profile has no use that could be attacked so");
    },
  };
}

const MUST_REFUSE = "the other user's thing was answered as if it were the own";
const refused = (answer: Answer) => (answer.status < 400 ? MUST_REFUSE : undefined);

function foreignIds({ api, victim, victimsThings }: Scene): readonly TrespassAttack[] {
  const [{ id }] = victimsThings;
  const spellings: Readonly<Record<string, string>> = {
    "the id itself": id,
    "the id in capital letters": id.toUpperCase(),
    "the id percent-encoded": encodedAll(id),
    "a space after the id": `${id}%20`,
    "a null byte after the id": `${id}%00`,
    "a slash after the id": `${id}/`,
    "dots before the id": `x/../${id}`,
    "the owner before the id, slash": `${victim.owner}/${id}`,
    "the owner before the id, encoded slash": `${victim.owner}%2F${id}`,
    "the owner before the id, hash": `${victim.owner}%23${id}`,
    "the owner before the id, colon": `${victim.owner}:${id}`,
    "the id in a list": `${id},${id}`,
    "the id in quotes": `%22${id}%22`,
    "a star": "*",
  };
  return usesOfOne(api).flatMap((use) =>
    Object.entries(spellings).map(([name, spelling]) => ({
      name: `another user's thing, ${name}`,
      route: api[use] ?? api.create,
      request: requestFor(api, use, { id: spelling, marker: "taken over" }),
      // A star or a doubled id names nothing; the other spellings name what is not the sender's.
      fault: refused,
    })),
  );
}

const encodedAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

/** The same id in both users' hands: what one does with it must not reach the other's. */
async function sameId(scene: Scene): Promise<readonly TrespassAttack[]> {
  const { api, attackersThings } = scene;
  const own = attackersThings[0];
  if (own === undefined) return [];
  const all = usesOfOne(api).filter((use) => use !== "remove");
  return all.map((use) => ({
    name: `the own thing, ${use}, between the other's`,
    route: api[use] ?? api.create,
    request: requestFor(api, use, { id: own.id, marker: "mine" }),
  }));
}

function lists({ api, victim, victimsThings }: Scene): readonly TrespassAttack[] {
  const { list, thing } = api;
  if (list === undefined) return [];
  const limit = thing.list?.limit ?? "limit";
  const queries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "the list as it is": {},
    "as many as there may be": { [limit]: "100" },
    "no limit": { [limit]: "0" },
    "a negative limit": { [limit]: "-1" },
    "a huge limit": { [limit]: "1000000000" },
    "a star for a limit": { [limit]: "*" },
    "a filter on everything": { filter: "*", where: "1=1", q: "*" },
    "another user's filter": { filter: `${thing.table.ownerAttribute}=${victim.owner}` },
    "everybody's": { all: "true", scope: "all", include: "others", admin: "true" },
    "an index": { index: "*", IndexName: "all", scan: "true" },
    "the other's id": { [thing.create.id]: victimsThings[0].id, ids: victimsThings[0].id },
  };
  return Object.entries(queries).map(([name, query]) => ({
    name,
    route: list,
    request: listRequest(api, query),
  }));
}

async function cursors(scene: Scene): Promise<readonly TrespassAttack[]> {
  const { api, owned, attacker, victim, victimsThings } = scene;
  const { thing, list } = api;
  const cursor = thing.list?.cursor;
  if (list === undefined || cursor === undefined) return [];
  const limit = thing.list?.limit === undefined ? {} : { [thing.list.limit]: "1" };
  const cursorOf = async (user: ThingUser) => {
    const next = parsed(await user.send(list, listRequest(api, limit)))?.[cursor.next];
    return typeof next === "string" ? next : "";
  };
  const [own, foreign] = [await cursorOf(attacker), await cursorOf(victim)];
  const startKey = {
    [owned.ownerAttribute]: { S: victim.owner },
    ...(owned.table.sortKey === undefined ? {} : { [owned.table.sortKey.name]: { S: victimsThings[0].id } }),
  };
  const plainKey = Object.fromEntries(Object.entries(startKey).map(([name, { S }]) => [name, S]));
  const encodings = [startKey, plainKey, [victim.owner, victimsThings[0].id]].flatMap((key, index) => [
    [`a start key of the attacker's own making ${index}, base64url`, base64url(JSON.stringify(key))],
    [`a start key of the attacker's own making ${index}, JSON`, JSON.stringify(key)],
  ]);
  const texts: readonly (readonly string[])[] = [
    ["the other's cursor", foreign],
    ["the other's cursor, its end cut off", foreign.slice(0, -1)],
    ["the other's cursor behind the own", `${own}${foreign}`],
    ["the other's cursor's first half, the own second", splice(foreign, own)],
    ["the own cursor's first half, the other's second", splice(own, foreign)],
    ["the other's id", victimsThings[0].id],
    ["the other's id, base64url", base64url(victimsThings[0].id)],
    ["the own tag before the other's id", spliced(own, victimsThings[0].id)],
    ...encodings,
    ...edited(own),
  ];
  return texts.map(([name = "", value = ""]) => ({
    name: `a cursor: ${name}`,
    route: list,
    request: listRequest(api, { ...limit, [cursor.parameter]: value }),
    fault: (answer) =>
      value !== own && value !== "" && answer.status < 400
        ? "a cursor that is not the sender's own was taken"
        : undefined,
  }));
}

const base64url = (text: string) => Buffer.from(text).toString("base64url");
const splice = (one: string, other: string) =>
  one.slice(0, Math.ceil(one.length / 2)) + other.slice(Math.ceil(other.length / 2));

/** What stands before the id inside the own cursor, and the other's id behind it. */
function spliced(own: string, id: string): string {
  const bytes = Buffer.from(own, "base64url");
  return Buffer.concat([bytes.subarray(0, Math.max(0, bytes.length - id.length)), Buffer.from(id)]).toString(
    "base64url",
  );
}

/** Each seventh character of the own cursor, changed. */
function edited(own: string): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(own.length / 7) }, (_, index) => {
    const at = index * 7;
    const other = own[at] === "A" ? "B" : "A";
    return [`the own, character ${at} changed`, `${own.slice(0, at)}${other}${own.slice(at + 1)}`];
  });
}

const claimTricks: Check = {
  id: "tenant-isolation.claims",
  title: "Only the verified subject says who asks: no other claim, group or spelling does",
  threat: { ...threat, cwe: ["CWE-639", "CWE-290"] },
  sends:
    "The attacker's tokens, signed by the issuer, that name the victim in groups, user names, addresses, custom and nested claims, and subjects that look like the victim's.",
  holds: HOLDS,
  async run(subject) {
    if (subject.identity.cannotMint !== undefined) return notShown(subject.identity.cannotMint);
    return onEveryThing(subject, async (scene) => {
      const { api, attacker, victim } = scene;
      const trials: Trial[] = [];
      for (const [name, claims] of Object.entries(claimsNaming(victim.owner, api.thing.table.ownerAttribute))) {
        const sub = typeof claims.sub === "string" ? claims.sub : attacker.owner;
        const disguised = await disguisedUser(scene, sub, claims);
        if (disguised === undefined) return [];
        const attacks = [...usesOfOne(api).map((use) => foreignUse(scene, use, name)), ...listUse(scene, name)];
        trials.push(...(await trespass({ ...scene, attacker: disguised }, attacks)));
      }
      return trials;
    });
  },
};

function claimsNaming(
  victim: string,
  ownerAttribute: string,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return {
    "a group named like the victim": { "cognito:groups": [victim, "admin", "admins"] },
    "the victim's user name": { username: victim, "cognito:username": victim, preferred_username: victim },
    "the victim's address": { email: victim, email_verified: true },
    "custom claims": { [`custom:${ownerAttribute}`]: victim, "custom:sub": victim, "custom:tenant": victim },
    "claims of the attribute's name": { [ownerAttribute]: victim, user_id: victim, owner: victim, uid: victim },
    "an actor": { act: { sub: victim }, on_behalf_of: victim, impersonate: victim },
    "an administrator's role": { role: "admin", roles: ["admin"], admin: true, is_admin: "true" },
    "the victim's subject in capital letters": { sub: victim.toUpperCase() },
    "a space after the victim's subject": { sub: `${victim} ` },
    "a null byte after the victim's subject": { sub: `${victim}\u0000` },
    "the victim's subject in a list as text": { sub: `[${victim}]` },
  };
}

async function disguisedUser(
  { subject, api, attacker }: Scene,
  sub: string,
  claims: Readonly<Record<string, unknown>>,
): Promise<ThingUser | undefined> {
  const { authorization } = api.create.route;
  if (authorization.type !== "JWT") return undefined;
  const { sub: _sub, ...others } = claims;
  const token = await subject.identity.token(
    authorization.authorizer,
    authorization.scopes,
    { ...attacker.person, sub },
    { claims: others },
  );
  if (token === undefined) return undefined;
  const send: ThingUser["send"] = (route, request) =>
    subject.send(route, withIdentity(route, request, `Bearer ${token}`));
  return { ...attacker, token, owner: sub, send };
}

function foreignUse({ api, victimsThings }: Scene, use: "read" | "change" | "remove", name: string): TrespassAttack {
  return {
    name: `${name}, ${use}`,
    route: api[use] ?? api.create,
    request: requestFor(api, use, { id: victimsThings[1]?.id ?? victimsThings[0].id, marker: "taken over" }),
    fault: refused,
  };
}

function listUse({ api }: Scene, name: string): readonly TrespassAttack[] {
  return api.list === undefined ? [] : [{ name: `${name}, list`, route: api.list, request: listRequest(api) }];
}

/** The ordinary use, which all attacks on ownership rest on. */
const ownThings: Check = {
  id: "tenant-isolation.own-things",
  title: "A user's ordinary use works and touches the user's own items alone",
  threat: { cwe: ["CWE-284", "CWE-668"], owasp: ["API1:2023"], asvs: ["V8"] },
  sends: "Create, read, list, change, remove, each by the owner.",
  holds:
    "Each is answered with 2xx, shows the owner's thing, and reads and writes keys of the owner's alone; what was removed is gone.",
  async run(subject) {
    const apis = thingApis(subject);
    if (isNotRun(apis)) return apis;
    const trials: Trial[] = [];
    for (const api of apis) {
      const user = await thingUser(subject, api, "owner");
      if (user === undefined) return notShown("nobody can sign in");
      trials.push(...(await ordinaryUse(subject, api, user)));
    }
    return trials;
  },
};

interface Step {
  readonly use: "create" | "read" | "list" | "change" | "remove";
  readonly request: WireRequest;
  /** The answer must hold this text. */
  readonly shows?: string;
}

async function ordinaryUse(subject: Subject, api: ThingApi, user: ThingUser): Promise<readonly Trial[]> {
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
  if (api.remove !== undefined) trials.push(await goneTrial(subject, api, user));
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
  const faults = [
    ...(answer.status < 300 ? [] : [`answered ${answer.status}`]),
    ...(shows === undefined || answer.text.includes(shows) ? [] : ["the answer lacks the owner's thing"]),
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

async function goneTrial(subject: Subject, api: ThingApi, user: ThingUser): Promise<Trial> {
  const rows = await rowsOf(subject, ownedTable(subject, api), user.owner);
  const gone = rows === undefined || rows === "";
  return {
    attack: `${api.thing.remove?.route}: what was removed is gone`,
    verdict: rows === undefined ? "not-shown" : gone ? "held" : "breached",
    evidence: rows === undefined ? "the table cannot be read" : gone ? "no row is left" : "a row is left",
    ...(api.remove === undefined ? {} : { resource: api.remove.route.declaredBy }),
  };
}

/** What is not there: neither made by a change nor removed with success. */
const nothingThere: Check = {
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

const ROUNDS = 3;

const sharedSandboxes: Check = {
  id: "tenant-isolation.shared-sandboxes",
  title: "Nothing of one user stays in a sandbox for the next",
  threat: { ...threat, cwe: ["CWE-488", "CWE-524", "CWE-567"] },
  sends: "The users' requests in turn through the same sandboxes, cold and warm, each right after the other's.",
  holds: "Each gets the own things alone, in each round.",
  async run(subject) {
    return onEveryThing(subject, async (scene) => {
      const trials: Trial[] = [];
      for (let round = 0; round < ROUNDS; round += 1) trials.push(...(await oneRound(scene, round)));
      return trials;
    });
  },
};

async function oneRound(scene: Scene, round: number): Promise<readonly Trial[]> {
  const { api, victim } = scene;
  const trials: Trial[] = [];
  for (const use of ["list", ...usesOfOne(api)] as const) {
    const route = api[use];
    if (route === undefined || use === "remove") continue;
    const id = scene.victimsThings[0].id;
    const request =
      use === "list" ? listRequest(api) : requestFor(api, use, { id, marker: scene.victimsThings[0].marker });
    await victim.send(route, request);
    const own = scene.attackersThings[0]?.id ?? "";
    const again = use === "list" ? request : requestFor(api, use, { id: own, marker: "mine" });
    trials.push(
      ...(await trespass(scene, [
        { name: `round ${round}, right after the other user, own`, route, request: again },
        ...(use === "list"
          ? []
          : [{ name: `round ${round}, right after the other user, the same`, route, request, fault: refused }]),
      ])),
    );
  }
  return trials;
}

const USERS = 6;
const THINGS = 3;

const crowd: Check = {
  id: "tenant-isolation.crowd",
  title: "Many users at the same moment each see and touch their own things alone",
  threat: { ...threat, cwe: ["CWE-362", "CWE-488"] },
  sends: `${USERS} users who create, list, read and change at the same time, so that requests share sandboxes and cold starts.`,
  holds: "Every list holds the own things and nobody else's, and each request keeps to keys of its sender's.",
  async run(subject) {
    const apis = thingApis(subject);
    if (isNotRun(apis)) return apis;
    if (subject.identity.cannotMint !== undefined)
      return notShown(`more than two users are needed. ${subject.identity.cannotMint}`);
    const trials: Trial[] = [];
    for (const api of apis) {
      const users = await Promise.all(
        Array.from({ length: USERS }, (_, index) => thingUser(subject, api, `crowd-${index}`)),
      );
      const present = users.filter((user) => user !== undefined);
      trials.push(...(await Promise.all(present.map((user) => inTheCrowd(subject, api, user)))));
    }
    return trials;
  },
};

async function inTheCrowd(subject: Subject, api: ThingApi, user: ThingUser): Promise<Trial> {
  const owned = ownedTable(subject, api);
  const answers: Answer[] = [];
  const made = await Promise.all(Array.from({ length: THINGS }, () => user.make()));
  answers.push(...made.map(({ answer }) => answer));
  for (const { id, marker } of made) {
    const uses = usesOfOne(api).filter((use) => use !== "remove");
    answers.push(
      ...(await Promise.all(
        uses.map((use) => user.send(api[use] ?? api.create, requestFor(api, use, { id, marker }))),
      )),
    );
  }
  const listed = api.list === undefined ? undefined : await user.send(api.list, listRequest(api));
  if (listed !== undefined) answers.push(listed);
  const reached = (await Promise.all(answers.map((answer) => trespasses(subject, owned, user.owner, answer)))).flat();
  const foreign = answers
    .flatMap(({ text }) => text.match(/marker-[a-z0-9]{16}/g) ?? [])
    .filter((found) => !made.some(({ marker }) => marker === found));
  const missing = listed === undefined ? [] : made.filter(({ marker }) => !listed.text.includes(marker));
  const faults = [
    ...reached.filter((fault) => fault !== undefined),
    ...(foreign.length === 0 ? [] : ["an answer shows another user's thing"]),
    ...(missing.length === 0 ? [] : ["the list lacks an own thing"]),
    ...answers.filter(({ status }) => status >= 500).map(({ status }) => `answered ${status}`),
  ];
  return {
    attack: `${api.thing.name}s: one of ${USERS} users at the same moment`,
    verdict: faults.length === 0 ? "held" : "breached",
    evidence: faults.length === 0 ? `${answers.length} answers, all of the own` : [...new Set(faults)].join("; "),
    resource: (api.list ?? api.create).route.declaredBy,
  };
}

const RANDOM_ATTACKS = 40;

/** Several tricks in one request, drawn by the seed; what comes through is shrunk to the trick that did it. */
function randomTricks(scene: Scene): readonly TrespassAttack[] {
  const { api, subject, victim, victimsThings } = scene;
  const { random } = subject;
  const names = ownerNames(api);
  const uses = [...usesOfOne(api), ...(api.list === undefined ? [] : (["list"] as const)), "create" as const];
  return Array.from({ length: RANDOM_ATTACKS }, (_, index) => {
    const use = random.pick(uses as [(typeof uses)[number], ...typeof uses]);
    const some = () => random.pick(names as [string, ...string[]]);
    const id = random.below(2) === 0 ? victimsThings[0].id : (scene.attackersThings[0]?.id ?? "");
    const base = use === "list" ? listRequest(api) : requestFor(api, use, { id, marker: "random" });
    const query = `${some()}=${victim.owner}&${some()}=${victim.owner}`;
    const headers = [
      [`x-${some().toLowerCase()}`, victim.owner] as const,
      ["cookie", `${some()}=${victim.owner}`] as const,
    ];
    const withExtras: WireRequest = {
      ...base,
      path: `${base.path}${base.path.includes("?") ? "&" : "?"}${query}`,
      headers: [...(base.headers ?? []), ...headers],
    };
    const body =
      base.body === undefined
        ? undefined
        : { ...JSON.parse(String(base.body)), ...(random.below(2) === 0 ? { [some()]: victim.owner } : {}) };
    return {
      name: `drawn ${index}: ${use} with the other's id in several places`,
      route: api[use] ?? api.create,
      request: body === undefined ? withExtras : { ...withExtras, body: JSON.stringify(body) },
    };
  });
}

const OWNER_NAMES = [
  "sub",
  "userId",
  "user_id",
  "user",
  "owner",
  "ownerId",
  "tenantId",
  "accountId",
  "uid",
  "principalId",
];

export const ownerNames = ({ thing }: ThingApi): readonly string[] => [
  ...new Set([thing.table.ownerAttribute, ...OWNER_NAMES]),
];

const HEADER_NAMES = [
  "x-user",
  "x-forwarded-user",
  "x-amzn-oidc-identity",
  "x-amz-cognito-identity-id",
  "x-original-user",
  "from",
];

/** The owner's name wherever a handler could look for it, one place and name at a time. */
function ownerInRequest({ api, victim, attackersThings, victimsThings }: Scene): readonly TrespassAttack[] {
  const own = attackersThings[0]?.id ?? "";
  const uses = ["create", "list", ...usesOfOne(api)] as const;
  return uses.flatMap((use) => {
    const route = api[use];
    if (route === undefined) return [];
    const id = use === "remove" || use === "read" ? victimsThings[0].id : own;
    const base = use === "list" ? listRequest(api) : requestFor(api, use, { id, marker: "whose" });
    const fault = use === "remove" || use === "read" ? refused : undefined;
    const make = (name: string, request: WireRequest): TrespassAttack => ({
      name,
      route,
      request,
      ...(fault === undefined ? {} : { fault }),
    });
    const names = ownerNames(api);
    const inHeaders = [
      ...names.map((name) => `x-${name.toLowerCase().replaceAll("_", "-")}`),
      ...names.map((name) => `x-${dashed(name)}`),
      ...names.map(dashed),
      ...HEADER_NAMES,
    ];
    return [
      ...[...new Set(inHeaders)].map((name) =>
        make(`the other user in the header ${name}`, withHeader(base, name, victim.owner)),
      ),
      ...names.map((name) => make(`the other user in the query, ${name}`, withParameter(base, name, victim.owner))),
      make(
        "the other user in a cookie",
        withHeader(base, "cookie", names.map((name) => `${name}=${victim.owner}`).join("; ")),
      ),
      ...(base.body === undefined ? [] : bodyAttacks(api, use, base, victim.owner, make)),
      make("the other user in the path", { ...base, path: `${base.path.split("?")[0]}/${victim.owner}` }),
    ];
  });
}

const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-");

const withHeader = (request: WireRequest, name: string, value: string): WireRequest => ({
  ...request,
  headers: [...(request.headers ?? []), [name, value]],
});

const withParameter = (request: WireRequest, name: string, value: string): WireRequest => ({
  ...request,
  path: `${request.path}${request.path.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`,
});

function bodyAttacks(
  api: ThingApi,
  use: string,
  base: WireRequest,
  victim: string,
  make: (name: string, request: WireRequest) => TrespassAttack,
): readonly TrespassAttack[] {
  const body = filled((use === "create" ? api.thing.create.body : api.thing.change?.body) ?? {}, "whose");
  const plain = { ...base, headers: [] };
  return [
    ...ownerNames(api).map((name) =>
      make(`the other user in the body, ${name}`, withBody(plain, { ...body, [name]: victim })),
    ),
    make(
      "the other user in a key in the body",
      withBody(plain, { ...body, Key: { [api.thing.table.ownerAttribute]: { S: victim } } }),
    ),
    make(
      "the other user's claims in the body",
      withBody(plain, { ...body, requestContext: { authorizer: { jwt: { claims: { sub: victim } } } } }),
    ),
    make("the other user in the body's prototype", {
      ...withBody(plain, {}),
      body: `{"__proto__":{"${api.thing.table.ownerAttribute}":"${victim}","sub":"${victim}"},${JSON.stringify(body).slice(1)}`,
    }),
  ];
}

export const tenantIsolation: readonly Check[] = [
  ownThings,
  trespassCheck(
    "tenant-isolation.foreign-id",
    "Another user's id opens nothing, however it is spelt",
    "Another user's ids to read, change and remove: encoded, in capitals, with spaces, null bytes, slashes, the owner's name.",
    foreignIds,
  ),
  trespassCheck(
    "tenant-isolation.own-id",
    "What a user does with own things stays with them",
    "Uses of the own things between those of another user.",
    sameId,
  ),
  trespassCheck(
    "tenant-isolation.owner-in-request",
    "Nothing that a request says names its owner: not body, query, header, path or cookie",
    "The other user's id under the names that handlers look for, one place at a time, on every use.",
    ownerInRequest,
  ),
  trespassCheck(
    "tenant-isolation.lists",
    "A list holds the own things alone, whatever is asked",
    "Limits, filters, indexes and words that could widen a list.",
    lists,
  ),
  trespassCheck(
    "tenant-isolation.cursors",
    "A cursor works for the user who got it, unchanged, and for nobody else",
    "The other's cursor, halves of two cursors, start keys of the attacker's own making, each seventh character changed.",
    cursors,
  ),
  claimTricks,
  nothingThere,
  sharedSandboxes,
  crowd,
  trespassCheck(
    "tenant-isolation.drawn",
    "Combinations of tricks open nothing either",
    `${RANDOM_ATTACKS} requests with several tricks in each, drawn by the seed; what comes through is shrunk to one curl line.`,
    randomTricks,
  ),
  ...ownership,
];
