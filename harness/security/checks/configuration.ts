import { type Rule, violationText } from "../../../policy/rules/rule.ts";
import { rules } from "../../../policy/rules/rules.ts";
import { policyStack } from "../../../policy/rules/stack.ts";
import type { Model } from "../../model.ts";
import type { Resource } from "../../pulumi/resource-graph.ts";
import { type Check, notApplicable, type Threat, type Trial } from "../check.ts";
import { declarationOf, declared } from "../declarations.ts";
import type { Subject } from "../subject.ts";
import { packages } from "./packages.ts";
import { reachable } from "./reachable.ts";

const GENERAL: Threat = { cwe: ["CWE-1188"], owasp: ["API8:2023"], asvs: ["V13"] };

/** What a rule's breach opens; a rule that is not here opens what any wrong setting does. */
const THREATS: ReadonlyMap<string, Threat> = new Map([
  ["routes-require-jwt", { cwe: ["CWE-306"], owasp: ["API2:2023"], asvs: ["V8"] }],
  ["routes-require-scopes", { cwe: ["CWE-863"], owasp: ["API5:2023"], asvs: ["V10"] }],
  ["authorizers-name-audience", { cwe: ["CWE-287"], owasp: ["API2:2023"], asvs: ["V9"] }],
  ["permissions-name-one-route", { cwe: ["CWE-441"], owasp: ["API5:2023"], asvs: ["V8"] }],
  ["roles-name-actions", { cwe: ["CWE-250"], owasp: ["API5:2023"], asvs: ["V8"] }],
  ["roles-name-resources", { cwe: ["CWE-250"], owasp: ["API5:2023"], asvs: ["V8"] }],
  ["roles-trust-one-service", { cwe: ["CWE-284"], owasp: ["API5:2023"], asvs: ["V8"] }],
  ["cors-origins-are-listed", { cwe: ["CWE-942"], owasp: ["API8:2023"], asvs: ["V3"] }],
  ["passwords-are-strong", { cwe: ["CWE-521"], owasp: ["API2:2023"], asvs: ["V6"] }],
  ["sign-in-proves-the-password", { cwe: ["CWE-522"], owasp: ["API2:2023"], asvs: ["V6"] }],
  ["sign-in-hides-users", { cwe: ["CWE-204"], owasp: ["API2:2023"], asvs: ["V6"] }],
  ["second-factor-is-offered", { cwe: ["CWE-308"], owasp: ["API2:2023"], asvs: ["V6"] }],
  ["tokens-are-short", { cwe: ["CWE-613"], owasp: ["API2:2023"], asvs: ["V7"] }],
  ["tables-are-encrypted", { cwe: ["CWE-311"], owasp: ["API8:2023"], asvs: ["V14"] }],
  ["stages-are-throttled", { cwe: ["CWE-770"], owasp: ["API4:2023"], asvs: ["V2"] }],
  ["requests-are-logged", { cwe: ["CWE-778", "CWE-532"], owasp: ["API8:2023"], asvs: ["V16"] }],
  ["inputs-hold-no-secret", { cwe: ["CWE-798", "CWE-526"], owasp: ["API8:2023"], asvs: ["V13"] }],
]);

/** The rules of the policy pack, each as a claim: what stops a deployment and what the suite finds are one. */
function ruleCheck(rule: Rule): Check {
  return {
    id: `configuration.${rule.id}`,
    title: rule.title.replace(/\.$/, ""),
    threat: THREATS.get(rule.id) ?? GENERAL,
    sends: "Nothing: the program's resources are looked at, by the rule of the policy pack.",
    holds: `${rule.title} ${rule.source}`,
    run({ model }) {
      const resources = model.program.graph.resources.map(({ type, name, id, outputs, options }) => ({
        type,
        name,
        id,
        properties: withoutPaths(outputs),
        ...(options?.protect === undefined ? {} : { protect: options.protect }),
      }));
      const violations = rule.check(policyStack(resources));
      if (violations.length === 0)
        return [
          { attack: `the rule over ${resources.length} resources`, verdict: "held", evidence: "no resource breaks it" },
        ];
      return violations.map(
        (violation): Trial => ({
          attack: `${declared(violation.resource)} against the rule`,
          verdict: "breached",
          evidence: violationText(rule, violation),
          resource: declared(violation.resource),
        }),
      );
    },
  };
}

