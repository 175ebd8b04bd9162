import { isShown } from "../../targets/target.ts";
import {
  type Attack,
  functionsThatRan,
  type Judgement,
  type JwtRoute,
  jwtRoutes,
  plainRequest,
  refusedAtTheEdge,
  tokenFor,
  tryAll,
} from "../attack.ts";
import { type Check, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { declarationOf } from "../declarations.ts";
import type { Answer, Subject, TokenOptions } from "../subject.ts";

const threat: Threat = {
  cwe: ["CWE-613", "CWE-863", "CWE-1270"],
  owasp: ["API2:2023", "API5:2023"],
  asvs: ["V7", "V9", "V10"],
};

/** A token that the issuer did sign, and that is not for this API, not now, or not for this route. */
type Misuses = Readonly<Record<string, TokenOptions>>;

function misuseCheck(options: {
  readonly id: Check["id"];
  readonly title: string;
  readonly sends: string;
  readonly statuses: readonly number[];
  readonly misuses: (route: JwtRoute, nowSeconds: number) => Misuses;
}): Check {
  const { id, title, sends, statuses, misuses } = options;
  return {
    id,
    title,
    threat,
    sends,
    holds: `Each is answered ${statuses.join(" or ")} by the authorizer, and no function runs for it.`,
    async run(subject) {
      const routes = jwtRoutes(subject);
      if (routes.length === 0) return notApplicable("no route of the program asks for a token");
      if (subject.identity.cannotMint !== undefined) return notShown(subject.identity.cannotMint);
      const attacks: Attack[] = [];
      for (const route of routes) {
        const nowSeconds = Math.floor(Date.now() / 1000);
        for (const [name, spoilt] of Object.entries(misuses(route, nowSeconds))) {
          const token = await minted(subject, route, spoilt);
          if (token === undefined) return notShown("the issuer of the routes' tokens is no pool of the program");
          attacks.push({ name, route, request: plainRequest(route, token) });
        }
      }
      if (attacks.length === 0) return notApplicable("the routes ask for nothing that this could lack");
      return tryAll(subject, attacks, refusedAtTheEdge(subject, statuses));
    },
  };
}

async function minted(subject: Subject, route: JwtRoute, options: TokenOptions): Promise<string | undefined> {
  const person = await subject.identity.person("misused");
  return person === undefined ? undefined : tokenFor(subject, route, person, options);
}

const claims = (changed: Readonly<Record<string, unknown>>): TokenOptions => ({ claims: changed });

const times = misuseCheck({
  id: "token-misuse.time",
  title: "A token counts from its beginning to its end, and not a second longer",
  sends: "Expired tokens, tokens without an end, tokens that are not yet valid, and times that are no numbers.",
  statuses: [401],
  misuses: (_route, now) => ({
    "expired an hour ago": { expiresInSeconds: -3600 },
    "expired a second ago": claims({ exp: now - 1 }),
    "no exp": claims({ exp: null }),
    "exp as text": claims({ exp: String(now + 3600) }),
    "exp beyond all numbers": claims({ exp: 1e300 }),
    "exp zero": claims({ exp: 0 }),
    "exp negative": claims({ exp: -1 }),
    "not valid before tomorrow": claims({ nbf: now + 86_400 }),
    "issued tomorrow": claims({ iat: now + 86_400 }),
  }),
});

const issuers = misuseCheck({
  id: "token-misuse.issuer",
  title: "Only the configured issuer's tokens count, compared to the letter",
  sends: "The issuer with a slash more, another scheme, other case, another pool, a prefix, a suffix, a list, none.",
  statuses: [401],
  misuses: ({ route }) => {
    const { issuer } = route.authorization.authorizer;
    return {
      "a slash at the end": claims({ iss: `${issuer}/` }),
      "another scheme": claims({ iss: issuer.replace("https:", "http:") }),
      "other case": claims({ iss: issuer.toUpperCase() }),
      "a pool of another name": claims({ iss: issuer.replace(/[^/]+$/, "eu-west-1_Attacker1") }),
      "a longer name": claims({ iss: `${issuer}0` }),
      "the name cut short": claims({ iss: issuer.slice(0, -1) }),
      "in a list": claims({ iss: [issuer] }),
      "a host that ends so": claims({ iss: issuer.replace("https://", "https://attacker.example/") }),
      none: claims({ iss: null }),
    };
  },
});

const audiences = misuseCheck({
  id: "token-misuse.audience",
  title: "Tokens of another client are refused",
  sends: "Another client_id, another audience, an audience beside a client_id, lists, look-alikes, none.",
  statuses: [401],
  misuses: ({ route }) => {
    const { audience } = route.authorization.authorizer;
    const [client = ""] = audience;
    return audience.length === 0
      ? {}
      : {
          "another client_id": claims({ client_id: "attackersclient0000000000" }),
          "no client_id": claims({ client_id: null }),
          "the client_id in other case": claims({ client_id: client.toUpperCase() }),
          "a longer client_id": claims({ client_id: `${client}0` }),
          "the client_id in a list": claims({ client_id: [client] }),
          "a foreign aud beside the right client_id": claims({ aud: "attackersclient0000000000" }),
          "an empty aud beside the right client_id": claims({ aud: "" }),
          "an empty list for aud": claims({ aud: [] }),
          "a list for aud with foreigners alone": claims({ aud: ["a", "b"] }),
          "aud as an object": claims({ aud: { [client]: true } }),
        };
  },
});

const subjects = misuseCheck({
  id: "token-misuse.claim-types",
  title: "A token whose subject is no text is refused",
  sends: "sub as number, list, object, true.",
  statuses: [401],
  misuses: () => ({
    "sub is a number": claims({ sub: 5 }),
    "sub is a list": claims({ sub: ["a", "b"] }),
    "sub is an object": claims({ sub: { $ne: null } }),
    "sub is true": claims({ sub: true }),
  }),
});

const scopes = misuseCheck({
  id: "token-misuse.scope",
  title: "A token without the route's scope is refused",
  sends: "No scope, another, look-alikes: other case, a prefix, a suffix, commas, tabs, a list.",
  statuses: [403],
  misuses: ({ route }) => {
    const [scope] = route.authorization.scopes;
    return scope === undefined
      ? {}
      : {
          "no scope": claims({ scope: null }),
          "an empty scope": claims({ scope: "" }),
          "another scope": claims({ scope: "openid email" }),
          "other case": claims({ scope: scope.toUpperCase() }),
          "a longer scope": claims({ scope: `${scope}.read` }),
          "the scope cut short": claims({ scope: scope.slice(0, -1) }),
          "behind a comma": claims({ scope: `openid,${scope}` }),
          "behind a tab": claims({ scope: `openid\t${scope}` }),
          "in a list": claims({ scope: [scope] }),
          "a star": claims({ scope: "*" }),
          "under another name": claims({ scope: null, scopes: scope, permissions: [scope] }),
        };
  },
});

const idTokens: Check = {
  id: "token-misuse.id-token",
  title: "An ID token is no access token",
  threat,
  sends: "The same user's ID token to each route: it is made for the client and goes through many hands.",
  holds: "Each is answered 401 or 403 by the authorizer, and no function runs for it.",
  async run(subject) {
    const routes = jwtRoutes(subject);
    if (routes.length === 0) return notApplicable("no route of the program asks for a token");
    const attacks: Attack[] = [];
    for (const route of routes) {
      const person = await subject.identity.person("id-token");
      if (person === undefined) return notShown("nobody can sign in");
      // What Cognito puts into it: an audience, and no scope.
      const token = await tokenFor(subject, route, person, { tokenUse: "id" });
      if (token === undefined) return notShown("no ID token can be had");
      attacks.push({ name: "an ID token", route, request: plainRequest(route, token) });
    }
    return tryAll(subject, attacks, refusedAtTheEdge(subject, [401, 403]));
  },
};

const replayed: Check = {
  id: "token-misuse.end-of-life",
  title: "A token that was accepted before ends all the same",
  threat,
  sends: "A token of two seconds: at once, and after it has expired.",
  holds:
    "Accepted while it lives, 401 afterwards, and no function runs then: what is remembered of a token does not outlive it.",
  async run(subject) {
    const [route] = jwtRoutes(subject);
    if (route === undefined) return notApplicable("no route of the program asks for a token");
    if (subject.identity.cannotMint !== undefined) return notShown(subject.identity.cannotMint);
    const token = await minted(subject, route, { expiresInSeconds: 2 });
    if (token === undefined) return notShown("the issuer of the routes' tokens is no pool of the program");
    const request = plainRequest(route, token);
    const first = await tryAll(
      subject,
      [{ name: "a token of two seconds, at once", route, request }],
      acceptedAtFirst(subject),
    );
    await pass(subject);
    const then = { name: "the same token after its end", route, request };
    return [...first, ...(await tryAll(subject, [then], refusedAtTheEdge(subject, [401])))];
  },
};

const LIFE_MILLISECONDS = 2_100;

/** Lets the token's life pass for the target: at once where its clock can be moved. */
async function pass({ target, local }: Subject): Promise<void> {
  const clock = local?.clock ?? (isShown(target.clock) ? target.clock : undefined);
  if (clock !== undefined) clock.advance(LIFE_MILLISECONDS);
  else await new Promise((resolve) => setTimeout(resolve, LIFE_MILLISECONDS));
}

const CLIENT_TYPE = "aws:cognito/userPoolClient:UserPoolClient";

/** Without this the second attack would prove nothing. */
function acceptedAtFirst(subject: Subject): (answer: Answer) => Promise<Judgement> {
  return async (answer) => {
    const ran = await functionsThatRan(subject, answer);
    if (answer.status !== 401 && answer.status !== 403)
      return { verdict: "held", evidence: `${answer.status}${ran === undefined ? "" : `; ran ${ran.join(", ")}`}` };
    return { verdict: "not-shown", evidence: `${answer.status}: a valid token is refused, so its end cannot be seen` };
  };
}

const revoked: Check = {
  id: "token-misuse.revoked",
  title: "How long a revoked token still works is known and short",
  threat: { cwe: ["CWE-613"], owasp: ["API2:2023"], asvs: ["V7"] },
  sends:
    "Nothing: API Gateway looks at a token's signature and times and does not ask the pool whether it was revoked.",
  holds:
    "Access tokens live at most an hour, so that a revoked one ends soon. That it works until then is a limit of the design, reported as such.",
  run(subject) {
    const routes = jwtRoutes(subject);
    if (routes.length === 0) return notApplicable("no route of the program asks for a token");
    const issuers = new Set(routes.map(({ route }) => route.authorization.authorizer.issuer));
    const clients = new Set(routes.flatMap(({ route }) => route.authorization.authorizer.audience));
    const pools = subject.model.userPools.filter(({ issuer }) => issuers.has(issuer));
    if (pools.length === 0) return notShown("the issuer of the routes' tokens is no pool of the program");
    return pools.flatMap((pool) =>
      [...pool.clients.values()]
        .filter(({ id }) => clients.has(id))
        .map((client): Trial => {
          const minutes = client.accessTokenSeconds / 60;
          const resource = declarationOf(subject.model, CLIENT_TYPE, client.id);
          return {
            attack: `a revoked access token of ${resource}`,
            verdict: minutes <= 60 ? "held" : "breached",
            evidence: `accepted until it expires, at most ${minutes} minutes after it was issued`,
            resource,
            limitation: `A revoked or signed-out access token is accepted for up to ${minutes} minutes more.`,
          };
        }),
    );
  },
};

export const tokenMisuse: readonly Check[] = [times, replayed, issuers, audiences, subjects, scopes, idTokens, revoked];
