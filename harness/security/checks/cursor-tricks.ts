import { listRequest, parsed, type ThingUser } from "../things.ts";
import type { Scene, TrespassAttack } from "../trespass.ts";

/** Cursors that are not the attacker's own, or no longer. */
export async function cursors(scene: Scene): Promise<readonly TrespassAttack[]> {
  const { api, owned, attacker, victim, victimsThings } = scene;
  const { thing, list } = api;
  const cursor = thing.list?.cursor;
  if (list === undefined || cursor === undefined) return [];
  const limit = thing.list?.limit === undefined ? {} : { [thing.list.limit]: "1" };
  const cursorOf = async (user: ThingUser) => {
    const next = parsed(await user.send(list, listRequest(api, limit)))?.[cursor.next];
    return typeof next === "string" ? next : "";
  };
  const [own, foreign] = [await cursorOf(attacker), await cursorOf(victim)];
  const startKey = {
    [owned.ownerAttribute]: { S: victim.owner },
    ...(owned.table.sortKey === undefined ? {} : { [owned.table.sortKey.name]: { S: victimsThings[0].id } }),
  };
  const plainKey = Object.fromEntries(Object.entries(startKey).map(([name, { S }]) => [name, S]));
  const encodings = [startKey, plainKey, [victim.owner, victimsThings[0].id]].flatMap((key, index) => [
    [`a start key of the attacker's own making ${index}, base64url`, base64url(JSON.stringify(key))],
    [`a start key of the attacker's own making ${index}, JSON`, JSON.stringify(key)],
  ]);
  const texts: readonly (readonly string[])[] = [
    ["the other's cursor", foreign],
    ["the other's cursor, its end cut off", foreign.slice(0, -1)],
    ["the other's cursor behind the own", `${own}${foreign}`],
    ["the other's cursor's first half, the own second", splice(foreign, own)],
    ["the own cursor's first half, the other's second", splice(own, foreign)],
    ["the other's id", victimsThings[0].id],
    ["the other's id, base64url", base64url(victimsThings[0].id)],
    ["the own tag before the other's id", spliced(own, victimsThings[0].id)],
    ...encodings,
    ...edited(own),
  ];
  return texts.map(([name = "", value = ""]) => ({
    name: `a cursor: ${name}`,
    route: list,
    request: listRequest(api, { ...limit, [cursor.parameter]: value }),
    fault: (answer) =>
      value !== own && value !== "" && answer.status < 400
        ? "a cursor that is not the sender's own was taken"
        : undefined,
  }));
}

const base64url = (text: string) => Buffer.from(text).toString("base64url");
const splice = (one: string, other: string) =>
  one.slice(0, Math.ceil(one.length / 2)) + other.slice(Math.ceil(other.length / 2));

/** What stands before the id inside the own cursor, and the other's id behind it. */
function spliced(own: string, id: string): string {
  const bytes = Buffer.from(own, "base64url");
  return Buffer.concat([bytes.subarray(0, Math.max(0, bytes.length - id.length)), Buffer.from(id)]).toString(
    "base64url",
  );
}

/** Each seventh character of the own cursor, changed. */
function edited(own: string): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(own.length / 7) }, (_, index) => {
    const at = index * 7;
    const other = own[at] === "A" ? "B" : "A";
    return [`the own, character ${at} changed`, `${own.slice(0, at)}${other}${own.slice(at + 1)}`];
  });
}
