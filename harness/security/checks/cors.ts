import { headerValue } from "../../http.ts";
import { type Attack, plainRequest, tokenFor, tryAll } from "../attack.ts";
import { type Check, notApplicable, type Threat } from "../check.ts";
import type { Answer, RouteUnderTest, Subject } from "../subject.ts";

const threat: Threat = { cwe: ["CWE-942", "CWE-346"], owasp: ["API8:2023"], asvs: ["V3", "V13"] };

const EVIL = "https://attacker.example";

/** Origins that are not on the list and look as if they were. */
function foreignOrigins({ api }: RouteUnderTest): Readonly<Record<string, string>> {
  const [allowed] = api.cors?.allowOrigins.filter((origin) => !origin.includes("*")) ?? [];
  const plain = { "a foreign origin": EVIL, "the origin null": "null", "a file": "file://" };
  const url = allowed === undefined ? null : URL.parse(allowed);
  if (url === null || allowed === undefined) return plain;
  const otherScheme = url.protocol === "https:" ? "http:" : "https:";
  return {
    ...plain,
    "a host that ends in a foreign one": `${url.protocol}//${url.hostname}.attacker.example${portOf(url)}`,
    "a host that begins with a foreign one": `${url.protocol}//attacker-${url.hostname}${portOf(url)}`,
    "a host below the allowed one": `${url.protocol}//x.${url.hostname}${portOf(url)}`,
    "another scheme": `${otherScheme}//${url.host}`,
    "another port": `${url.protocol}//${url.hostname}:8443`,
    "a path behind it": `${allowed}/attacker`,
    "the allowed one behind a foreign one": `${EVIL} ${allowed}`,
    "the allowed one inside a foreign one": `${EVIL}?${allowed}`,
  };
}

const portOf = ({ port }: URL) => (port === "" ? "" : `:${port}`);

/** One route of each path: CORS is the API's, and a preflight goes to a path. */
function onePerPath({ routes }: Subject): readonly RouteUnderTest[] {
  return [...new Map(routes.map((route) => [`${route.api.apiId} ${route.path}`, route])).values()];
}

function opensNothing(answer: Answer, { request }: Attack) {
  const origin = headerValue(request.headers ?? [], "origin") ?? "";
  const allowed = headerValue(answer.headers, "access-control-allow-origin");
  const opened = allowed === "*" || (allowed !== undefined && allowed === origin);
  return opened
    ? ({ verdict: "breached", evidence: `${answer.status} with access-control-allow-origin: ${allowed}` } as const)
    : ({
        verdict: "held",
        evidence: `${answer.status}, ${allowed === undefined ? "no allowed origin" : `for ${allowed} alone`}`,
      } as const);
}

const preflights: Check = {
  id: "cors.preflight",
  title: "Pages of origins that are not listed are not let in",
  threat,
  sends: "Preflights of foreign origins to each path: look-alikes, other schemes and ports, null.",
  holds: "No answer allows the origin.",
  run(subject) {
    if (subject.routes.length === 0) return notApplicable("the program has no route");
    const attacks = onePerPath(subject).flatMap((route) =>
      Object.entries(foreignOrigins(route)).map(([name, origin]) => ({
        name: `preflight from ${name}`,
        route,
        request: {
          method: "OPTIONS",
          path: route.path,
          headers: [
            ["origin", origin],
            ["access-control-request-method", route.method],
            ["access-control-request-headers", "authorization"],
          ] as const,
        },
      })),
    );
    return tryAll(subject, attacks, opensNothing);
  },
};

const answers: Check = {
  id: "cors.answers",
  title: "No answer, refusals included, can be read by a page of a foreign origin",
  threat,
  sends: "Each route's own request from foreign origins, with a token and without.",
  holds: "No answer allows the origin.",
  async run(subject) {
    if (subject.routes.length === 0) return notApplicable("the program has no route");
    const attacks: Attack[] = [];
    const person = await subject.identity.person("page");
    for (const route of subject.routes) {
      const token = person === undefined ? undefined : await tokenFor(subject, route, person);
      for (const [given, name] of [
        [undefined, "no token"],
        [token, "a valid token"],
      ] as const) {
        if (name === "a valid token" && given === undefined) continue;
        const request = plainRequest(route, given);
        attacks.push({
          name: `from a foreign origin, ${name}`,
          route,
          request: { ...request, headers: [...(request.headers ?? []), ["origin", EVIL]] },
        });
      }
    }
    return tryAll(subject, attacks, opensNothing);
  },
};

const lists: Check = {
  id: "cors.methods-and-headers",
  title: "A preflight allows the listed methods and headers and no others",
  threat,
  sends: "Preflights of an allowed origin for methods and headers that are not listed.",
  holds: "The answer's lists lack them.",
  run(subject) {
    const routes = onePerPath(subject).filter(({ api }) => api.cors !== undefined && api.cors.allowOrigins.length > 0);
    if (routes.length === 0) return notApplicable("no API of the program has a CORS configuration");
    const attacks = routes.flatMap((route) => [
      { name: "preflight for TRACE", route, request: allowedPreflight(route, "TRACE", "authorization") },
      { name: "preflight for X-Evil", route, request: allowedPreflight(route, route.method, "x-evil") },
    ]);
    return tryAll(subject, attacks, (answer) => {
      const methods = headerValue(answer.headers, "access-control-allow-methods") ?? "";
      const headers = headerValue(answer.headers, "access-control-allow-headers") ?? "";
      const open = /\*|TRACE/i.test(methods) || /\*|x-evil/i.test(headers);
      return {
        verdict: open ? "breached" : "held",
        evidence: `${answer.status}, methods ${methods || "none"}, headers ${headers || "none"}`,
      };
    });
  },
};

function allowedPreflight(route: RouteUnderTest, method: string, header: string) {
  const [origin = ""] = route.api.cors?.allowOrigins ?? [];
  return {
    method: "OPTIONS",
    path: route.path,
    headers: [
      ["origin", origin],
      ["access-control-request-method", method],
      ["access-control-request-headers", header],
    ] as const,
  };
}

const credentials: Check = {
  id: "cors.credentials",
  title: "No answer lets a page send cookies",
  threat,
  sends: "Nothing: the APIs' CORS configuration is looked at.",
  holds: "allowCredentials is off: who asks is known by a token that the page itself holds.",
  run({ model }) {
    const apis = model.apis.filter(({ cors }) => cors !== undefined);
    if (apis.length === 0) return notApplicable("no API of the program has a CORS configuration");
    return apis.map(({ name, cors, declaredBy }) => ({
      attack: `${name}: credentials`,
      verdict: cors?.allowCredentials === true ? "breached" : "held",
      evidence: `allowCredentials is ${cors?.allowCredentials === true}`,
      resource: declaredBy,
    }));
  },
};

export const cors: readonly Check[] = [preflights, answers, lists, credentials];
