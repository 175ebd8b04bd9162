import { cp, mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keepCodePaths } from "../../harness/pulumi/code-paths.ts";
import { observeReads } from "../../harness/pulumi/observed-reads.ts";
import { packageTree } from "../../harness/pulumi/package-tree.ts";
import { loadSdk } from "../../harness/pulumi/sdk-shortcuts.ts";

type Pulumi = typeof import("@pulumi/pulumi");
type Options = import("@pulumi/pulumi").runtime.CodePathOptions;
type Compute = (options?: Options) => ReturnType<Pulumi["runtime"]["computeCodePaths"]>;

const reads = observeReads();
const fromHere = createRequire(import.meta.url);
const fromPulumi = createRequire(fromHere.resolve("@pulumi/pulumi"));
const { Arborist } = fromPulumi("@npmcli/arborist");
const { loadActual } = Arborist.prototype;
const byNpm = vi.spyOn(Arborist.prototype, "loadActual");
vi.spyOn(console, "warn").mockImplementation(() => {});

const pulumi = loadSdk(fromHere, { debugger: false, note: reads.note });
const { runtime } = pulumi;
/** With npm's reader. */
const { computeCodePaths: plain }: { computeCodePaths: Compute } = fromPulumi("./runtime/closure/codePaths");

const before = process.cwd();
const directories: string[] = [];

/** Each in a folder of its own, since npm's reader reads a folder once. */
async function enterNewFolder(): Promise<void> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "package-tree-")));
  directories.push(directory);
  process.chdir(directory);
}

type Files = Readonly<Record<string, unknown>>;

async function write(files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(name), { recursive: true });
    await writeFile(name, typeof content === "string" ? content : JSON.stringify(content));
  }
}

beforeEach(enterNewFolder);
afterEach(async () => {
  process.chdir(before);
  byNpm.mockClear();
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true, force: true })));
});
afterAll(() => vi.restoreAllMocks());

async function described(compute: Compute, options: Options | undefined): Promise<unknown> {
  try {
    const assets = [...(await compute(options))] as [string, { readonly path: Promise<string> }][];
    return await Promise.all(assets.map(async ([at, asset]) => [at, asset.constructor.name, await asset.path]));
  } catch (error) {
    return (error as Error).message;
  }
}

/** What goes into a function's package, quickly and by npm's reader, and whether that was asked the first time. */
async function bothWays(options?: Options) {
  byNpm.mockClear();
  const quick = await described(runtime.computeCodePaths, options);
  const askedNpm = byNpm.mock.calls.length > 0;
  return { quick, askedNpm, plain: await described(plain, options) };
}

const needs = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "*"]));
const manifest = (...names: readonly string[]) => ({ version: "1.0.0", dependencies: needs(...names) });
const archives = (...places: readonly string[]) => places.map((place) => [place, "FileArchive", place]);

/** `left` needs `right`, of which it has its own; that needs `@one/deep`, and nobody `alone`. */
const INSTALLED: Files = {
  "package.json": manifest("left", "@pulumi/pulumi"),
  "node_modules/left/package.json": manifest("right"),
  "node_modules/left/node_modules/right/package.json": manifest("@one/deep"),
  "node_modules/right/package.json": manifest(),
  "node_modules/@one/deep/package.json": manifest("left"),
  "node_modules/alone/package.json": manifest(),
  "node_modules/.hidden/package.json": manifest(),
  "node_modules/@pulumi/pulumi/package.json": { ...manifest("alone"), pulumi: { resource: true } },
};

describe("what npm installs by itself is read without npm", () => {
  test.each<[what: string, files: Files, options: Options | undefined, places: readonly string[]]>([
    ["with packages in packages and in scopes", {}, undefined, ["node_modules/left", "node_modules/@one/deep"]],
    ["without what is excluded", {}, { extraExcludePackages: ["left"] }, []],
    [
      "with a package that is asked for",
      {},
      { extraIncludePackages: ["alone"], extraExcludePackages: ["@one/deep"] },
      ["node_modules/alone", "node_modules/left"],
    ],
    [
      "without optional dependencies of packages",
      {
        "node_modules/left/package.json": {
          ...manifest("right", "alone"),
          optionalDependencies: needs("alone", "none"),
        },
      },
      undefined,
      ["node_modules/left", "node_modules/@one/deep"],
    ],
    [
      "in a project with workspaces",
      {
        "package.json": { ...manifest("left"), workspaces: ["packages/one"] },
        "packages/one/package.json": { name: "one" },
      },
      undefined,
      ["node_modules/left", "node_modules/@one/deep"],
    ],
  ])("%s", async (_what, files, options, places) => {
    await write({ ...INSTALLED, ...files });
    const expected = archives(...places);
    expect(await bothWays(options)).toEqual({ quick: expected, plain: expected, askedNpm: false });
  });

  test("from a workspace's folder", async () => {
    await write({
      ...INSTALLED,
      "package.json": { workspaces: ["app"] },
      "app/package.json": { name: "app", ...manifest("right") },
    });
    process.chdir("app");
    const { quick, plain: expected, askedNpm } = await bothWays();
    expect(quick).toEqual([["../node_modules/right", "FileArchive", "../node_modules/right"]]);
    expect({ quick, askedNpm }).toEqual({ quick: expected, askedNpm: false });
  });
});

