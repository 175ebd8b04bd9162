import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Watcher, watchFiles } from "../../harness/cli/watch.ts";

describe("watching files", () => {
  let folder: string;
  let watcher: Watcher;
  let changes: number;
  let next: PromiseWithResolvers<void>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "watch-"));
    await mkdir(join(folder, "stack"));
    await writeFile(join(folder, "index.ts"), "one");
    await writeFile(join(folder, "data.bin"), "one");
    await writeFile(join(folder, "stack/api.ts"), "one");
    changes = 0;
    next = Promise.withResolvers();
    watcher = watchFiles(() => {
      changes += 1;
      next.resolve();
      next = Promise.withResolvers();
    });
  });
  afterEach(async () => {
    watcher.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("tells of a file that is written", async () => {
    watcher.follow([join(folder, "index.ts")]);
    const told = next.promise;
    await writeFile(join(folder, "index.ts"), "two");
    await told;
  });

  test("tells of a file that another one replaces, as editors do, again and again", async () => {
    watcher.follow([join(folder, "index.ts")]);
    for (const text of ["two", "three"]) {
      const told = next.promise;
      await writeFile(join(folder, "index.ts~"), text);
      await rename(join(folder, "index.ts~"), join(folder, "index.ts"));
      await told;
    }
  });

  test("tells of a new source file beside the others", async () => {
    watcher.follow([join(folder, "index.ts")]);
    const told = next.promise;
    await writeFile(join(folder, "new.yaml"), "");
    await told;
  });

  test("tells once of changes that come together", async () => {
    watcher.follow([join(folder, "index.ts"), join(folder, "stack/api.ts")]);
    for (const text of ["two", "three"]) {
      const told = next.promise;
      for (const name of ["index.ts", "stack/api.ts", "index.ts"]) writeFileSync(join(folder, name), text);
      await told;
      // Timers that are due all run before this.
      await new Promise(setImmediate);
    }
    expect(changes).toBe(2);
  });

  test("follows other files from now on, and files that are no source when they are named", async () => {
    watcher.follow([join(folder, "stack/api.ts")]);
    watcher.follow([join(folder, "data.bin")]);
    const told = next.promise;
    await writeFile(join(folder, "stack/api.ts"), "two");
    await writeFile(join(folder, "data.bin"), "two");
    await told;
    expect(changes).toBe(1);
  });

  test("is silent once closed", async () => {
    watcher.follow([join(folder, "index.ts")]);
    watcher.close();
    const other = Promise.withResolvers<void>();
    const second = watchFiles(other.resolve);
    second.follow([join(folder, "index.ts")]);
    await writeFile(join(folder, "index.ts"), "two");
    await other.promise;
    expect(changes).toBe(0);
    second.close();
  });
});
