import { systemClock } from "../../clock.ts";
import type { Table } from "../../dynamodb/tables.ts";
import { authorize } from "../../iam/authorize.ts";
import { isShown, type Target } from "../../targets/target.ts";
import { plainRequest, tokenFor } from "../attack.ts";
import { type Check, isNotRun, notApplicable, notShown, type Threat, type Trial } from "../check.ts";
import { declarationOf, declared } from "../declarations.ts";
import { elementsOf, foreignTwin, type NeededRequest, neededBy, type PolicyElement } from "../least-privilege.ts";
import { recordedNeeds } from "../recorded-needs.ts";
import { smallestPolicy } from "../smallest-policy.ts";
import type { Subject } from "../subject.ts";
import { refusals, tableClient } from "../table-client.ts";
import { thingApis, thingUser } from "../things.ts";
import { ordinaryUse } from "./own-things.ts";

const threat: Threat = {
  cwe: ["CWE-250", "CWE-272", "CWE-269"],
  owasp: ["API5:2023", "API8:2023"],
  asvs: ["V8", "V13"],
};

const ROLE_TYPE = "aws:iam/role:Role";

const elements: Check = {
  id: "least-privilege.elements",
  title: "Every action, resource and policy of every role is needed",
  threat,
  sends:
    "The ordinary use of everything; then each action, resource and attached policy of each role is taken away in turn, and the run's requests are judged anew.",
  holds: "Each time some request of the run is refused: what nothing needs is too much.",
  alone: true,
  async run(subject) {
    if (subject.local === undefined) return notShown("what functions ask of the tables cannot be seen on this target");
    const found = elementsOf(subject.model);
    if (found.length === 0) return notApplicable("no role of the program has a policy");
    await useEverything(subject);
    const needs = await recordedNeeds(subject);
    return found.map((element) => elementTrial(element, needs));
  },
};

function elementTrial(element: PolicyElement, needs: readonly NeededRequest[]): Trial {
  const { role, grantedBy, kind, text, statement } = element;
  const about = { attack: `${role.name} without ${kind} ${text} (${statement})`, resource: declared(grantedBy) };
  const used = needs.some(({ roleArn, request }) => roleArn === role.arn && !request.action.startsWith("logs:"));
  const need = neededBy(element, needs, systemClock);
  if (need !== undefined)
    return {
      ...about,
      verdict: "held",
      evidence: `${need.request.action} is refused then; needed by ${need.neededBy}`,
    };
  if (!used && !text.startsWith("logs:"))
    return { ...about, verdict: "not-shown", evidence: "the run did not use the role for anything" };
  return { ...about, verdict: "breached", evidence: "nothing in the run needs it" };
}

const reach: Check = {
  id: "least-privilege.reach",
  title: "What a role may do, it may do on the program's own resources alone",
  threat,
  sends:
    "Each request of the run again, on a table or log group that the program does not have; and actions that no request took.",
  holds: "The role's policies refuse each.",
  alone: true,
  async run(subject) {
    if (subject.local === undefined) return notShown("what functions ask of the tables cannot be seen on this target");
    await useEverything(subject);
    const needs = await recordedNeeds(subject);
    if (needs.length === 0) return notApplicable("the program has no function");
    return [...needs.flatMap((need) => reachTrial(subject, need)), ...excessTrials(subject, needs)];
  },
};

function reachTrial({ model }: Subject, { roleArn, request }: NeededRequest): readonly Trial[] {
  const role = model.roles.byArn(roleArn);
  const twin = foreignTwin(request);
  if (role === undefined || twin === undefined) return [];
  const allowed = authorize(role.policies, twin, systemClock).kind === "Allowed";
  return [
    {
      attack: `${role.name}: ${request.action} on another's ${twin.resourceArn.split(":")[2]} resource`,
      verdict: allowed ? "breached" : "held",
      evidence: allowed ? `allowed on ${twin.resourceArn}` : "refused",
      resource: declarationOf(model, ROLE_TYPE, model.program.graph.byArn(roleArn)?.id ?? ""),
    },
  ];
}

/** What nobody should have needed for serving requests. */
const GRAVE_ACTIONS = [
  "dynamodb:GetItem",
  "dynamodb:BatchGetItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "dynamodb:PutItem",
  "dynamodb:BatchWriteItem",
  "dynamodb:UpdateItem",
  "dynamodb:DeleteItem",
  "dynamodb:PartiQLSelect",
  "dynamodb:PartiQLDelete",
  "dynamodb:DeleteTable",
  "dynamodb:UpdateTable",
  "dynamodb:ExportTableToPointInTime",
  "dynamodb:PutResourcePolicy",
] as const;

