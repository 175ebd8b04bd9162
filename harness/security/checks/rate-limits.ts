import { functionsThatRan, plainRequest, tokenFor } from "../attack.ts";
import { type Check, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import type { HeldClock, RouteUnderTest, Subject } from "../subject.ts";

const threat: Threat = { cwe: ["CWE-770", "CWE-799"], owasp: ["API4:2023"], asvs: ["V2"] };

const configured: Check = {
  id: "rate-limits.configured",
  title: "Every stage has limits of its own",
  threat,
  sends: "Nothing: the stages are looked at.",
  holds:
    "Each stage, or each of its routes, has a rate and a burst limit above zero: without, one API can spend all that the account may do.",
  run({ model }) {
    const stages = model.apis.flatMap((api) => api.stages.map((stage) => ({ api, stage })));
    if (stages.length === 0) return notApplicable("no API of the program has a stage");
    return stages.map(({ api, stage }): Trial => {
      const unlimited = api.routes.filter(({ routeKey }) => {
        const limits = stage.routeThrottles.get(routeKey) ?? stage.defaultThrottle;
        return limits === undefined || !(limits.rateLimit > 0) || !(limits.burstLimit > 0);
      });
      const { rateLimit, burstLimit } = stage.defaultThrottle ?? {};
      return {
        attack: `the limits of the stage ${stage.name}`,
        verdict: unlimited.length === 0 ? "held" : "breached",
        evidence:
          unlimited.length === 0
            ? `${rateLimit ?? "by route"} requests per second, ${burstLimit ?? "by route"} at once`
            : `${unlimited.map(({ routeKey }) => routeKey).join(", ")}: the account's limits alone`,
        resource: stage.declaredBy,
      };
    });
  },
};

/** More than that is no trial but a flood. */
const LARGEST_BURST = 1_000;

const enforced: Check = {
  id: "rate-limits.enforced",
  title: "Above the burst limit requests are answered 429, and cost no compute",
  threat: { ...threat, cwe: ["CWE-770", "CWE-400"] },
  sends: "More requests at once, with a valid token, than the first stage's burst limit.",
  holds: "Some are answered 429, no function runs for those, and afterwards the API answers again.",
  alone: true,
  async run(subject) {
    const route = subject.routes.find(({ method }) => method === "GET") ?? subject.routes[0];
    if (route === undefined) return notApplicable("the program has no route");
    const limits = limitsOf(route);
    if (limits === undefined) return notApplicable("the stage has no limits; see rate-limits.configured");
    if (limits.burstLimit > LARGEST_BURST)
      return notApplicable(`the burst limit of ${limits.burstLimit} would take a flood to reach`);
    if (subject.local === undefined) return notShown("a target that others may use is not flooded");
    return [await flood(subject, subject.local.clock, route, limits.burstLimit)];
  },
};

function limitsOf({ api, route }: RouteUnderTest) {
  const stage = api.stages.find(({ deployed }) => deployed);
  return stage?.routeThrottles.get(route.routeKey) ?? stage?.defaultThrottle;
}

/** More than the limit, and while the clock is held, so that nothing is refilled meanwhile. */
const ABOVE_THE_LIMIT = 20;

async function flood(subject: Subject, clock: HeldClock, route: RouteUnderTest, burstLimit: number): Promise<Trial> {
  const person = await subject.identity.person("flood");
  const request = plainRequest(route, person === undefined ? undefined : await tokenFor(subject, route, person));
  const size = burstLimit + ABOVE_THE_LIMIT;
  const sent = await clock.held(() => inChunks(size, 10, () => subject.send(route, request, true)));
  const throttled = sent.filter(({ status }) => status === 429);
  const ran = (await Promise.all(throttled.map((answer) => functionsThatRan(subject, answer)))).flat();
  const after = await subject.send(route, request);
  const faults = [
    ...(throttled.length > 0 ? [] : [`none of ${size} requests at once was answered 429`]),
    ...(ran.length === 0 ? [] : ["a function ran for a request that was answered 429"]),
    ...(after.status < 500 && after.status !== 429 ? [] : [`afterwards ${after.status}`]),
  ];
  return {
    attack: `${route.route.routeKey}: more requests than the burst limit of ${burstLimit}`,
    verdict: faults.length === 0 ? "held" : "breached",
    evidence:
      faults.length === 0
        ? "429 above the limit, no function ran for those, served again afterwards"
        : faults.join("; "),
    resource: route.route.declaredBy,
  };
}

async function inChunks<Value>(count: number, size: number, make: () => Promise<Value>): Promise<readonly Value[]> {
  const made: Value[] = [];
  while (made.length < count)
    made.push(...(await Promise.all(Array.from({ length: Math.min(size, count - made.length) }, make))));
  return made;
}

export const rateLimits: readonly Check[] = [configured, enforced];
