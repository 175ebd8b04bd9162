import type { JsonObject } from "../../json.ts";
import { isShown } from "../../targets/target.ts";
import { type Check, isNotRun, notApplicable, notShown, type Trial } from "../check.ts";
import { ownedTable, rowsOf } from "../data-judge.ts";
import { putRow, tableClient } from "../table-client.ts";
import { listRequest, type Made, requestFor } from "../things.ts";
import {
  onEveryThing,
  type Scene,
  TRESPASS_HOLDS,
  TRESPASS_THREAT,
  type TrespassAttack,
  trespass,
} from "../trespass.ts";

/** Ids that are made by chance never meet; those that clients choose, or that are counted, do. */
export const sameId: Check = {
  id: "tenant-isolation.same-id",
  title: "The same id in two users' hands is two things",
  threat: TRESPASS_THREAT,
  sends:
    "A row of the attacker's with the very id of another user's thing, put into the table beside the API; then each reads, lists, changes and removes the own.",
  holds: `Each gets the own thing. ${TRESPASS_HOLDS}`,
  async run(subject) {
    if (subject.local === undefined) return notShown("no row can be put into this target's table beside its API");
    let apart = false;
    const outcome = await onEveryThing(subject, async (scene) => {
      if (!ownerIsInKey(scene)) return [];
      apart = true;
      return twoHands(scene);
    });
    if (isNotRun(outcome) || apart) return outcome;
    return notApplicable("the owner is no part of the table's key, so an id is one row alone");
  },
};

/** A function has several sandboxes, of which each remembers for itself: so often, one of them has served both. */
const ROUNDS = 6;

const ownerIsInKey = ({ owned: { table, ownerAttribute } }: Scene) =>
  [table.partitionKey.name, table.sortKey?.name].includes(ownerAttribute);

async function twoHands(scene: Scene): Promise<readonly Trial[]> {
  const { api, attacker, victim, victimsThings } = scene;
  const [theirs] = victimsThings;
  const own = await twin(scene, theirs);
  const shows = (marker: string) => (answer: { readonly text: string }) =>
    answer.text.includes(marker) ? undefined : "the answer lacks the own thing";
  const uses = (mine: Made): readonly TrespassAttack[] => [
    ...(api.read === undefined
      ? []
      : [
          {
            name: "the same id, read",
            route: api.read,
            request: requestFor(api, "read", { id: mine.id }),
            fault: shows(mine.marker),
          },
        ]),
    ...(api.list === undefined
      ? []
      : [{ name: "the same id, list", route: api.list, request: listRequest(api), fault: shows(mine.marker) }]),
    ...(api.change === undefined
      ? []
      : [
          {
            name: "the same id, change",
            route: api.change,
            request: requestFor(api, "change", { id: mine.id, marker: mine.marker }),
          },
        ]),
  ];
  const removal: readonly TrespassAttack[] =
    api.remove === undefined
      ? []
      : [{ name: "the same id, remove", route: api.remove, request: requestFor(api, "remove", { id: own.id }) }];
  // In turn, so that what is remembered of one could be given to the other.
  const reversed = {
    ...scene,
    attacker: victim,
    victim: attacker,
    victimsThings: [own] as const,
    attackersThings: [theirs],
    seen: {},
  };
  const reads = (mine: Made) => uses(mine).filter(({ route }) => route === api.read);
  const trials: Trial[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    trials.push(...(await trespass({ ...reversed, seen: {} }, reads(theirs))));
    trials.push(...(await trespass({ ...scene, seen: {} }, reads(own))));
  }
  trials.push(...(await trespass({ ...reversed, seen: {} }, uses(theirs))));
  trials.push(...(await trespass({ ...scene, seen: {} }, [...uses(own), ...removal])));
  return [...trials, ...(await trespass({ ...reversed, seen: {} }, uses(theirs)))];
}

/** The attacker's row with the other's id: all else as the API itself wrote it, under a text of its own. */
async function twin({ subject, owned, api, attacker, victim }: Scene, theirs: Made): Promise<Made> {
  const marker = `marker-${subject.random.text(16)}`;
  const row = await rowWith(subject.target.rawItems, owned, theirs);
  const text = JSON.stringify(row).replaceAll(theirs.marker, marker).replaceAll(victim.owner, attacker.owner);
  const { awsEndpointUrl, administrator } = subject.local ?? {};
  if (awsEndpointUrl === undefined || administrator === undefined) throw new Error("no row can be put");
  const client = tableClient(awsEndpointUrl, subject.model.program.deployment.region, administrator);
  try {
    await putRow(client, ownedTable(subject, api).table, JSON.parse(text) as JsonObject);
  } finally {
    client.destroy();
  }
  if (!(await rowsOf(subject, owned, attacker.owner))?.includes(marker)) throw new Error("the row was not put");
  return { ...theirs, marker };
}

async function rowWith(
  rawItems: Scene["subject"]["target"]["rawItems"],
  { table }: Scene["owned"],
  { id, marker }: Made,
): Promise<JsonObject> {
  const rows = isShown(rawItems) ? await rawItems(table.name) : [];
  const found = rows.find((row) => JSON.stringify(row).includes(marker) && JSON.stringify(row).includes(id));
  if (found === undefined) throw new Error("the table has no row of a thing that was made");
  return found;
}
