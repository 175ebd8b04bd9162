import { type Check, isNotRun, notShown, type Trial } from "../check.ts";
import { ownedTable, trespasses } from "../data-judge.ts";
import type { Answer, Subject } from "../subject.ts";
import { listRequest, requestFor, type ThingApi, type ThingUser, thingApis, thingUser, usesOfOne } from "../things.ts";
import { mustRefuse, onEveryThing, type Scene, TRESPASS_THREAT, trespass } from "../trespass.ts";

const ROUNDS = 3;

export const sharedSandboxes: Check = {
  id: "tenant-isolation.shared-sandboxes",
  title: "Nothing of one user stays in a sandbox for the next",
  threat: { ...TRESPASS_THREAT, cwe: ["CWE-488", "CWE-524", "CWE-567"] },
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
    // The victim may have changed the own rows just now.
    delete scene.seen.rows;
    const own = scene.attackersThings[0]?.id ?? "";
    const again = use === "list" ? request : requestFor(api, use, { id: own, marker: "mine" });
    trials.push(
      ...(await trespass(scene, [
        { name: `round ${round}, right after the other user, own`, route, request: again },
        ...(use === "list"
          ? []
          : [{ name: `round ${round}, right after the other user, the same`, route, request, fault: mustRefuse }]),
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
