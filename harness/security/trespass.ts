import { parseJsonObject } from "../json.ts";
import { messageOf } from "./attack.ts";
import { isNotRun, type NotRun, notShown, type Threat, type Trial } from "./check.ts";
import { type OwnedTable, ownedTable, rowsOf, trespasses } from "./data-judge.ts";
import type { Answer, RouteUnderTest, Subject } from "./subject.ts";
import { type Made, type ThingApi, type ThingUser, thingApis, thingUser } from "./things.ts";
import { curlOf, type WireRequest } from "./wire-request.ts";

/** Two users of one kind of thing, each with some: the one who attacks and the one who must not notice. */
export interface Scene {
  readonly subject: Subject;
  readonly api: ThingApi;
  readonly owned: OwnedTable;
  readonly attacker: ThingUser;
  readonly victim: ThingUser;
  readonly attackersThings: readonly Made[];
  readonly victimsThings: readonly [Made, ...Made[]];
  /** The victim's rows after the last attack. */
  readonly seen: { rows?: string | undefined };
}

/** Runs an attack on every kind of thing of the profile, with users of its own. */
export async function onEveryThing(
  subject: Subject,
  attack: (scene: Scene) => Promise<readonly Trial[]>,
): Promise<readonly Trial[] | NotRun> {
  const apis = thingApis(subject);
  if (isNotRun(apis)) return apis;
  const trials: Trial[] = [];
  for (const api of apis) {
    const scene = await setScene(subject, api);
    if ("verdict" in scene) return scene;
    trials.push(...(await attack(scene)));
  }
  return trials;
}

async function setScene(subject: Subject, api: ThingApi): Promise<Scene | NotRun> {
  const attacker = await thingUser(subject, api, "attacker");
  const victim = await thingUser(subject, api, "victim");
  if (attacker === undefined || victim === undefined) return notShown("two users are needed, and cannot be had");
  if (attacker.owner === victim.owner) return notShown("two users are needed, and there is one alone");
  try {
    const first = await victim.make();
    return {
      subject,
      api,
      owned: ownedTable(subject, api),
      seen: {},
      attacker,
      victim,
      victimsThings: [first, await victim.make(), await victim.make()],
      attackersThings: [await attacker.make(), await attacker.make()],
    };
  } catch (error) {
    return notShown(`the ordinary use fails, so nothing can be shown: ${messageOf(error)}`);
  }
}

/** What every attack on ownership must leave as it is. */
export const TRESPASS_HOLDS =
  "No key of another user's is read or written at the table's door, the other's rows are byte for byte as before, and no answer shows anything of them.";

export const TRESPASS_THREAT: Threat = {
  cwe: ["CWE-639", "CWE-284", "CWE-862"],
  owasp: ["API1:2023", "API5:2023"],
  asvs: ["V8"],
};

export interface TrespassAttack {
  readonly name: string;
  readonly route: RouteUnderTest;
  readonly request: WireRequest;
  /** What else is wrong with the answer; `undefined`: nothing. */
  readonly fault?: (answer: Answer) => string | undefined;
}

/** A fault for uses of another's thing: an answer that is no refusal. */
export function mustRefuse({ status }: Answer): string | undefined {
  return status < 400 ? "the other user's thing was answered as if it were the own" : undefined;
}

/** Lets the attacker send each request, and judges it by what happened to the data. */
export async function trespass(scene: Scene, attacks: readonly TrespassAttack[]): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const attack of attacks) trials.push(await trespassOnce(scene, attack));
  return trials;
}

async function trespassOnce(scene: Scene, attack: TrespassAttack): Promise<Trial> {
  const { route } = attack;
  const about = { attack: `${route.route.routeKey}: ${attack.name}`, resource: route.route.declaredBy };
  const faults = await faultsOf(scene, attack);
  if (typeof faults === "string") return { ...about, verdict: "held", evidence: faults };
  const smallest = await shrunk(scene, attack);
  const shown = curlOf(route.baseUrl, {
    ...smallest,
    headers: [...(smallest.headers ?? []), ["authorization", "Bearer "]],
  });
  return { ...about, verdict: "breached", evidence: faults.join("; "), reproduce: shown };
}

/** What the request did that it must not, or a sentence on how it was refused. */
async function faultsOf(scene: Scene, attack: TrespassAttack): Promise<readonly string[] | string> {
  const { subject, owned, attacker, victim, victimsThings } = scene;
  // What the last attack left is what this one finds: nobody else writes the victim's rows meanwhile.
  const before = scene.seen.rows ?? (await rowsOf(subject, owned, victim.owner));
  let answer: Answer;
  try {
    answer = await attacker.send(attack.route, attack.request);
  } catch (error) {
    return [`no answer: ${messageOf(error)}`];
  }
  const after = await rowsOf(subject, owned, victim.owner);
  scene.seen.rows = after;
  const reached = await trespasses(subject, owned, attacker.owner, answer);
  const fault = attack.fault?.(answer);
  const faults = [
    ...(before === after ? [] : ["the other user's rows changed"]),
    ...(reached ?? []),
    ...(shows(answer, victimsThings) ? ["the answer shows the other user's thing"] : []),
    ...(answer.text.includes(victim.owner) && !sends(attack.request, victim.owner)
      ? ["the answer names the other user"]
      : []),
    ...(fault === undefined ? [] : [fault]),
  ];
  if (faults.length > 0) return [...faults, `answered ${answer.status}`];
  const data = reached === undefined ? "" : "; no foreign key was read or written";
  const rows = before === undefined ? "" : "; the other user's rows are as before, byte for byte";
  return `${answer.status}${data}${rows}`;
}

const shows = ({ text }: Answer, things: readonly Made[]) => things.some(({ marker }) => text.includes(marker));

const sends = (request: WireRequest, text: string) => JSON.stringify(request).includes(text);

/** The smallest request that still does it: headers, query parameters and members of the body are left out in turn. */
async function shrunk(scene: Scene, attack: TrespassAttack): Promise<WireRequest> {
  let smallest = attack.request;
  for (const smaller of smallerRequests(attack.request)) {
    const candidate = smaller(smallest);
    if (candidate === undefined) continue;
    const faults = await faultsOf(scene, { ...attack, request: candidate });
    if (typeof faults !== "string") smallest = candidate;
  }
  return smallest;
}

type Shrink = (request: WireRequest) => WireRequest | undefined;

function smallerRequests({ headers = [], path, body }: WireRequest): readonly Shrink[] {
  const names = headers.map(([name]) => name).filter((name) => name !== "content-type");
  const parameters = path.split("?")[1]?.split("&") ?? [];
  const members = Object.keys(parseJsonObject(String(body)) ?? {});
  return [
    ...names.map(
      (name): Shrink =>
        (request) => ({
          ...request,
          headers: (request.headers ?? []).filter(([other]) => other !== name),
        }),
    ),
    ...parameters.map(
      (parameter): Shrink =>
        (request) =>
          withoutParameter(request, parameter),
    ),
    ...members.map(
      (member): Shrink =>
        (request) =>
          withoutMember(request, member),
    ),
  ];
}

function withoutParameter(request: WireRequest, parameter: string): WireRequest {
  const [path = "", query = ""] = request.path.split("?");
  const rest = query.split("&").filter((other) => other !== parameter);
  return { ...request, path: rest.length === 0 ? path : `${path}?${rest.join("&")}` };
}

function withoutMember(request: WireRequest, member: string): WireRequest | undefined {
  const { [member]: _left, ...rest } = parseJsonObject(String(request.body)) ?? {};
  return { ...request, body: JSON.stringify(rest) };
}
