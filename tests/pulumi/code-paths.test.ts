import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keepCodePaths } from "../../harness/pulumi/code-paths.ts";
import { observeReads } from "../../harness/pulumi/observed-reads.ts";
import { type PackageReader, startPackageReader } from "../../harness/pulumi/package-reader.ts";

const reads = observeReads();
/** As in an evaluation, it finds what observes its reads. */
const pulumi = await import("@pulumi/pulumi");

type Pulumi = typeof import("@pulumi/pulumi");
type Options = import("@pulumi/pulumi").runtime.CodePathOptions;
type Compute = (options?: Options) => ReturnType<Pulumi["runtime"]["computeCodePaths"]>;

const before = process.cwd();
const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
let directory: string;

/** Of Yarn: out of that of npm, Pulumi would read the packages themselves. */
const RECORD = "node_modules/.yarn-integrity";
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
    [RECORD]: "{}",
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
function evaluation(reader?: PackageReader): { readonly compute: Compute; readonly computed: () => number } {
  let computed = 0;
  const computeCodePaths: Compute = (options) => {
    computed += 1;
    return pulumi.runtime.computeCodePaths(options);
  };
  const runtime = { computeCodePaths };
  const sdk = { runtime, asset: pulumi.asset } as unknown as Pulumi;
  keepCodePaths({ pulumi: sdk, reads, folder: join(directory, "kept"), reader });
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
async function paths(options?: Options, reader?: PackageReader) {
  const { compute, computed } = evaluation(reader);
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
    ["when something is installed", () => write({ [RECORD]: '{ "packages": {} }' }), archive("left", "right")],
    [
      "when a package is there that no record tells of",
      () => write({ "node_modules/new/package.json": manifest() }),
      archive("left", "right"),
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

test.each<[what: string, prepare: () => Promise<unknown>]>([
  ["without a record of what is installed", () => rm(RECORD)],
  ["of which Pulumi warns", () => write({ "package.json": manifest(["left", "missing"]) })],
])("an answer %s is not kept", async (_what, prepare) => {
  await prepare();
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

describe("a reader that begins before the first function is packed", () => {
  const codePathsFile = createRequire(import.meta.url).resolve("@pulumi/pulumi/runtime/closure/codePaths");
  const start = () => startPackageReader({ codePathsFile });

  test.each<[options: Options | undefined]>([
    [undefined],
    [{ extraIncludePackages: ["@other/one"] }],
    [{ extraExcludePackages: ["right"] }],
    [{ extraIncludePaths: ["data", "package.json"], extraExcludePackages: ["left"] }],
  ])("says of %j what Pulumi says, and that is kept", async (options) => {
    await write({ "data/a.txt": "a" });
    const byPulumi = await entriesOf(await pulumi.runtime.computeCodePaths(options));
    expect(await paths(options, start())).toEqual({ entries: byPulumi, read: false });
    expect(await paths(options)).toEqual({ entries: byPulumi, read: false });
  });

  test("answers several questions with one reading", async () => {
    const reader = start();
    const { compute, computed } = evaluation(reader);
    const [all, some] = await Promise.all([compute(), compute({ extraExcludePackages: ["right"] })]);
    expect(await entriesOf(all)).toEqual(archive("left", "right"));
    expect(await entriesOf(some)).toEqual(archive("left"));
    expect(computed()).toBe(0);
  });

  test("tells answers apart where Pulumi looks through workspaces", async () => {
    const names = Array.from("abcdefgh", (name) => `${name}.txt`);
    await write({
      ...Object.fromEntries(names.map((name) => [`app/${name}`, ""])),
      "package.json": JSON.stringify({ workspaces: ["packages/*", "app"] }),
      "packages/one/package.json": manifest(),
      "app/package.json": manifest(["left"]),
    });
    process.chdir("app");
    const reader = start();
    const asked = names.map((name) => reader.answer({ extraIncludePaths: [name], extraExcludePackages: ["left"] }));
    const answers = await Promise.all(asked);
    expect(answers.map((answer) => answer?.paths.map(({ path }) => path))).toEqual(names.map((name) => [name]));
  });

  test("takes lists that cannot be sent as they are", async () => {
    await write({ "data/a.txt": "a" });
    const extraIncludePaths = new Proxy(["data"], {});
    expect((await paths({ extraIncludePaths }, start())).entries).toMatchObject({ data: "FileArchive data" });
  });

  test("says nothing for a folder that the program has left", async () => {
    await mkdir("other");
    const reader = start();
    const asked = reader.answer(undefined);
    process.chdir("other");
    expect(await asked).toBeUndefined();
  });

  test("tells what it read outside the packages", async () => {
    const answer = await start().answer(undefined);
    expect(answer?.files.map(({ path, aspect }) => `${aspect} ${path}`)).toContain(
      `content ${join(directory, "package.json")}`,
    );
  });

  test.each<[what: string, change: () => Promise<unknown>]>([
    ["a package was installed meanwhile", () => write({ "node_modules/new/package.json": manifest() })],
    ["the package manager's record is another one meanwhile", () => write({ [RECORD]: '{"a":1}' })],
    ["the manifest is another one meanwhile", () => write({ "package.json": manifest(["right"]) })],
  ])("is not believed where %s", async (_what, change) => {
    const answer = await start().answer(undefined);
    await change();
    const late: PackageReader = { answer: async () => answer };
    expect((await paths(undefined, late)).read).toBe(true);
  });

  test("leaves warnings and refusals to Pulumi", async () => {
    await write({ "package.json": manifest(["left", "missing"]) });
    expect(await paths(undefined, start())).toEqual({ entries: archive("left", "right"), read: true });
    expect(warn).toHaveBeenCalledOnce();
    await write({ "package.json": "{" });
    await expect(paths(undefined, start())).rejects.toThrow("Error parsing file");
  });

  test.each([
    ["nobody asks", ""],
    ["it has answered", "await reader.answer();"],
  ])("keeps no process alive when %s", async (_when, ask) => {
    const file = new URL("../../harness/pulumi/package-reader.ts", import.meta.url);
    const program = `import { startPackageReader } from ${JSON.stringify(file.href)};
      const reader = startPackageReader(${JSON.stringify({ codePathsFile })});
      ${ask}`;
    await write({ "ask.mjs": program });
    expect(await promisify(execFile)(process.execPath, ["ask.mjs"])).toEqual({ stdout: "", stderr: "" });
  });

  test("that cannot read says nothing", async () => {
    const reader = startPackageReader({ codePathsFile: join(directory, "none.js") });
    expect(await reader.answer(undefined)).toBeUndefined();
    expect(await reader.answer(undefined)).toBeUndefined();
  });
});
