import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { holdDataDirectory } from "../harness/data-directory.ts";

describe("a data directory", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "data-directory-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("is made where there is none, for its owner alone", async () => {
    const held = await holdDataDirectory(join(folder, "new", "er"));
    expect(held.path).toBe(join(folder, "new", "er"));
    expect((await stat(held.path)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(held.path, "harness.pid"), "utf8")).toMatch(
      new RegExp(`^${process.pid} (\\d+|unknown)$`),
    );
    await held.release();
    expect(await readdir(held.path)).toEqual([]);
  });

  test("keeps the seed of secrets for its owner alone, and makes it once", async () => {
    const random = (size: number) => Buffer.alloc(size, 7);
    const held = await holdDataDirectory(folder);
    const seed = await held.secretSeed(random);
    expect(Buffer.from(seed, "base64")).toEqual(random(32));
    expect((await stat(join(folder, "secret-seed"))).mode & 0o777).toBe(0o600);
    expect(await held.secretSeed((size) => Buffer.alloc(size, 8))).toBe(seed);
    await held.release();
  });

  test.each(["", "not a seed", "AAAA"])("refuses a seed that it did not write: %j", async (text) => {
    await writeFile(join(folder, "secret-seed"), text);
    const held = await holdDataDirectory(folder);
    await expect(held.secretSeed(Buffer.alloc)).rejects.toMatchObject({
      code: "DATA_DIRECTORY",
      message: `${join(folder, "secret-seed")} was not written by this program. Move it away, upon which app clients get new secrets, or choose another --data directory.`,
    });
    expect(await readFile(join(folder, "secret-seed"), "utf8")).toBe(text);
    await held.release();
  });

  test("is held by one at a time", async () => {
    const held = await holdDataDirectory(folder);
    await expect(holdDataDirectory(folder)).rejects.toMatchObject({
      code: "DATA_DIRECTORY",
      message: `The data directory ${folder} is in use by process ${process.pid}. Stop it, or choose another folder with --data.`,
    });
    await held.release();
    await (await holdDataDirectory(folder)).release();
  });

  test("is held by a process of somebody else's", async () => {
    await writeFile(join(folder, "harness.pid"), "1");
    await expect(holdDataDirectory(folder)).rejects.toThrow("in use by process 1.");
    expect(await readFile(join(folder, "harness.pid"), "utf8")).toBe("1");
  });

  test.runIf(process.platform === "linux")(
    "is taken over when another process has the holder's id by now",
    async () => {
      await writeFile(join(folder, "harness.pid"), `${process.ppid} 1`);
      await (await holdDataDirectory(folder)).release();
    },
  );

  test("is held by the process whose start stands in it, and by one whose start nobody knows", async () => {
    const held = await holdDataDirectory(folder);
    const lock = await readFile(join(folder, "harness.pid"), "utf8");
    for (const text of [lock, `${process.pid} unknown`]) {
      await writeFile(join(folder, "harness.pid"), text);
      await expect(holdDataDirectory(folder)).rejects.toThrow(`in use by process ${process.pid}.`);
    }
    await held.release();
  });

  // No process has an id above the kernel's own limit, and none has a negative one or no number.
  test.each(["99999999", "-5", "0", "", "not a number"])(
    "is taken over from a holder that is gone: %j",
    async (holder) => {
      await writeFile(join(folder, "harness.pid"), holder);
      const held = await holdDataDirectory(folder);
      expect(await readFile(join(folder, "harness.pid"), "utf8")).toMatch(
        new RegExp(`^${process.pid} (\\d+|unknown)$`),
      );
      await held.release();
    },
  );

  test("of many that want it at once, one gets it", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => holdDataDirectory(folder)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("that cannot be one is refused in a sentence", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(holdDataDirectory(file)).rejects.toMatchObject({ code: "DATA_DIRECTORY" });
    await mkdir(join(folder, "harness.pid"));
    await expect(holdDataDirectory(folder)).rejects.toMatchObject({ code: "DATA_DIRECTORY" });
  });
});
