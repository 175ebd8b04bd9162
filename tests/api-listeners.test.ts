import { describe, expect, test } from "vitest";
import { apiListeners } from "../harness/api-listeners.ts";
import type { HttpApi } from "../harness/apigateway/http-api.ts";
import { readHttpApis } from "../harness/apigateway/http-api-reader.ts";
import { systemClock } from "../harness/clock.ts";
import { faultCollector } from "../harness/faults.ts";
import { listen } from "../harness/http-server.ts";
import { httpApiGraph } from "./apigateway/support/graph.ts";

const [model] = readHttpApis(httpApiGraph(), faultCollector());

function api(apiId: string): HttpApi {
  if (model === undefined) throw new Error("no API");
  return { ...model, apiId, name: apiId };
}

function listeners() {
  const asked: string[] = [];
  return {
    asked,
    ...apiListeners({
      port: 0,
      listen(name, port, handler) {
        asked.push(`${name} ${port}`);
        return listen({ name, port, handler, clock: systemClock, onDefect: () => {} });
      },
      handlerFor: (apiId) => () => ({ status: 200, headers: [], body: apiId }),
    }),
  };
}

const textAt = async (url: string | undefined) => (await fetch(url ?? "")).text();

describe("one listener for each API", () => {
  test("answers for its own API, in the program's order", async () => {
    const all = listeners();
    await all.follow([api("b"), api("a")]);
    const listening = all.listening();
    expect(listening.map((one) => one.api.apiId)).toEqual(["b", "a"]);
    expect(await Promise.all(listening.map(({ url }) => textAt(url)))).toEqual(["b", "a"]);
    await all.close(0);
  });

  test("keeps its port over changes, and ends with its API", async () => {
    const all = listeners();
    await all.follow([api("a"), api("b")]);
    const [a, b] = all.listening();
    const changed = { ...api("a"), name: "another name" };
    await all.follow([changed, api("c")]);
    expect(all.listening().map(({ api: { name } }) => name)).toEqual(["another name", "c"]);
    expect(all.listening()[0]?.url).toBe(a?.url);
    expect(await textAt(a?.url)).toBe("a");
    await expect(textAt(b?.url)).rejects.toThrow();
    expect(all.asked).toEqual(["the API a 0", "the API b 0", "the API c 0"]);
    await all.close(0);
  });

  test("none is left after closing", async () => {
    const all = listeners();
    await all.follow([api("a"), api("b")]);
    const urls = all.listening().map(({ url }) => url);
    await all.close(0);
    for (const url of urls) await expect(textAt(url)).rejects.toThrow();
  });

  test("the first alone has the port that was asked for", async () => {
    const first = listeners();
    await first.follow([api("a")]);
    const port = Number(new URL(first.listening()[0]?.url ?? "").port);
    await first.close(0);
    const asked: number[] = [];
    const all = apiListeners({
      port,
      listen(name, wanted, handler) {
        asked.push(wanted);
        return listen({ name, port: 0, handler, clock: systemClock, onDefect: () => {} });
      },
      handlerFor: () => () => ({ status: 200, headers: [], body: "" }),
    });
    await all.follow([api("a"), api("b")]);
    expect(asked).toEqual([port, 0]);
    await all.close(0);
  });
});