const link = (target: string, at: string) => async () => {
  await mkdir(dirname(at), { recursive: true });
  await rm(at, { recursive: true, force: true });
  await symlink(join(process.cwd(), target), at);
};

/** As npm records what it has installed, after it has. */
async function writeRecord(packages: Files | undefined): Promise<void> {
  const record = "node_modules/.package-lock.json";
  await write({ [record]: { lockfileVersion: 3, requires: true, packages } });
  const late = new Date(Date.now() + 60_000);
  await utimes(record, late, late);
}

describe("npm reads", () => {
  test.each<[what: string, files: Files, prepare?: (() => Promise<unknown>) | undefined, options?: Options]>([
    ["what is missing", { "package.json": manifest("left", "none") }],
    ["a package without a manifest", { "package.json": manifest("bare"), "node_modules/bare/file": "" }],
    ["a manifest that is none", { "node_modules/left/package.json": "{" }],
    ["a manifest of another kind", { "node_modules/left/package.json": "[]" }],
    ["a list of dependencies that is none", { "node_modules/left/package.json": { dependencies: { right: 1 } } }],
    [
      "a package that is a link",
      { "elsewhere/package.json": manifest("right") },
      link("elsewhere", "node_modules/left"),
    ],
    [
      "links as pnpm makes them",
      { "store/.pnpm/left/node_modules/left/package.json": manifest("right") },
      link("store/.pnpm/left/node_modules/left", "node_modules/left"),
    ],
    [
      "packages that are all behind a link",
      { "elsewhere/left/package.json": manifest(), "elsewhere/@pulumi/pulumi/package.json": manifest() },
      link("elsewhere", "node_modules"),
    ],
    ["overrides", { "package.json": { ...manifest("left"), overrides: { left: "2" } } }],
    ["names that differ only in case", { "node_modules/Left/package.json": manifest() }],
    [
      "a plugin's own dependencies",
      { "node_modules/@pulumi/pulumi/package.json": { pulumi: { runtimeDependencies: needs("alone") } } },
    ],
    [
      "a plugin of another name",
      { "node_modules/left/package.json": { ...manifest("right"), pulumi: { resource: true } } },
    ],
    ["workspaces by a pattern", { "package.json": { ...manifest("left"), workspaces: ["packages/*"] } }],
    [
      "two workspaces of one name",
      {
        "package.json": { ...manifest("left"), workspaces: ["a", "b"] },
        "a/package.json": { name: "one" },
        "b/package.json": { name: "one" },
      },
    ],
    [
      "a workspace that npm refuses",
      { "package.json": { ...manifest("left"), workspaces: ["a"] }, "a/package.json": "{" },
    ],
    ["a scope that is a file", { "node_modules/@file": "" }],
    ["a list for development that is none", { "package.json": { ...manifest("left"), devDependencies: { alone: 1 } } }],
    ["what is hidden", {}, undefined, { extraIncludePackages: [".hidden"] }],
    ["commands in a list", { "node_modules/left/package.json": { ...manifest("right"), bin: [1] } }],
    [
      "a folder of commands that is none",
      { "node_modules/left/package.json": { ...manifest(), directories: { bin: 1 } } },
    ],
    ["a name that is no text", { "node_modules/left/package.json": { ...manifest("right"), name: { toString: 1 } } }],
    [
      "what is accepted in place of a dependency and is no range",
      { "node_modules/left/package.json": { ...manifest("right"), acceptDependencies: { right: 1 } } },
    ],
    [
      "a dependency with a name that every object has",
      {
        "node_modules/left/package.json": manifest("constructor"),
        "node_modules/constructor/package.json": manifest(),
      },
    ],
    [
      "a workspace named like an archive",
      { "package.json": { ...manifest("left"), workspaces: ["a.tgz"] }, "a.tgz/package.json": { name: "one" } },
    ],
  ])("%s", async (_what, files, prepare, options) => {
    await write({ ...INSTALLED, ...files });
    await prepare?.();
    const { quick, plain: expected, askedNpm } = await bothWays(options);
    expect({ quick, askedNpm }).toEqual({ quick: expected, askedNpm: true });
  });

  test("a plugin that its record does not tell of", async () => {
    await write({
      "package.json": manifest("plugin"),
      "node_modules/plugin/package.json": { ...manifest(), pulumi: { resource: true } },
    });
    await writeRecord({ "node_modules/plugin": { version: "1.0.0" } });
    const expected = archives("node_modules/plugin");
    expect(await bothWays()).toEqual({ quick: expected, plain: expected, askedNpm: true });
  });

  test.each<[what: string, record: Files | undefined]>([
    ["in another order", { "node_modules/left": manifest("alone", "right") }],
    ["and its manifest was edited since", { "node_modules/left": manifest("alone") }],
    ["as optional", { "node_modules/left": { ...manifest("right", "alone"), optionalDependencies: needs("alone") } }],
    [
      "as a link",
      { "node_modules/left": { ...manifest("right", "alone"), link: true, resolved: "node_modules/alone" } },
    ],
    ["as a plugin", { "node_modules/left": { ...manifest("right", "alone"), pulumi: {} } }],
    ["of nothing", undefined],
  ])("what its record tells %s", async (_what, told) => {
    await write({
      "package.json": manifest("left"),
      "node_modules/left/package.json": manifest("right", "alone"),
      "node_modules/right/package.json": manifest(),
      "node_modules/alone/package.json": manifest(),
    });
    await writeRecord(told && { "node_modules/right": manifest(), "node_modules/alone": manifest(), ...told });
    const { quick, plain: expected, askedNpm } = await bothWays();
    expect({ quick, askedNpm }).toEqual({ quick: expected, askedNpm: true });
  });

  test("nothing where its record tells the same", async () => {
    await write({
      "package.json": manifest("left"),
      "node_modules/left/package.json": manifest("right"),
      "node_modules/right/package.json": manifest(),
    });
    await writeRecord({ "node_modules/left": manifest("right"), "node_modules/right": manifest() });
    const expected = archives("node_modules/left", "node_modules/right");
    expect(await bothWays()).toEqual({ quick: expected, plain: expected, askedNpm: false });
  });
});

