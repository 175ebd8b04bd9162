import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { followChanges, type Reloadable } from "../../harness/cli/reload.ts";
import { HarnessError } from "../../harness/errors.ts";

type Outcome = boolean | Error;

/** A harness that is stale once for each outcome that its next reload has. */
function reloading(outcomes: Outcome[], onReload = () => {}): Reloadable {
  return {
    isStale: async () => outcomes.length > 0,
    readFiles: () => [],
    prepareReload() {},
    async reload() {
      onReload();
      const outcome = outcomes.shift() ?? false;
      if (typeof outcome === "boolean") return outcome;
      throw outcome;
    },
  };
}

async function linesAfter(outcomes: readonly Outcome[]): Promise<string[]> {
  const lines: string[] = [];
  const pending: Outcome[] = [];
  const following = followChanges(reloading(pending), (line) => lines.push(line.replace(/\d+ ms/, "N ms")));
  for (const outcome of outcomes) {
    pending.push(outcome);
    await following.look();
  }
  following.close();
  return lines;
}

const BROKEN = new HarnessError("EVALUATION_FAILED", "index.ts: no such luck");
const NOT_SERVED = "Changed, but not served; the last good version goes on.\nindex.ts: no such luck";

describe("each state of a program that changes is said once", () => {
  test.each<[string, Outcome[], string[]]>([
    ["a new version", [true], ["Changed; serving the new version after N ms."]],
    ["a comment", [false], []],
    ["broken", [BROKEN], [NOT_SERVED]],
    ["broken in the same way again", [BROKEN, BROKEN], [NOT_SERVED]],
    [
      "mended to what it was",
      [BROKEN, false, false],
      [NOT_SERVED, "Mended; what is on disk is what is served, seen after N ms."],
    ],
    ["mended to something new", [BROKEN, true], [NOT_SERVED, "Changed; serving the new version after N ms."]],
    [
      "broken, mended and broken again",
      [BROKEN, false, BROKEN],
      [NOT_SERVED, "Mended; what is on disk is what is served, seen after N ms.", NOT_SERVED],
    ],
  ])("%s", async (_name, outcomes, lines) => {
    expect(await linesAfter(outcomes)).toEqual(lines);
  });

  test("files that are as they were read are not evaluated", async () => {
    let reloads = 0;
    const following = followChanges(
      reloading([], () => {
        reloads += 1;
      }),
      () => {},
    );
    await following.look();
    following.close();
    expect(reloads).toBe(0);
  });

  test("what is saved while a version is evaluated is evaluated next", async () => {
    const outcomes: Outcome[] = [true];
    const following = followChanges(
      reloading(outcomes, () => {
        if (reloads === 0) {
          outcomes.push(true);
          void following.look();
        }
        reloads += 1;
      }),
      () => {},
    );
    let reloads = 0;
    await following.look();
    following.close();
    expect([reloads, outcomes]).toEqual([2, []]);
  });

  test("what goes with changes: a version that is served, and that what is on disk is the one that is served", async () => {
    const told: string[] = [];
    const outcomes: Outcome[] = [];
    const following = followChanges(reloading(outcomes), () => {}, {
      onServed: () => told.push("served"),
      onSettled: () => told.push("settled"),
    });
    const toldAfter = async (outcome?: Outcome) => {
      if (outcome !== undefined) outcomes.push(outcome);
      told.length = 0;
      await following.look();
      return told.join();
    };
    await following.look();
    expect(await toldAfter(true)).toBe("served,settled");
    expect(await toldAfter()).toBe("settled");
    expect(await toldAfter(BROKEN)).toBe("");
    expect(await toldAfter()).toBe("");
    expect(await toldAfter(false)).toBe("served,settled");
    following.close();
  });

  test("a change is told of before it is looked at, and a process is made ready for it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "reload-"));
    const file = join(folder, "index.ts");
    await writeFile(file, "one");
    const told: string[] = [];
    const stirring = Promise.withResolvers<void>();
    const harness: Reloadable = {
      ...reloading([]),
      readFiles: () => [{ path: file, aspect: "content", digest: "one" }],
      isStale: async () => {
        told.push("looked at");
        return false;
      },
      prepareReload: () => void told.push("prepared"),
    };
    const following = followChanges(harness, () => {}, {
      onStirring() {
        told.push("stirring");
        stirring.resolve();
      },
    });
    await following.look();
    told.length = 0;
    await writeFile(file, "two");
    await stirring.promise;
    expect(told).toEqual(["stirring", "prepared"]);
    following.close();
    await rm(folder, { recursive: true });
  });
});
