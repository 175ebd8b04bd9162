import type { Route } from "../apigateway/http-api.ts";
import { systemClock } from "../clock.ts";
import { authorize } from "../iam/authorize.ts";
import type { Model } from "../model.ts";
import { functionsThatRan, plainRequest, tokenFor, withToken } from "./attack.ts";
import { isNotRun } from "./check.ts";
import { declared } from "./declarations.ts";
import { sourcePlaces } from "./source-places.ts";
import type { Subject, TokenOptions } from "./subject.ts";
import { requestFor, thingApis, thingUser, usesOfOne } from "./things.ts";

/** What somebody got who tried something. */
export interface Access {
  /** The answer's status, or what a policy decides. */
  readonly outcome: string;
  /** Whether it got through: a function ran, another's thing was answered, a policy allows it. */
  readonly through: boolean;
  /** What decides it. Absent where nothing of the program is known to. */
  readonly decider?: Decider;
}

/** A resource that decides who gets through. */
export interface Decider {
  /** `route get-orders` */
  readonly name: string;
  /** How it guards: two that guard alike are told apart by something else. */
  readonly guard: string;
  /** Where it is registered: `stack/api.ts:71`. */
  readonly place?: string;
}

/** By who tried what: `anonymous GET /orders`. */
export type AccessMatrix = ReadonlyMap<string, Access>;

/** Every kind of caller on every route, other people's things, and every role on every table. */
export async function accessMatrix(subject: Subject): Promise<AccessMatrix> {
  const entries = [...(await routeAccess(subject)), ...(await foreignAccess(subject)), ...roleAccess(subject)];
  return new Map(entries);
}

type Entry = readonly [string, Access];

const CALLERS: Readonly<Record<string, TokenOptions | undefined>> = {
  anonymous: undefined,
  "a signed-in user": {},
  "an ID token": { tokenUse: "id" },
  "an expired token": { expiresInSeconds: -60 },
  "a token of another client": { claims: { client_id: "anotherclient000000000000" } },
  "a token without scopes": { claims: { scope: "" } },
};

async function routeAccess(subject: Subject): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const route of subject.routes) {
    for (const [caller, options] of Object.entries(CALLERS)) {
      const person = await subject.identity.person("caller");
      const token =
        person === undefined || options === undefined ? undefined : await tokenFor(subject, route, person, options);
      const answer = await subject.send(route, plainRequest(route, token));
      const ran = (await functionsThatRan(subject, answer)) ?? [];
      const outcome = `${answer.status} ${ran.length > 0 ? "by the function" : "before the function"}`;
      const access = { outcome, through: ran.length > 0, decider: deciderOf(subject, route.route) };
      entries.push([`${caller} ${route.route.routeKey}`, access]);
    }
  }
  return entries;
}

/** The route, how it is guarded, and where it is registered. */
export function deciderOf({ model }: Subject, { authorization, declaredBy }: Route): Decider {
  const scopes = authorization.type === "JWT" ? authorization.scopes : [];
  const guard =
    authorization.type === "JWT"
      ? `asks for a token${scopes.length > 0 ? ` with ${scopes.join(" or ")}` : " of any scope"}`
      : authorization.type === "NONE"
        ? OPEN
        : "asks for a signature";
  return namedDecider(model, declaredBy, guard);
}

const OPEN = "has no authorizer";

/** A resource by its declared name, `type name`. */
export function namedDecider({ program }: Model, declaredBy: string, guard = ""): Decider {
  const place = sourcePlaces(program.graph).get(declaredBy);
  const [type = "", ...name] = declaredBy.split(" ");
  const kind = (type.split("/").at(-1)?.split(":")[0] ?? type).replace(
    /[A-Z]/g,
    (letter) => ` ${letter.toLowerCase()}`,
  );
  return {
    name: `${kind} ${name.join(" ")}`.trim(),
    guard,
    ...(place === undefined ? {} : { place: `${place.file}:${place.line}` }),
  };
}

/** What one user gets with another's id. */
async function foreignAccess(subject: Subject): Promise<readonly Entry[]> {
  const apis = thingApis(subject);
  if (isNotRun(apis)) return [];
  const entries: Entry[] = [];
  for (const api of apis) {
    const victim = await thingUser(subject, api, "victim");
    const attacker = await thingUser(subject, api, "attacker");
    const made = await victim?.make().catch(() => undefined);
    if (attacker === undefined || made === undefined) continue;
    for (const use of usesOfOne(api)) {
      const route = api[use] ?? api.create;
      const request = requestFor(api, use, { id: made.id, marker: "whose" });
      const answer = await subject.send(route, withToken(route, request, attacker.token));
      const access = {
        outcome: String(answer.status),
        through: answer.status < 400,
        decider: deciderOf(subject, route.route),
      };
      entries.push([`another user ${route.route.routeKey}`, access]);
    }
  }
  return entries;
}