test("what changes with an installation is noted as read, and so are the manifests of workspaces", async () => {
  await write({
    "package.json": { ...manifest(), workspaces: ["one"] },
    "one/package.json": { name: "one" },
    "package-lock.json": "{}",
  });
  const { files } = await reads.observe(() => runtime.computeCodePaths());
  const noted = files.filter(({ aspect }) => aspect === "content").map(({ path }) => path);
  const names = ["one/package.json", "npm-shrinkwrap.json", "package-lock.json", "package.json", "yarn.lock"];
  expect(noted.sort()).toEqual(names.map((name) => join(process.cwd(), name)).sort());
});

test("what Pulumi does not ask today is no answer", async () => {
  await write(INSTALLED);
  const tree = packageTree(".", () => {});
  for (const [asked, name] of [
    [tree, "inventory"],
    [tree.children, "get"],
    [tree.package, "version"],
  ] as const)
    expect(() => Reflect.get(asked, name)).toThrow(`npm has to tell ${name}`);
});

test("what fails before packages are read is not tried again", async () => {
  const asked = vi.fn(() => {
    throw new Error("refused");
  });
  const options = Object.defineProperty({}, "extraIncludePackages", { get: asked });
  expect(await described(runtime.computeCodePaths, options)).toBe("refused");
  expect(asked).toHaveBeenCalledTimes(1);
});

test("a refusal of Pulumi's stays one", async () => {
  await write({ "package.json": "{" });
  const { quick, plain: expected } = await bothWays();
  expect(quick).toEqual(expected);
  expect(quick).toContain("Error parsing file");
});

