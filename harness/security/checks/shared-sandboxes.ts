import { type HeaderList, headerValue } from "../../http.ts";
import { withQuery } from "../attack.ts";
import { type Check, isNotRun, notShown, type Trial } from "../check.ts";
import { ownedTable, trespasses } from "../data-judge.ts";
import { programWords } from "../program-words.ts";
import type { Answer, Subject } from "../subject.ts";
import { listRequest, requestFor, type ThingApi, type ThingUser, thingApis, thingUser, usesOfOne } from "../things.ts";
import { mustRefuse, onEveryThing, type Scene, TRESPASS_THREAT, trespass } from "../trespass.ts";
import type { WireRequest } from "../wire-request.ts";

const ROUNDS = 3;

export const sharedSandboxes: Check = {
  id: "tenant-isolation.shared-sandboxes",
  title: "Nothing of one user stays in a sandbox for the next",
  threat: { ...TRESPASS_THREAT, cwe: ["CWE-488", "CWE-524", "CWE-567"] },
  sends:
    "The users' requests in turn through the same sandboxes, cold and warm, each right after the other's; with the headers of caches, and with what the program's own code looks for.",
  holds: "Each gets the own things alone, in each round.",
  async run(subject) {
    return onEveryThing(subject, async (scene) => {
      const trials: Trial[] = [];
      for (let round = 0; round < ROUNDS; round += 1) trials.push(...(await oneRound(scene, `round ${round}`, plain)));
      for (const [name, dress] of variations(scene)) trials.push(...(await oneRound(scene, name, dress)));
      return trials;
    });
  },
};

/** The same request in another dress: code that remembers may do so for some requests alone. */
type Dress = (request: WireRequest) => WireRequest;

const plain: Dress = (request) => request;

const withHeaders =
  (...headers: HeaderList): Dress =>
  (request) => ({ ...request, headers: [...(request.headers ?? []), ...headers] });

/** Headers that ask a cache, and what else this program's own code looks for. */
function variations({ subject, victimsThings }: Scene): readonly (readonly [string, Dress])[] {
  const { headers, names } = programWords(subject.model.functions);
  const tag = headerValue(victimsThings[0].answer.headers, "etag") ?? '"1"';
  const words = headers.filter((name) => !/^(content-|x-content)/.test(name));
  return [
    ["with If-None-Match", withHeaders(["if-none-match", tag])],
    ["with another If-None-Match", withHeaders(["if-none-match", '"another"'])],
    ["with If-Match: *", withHeaders(["if-match", "*"])],
    ["with dates", withHeaders(["if-modified-since", LONG_AGO], ["if-unmodified-since", LONG_AGO])],
    ["with a range", withHeaders(["range", "bytes=0-10000"])],
    ["for a cache", withHeaders(["cache-control", "max-age=3600"], ["prefer", "return=minimal"])],
    ["of another kind", withHeaders(["accept", "text/csv"], ["accept-language", "de"], ["x-requested-with", "x"])],
    ...words.map((name) => [`with ${name}`, withHeaders([name, "1"])] as const),
    ["with the program's own words", (request) => withQuery(request, names.map((name) => `${name}=1`).join("&"))],
  ];
}

const LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT";

async function oneRound(scene: Scene, round: string, dress: Dress): Promise<readonly Trial[]> {
  const { api, victim } = scene;
  const trials: Trial[] = [];
  for (const use of ["list", ...usesOfOne(api)] as const) {
    const route = api[use];
    if (route === undefined || use === "remove") continue;
    const id = scene.victimsThings[0].id;
    const request = dress(
      use === "list" ? listRequest(api) : requestFor(api, use, { id, marker: scene.victimsThings[0].marker }),
    );
    await victim.send(route, request);
    // The victim may have changed the own rows just now.
    delete scene.seen.rows;
    const own = scene.attackersThings[0]?.id ?? "";
    const again = use === "list" ? request : dress(requestFor(api, use, { id: own, marker: "mine" }));
    trials.push(
      ...(await trespass(scene, [
        { name: `${round}, right after the other user, own`, route, request: again },
        ...(use === "list"
          ? []
          : [{ name: `${round}, right after the other user, the same`, route, request, fault: mustRefuse }]),
      ])),
    );
  }
  return trials;
}

const USERS = 6;
const THINGS = 3;

export const crowd: Check = {
  id: "tenant-isolation.crowd",
  title: "Many users at the same moment each see and touch their own things alone",
  threat: { ...TRESPASS_THREAT, cwe: ["CWE-362", "CWE-488"] },
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