const ACTIONS = [
  "GetItem",
  "Query",
  "Scan",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "DeleteTable",
  "UpdateTable",
];

/** What each role may do with each table, and with one that the program does not have. */
function roleAccess({ model }: Subject): readonly Entry[] {
  const { graph, deployment } = model.program;
  const tables = model.tables.map(({ arn }) => ({ arn, name: graph.byArn(arn)?.name ?? arn }));
  const foreign = {
    arn: `arn:aws:dynamodb:${deployment.region}:${deployment.accountId}:table/another`,
    name: "any other table",
  };
  return model.roles.all.flatMap((role) => {
    const resource = graph.byArn(role.arn);
    const name = resource === undefined ? role.name : declared(resource);
    return [...tables, foreign].flatMap((table) =>
      ACTIONS.map((action): Entry => {
        const request = {
          principal: { kind: "role-session", roleArn: role.arn, sessionArn: role.arn, accountId: deployment.accountId },
          action: `dynamodb:${action}`,
          resourceArn: table.arn,
          context: { "aws:SecureTransport": "true" },
        } as const;
        const { kind } = authorize(role.policies, request, systemClock);
        const access = { outcome: kind === "Allowed" ? "allowed" : "denied", through: kind === "Allowed" };
        return [`${name} dynamodb:${action} on ${table.name}`, { ...access, decider: namedDecider(model, name) }];
      }),
    );
  });
}

export interface AccessChange {
  readonly who: string;
  readonly before: string;
  readonly after: string;
  /** Whether somebody gets through who did not before. */
  readonly grew: boolean;
  readonly because: string;
}

const ABSENT: Access = { outcome: "not there", through: false };

/**
 * What is not as it was. Statuses alone do not count where nobody got through on either side.
 *
 * @param changedPlaces where the program's files differ, `file:line`: the cause of what no resource explains.
 */
export function accessChanges(
  before: AccessMatrix,
  after: AccessMatrix,
  changedPlaces: readonly string[] = [],
): readonly AccessChange[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].flatMap((who): readonly AccessChange[] => {
    const was = before.get(who) ?? ABSENT;
    const is = after.get(who) ?? ABSENT;
    if (was.through === is.through) return [];
    const because = causeOf(was, is, changedPlaces);
    return [{ who, before: was.outcome, after: is.outcome, grew: is.through, because }];
  });
}

const MOST_PLACES = 6;

function causeOf({ decider: was }: Access, { decider: is }: Access, changedPlaces: readonly string[]): string {
  const decider = is ?? was;
  const place = decider?.place === undefined ? "" : `, ${decider.place}`;
  if (decider !== undefined && was === undefined && decider.guard !== "")
    return `${decider.name} is new and ${decider.guard}${place}`;
  if (decider !== undefined && is === undefined)
    return `${decider.name} is gone, once ${decider.place ?? "registered"}`;
  const changed = was !== undefined && is !== undefined ? guardChange(was.guard, is.guard) : undefined;
  if (decider !== undefined && changed !== undefined) return `${decider.name} ${changed}${place}`;
  const places = changedPlaces.slice(0, MOST_PLACES).join(", ");
  const more = changedPlaces.length > MOST_PLACES ? ` and ${changedPlaces.length - MOST_PLACES} more places` : "";
  return [
    ...(decider === undefined
      ? []
      : [`${decider.name}${decider.guard === "" ? "" : ` ${decider.guard} as before`}${place}`]),
    ...(places === "" ? [] : [`changed: ${places}${more}`]),
  ].join("; ");
}

function guardChange(was: string, is: string): string | undefined {
  if (was === is) return undefined;
  if (is === OPEN) return "lost its authorizer";
  return was === OPEN ? `got an authorizer and ${is}` : `${is}, where it once ${was.replace("asks", "asked")}`;
}

/** For a pull request. */
export function changesMarkdown(reference: string, changes: readonly AccessChange[]): string {
  const title = `## Who may do what, against \`${reference}\``;
  if (changes.length === 0) return `${title}\n\nNobody may do more or less than before.`;
  const part = (heading: string, some: readonly AccessChange[]) =>
    some.length === 0 ? [] : [`### ${heading}`, "", ...some.map(changeLine), ""];
  const grown = changes.filter(({ grew }) => grew);
  return [
    title,
    "",
    ...part("Access that grew", grown),
    ...part(
      "Access that shrank",
      changes.filter(({ grew }) => !grew),
    ),
    grown.length > 0 ? `**Access grew in ${grown.length} ways.**` : "Nobody may do more than before.",
  ].join("\n");
}

/** Text of attacks and answers must not become markup. */
const plain = (text: string): string => text.replaceAll(/[\\`*_<>|[\]]/g, "\\$&").replaceAll(/\s+/g, " ");

function changeLine({ who, before, after, because }: AccessChange): string {
  const cause = because === "" ? "" : `; ${plain(because)}`;
  return `- **${plain(who)}**: ${plain(before)} → ${plain(after)}${cause}`;
}