test("Pulumi warns once of the old form of its options", async () => {
  await write({ "package.json": manifest("none"), "more/file": "" });
  const warn = vi.mocked(console.warn);
  const oldForm = ["more"] as unknown as Options;
  warn.mockClear();
  expect(await described(runtime.computeCodePaths, oldForm)).toEqual([["more", "FileArchive", "more"]]);
  expect(warn.mock.calls.filter(([text]) => String(text).includes("deprecated"))).toHaveLength(1);
});

const NAMES = ["a", "b", "c", "@s/d", "@pulumi/e"];
const dependencies = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 });
const WITHIN = fc.constantFrom("", "node_modules/a/", "node_modules/@s/d/", "node_modules/a/node_modules/b/");
const installed = fc.record({
  within: WITHIN,
  name: fc.constantFrom(...NAMES),
  manifest: fc.record({
    version: fc.constant("1.0.0"),
    dependencies: dependencies.map((names) => needs(...names)),
    optionalDependencies: fc.option(
      dependencies.map((names) => needs(...names)),
      { nil: undefined, freq: 5 },
    ),
    pulumi: fc.option(fc.constantFrom({}, { runtimeDependencies: needs("a", "b") }), { nil: undefined, freq: 5 }),
  }),
});

/** As one evaluation has it, with the answers that others kept in this folder. */
function keeping(computeCodePaths: Compute = runtime.computeCodePaths): Compute {
  const sdk = { asset: pulumi.asset, runtime: { computeCodePaths } };
  keepCodePaths({ pulumi: sdk as unknown as Pulumi, reads, folder: join(process.cwd(), "kept") });
  return sdk.runtime.computeCodePaths;
}

test("whatever is installed, the answer is that of npm's reader", async () => {
  const quickly = { count: 0 };
  await fc.assert(
    fc.asyncProperty(
      dependencies,
      dependencies,
      fc.array(installed, { maxLength: 9 }),
      async (own, excluded, packages) => {
        await enterNewFolder();
        await write({ "package.json": manifest(...own) });
        for (const { within, name, manifest: content } of packages)
          await write({ [`${within}node_modules/${name}/package.json`]: content });
        const { quick, plain: expected, askedNpm } = await bothWays({ extraExcludePackages: excluded });
        if (!askedNpm && own.length > 0) quickly.count += 1;
        expect(quick).toEqual(expected);
      },
    ),
  );
  expect(quickly.count).toBeGreaterThan(0);
});

test("an answer holds no longer where something was installed while npm read", async () => {
  const { warn } = console;
  await write({ ...INSTALLED, "package.json": { ...manifest("left"), overrides: { alone: "2" } } });
  byNpm.mockImplementationOnce(async function (this: object) {
    const tree = await Reflect.apply(loadActual, this, []);
    await write({ "node_modules/@one/deep/node_modules/left/package.json": manifest() });
    return tree;
  });
  const asked = vi.fn<Compute>(runtime.computeCodePaths);
  for (const times of [1, 2]) {
    await described(keeping(asked), undefined);
    expect(asked).toHaveBeenCalledTimes(times);
  }
  expect(byNpm).toHaveBeenCalledTimes(1);
  console.warn = warn;
});

test("whatever is changed by hand, a kept answer is that of npm's reader", async () => {
  const changed = { count: 0 };
  const { warn } = console;
  const some = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 });
  /** All that may be needed is there. */
  const all = fc.tuple(...NAMES.map((name) => some.map((names) => ({ name, names }))));
  const change = fc.record({
    within: WITHIN,
    name: fc.constantFrom(...NAMES),
    names: fc.option(dependencies, { nil: undefined, freq: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(some, all, change, async (own, packages, { within, name, names }) => {
      await enterNewFolder();
      await write({ "package.json": manifest(...own) });
      for (const one of packages) await write({ [`node_modules/${one.name}/package.json`]: manifest(...one.names) });
      byNpm.mockClear();
      const before = await described(keeping(), undefined);
      // In this process npm's reader reads a folder once.
      if (byNpm.mock.calls.length > 0) return;
      const place = `${within}node_modules/${name}`;
      if (names === undefined) await rm(place, { recursive: true, force: true });
      else await write({ [`${place}/package.json`]: manifest(...names) });
      const after = await described(keeping(), undefined);
      const from = process.cwd();
      await enterNewFolder();
      await cp(from, ".", { recursive: true });
      expect(after).toEqual(await described(plain, undefined));
      if (!isDeepStrictEqual(before, after)) changed.count += 1;
    }),
  );
  console.warn = warn;
  expect(changed.count).toBeGreaterThan(0);
});