function excessTrials({ model }: Subject, needs: readonly NeededRequest[]): readonly Trial[] {
  const byRole = Map.groupBy(needs, ({ roleArn }) => roleArn);
  return model.roles.all.flatMap((role): readonly Trial[] => {
    const own = byRole.get(role.arn) ?? [];
    const some = own[0]?.request;
    if (some === undefined) return [];
    const used = new Set(own.map(({ request }) => request.action));
    return model.tables.map((table): Trial => {
      const excess = GRAVE_ACTIONS.filter(
        (action) =>
          !used.has(action) &&
          authorize(role.policies, { ...some, action, resourceArn: table.arn }, systemClock).kind === "Allowed",
      );
      return {
        attack: `${role.name}: other actions on ${table.name}`,
        verdict: excess.length === 0 ? "held" : "breached",
        evidence:
          excess.length === 0
            ? `all ${GRAVE_ACTIONS.length} are refused but what the run used`
            : `allowed: ${excess.join(", ")}`,
        resource: declarationOf(model, ROLE_TYPE, model.program.graph.byArn(role.arn)?.id ?? ""),
      };
    });
  });
}

/** Policies that nobody asks would make every other claim on roles worthless. */
const enforced: Check = {
  id: "least-privilege.enforced",
  title: "What a role may not do is refused at the table's door",
  threat,
  sends:
    "With the credentials that each function has: every grave operation that its role's policies do not allow, on every table.",
  holds: "Each is refused with AccessDeniedException, and the tables are as before.",
  alone: true,
  async run({ model, local, target }) {
    if (local === undefined) return notShown("credentials of the functions cannot be had on this target");
    if (model.tables.length === 0 || model.roles.all.length === 0)
      return notApplicable("the program has no role or no table");
    const rows = () => allRows(target, model.tables);
    const trials: Trial[] = [];
    for (const role of model.roles.all) {
      const client = tableClient(local.awsEndpointUrl, model.program.deployment.region, local.roleSession(role.arn));
      for (const table of model.tables) trials.push(...(await refusals(client, role, table, rows)));
      client.destroy();
    }
    return trials;
  },
};

async function allRows({ rawItems }: Target, tables: readonly Table[]): Promise<string> {
  if (!isShown(rawItems)) return "";
  const rows = (await Promise.all(tables.map(({ name }) => rawItems(name)))).flat();
  // Neither rows nor their attributes come in an order that means anything.
  const texts = rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
  return texts.sort().join("\n");
}

const smallest: Check = {
  id: "least-privilege.smallest",
  title: "The smallest policy of each role is known",
  threat,
  sends: "Nothing more: it is made of the requests of the run.",
  holds: "It is not empty; the report has it as the code that would replace today's.",
  alone: true,
  async run(subject) {
    if (subject.local === undefined) return notShown("what functions ask of the tables cannot be seen on this target");
    const needs = await recordedNeeds(subject);
    const roles = subject.model.roles.all.filter(({ arn }) => needs.some(({ roleArn }) => roleArn === arn));
    if (roles.length === 0) return notApplicable("no role of the program was used");
    return roles.map(
      ({ arn, name }): Trial => ({
        attack: `the smallest policy of ${name}`,
        verdict: "held",
        evidence: [...new Set(needs.filter(({ roleArn }) => roleArn === arn).map(({ request }) => request.action))]
          .sort()
          .join(", "),
        resource: declarationOf(subject.model, ROLE_TYPE, subject.model.program.graph.byArn(arn)?.id ?? ""),
        code: smallestPolicy(subject.model, arn, needs),
      }),
    );
  },
};

/** The profile's ordinary use; without a profile each route's own request, which may need less than a real one. */
async function useEverything(subject: Subject): Promise<void> {
  const apis = thingApis(subject);
  if (isNotRun(apis)) {
    const person = await subject.identity.person("user");
    for (const route of subject.routes) {
      const token = person === undefined ? undefined : await tokenFor(subject, route, person);
      await subject.send(route, plainRequest(route, token)).catch(() => undefined);
    }
    return;
  }
  for (const api of apis) {
    const user = await thingUser(subject, api, "owner");
    if (user !== undefined) await ordinaryUse(subject, api, user);
  }
}

export const leastPrivilege: readonly Check[] = [elements, reach, enforced, smallest];
