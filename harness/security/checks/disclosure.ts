import { headerValue } from "../../http.ts";
import { tryAll } from "../attack.ts";
import { type Check, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { eachMadeThing } from "../each-thing.ts";
import { ACCESS_KEY, answerText, leakRules, leaksIn, TOKEN } from "../leaks.ts";
import { oddRequests } from "../odd-requests.ts";
import type { Answer, Subject } from "../subject.ts";
import { listRequest, requestFor, type ThingApi, usesOfOne } from "../things.ts";

const threat: Threat = { cwe: ["CWE-209", "CWE-200", "CWE-497"], owasp: ["API8:2023"], asvs: ["V13", "V14", "V16"] };

const errors: Check = {
  id: "disclosure.errors",
  title: "Refusals and failures say nothing of the inside",
  threat,
  sends: "Odd bodies, parameters and queries to each route.",
  holds:
    "No answer has a stack trace, a path, an ARN, an error of the SDK or the language, or the name of a table, function, role or account.",
  async run(subject) {
    if (subject.routes.length === 0) return notApplicable("the program has no route");
    const rules = leakRules(subject);
    const person = await subject.identity.person("curious");
    return tryAll(subject, await oddRequests(subject, person), (answer) => {
      const leaks = leaksIn(answerText(answer), rules);
      return leaks.length === 0
        ? { verdict: "held", evidence: `${answer.status}, nothing of the inside` }
        : { verdict: "breached", evidence: `${answer.status} with ${leaks.join(", ")}` };
    });
  },
};

/** Whose answer it is stands in the token; where rows are kept is nobody's business. */
const ownAnswers: Check = {
  id: "disclosure.own-answers",
  title: "Answers about a thing hold the thing, and not how or under whom it is kept",
  threat: { ...threat, cwe: ["CWE-213", "CWE-200"], owasp: ["API3:2023"] },
  sends: "The owner's ordinary requests.",
  holds: "No answer has the owner's subject or the attribute that holds it.",
  async run(subject) {
    return eachAnswer(subject, (api, answer, owner) => {
      const { ownerAttribute } = api.thing.table;
      const leaks = [
        ...(answer.text.includes(owner) ? ["the owner's subject"] : []),
        ...(answer.text.includes(`"${ownerAttribute}"`) ? [`the attribute ${ownerAttribute}`] : []),
        ...leaksIn(answerText(answer), leakRules(subject)),
      ];
      return leaks.length === 0 ? undefined : `the answer has ${leaks.join(", ")}`;
    });
  },
};

const caching: Check = {
  id: "disclosure.caching",
  title: "No cache keeps a user's answers, and no browser guesses at their type",
  threat: { cwe: ["CWE-525", "CWE-430"], owasp: ["API8:2023"], asvs: ["V3", "V14"] },
  sends: "The owner's ordinary requests.",
  holds: "Each answer with content says cache-control: no-store (or private), names its type, and says nosniff.",
  async run(subject) {
    return eachAnswer(subject, (_api, answer) => {
      const value = (name: string) => headerValue(answer.headers, name) ?? "";
      const faults = [
        ...(/no-store|private/.test(value("cache-control")) ? [] : ["no cache-control: no-store"]),
        ...(answer.text === "" || value("content-type") !== "" ? [] : ["no content-type"]),
        ...(value("x-content-type-options") === "nosniff" ? [] : ["no x-content-type-options: nosniff"]),
        ...(value("x-powered-by") === "" ? [] : ["x-powered-by"]),
      ];
      return faults.length === 0 ? undefined : `the answer has ${faults.join(", ")}`;
    });
  },
};

function eachAnswer(subject: Subject, fault: (api: ThingApi, answer: Answer, owner: string) => string | undefined) {
  return eachMadeThing(subject, "owner", async (api, user, made) => {
    const trials: Trial[] = [];
    const judge = (route: string, resource: string, answer: Answer) => {
      const found = fault(api, answer, user.owner);
      const evidence = found ?? `${answer.status}, as it should be`;
      trials.push({
        attack: `${route}: the owner's own`,
        verdict: found === undefined ? "held" : "breached",
        evidence,
        resource,
      });
    };
    judge(api.thing.create.route, api.create.route.declaredBy, made.answer);
    for (const use of ["list", ...usesOfOne(api)] as const) {
      const route = api[use];
      if (route === undefined) continue;
      const request = use === "list" ? listRequest(api) : requestFor(api, use, { id: made.id, marker: made.marker });
      judge(route.route.routeKey, route.route.declaredBy, await user.send(route, request));
    }
    return trials;
  });
}

/** What attacks and ordinary use have left on the console: the function's and the gateway's logs. */
const logs: Check = {
  id: "disclosure.logs",
  title: "Logs hold no token, key, password, or content of anybody's",
  threat: { cwe: ["CWE-532"], owasp: ["API8:2023"], asvs: ["V16"] },
  sends: "Nothing more: what all attacks before have made the functions and the gateway write is read.",
  holds: "No line has a token, an access key, a secret of the target's or the text of a thing.",
  alone: true,
  run({ local }) {
    if (local === undefined) return notShown("the target's logs are not here");
    const lines = local.lines();
    const rules = [
      { what: "a token", pattern: TOKEN },
      { what: "an access key", pattern: ACCESS_KEY },
      { what: "an authorization header", pattern: /Bearer \S/ },
      { what: "the text of somebody's thing", pattern: /marker-[a-z0-9]{16}/ },
      { what: "an e-mail address", pattern: /[\w.+-]@[\w-]{1,63}\.[a-z]{2}/i },
    ];
    const found = lines.map((line) => leaksIn(line, rules)).filter((leaks) => leaks.length > 0);
    const secret = local.secrets.some((text) => lines.some((line) => line.includes(text)));
    const leaks = [...new Set(found.flat()), ...(secret ? ["a secret of the target's"] : [])];
    return [
      {
        attack: `${lines.length > 0 ? "the" : "no"} lines that were written`,
        verdict: leaks.length === 0 ? "held" : "breached",
        evidence: leaks.length === 0 ? "no line has any of it" : `lines with ${leaks.join(", ")}`,
      },
    ];
  },
};

const journal: Check = {
  id: "disclosure.journal",
  title: "The journal holds no token, code or password",
  threat: { cwe: ["CWE-532"], owasp: ["API8:2023"], asvs: ["V16"] },
  sends: "Nothing more: the journal of all attacks before is read.",
  holds: "No entry has a token, an access key's secret, or the text of a thing.",
  alone: true,
  async run({ local }) {
    if (local === undefined) return notApplicable("no journal of this run's own is kept for the target");
    const response = await fetch(`${local.awsEndpointUrl}/_harness/journal`);
    if (!response.ok) return notShown(`the journal answers ${response.status}`);
    const text = await response.text();
    const leaks = [
      ...(TOKEN.test(text) ? ["a token"] : []),
      ...(/marker-[a-z0-9]{16}/.test(text) ? ["the text of somebody's thing"] : []),
      ...(local.secrets.some((secret) => text.includes(secret)) ? ["a secret"] : []),
    ];
    const verdict = leaks.length === 0 ? "held" : "breached";
    return [
      {
        attack: "all entries",
        verdict,
        evidence: leaks.length === 0 ? "none of it" : `entries with ${leaks.join(", ")}`,
      },
    ];
  },
};

export const disclosure: readonly Check[] = [errors, ownAnswers, caching, logs, journal];
