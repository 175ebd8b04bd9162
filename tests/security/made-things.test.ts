import { describe, expect, test } from "vitest";
import { rememberMade } from "../../harness/security/made-things.ts";
import type { OwnedThing, SecurityProfile } from "../../harness/security/profile.ts";
import { isShown, type Target, type TargetRequest } from "../../harness/targets/target.ts";
import { urlTarget } from "../../harness/targets/url.ts";

const order: OwnedThing = {
  name: "order",
  table: { name: "orders", ownerAttribute: "owner" },
  create: { route: "POST /shops/{shop}/orders", body: {}, id: "id" },
  read: { route: "GET /shops/{shop}/orders/{id}" },
  remove: { route: "DELETE /shops/{shop}/orders/{id}" },
  textField: "text",
  serverFields: {},
};

/** An API that keeps orders by their path, and lets whoever made one remove it. */
function shop({ removes = true } = {}) {
  const kept = new Map<string, string>([["/shops/1/orders/earlier", "ana"]]);
  const sent: TargetRequest[] = [];
  const send = async (request: TargetRequest) => {
    sent.push(request);
    const [path = ""] = request.target.split("?");
    const who = request.headers?.find(([name]) => name === "authorization")?.[1] ?? "";
    const answer = (status: number, body = "") => ({
      status,
      headers: [],
      body: Buffer.from(body),
      durationMilliseconds: 1,
    });
    if (request.method === "POST") {
      const id = `order ${kept.size}`;
      kept.set(`${path}/${encodeURIComponent(id)}`, who);
      return answer(201, JSON.stringify({ id }));
    }
    if (kept.get(path) !== who) return answer(404);
    if (request.method === "DELETE" && removes) kept.delete(path);
    return answer(200);
  };
  const target: Target = { ...urlTarget({ url: "http://shop.example" }), send };
  return { kept, sent, target };
}

const create = (who: string): TargetRequest => ({
  method: "POST",
  target: "/shops/7/orders?trick=1",
  headers: [
    ["content-type", "application/json"],
    ["authorization", who],
  ],
  body: "{}",
});

async function make(target: Target, who: string): Promise<void> {
  if (isShown(target.send)) await target.send(create(who));
}

const profile = (thing: OwnedThing): SecurityProfile => ({ things: [thing] });

describe("things that attacks make through an API that others use", () => {
  test("are removed by whoever made them, and what was there before stays", async () => {
    const { kept, target } = shop();
    const made = rememberMade(target, profile(order));
    await make(made.target, "ana");
    await make(made.target, "ben");
    expect(kept.size).toBe(3);
    expect(await made.remove()).toEqual([]);
    expect([...kept]).toEqual([["/shops/1/orders/earlier", "ana"]]);
  });

  test("are not asked for twice, nor with the creation's body", async () => {
    const { sent, target } = shop();
    const made = rememberMade(target, profile(order));
    await make(made.target, "ana");
    await made.remove();
    const [, removal] = sent;
    expect(removal).toMatchObject({ method: "DELETE", target: "/shops/7/orders/order%201?trick=1" });
    expect(removal?.headers).toEqual([["authorization", "ana"]]);
    const before = sent.length;
    expect(await made.remove()).toEqual([]);
    expect(sent).toHaveLength(before);
  });

  test("may have been removed by the attacks", async () => {
    const { kept, target } = shop();
    const made = rememberMade(target, profile(order));
    await make(made.target, "ana");
    kept.clear();
    expect(await made.remove()).toEqual([]);
  });

  test.each([
    ["the API keeps what it says is gone", shop({ removes: false }), order],
    ["the profile knows no way", shop(), { ...order, remove: undefined } as unknown as OwnedThing],
  ])("are counted where %s", async (_name, { target }, thing) => {
    const made = rememberMade(target, profile(thing));
    await make(made.target, "ana");
    await make(made.target, "ana");
    expect(await made.remove()).toEqual(["2 of the orders that the run made could not be removed."]);
  });
});
