import { isShown } from "../../targets/target.ts";
import { type Attack, functionsThatRan, jsonHeaders, tokenFor, tryAll, withToken } from "../attack.ts";
import { type Check, notApplicable, type Threat } from "../check.ts";
import { eachThing } from "../each-thing.ts";
import { oddRequests } from "../odd-requests.ts";
import type { Answer, Subject } from "../subject.ts";
import { filled, withBody } from "../things.ts";

const threat: Threat = { cwe: ["CWE-20", "CWE-770", "CWE-1284"], owasp: ["API4:2023"], asvs: ["V1", "V2", "V4"] };

const size: Check = {
  id: "input-limits.size",
  title: "Requests beyond the gateway's limits never reach a function",
  threat: { ...threat, cwe: ["CWE-400", "CWE-770"] },
  sends: "A body of 10 MB and a byte, and headers of more than 10,240 bytes, to each route.",
  holds: "413 and 431 (or the refusal of the token before), and no function runs.",
  async run(subject) {
    const routes = subject.routes.filter(({ method }) => ["POST", "PUT", "PATCH"].includes(method));
    if (routes.length === 0) return notApplicable("no route takes a body");
    const person = await subject.identity.person("big");
    const attacks: Attack[] = [];
    for (const route of routes) {
      const token = person === undefined ? undefined : await tokenFor(subject, route, person);
      const { method, path } = route;
      const body = Buffer.alloc(10 * 1024 * 1024 + 1, 0x20);
      attacks.push(
        {
          name: "a body of 10 MB and a byte",
          route,
          request: withToken(route, { method, path, headers: jsonHeaders, body }, token),
        },
        {
          name: "headers of 11,000 bytes",
          route,
          request: withToken(route, { method, path, headers: [["x-long", "a".repeat(11_000)]] }, token),
        },
      );
    }
    return tryAll(subject, attacks, async (answer) => {
      const ran = (await functionsThatRan(subject, answer)) ?? [];
      const fits = [413, 431, 401, 403].includes(answer.status);
      return fits && ran.length === 0
        ? { verdict: "held", evidence: `${answer.status}; no function ran` }
        : { verdict: "breached", evidence: `${answer.status}${ran.length > 0 ? `; ran ${ran.join(", ")}` : ""}` };
    });
  },
};

const odd: Check = {
  id: "input-limits.odd-requests",
  title: "No request makes a function fail",
  threat: { ...threat, cwe: ["CWE-20", "CWE-248", "CWE-1321"] },
  sends: "Bodies that are no JSON, deep, empty, of odd types and bytes; parameters and queries of every oddness.",
  holds: "Each is answered below 500, no function throws or times out, and the next request is served.",
  async run(subject) {
    if (subject.routes.length === 0) return notApplicable("the program has no route");
    const person = await subject.identity.person("odd");
    return tryAll(subject, await oddRequests(subject, person), async (answer) => {
      const failed = await failureOf(subject, answer);
      return answer.status < 500 && failed === undefined
        ? { verdict: "held", evidence: String(answer.status) }
        : { verdict: "breached", evidence: `${answer.status}${failed === undefined ? "" : `; ${failed}`}` };
    });
  },
};

/** A function that threw, timed out or gave no answer that the gateway can send. */
async function failureOf({ target }: Subject, { requestId }: Answer): Promise<string | undefined> {
  if (!isShown(target.journalOf) || requestId === undefined) return undefined;
  const failed = (await target.journalOf(requestId)).find(({ outcome }) => outcome === "failed");
  return failed === undefined ? undefined : `${failed.step} failed: ${failed.reason.slice(0, 120)}`;
}

const FIELD_VALUES: Readonly<Record<string, unknown>> = {
  "a text of 100,000 characters": "x".repeat(100_000),
  "a text of 1,000,000 characters": "x".repeat(1_000_000),
  "an empty text": "",
  blanks: "   ",
  "a number": 5,
  "a list": ["x"],
  "an object": { S: "x" },
  true: true,
  "a lone surrogate": "\ud800",
};

const fields: Check = {
  id: "input-limits.fields",
  title: "Fields are held to their types and lengths",
  threat,
  sends: "Texts of up to a million characters, and values of other types, in each field that the profile sends.",
  holds: "Each is answered below 500 and, above 100,000 characters or of another type, 4xx; nothing of it is kept.",
  run(subject) {
    return eachThing(subject, "long", (api, user) => {
      const { method, path } = api.create;
      const body = filled(api.thing.create.body, "fields");
      const names = new Set([...Object.keys(body), api.thing.textField]);
      const attacks = [...names].flatMap((field) =>
        Object.entries(FIELD_VALUES).map(([name, value]) => ({
          name: `${name} for ${field}`,
          route: api.create,
          request: withToken(api.create, withBody({ method, path }, { ...body, [field]: value }), user.token),
        })),
      );
      return tryAll(subject, attacks, (answer, { name }) => {
        const mustRefuse = !/empty|blanks|true/.test(name);
        const fits = answer.status < 500 && (!mustRefuse || answer.status >= 400);
        return { verdict: fits ? "held" : "breached", evidence: String(answer.status) };
      });
    });
  },
};

export const inputLimits: readonly Check[] = [size, odd, fields];
