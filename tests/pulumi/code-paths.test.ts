import fs from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keepCodePaths } from "../../harness/pulumi/code-paths.ts";
import { observeReads } from "../../harness/pulumi/observed-reads.ts";
import { loadSdk } from "../../harness/pulumi/sdk-shortcuts.ts";

const reads = observeReads();
/** As in an evaluation, it finds what observes its reads. */
const pulumi = loadSdk(createRequire(import.meta.url), { debugger: false, note: reads.note });

type Pulumi = typeof import("@pulumi/pulumi");
type Options = import("@pulumi/pulumi").runtime.CodePathOptions;
type Compute = (options?: Options) => ReturnType<Pulumi["runtime"]["computeCodePaths"]>;

const before = process.cwd();
const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
let directory: string;

const manifest = (dependencies: readonly string[] = []) =>
  JSON.stringify({ version: "1.0.0", dependencies: Object.fromEntries(dependencies.map((name) => [name, "*"])) });

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(name), { recursive: true });
    await writeFile(name, text);
  }
}

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "code-paths-")));
  process.chdir(directory);
  await write({
    "package.json": manifest(["left"]),
    "node_modules/left/package.json": manifest(["right"]),
    "node_modules/right/package.json": manifest(),
    "node_modules/@other/one/package.json": manifest(),
  });
});
afterEach(async () => {
  process.chdir(before);
  warn.mockClear();
  await rm(directory, { recursive: true, force: true });
});
afterAll(() => warn.mockRestore());

/** The SDK as one evaluation has it. */
function evaluation(): { readonly compute: Compute; readonly computed: () => number } {
  let computed = 0;
  const computeCodePaths: Compute = (options) => {
    computed += 1;
    return pulumi.runtime.computeCodePaths(options);
  };
  const runtime = { computeCodePaths };
  const sdk = { runtime, asset: pulumi.asset } as unknown as Pulumi;
  keepCodePaths({ pulumi: sdk, reads, folder: join(directory, "kept") });
  return { compute: (options) => runtime.computeCodePaths(options), computed: () => computed };
}

type Entries = Readonly<Record<string, string>>;

