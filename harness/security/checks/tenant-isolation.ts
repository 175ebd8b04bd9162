import { type Check, isNotRun, notApplicable } from "../check.ts";
import { encoded, takeApart } from "../forge.ts";
import { type ProgramWords, programWords } from "../program-words.ts";
import { filled, listRequest, requestFor, type ThingApi, usesOfOne, withBody } from "../things.ts";
import {
  mustRefuse,
  onEveryThing,
  type Scene,
  TRESPASS_HOLDS,
  TRESPASS_THREAT,
  type TrespassAttack,
  trespass,
} from "../trespass.ts";
import type { WireRequest } from "../wire-request.ts";
import { claimTricks } from "./claim-tricks.ts";
import { cursors } from "./cursor-tricks.ts";
import { nothingThere, ownThings } from "./own-things.ts";
import { ownership } from "./ownership.ts";
import { sameId } from "./same-id.ts";
import { crowd, sharedSandboxes } from "./shared-sandboxes.ts";

function trespassCheck(
  id: Check["id"],
  title: string,
  sends: string,
  attacks: (scene: Scene) => readonly TrespassAttack[] | Promise<readonly TrespassAttack[]>,
): Check {
  return {
    id,
    title,
    threat: TRESPASS_THREAT,
    sends,
    holds: TRESPASS_HOLDS,
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
      fault: mustRefuse,
    })),
  );
}

const encodedAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

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
    fault: ({ status }) => (status >= 500 ? "the list failed" : undefined),
  }));
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
function ownerInRequest({ subject, api, attacker, victim, attackersThings, victimsThings }: Scene) {
  const words = programWords(subject.model.functions);
  const token = unsigned(attacker.token, victim.owner);
  const own = attackersThings[0]?.id ?? "";
  const uses = ["create", "list", ...usesOfOne(api)] as const;
  return uses.flatMap((use): readonly TrespassAttack[] => {
    const route = api[use];
    if (route === undefined) return [];
    const id = use === "remove" || use === "read" ? victimsThings[0].id : own;
    const base = use === "list" ? listRequest(api) : requestFor(api, use, { id, marker: "whose" });
    const fault = use === "remove" || use === "read" ? mustRefuse : undefined;
    const make = (name: string, request: WireRequest): TrespassAttack => ({
      name,
      route,
      request,
      ...(fault === undefined ? {} : { fault }),
    });
    const names = ownerNames(api);
    const inQuery = [...new Set([...names, ...words.names])];
    const inHeaders = [
      ...words.headers,
      ...names.map((name) => `x-${name.toLowerCase().replaceAll("_", "-")}`),
      ...names.map((name) => `x-${dashed(name)}`),
      ...names.map(dashed),
      ...HEADER_NAMES,
    ];
    return [
      ...[...new Set(inHeaders)].map((name) =>
        make(`the other user in the header ${name}`, withHeader(base, name, victim.owner)),
      ),
      ...inQuery.map((name) => make(`the other user in the query, ${name}`, withParameter(base, name, victim.owner))),
      ...spelledFilters(api, words, victim.owner).map(([name, value]) =>
        make(`the other user in the query, ${name}`, withParameter(base, name, value)),
      ),
      make(
        "the other user in a cookie",
        withHeader(base, "cookie", names.map((name) => `${name}=${victim.owner}`).join("; ")),
      ),
      ...(base.body === undefined ? [] : bodyAttacks(api, use, base, victim.owner, make)),
      ...[...new Set([...FORGED_HEADERS, ...words.headers])].flatMap((name) => [
        make(`a token of the attacker's own making in ${name}`, withHeader(base, name, token)),
        make(`a token of the attacker's own making in ${name}, with Bearer`, withHeader(base, name, `Bearer ${token}`)),
      ]),
      make("the other user in the path", { ...base, path: `${base.path.split("?")[0]}/${victim.owner}` }),
    ];
  });
}

const FORGED_HEADERS = ["x-authorization", "x-id-token", "x-access-token", "x-amzn-oidc-data", "x-jwt-assertion"];

/** What a handler would believe that reads a token without verifying it: the attacker's own, with the other as its subject. */
function unsigned(token: string | undefined, sub: string): string {
  const { header, claims } = token === undefined ? { header: {}, claims: {} } : takeApart(token);
  return `${encoded({ alg: "RS256", ...header })}.${encoded({ ...claims, sub, username: sub, "cognito:username": sub })}.${encoded("signed")}`;
}

/** How frameworks spell a condition in a query. A parameter's name is data too. */
function spelledFilters(
  api: ThingApi,
  { prefixes }: ProgramWords,
  owner: string,
): readonly (readonly [string, string])[] {
  const attribute = api.thing.table.ownerAttribute;
  const known = [...new Set(["filter", "where", "query", "q", "match", ...prefixes])];
  return [
    ...known.flatMap((prefix) => [
      [`${prefix}[${attribute}]`, owner] as const,
      [`${prefix}.${attribute}`, owner] as const,
      [prefix, JSON.stringify({ [attribute]: owner })] as const,
      [prefix, `${attribute}:${owner}`] as const,
    ]),
    [`${attribute}[]`, owner],
    [`${attribute}[eq]`, owner],
    [`${attribute}__eq`, owner],
    [`:${attribute}`, owner],
    [`#${attribute}`, owner],
    ["$filter", `${attribute} eq '${owner}'`],
    ["filter[or]", JSON.stringify([{ [attribute]: owner }])],
  ];
}

const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-");

const withHeader = (request: WireRequest, name: string, value: string): WireRequest => ({
  ...request,
  headers: [...(request.headers ?? []), [name, value]],
});

const withParameter = (request: WireRequest, name: string, value: string): WireRequest => ({
  ...request,
  path: `${request.path}${request.path.includes("?") ? "&" : "?"}${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
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
  sameId,
  trespassCheck(
    "tenant-isolation.owner-in-request",
    "Nothing that a request says names its owner: not body, query, header, path or cookie",
    "The other user's id under the names that handlers, and this program's code, look for, one place at a time, on every use; filters in a query; unsigned tokens.",
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
