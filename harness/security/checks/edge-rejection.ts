import {
  type Attack,
  jwtRoutes,
  plainRequest,
  refusedAtTheEdge,
  tokenFor,
  tryAll,
  withIdentity,
  withQuery,
} from "../attack.ts";
import { type Check, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import type { RouteUnderTest, Subject } from "../subject.ts";
import type { WireRequest } from "../wire-request.ts";

const threat: Threat = {
  cwe: ["CWE-306", "CWE-287"],
  owasp: ["API2:2023", "API5:2023"],
  asvs: ["V6", "V8"],
};

/** The route's own request with something else in the place of its token. */
interface Variant {
  readonly name: string;
  readonly spoil: (request: WireRequest, token: string, route: RouteUnderTest) => WireRequest;
}

const withHeaders = (headers: (token: string) => WireRequest["headers"]) => (request: WireRequest, token: string) => ({
  ...request,
  headers: [...(request.headers ?? []), ...(headers(token) ?? [])],
});
/** Where the authorizer looks. */
const authorization =
  (value: (token: string) => string): Variant["spoil"] =>
  (request, token, route) =>
    withIdentity(route, request, value(token));

const MISSING: readonly Variant[] = [
  { name: "no token", spoil: (request) => request },
  { name: "an empty header", spoil: authorization(() => "") },
  { name: "a scheme and nothing else", spoil: authorization(() => "Bearer ") },
];

const MALFORMED: readonly Variant[] = [
  { name: "text that is no token", spoil: authorization(() => "Bearer let-me-in") },
  { name: "two segments", spoil: authorization((token) => `Bearer ${token.split(".").slice(0, 2).join(".")}`) },
  { name: "four segments", spoil: authorization((token) => `Bearer ${token}.e30`) },
  { name: "the word null", spoil: authorization(() => "Bearer null") },
  { name: "an object for a token", spoil: authorization(() => 'Bearer {"sub":"admin"}') },
];

const WRONG_SCHEME: readonly Variant[] = [
  { name: "Basic credentials", spoil: authorization(() => "Basic YWRtaW46YWRtaW4=") },
  { name: "the scheme Basic before a valid token", spoil: authorization((token) => `Basic ${token}`) },
  { name: "the scheme twice", spoil: authorization((token) => `Bearer Bearer ${token}`) },
  { name: "a signature of AWS's form", spoil: authorization(() => "AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=0") },
];

const WRONG_PLACE: readonly Variant[] = [
  {
    name: "the token in a cookie",
    spoil: withHeaders((token) => [["cookie", `authorization=${token}; token=${token}`]]),
  },
  { name: "the token in X-Authorization", spoil: withHeaders((token) => [["x-authorization", `Bearer ${token}`]]) },
  {
    name: "the token in Proxy-Authorization",
    spoil: withHeaders((token) => [["proxy-authorization", `Bearer ${token}`]]),
  },
  {
    name: "the token in the query",
    spoil: (request, token) => withQuery(request, `bearer_token=${token}&jwt=${token}`),
  },
  {
    name: "the token in the body",
    spoil: (request, token) => ({
      ...request,
      headers: [["content-type", "application/json"]],
      body: JSON.stringify({ access_token: token, authorization: `Bearer ${token}` }),
    }),
  },
  {
    name: "claims of the gateway's own form in headers",
    spoil: withHeaders(() => [
      ["x-amzn-oidc-identity", "admin"],
      ["x-amzn-request-context", '{"authorizer":{"jwt":{"claims":{"sub":"admin"}}}}'],
      ["x-forwarded-user", "admin"],
    ]),
  },
];

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"] as const;

const OVERRIDES = ["x-http-method-override", "x-http-method", "x-method-override"] as const;

function variantCheck(id: Check["id"], title: string, sends: string, variants: readonly Variant[]): Check {
  return {
    id,
    title,
    threat,
    sends,
    holds: "Each is answered 401 by the gateway, and no function runs for it.",
    async run(subject) {
      const routes = jwtRoutes(subject);
      if (routes.length === 0) return notApplicable("no route of the program asks for a token");
      const attacks: Attack[] = [];
      for (const route of routes) {
        const person = await subject.identity.person("edge");
        const token = person === undefined ? undefined : await tokenFor(subject, route, person);
        if (token === undefined && variants !== MISSING) return notShown("no valid token can be had to begin with");
        const request = plainRequest(route, undefined);
        for (const { name, spoil } of variants)
          attacks.push({ name, route, request: spoil(request, token ?? "", route) });
      }
      return tryAll(subject, attacks, refusedAtTheEdge(subject, [401]));
    },
  };
}

const openRoutes: Check = {
  id: "edge-rejection.open-routes",
  title: "No route is open to everybody",
  threat,
  sends: "Each route's own request without a token.",
  holds: "Each is answered 401 or 403 by the gateway, and no function runs for it.",
  run(subject) {
    if (subject.routes.length === 0) return notApplicable("the program has no route");
    const attacks = subject.routes.map((route) => ({
      name: "nobody asks",
      route,
      request: plainRequest(route, undefined),
    }));
    return tryAll(subject, attacks, refusedAtTheEdge(subject, [401, 403]));
  },
};

const otherMethods: Check = {
  id: "edge-rejection.other-methods",
  title: "No method or path gets around the authorizer",
  threat,
  sends:
    "Every method on every path without a token, overridden methods, and the paths in other spellings: doubled and trailing slashes, dot segments, encodings, other case.",
  holds: "Each is answered by the gateway with 4xx, or as a preflight; no function runs for it.",
  async run(subject) {
    const routes = jwtRoutes(subject);
    if (routes.length === 0) return notApplicable("no route of the program asks for a token");
    const open = new Set(subject.routes.filter(({ route }) => route.authorization.type === "NONE"));
    if (open.size > 0) return notApplicable("the program has open routes, which may answer any method and path");
    const attacks = [...byPath(routes).flatMap(methodAttacks), ...routes.flatMap(spellingAttacks)];
    return tryAll(subject, attacks, async (answer, attack) => {
      const preflight = attack.request.method === "OPTIONS" && answer.status === 204;
      return refusedAtTheEdge(subject, preflight ? [204] : [400, 401, 403, 404, 405])(answer);
    });
  },
};

function byPath(routes: readonly RouteUnderTest[]): readonly RouteUnderTest[] {
  return [...new Map(routes.map((route) => [`${route.baseUrl}${route.path}`, route])).values()];
}

function methodAttacks(route: RouteUnderTest): readonly Attack[] {
  const plain = METHODS.map((method) => ({
    name: `${method} without a token`,
    route,
    request: { method, path: route.path },
  }));
  const overridden = OVERRIDES.map((header) => ({
    name: `${header}: ${route.method} on a POST`,
    route,
    request: { method: "POST", path: route.path, headers: [[header, route.method]] as const },
  }));
  return [...plain, ...overridden];
}

function spellingAttacks(route: RouteUnderTest): readonly Attack[] {
  const { method, path } = route;
  const spellings: Readonly<Record<string, string>> = {
    "two slashes in front": `/${path}`,
    "a slash at the end": `${path}/`,
    "a dot segment": path.replace(/^\//, "/./"),
    "dots back and forth": `/x/..${path}`,
    "encoded dots": `/%2e%2e${path}`,
    "an encoded letter": path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    "an encoded slash": path.replace(/\/(?=[^/]*$)/, "%2f"),
    "capital letters": path.toUpperCase(),
    "a semicolon": `${path};a=b`,
    "a null byte": `${path}%00`,
    "an absolute address": `http://localhost${path}`,
  };
  return Object.entries(spellings).map(([name, spelling]) => ({
    name: `the path with ${name}`,
    route,
    request: { method, path: spelling },
  }));
}

const lateRoutes: Check = {
  id: "edge-rejection.before-compute",
  title: "Refused requests cost no compute",
  threat: { cwe: ["CWE-770"], owasp: ["API4:2023"], asvs: ["V2", "V16"] },
  sends: "A burst of requests without a token to each route.",
  holds: "None of them makes a function run, so that strangers cannot spend the owner's money.",
  async run(subject) {
    const routes = jwtRoutes(subject);
    if (routes.length === 0) return notApplicable("no route of the program asks for a token");
    if ("notShown" in subject.target.invocationsOf) return notShown(subject.target.invocationsOf.notShown);
    return Promise.all(routes.map((route) => burst(subject, route)));
  },
};

const BURST = 10;

async function burst(subject: Subject, route: RouteUnderTest): Promise<Trial> {
  const attacks = Array.from({ length: BURST }, (_, index) => ({
    name: `request ${index} of a burst`,
    route,
    request: plainRequest(route, undefined),
  }));
  const trials = (
    await Promise.all(attacks.map((attack) => tryAll(subject, [attack], refusedAtTheEdge(subject, [401, 403]))))
  ).flat();
  const breached = trials.find(({ verdict }) => verdict === "breached");
  if (breached !== undefined) return breached;
  return {
    attack: `${route.route.routeKey}: ${BURST} at once without a token`,
    verdict: "held",
    evidence: "all refused; no function ran",
    resource: route.route.declaredBy,
  };
}

export const edgeRejection: readonly Check[] = [
  openRoutes,
  variantCheck(
    "edge-rejection.no-token",
    "A request without a token is refused before any function runs",
    "Each route's own request with no token, an empty header, an empty scheme.",
    MISSING,
  ),
  variantCheck(
    "edge-rejection.malformed-token",
    "Text that is no token is refused before any function runs",
    "Each route's own request with two segments, four, and other text in the place of a token.",
    MALFORMED,
  ),
  variantCheck(
    "edge-rejection.wrong-scheme",
    "Other schemes than Bearer are refused before any function runs",
    "Each route's own request with Basic, AWS and doubled schemes.",
    WRONG_SCHEME,
  ),
  variantCheck(
    "edge-rejection.wrong-place",
    "A token anywhere but in the identity source counts as none",
    "A valid token in cookies, other headers, the query and the body, and claims in headers that proxies use.",
    WRONG_PLACE,
  ),
  otherMethods,
  lateRoutes,
];