async function entriesOf(assets: Awaited<ReturnType<Compute>>): Promise<Entries> {
  const entries = [...assets].map(async ([archivePath, asset]) => {
    const { path } = asset as InstanceType<Pulumi["asset"]["FileArchive"]>;
    return [archivePath, `${asset.constructor.name} ${await path}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** In an evaluation of its own; also tells whether Pulumi read the packages for it. */
async function paths(options?: Options) {
  const { compute, computed } = evaluation();
  return { entries: await entriesOf(await compute(options)), read: computed() > 0 };
}

const archive = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`node_modules/${name}`, `FileArchive node_modules/${name}`]));

test("the next evaluation has the same answer without reading the packages", async () => {
  expect(await paths()).toEqual({ entries: archive("left", "right"), read: true });
  expect(await paths()).toEqual({ entries: archive("left", "right"), read: false });
});

test("the functions of a program have one answer, however their options grow", async () => {
  const { compute, computed } = evaluation();
  const options = { extraExcludePackages: ["aws-sdk"] };
  const first = compute(options);
  options.extraExcludePackages.push("aws-sdk");
  const all = await Promise.all([first, compute(options), compute(options)]);
  for (const assets of all) expect(await entriesOf(assets)).toEqual(archive("left", "right"));
  expect(computed()).toBe(1);
  expect(new Set(all.flatMap((assets) => [...assets.values()])).size).toBe(6);
});

describe("what is kept holds no longer", () => {
  test.each<[what: string, change: () => Promise<unknown>, entries: Entries]>([
    [
      "when the program depends on another package",
      () => write({ "package.json": manifest(["right"]) }),
      archive("right"),
    ],
    ["when the lock file changes", () => write({ "package-lock.json": "{}" }), archive("left", "right")],
    [
      "when npm records something",
      () => write({ "node_modules/.package-lock.json": '{ "packages": {} }' }),
      archive("left", "right"),
    ],
    [
      "when a package is there that no record tells of",
      () => write({ "node_modules/new/package.json": manifest() }),
      archive("left", "right"),
    ],
    [
      "when a nearer copy is put in by hand",
      () => write({ "node_modules/left/node_modules/right/package.json": manifest() }),
      archive("left"),
    ],
    [
      "when one is there in a scope",
      () => write({ "node_modules/@other/two/package.json": manifest() }),
      archive("left", "right"),
    ],
    [
      "when a package depends on another one",
      () => write({ "node_modules/right/package.json": manifest(["@other/one"]) }),
      archive("left", "right", "@other/one"),
    ],
    ["when a package has gone", () => rm("node_modules/right", { recursive: true }), archive("left")],
    [
      "when a link stands where a package was",
      async () => {
        await write({ "elsewhere/package.json": manifest() });
        await rm("node_modules/right", { recursive: true });
        await symlink(join(directory, "elsewhere"), "node_modules/right");
      },
      { ...archive("left"), "node_modules/right": "FileArchive elsewhere" },
    ],
    [
      "when a folder above becomes the workspace's",
      async () => {
        await rm("package.json");
        await write({ "inner/package.json": manifest(["left"]) });
        process.chdir("inner");
      },
      {},
    ],
    [
      "when it cannot be read",
      async () => {
        const [name = ""] = await readdir("kept");
        await writeFile(join("kept", name), "{");
      },
      archive("left", "right"),
    ],
  ])("%s", async (_what, change, entries) => {
    await paths();
    await change();
    expect(await paths()).toEqual({ entries, read: true });
  });
});

test("other options are another answer", async () => {
  await write({ "data/a.txt": "a" });
  const options = { extraIncludePaths: ["data", "package.json"], extraIncludePackages: ["@other/one"] };
  const expected = {
    ...archive("left", "right", "@other/one"),
    data: "FileArchive data",
    "package.json": "FileAsset package.json",
  };
  await paths();
  for (const read of [true, false]) expect(await paths(options)).toEqual({ entries: expected, read });
  for (const read of [true, false])
    expect(await paths({ extraExcludePackages: ["right"] })).toEqual({ entries: archive("left"), read });
});

test("what is included is looked at again: a file may stand where a folder was", async () => {
  const options = { extraIncludePaths: ["data"] };
  await write({ "data/a.txt": "a" });
  expect((await paths(options)).entries.data).toBe("FileArchive data");
  await rm("data", { recursive: true });
  await write({ data: "a" });
  expect((await paths(options)).entries.data).toBe("FileAsset data");
});

test("an answer of which Pulumi warns is not kept", async () => {
  await write({ "package.json": manifest(["left", "missing"]) });
  for (const _evaluation of [1, 2]) expect(await paths()).toEqual({ entries: archive("left", "right"), read: true });
});

test("Pulumi's warnings are those of every function, and so are its refusals", async () => {
  await write({ "package.json": manifest(["missing"]) });
  const { compute } = evaluation();
  await Promise.all([compute(), compute()]);
  expect(warn).toHaveBeenCalledTimes(2);
  await write({ "package.json": "{" });
  const failing = evaluation();
  const refused = await Promise.allSettled([failing.compute(), failing.compute()]);
  expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test("an answer is not kept where nothing tells what Pulumi looked at", async () => {
  const note = vi.spyOn(reads, "observe").mockImplementation(async (work) => ({ value: await work(), files: [] }));
  for (const _evaluation of [1, 2]) expect((await paths()).read).toBe(true);
  note.mockRestore();
});

test("nor where Pulumi only happens to read a file of a package", async () => {
  for (const _evaluation of [1, 2]) {
    const computeCodePaths = vi.fn(async () => {
      fs.readFileSync("node_modules/left/package.json");
      return new Map();
    });
    const sdk = { runtime: { computeCodePaths }, asset: pulumi.asset } as unknown as Pulumi;
    keepCodePaths({ pulumi: sdk, reads, folder: join(directory, "kept") });
    await sdk.runtime.computeCodePaths();
    expect(computeCodePaths).toHaveBeenCalledTimes(1);
  }
});

test("options that are not known go to Pulumi as they are", async () => {
  const options = { extraIncludePackages: ["@other/one"], another: ["left"] };
  for (const _evaluation of [1, 2]) expect((await paths(options)).read).toBe(true);
});

test("what Pulumi read outside the packages is noted also where the answer is kept", async () => {
  await paths();
  const note = vi.spyOn(reads, "note");
  expect((await paths()).read).toBe(false);
  expect(note).toHaveBeenCalledWith(join(directory, "package.json"), "content");
  note.mockRestore();
});
