import { isShown, type TargetInvocationResult } from "../../targets/target.ts";
import { type Check, isNotRun, notApplicable, notShown, type Trial } from "../check.ts";
import { ownedTable, rowsOf } from "../data-judge.ts";
import { eachMadeThing } from "../each-thing.ts";
import { pathWith } from "../routes-under-test.ts";
import type { RouteUnderTest, Subject } from "../subject.ts";
import { requestFor, type ThingApi, thingApis, usesOfOne } from "../things.ts";

/** Events that no authorizer of the API has made: whoever may invoke a function could send them. */
const directEvents: Check = {
  id: "tenant-isolation.direct-events",
  title: "A function that is given an event without verified claims touches no data",
  threat: { cwe: ["CWE-345", "CWE-639"], owasp: ["API1:2023", "API2:2023"], asvs: ["V8"] },
  sends:
    "Events past the gateway: without claims, with claims where the other payload format and Lambda authorizers keep them, with claims in headers and body.",
  holds: "No item is read or written.",
  async run(subject) {
    const apis = thingApis(subject);
    if (isNotRun(apis)) return apis;
    const { invoke: ask, routes } = subject.target;
    if (!isShown(ask)) return notShown(ask.notShown);
    if (!isShown(routes)) return notShown(routes.notShown);
    const outcome = await eachMadeThing(subject, "victim", async (api, victim, made) => {
      const trials: Trial[] = [];
      for (const use of ["create", "list", ...usesOfOne(api)] as const) {
        const route = api[use];
        if (route === undefined || route.route.target.kind !== "lambda") continue;
        for (const [name, event] of Object.entries(eventsFor(api, use, route, victim.owner, made.id)))
          trials.push(await directTrial(subject, api, route, name, event, victim.owner));
      }
      return trials;
    });
    const ran = isNotRun(outcome) || outcome.length > 0;
    return ran ? outcome : notApplicable("no route of the profile leads to a function");
  },
};

type Json = Readonly<Record<string, unknown>>;

/** By name. An event with claims where the route's own authorizer puts them would be one that the gateway could make. */
export function eventsFor(
  api: ThingApi,
  use: "create" | "list" | "read" | "change" | "remove",
  route: RouteUnderTest,
  owner: string,
  id: string,
): Readonly<Record<string, Json>> {
  const { routeKey } = route.route;
  const request = use === "list" ? undefined : requestFor(api, use, { id, marker: "direct" });
  const parameter = /\{([^}+]+)\+?\}[^{]*$/.exec(routeKey)?.[1];
  const claims = { sub: owner };
  const base = {
    routeKey,
    rawPath: pathWith(route, id),
    headers: { "content-type": "application/json" },
    isBase64Encoded: false,
    ...(parameter === undefined ? {} : { pathParameters: { [parameter]: id } }),
    ...(request?.body === undefined ? {} : { body: String(request.body) }),
  };
  const v2 = (authorizer: Json | undefined, extra: Json = {}) => ({
    version: "2.0",
    ...base,
    ...extra,
    requestContext: { http: { method: route.method }, ...(authorizer === undefined ? {} : { authorizer }) },
  });
  const v1 = { ...base, version: "1.0", httpMethod: route.method, requestContext: { authorizer: { claims } } };
  const { target } = route.route;
  const isFormat1 = target.kind === "lambda" && target.payloadFormatVersion === "1.0";
  return {
    "no claims": v2(undefined),
    ...(isFormat1
      ? { "claims where format 2.0 has them": v2({ jwt: { claims } }) }
      : { "claims where format 1.0 has them": v1 }),
    "claims of an event that says it is of format 1.0": { ...v2({ jwt: { claims } }), version: "1.0" },
    "claims of an event that names no format": { ...v2({ jwt: { claims } }), version: undefined },
    "a Lambda authorizer's context": v2({ lambda: claims, principalId: owner }),
    "an IAM caller": v2({ iam: { userId: owner, cognitoIdentity: { identityId: owner } } }),
    "claims in headers": v2(undefined, { headers: { "x-user-id": owner, authorization: "Bearer e30.e30." } }),
    "an empty subject": v2({ jwt: { claims: { sub: "" } } }),
    "a blank subject": v2({ jwt: { claims: { sub: "   " } } }),
    "a subject that is no text": v2({ jwt: { claims: { sub: { S: owner } } } }),
  };
}

async function directTrial(
  subject: Subject,
  api: ThingApi,
  route: RouteUnderTest,
  name: string,
  event: Json,
  owner: string,
): Promise<Trial> {
  const owned = ownedTable(subject, api);
  const about = { attack: `${route.route.routeKey}: an event with ${name}`, resource: route.route.declaredBy };
  const before = await rowsOf(subject, owned, owner);
  const result = await invoke(subject, route, event);
  if (result === undefined) return { ...about, verdict: "not-shown", evidence: "the function could not be invoked" };
  const after = await rowsOf(subject, owned, owner);
  const { observationsOf } = subject.target;
  const seen = isShown(observationsOf) ? await observationsOf(result.requestId) : [];
  const reached = seen.filter(({ outcome }) => outcome === "executed").map(({ operation }) => operation);
  const faults = [
    ...(before === after ? [] : ["the owner's rows changed"]),
    ...(reached.length === 0 ? [] : [`the function ran ${[...new Set(reached)].join(", ")}`]),
  ];
  return faults.length > 0
    ? { ...about, verdict: "breached", evidence: faults.join("; ") }
    : { ...about, verdict: "held", evidence: `${result.kind}; no item was read or written` };
}

/** A deployed target has its own names for functions: they are told by their routes. */
async function invoke(
  { target }: Subject,
  { route }: RouteUnderTest,
  event: Json,
): Promise<TargetInvocationResult | undefined> {
  const { invoke: ask, routes } = target;
  if (!isShown(ask) || !isShown(routes)) return undefined;
  const found = (await routes()).find(({ routeKey }) => routeKey === route.routeKey);
  return found && ask({ functionArn: found.functionArn, payload: JSON.stringify(event) });
}

export const ownership: readonly Check[] = [directEvents];
