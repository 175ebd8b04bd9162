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
});