/** Where an archive's files lie on this machine is no input of the program's: of packages, code that stands in them counts. */
function withoutPaths({ code, ...properties }: Resource["outputs"]): Resource["outputs"] {
  if (typeof code !== "object" || code === null || !("kind" in code))
    return code === undefined ? properties : { ...properties, code };
  const { entries } = code as { readonly entries?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  const texts = Object.entries(entries ?? {}).filter(([, entry]) => entry.kind === "text");
  return { ...properties, code: Object.fromEntries(texts.map(([name, { text }]) => [name, text])) };
}

const AUTHORIZER_TYPE = "aws:apigatewayv2/authorizer:Authorizer";
const CLIENT_TYPE = "aws:cognito/userPoolClient:UserPoolClient";

function authorizersOf(model: Model) {
  const all = model.apis.flatMap(({ routes }) =>
    routes.flatMap(({ authorization }) => (authorization.type === "JWT" ? [authorization.authorizer] : [])),
  );
  return [...new Map(all.map((authorizer) => [authorizer.authorizerId, authorizer])).values()];
}

const audience: Check = {
  id: "configuration.audience-is-own",
  title: "Authorizers take the tokens of the program's own clients alone",
  threat: { cwe: ["CWE-287", "CWE-863"], owasp: ["API2:2023"], asvs: ["V9", "V10"] },
  sends: "Nothing: the authorizers are looked at.",
  holds: "Where the issuer is a pool of the program, each audience is a client of that pool.",
  run({ model }) {
    const authorizers = authorizersOf(model);
    if (authorizers.length === 0) return notApplicable("no route of the program asks for a token");
    return authorizers.map(({ declaredBy, issuer, audience: accepted }): Trial => {
      const pool = model.userPools.find((candidate) => candidate.issuer === issuer);
      const foreign = pool === undefined ? [] : accepted.filter((id) => !pool.clients.has(id));
      return {
        attack: `the audience of ${declaredBy}`,
        verdict: foreign.length === 0 ? "held" : "breached",
        evidence:
          foreign.length === 0 ? "clients of its pool alone" : `it also takes the tokens of ${foreign.join(", ")}`,
        resource: declaredBy,
      };
    });
  },
};

const identitySource: Check = {
  id: "configuration.token-in-header",
  title: "Tokens travel in a header, and not in an address that logs and histories keep",
  threat: { cwe: ["CWE-598"], owasp: ["API2:2023"], asvs: ["V14"] },
  sends: "Nothing: the authorizers are looked at.",
  holds: "Each identity source is a header.",
  run({ model }) {
    const authorizers = authorizersOf(model);
    if (authorizers.length === 0) return notApplicable("no route of the program asks for a token");
    return authorizers.map(
      ({ authorizerId, identitySource: source }): Trial => ({
        attack: "the identity source",
        verdict: source.in === "header" ? "held" : "breached",
        evidence: source.in === "header" ? `the header ${source.name}` : `the query parameter ${source.name}`,
        resource: declarationOf(model, AUTHORIZER_TYPE, authorizerId),
      }),
    );
  },
};

const clientSecrets: Check = {
  id: "configuration.client-secret",
  title: "A client of web pages has no secret, since pages cannot keep one",
  threat: { cwe: ["CWE-522", "CWE-312"], owasp: ["API8:2023"], asvs: ["V10", "V13"] },
  sends: "Nothing: the app clients are looked at.",
  holds: "Where an API lets pages of other origins in, the clients that it takes tokens of have no secret.",
  run({ model }) {
    const pages = model.apis.filter(({ cors }) => cors !== undefined && cors.allowOrigins.length > 0);
    const accepted = new Set(
      pages.flatMap(({ routes }) =>
        routes.flatMap(({ authorization }) => (authorization.type === "JWT" ? authorization.authorizer.audience : [])),
      ),
    );
    const clients = clientsOf(model).filter(({ id }) => accepted.has(id));
    if (clients.length === 0) return notApplicable("no client of the program is for web pages");
    return clients.map(
      ({ id, secret }): Trial => ({
        attack: "the client's secret",
        verdict: secret === undefined ? "held" : "breached",
        evidence: secret === undefined ? "there is none" : "pages would have to hold it",
        resource: declarationOf(model, CLIENT_TYPE, id),
      }),
    );
  },
};

const clientsOf = (model: Model) => model.userPools.flatMap((pool) => [...pool.clients.values()]);

const LONGEST_REFRESH_DAYS = 90;

const refresh: Check = {
  id: "configuration.sessions-end",
  title: "A sign-in can be ended, and ends by itself",
  threat: { cwe: ["CWE-613"], owasp: ["API2:2023"], asvs: ["V7"] },
  sends: "Nothing: the app clients are looked at.",
  holds: `Refresh tokens can be revoked and live at most ${LONGEST_REFRESH_DAYS} days.`,
  run({ model }) {
    const clients = clientsOf(model);
    if (clients.length === 0) return notApplicable("the program has no app client");
    return clients.map(({ id, revocation, refreshTokenSeconds }): Trial => {
      const days = Math.round(refreshTokenSeconds / 86_400);
      const faults = [
        ...(revocation ? [] : ["refresh tokens cannot be revoked"]),
        ...(days <= LONGEST_REFRESH_DAYS ? [] : [`refresh tokens live ${days} days`]),
      ];
      return {
        attack: "the end of a sign-in",
        verdict: faults.length === 0 ? "held" : "breached",
        evidence: faults.length === 0 ? `refresh tokens can be revoked and live ${days} days` : faults.join("; "),
        resource: declarationOf(model, CLIENT_TYPE, id),
      };
    });
  },
};

const POOL_TYPE = "aws:cognito/userPool:UserPool";

const recovery: Check = {
  id: "configuration.recovery",
  title: "An account is recovered by a verified address, and an address counts once it is verified",
  threat: { cwe: ["CWE-640"], owasp: ["API2:2023"], asvs: ["V6"] },
  sends: "Nothing: the user pools are looked at.",
  holds:
    "Recovery goes to a contact that the pool verifies; a new address takes the old one's place only once verified.",
  run({ model }: Pick<Subject, "model">) {
    if (model.userPools.length === 0) return notApplicable("the program has no user pool");
    return model.userPools.map(({ id, recovery: ways, autoVerified, verifiedBeforeUpdate }): Trial => {
      const unverified = ways.filter((way) => !autoVerified.includes(way));
      const faults = [
        ...unverified.map((way) => `recovery by ${way}, which the pool does not verify`),
        ...autoVerified
          .filter((way) => !verifiedBeforeUpdate.includes(way))
          .map((way) => `a new ${way} counts before it is verified`),
      ];
      return {
        attack: "recovery and change of address",
        verdict: faults.length === 0 ? "held" : "breached",
        evidence: faults.length === 0 ? `by verified ${ways.join(", ") || "administrators alone"}` : faults.join("; "),
        resource: declarationOf(model, POOL_TYPE, id),
      };
    });
  },
};

export const configuration: readonly Check[] = [
  ...rules.map(ruleCheck),
  audience,
  identitySource,
  clientSecrets,
  refresh,
  recovery,
  ...reachable,
  ...packages,
];
