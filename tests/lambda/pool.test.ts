import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pool, type PooledSandbox } from "../../harness/lambda/pool.ts";
import { utilizationSince } from "../../harness/lambda/utilization.ts";

const PATIENCE = 100;
const PROMPT = 2;

interface Load {
  host: number;
  sandbox: number;
}

function poolUnder(load: Load): Pool {
  return new Pool({
    start: () => pooled(load),
    promptSandboxes: PROMPT,
    maximumSandboxes: 6,
    patienceMilliseconds: PATIENCE,
    initTimeoutMilliseconds: 1_000,
    nowMilliseconds: () => performance.now(),
    hostUtilization: () => load.host,
    makeRoom: () => true,
  });
}

/** A sandbox that is ready at once and never done. */
function pooled(load: Load): PooledSandbox {
  return {
    sandbox: {
      initialize: async () => ({ kind: "ready" }),
      invoke: () => new Promise(() => {}),
      isAlive: () => true,
      utilization: () => load.sandbox,
      onExit: () => {},
      kill: async () => {},
    },
    initDurationMilliseconds: undefined,
    maximumMemoryBytes: 0,
    currentRequestId: undefined,
    idleSinceMilliseconds: 0,
  };
}

describe("a pool whose sandboxes are all taken, with events that wait", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  async function sizeAfter(load: Load, milliseconds: number): Promise<number> {
    const pool = poolUnder(load);
    for (let event = 0; event < 4; event += 1) void pool.acquire();
    await vi.advanceTimersByTimeAsync(milliseconds);
    return pool.size;
  }

  test.each([
    { name: "grows when its sandboxes wait for something else", host: 0.1, sandbox: 0.1, size: 4 },
    { name: "stays small when its sandboxes use the processor", host: 0.1, sandbox: 0.9, size: PROMPT },
    { name: "stays small when the harness itself uses the processor", host: 0.95, sandbox: 0.1, size: PROMPT },
  ])("$name", async ({ host, sandbox, size }) => {
    expect(await sizeAfter({ host, sandbox }, PATIENCE * 5)).toBe(size);
  });

  test("grows all the same once an event has waited twenty times as long", async () => {
    expect(await sizeAfter({ host: 1, sandbox: 1 }, PATIENCE * 19)).toBe(PROMPT);
    expect(await sizeAfter({ host: 1, sandbox: 1 }, PATIENCE * 25)).toBe(4);
  });
});

describe("the utilization of an event loop", () => {
  test("is the share since it was last asked, and 0 where no time has passed", () => {
    const measured = [
      { active: 100, idle: 900 },
      { active: 150, idle: 950 },
      { active: 150, idle: 950 },
      { active: 160, idle: 1_040 },
    ];
    const utilization = utilizationSince(() => ({ utilization: 0, ...(measured.shift() ?? { active: 0, idle: 0 }) }));
    expect([utilization(), utilization(), utilization()]).toEqual([0.5, 0, 0.1]);
  });
});
