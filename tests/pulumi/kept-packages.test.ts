import { mkdir, rename, rm, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { allGone, descendants } from "../end-to-end/support/command.ts";
import { linkPackages } from "../end-to-end/support/scratch-program.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

/** Pulumi is installed in the folder above the program, whose own packages are `left`, and `right` that it needs. */
let small: SmallProgram;
beforeEach(async () => {
  small = await smallProgram({
    "app/Pulumi.yaml": "name: small\nruntime: nodejs\n",
    "app/package.json": `{ "dependencies": { "left": "*" } }`,
    "app/node_modules/left/package.json": `{ "version": "1.0.0", "dependencies": { "right": "*" } }`,
    "app/node_modules/left/index.js": `exports.name = require("right").name;`,
    "app/node_modules/right/package.json": `{ "version": "1.0.0" }`,
    "app/node_modules/right/index.js": `exports.name = "a";`,
    "app/names/index.ts": `export { name } from "left";`,
  });
  await rm(join(small.directory, "node_modules"));
  await linkPackages(small.directory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  // A process that has answered still writes what it compiled.
  await allGone(descendants(process.pid));
  await small.remove();
});

type Change = () => unknown;

const at = (path: string) => join(small.directory, path);
const write =
  (files: Readonly<Record<string, string>>): Change =>
  () =>
    small.write(files);
const copyOf = (folder: string) =>
  write({ [`${folder}/package.json`]: "{}", [`${folder}/index.js`]: `exports.name = "b";` });
const moveAndLink =
  (from: string, to: string): Change =>
  async () => {
    await rename(at(from), at(to));
    await symlink(at(to), at(from));
  };
const leadTo =
  (link: string, target: string): Change =>
  async () => {
    await rm(at(link));
    await symlink(at(target), at(link));
  };

async function evaluate() {
  const { graph, fromCache } = await evaluateProgram({ programDirectory: at("app") });
  const [resource] = graph.resources;
  const { entries = {} } = (resource?.inputs.code ?? {}) as { entries?: object };
  const packed = Object.keys(entries).filter((path) => path.includes("node_modules"));
  return { name: resource?.name, packed, fromCache };
}

const LATER = new Date(Date.now() + 60_000);
const MUCH_LATER = new Date(Date.now() + 120_000);

/** As npm has installed it, whatever was edited since. */
const RECORD = JSON.stringify({
  lockfileVersion: 3,
  requires: true,
  packages: {
    "node_modules/left": { version: "1.0.0", dependencies: { right: "*" } },
    "node_modules/right": { version: "1.0.0" },
  },
});

describe("what belongs to a function is asked again", () => {
  const before = { name: "f", packed: ["node_modules/left", "node_modules/right"] };
  const within = { ...before, packed: ["node_modules/left"] };
  test.each<[what: string, prepare: Change, change: Change, after: typeof before]>([
    ["where a copy is put nearer by hand", () => {}, copyOf("app/node_modules/left/node_modules/right"), within],
    [
      "where one is put into a package that is a link",
      moveAndLink("app/node_modules/left", "app/linked"),
      copyOf("app/linked/node_modules/right"),
      within,
    ],
    [
      "where one is put into a package that npm's reader alone looks at",
      write({ "app/package.json": `{ "dependencies": { "left": "*" }, "overrides": { "other": "1.0.0" } }` }),
      copyOf("app/node_modules/left/node_modules/right"),
      within,
    ],
    [
      "where one is put beside a package, as pnpm does",
      async () => {
        await mkdir(at("app/node_modules/.pnpm/left@1/node_modules"), { recursive: true });
        await moveAndLink("app/node_modules/left", "app/node_modules/.pnpm/left@1/node_modules/left")();
      },
      write({
        "app/node_modules/.pnpm/left@1/node_modules/right/package.json": `{ "dependencies": { "more": "*" } }`,
        "app/node_modules/.pnpm/left@1/node_modules/more/package.json": "{}",
      }),
      { ...before, packed: ["node_modules/left", "node_modules/more", "node_modules/right"] },
    ],
    [
      "where npm's record has become older than a package",
      async () => {
        await small.write({
          "app/node_modules/left/package.json": `{ "version": "1.0.0" }`,
          "app/node_modules/.package-lock.json": RECORD,
        });
        await mkdir(at("app/node_modules/.cache"));
        await utimes(at("app/node_modules/.package-lock.json"), LATER, LATER);
      },
      () => utimes(at("app/node_modules/right"), MUCH_LATER, MUCH_LATER),
      within,
    ],
  ])("%s", async (_what, prepare, change, after) => {
    await small.write({
      "app/index.ts": `import * as lambda from "@pulumi/aws/lambda"; new lambda.CallbackFunction("f", { role: "r", callback: async () => 1 });`,
    });
    await prepare();
    expect(await evaluate()).toEqual({ ...before, fromCache: false });
    expect(await evaluate()).toEqual({ ...before, fromCache: true });
    await change();
    expect(await evaluate()).toEqual({ ...after, fromCache: false });
  });
});

describe("a program is run again", () => {
  const index = (from: string) =>
    write({
      "app/index.ts": `import * as aws from "@pulumi/aws"; import { name } from "${from}"; new aws.cloudwatch.LogGroup(name);`,
    });
  /** A link leads to one of two folders with the same module. */
  const linkedNames =
    (from: string, more: Readonly<Record<string, string>> = {}): Change =>
    async () => {
      await index(from)();
      await small.write({
        "app/one/names.ts": `export const name = "a";`,
        "app/two/names.ts": `export const name = "b";`,
        ...more,
      });
      await symlink(at("app/one"), at("app/current"));
    };
  test.each<[what: string, prepare: Change, change: Change, name: string]>([
    [
      "where a copy is put nearer to a package that it loads",
      index("left"),
      copyOf("app/node_modules/left/node_modules/right"),
      "b",
    ],
    ["where one is put beside a module", index("./names"), copyOf("app/names/node_modules/left"), "b"],
    [
      "where a link leads to another copy",
      async () => {
        await index("left")();
        await moveAndLink("app/node_modules/right", "app/linked")();
      },
      async () => {
        await copyOf("app/other")();
        await leadTo("app/node_modules/right", "app/other")();
      },
      "b",
    ],
    [
      "where a link leads to another copy by way of a link",
      async () => {
        await index("left")();
        await moveAndLink("app/node_modules/right", "app/linked")();
        await symlink(at("app/linked"), at("app/current"));
        await leadTo("app/node_modules/right", "app/current")();
      },
      async () => {
        await copyOf("app/other")();
        await leadTo("app/current", "app/other")();
      },
      "b",
    ],
    [
      "where all packages are behind a link that leads to others of the same names",
      async () => {
        await index("left")();
        await mkdir(at("installed"));
        await moveAndLink("app/node_modules", "installed/node_modules")();
      },
      async () => {
        await copyOf("other/node_modules/right")();
        await copyOf("other/node_modules/left")();
        await leadTo("app/node_modules", "other/node_modules")();
      },
      "b",
    ],
    [
      "where one is put into a scope that is a link",
      async () => {
        await index("left")();
        await small.write({
          "app/node_modules/left/index.js": `try { exports.name = require("@scope/right").name; } catch { exports.name = "a"; }`,
          "app/scope/other/package.json": "{}",
        });
        await symlink(at("app/scope"), at("app/node_modules/@scope"));
      },
      copyOf("app/scope/right"),
      "b",
    ],
    [
      "where NODE_PATH names others",
      async () => {
        await index("left")();
        await rm(at("app/node_modules/right"), { recursive: true });
        await copyOf("one/right")();
        await small.write({ "one/right/index.js": `exports.name = "a";` });
        await copyOf("two/right")();
        vi.stubEnv("NODE_PATH", at("one"));
      },
      () => vi.stubEnv("NODE_PATH", at("two")),
      "b",
    ],
    [
      "where a link in the program leads to other modules",
      linkedNames("./current/names"),
      leadTo("app/current", "app/two"),
      "b",
    ],
    [
      "where one leads to other ECMAScript modules",
      linkedNames("./current/names.js", { "app/package.json": `{ "type": "module" }` }),
      leadTo("app/current", "app/two"),
      "b",
    ],
    [
      "where a copy is put nearer to an ECMAScript module",
      async () => {
        await index("left")();
        await small.write({
          "app/package.json": `{ "type": "module" }`,
          "app/node_modules/left/package.json": `{ "type": "module", "exports": "./index.js" }`,
          "app/node_modules/left/index.js": `export { name } from "right";`,
        });
      },
      copyOf("app/node_modules/left/node_modules/right"),
      "b",
    ],
    [
      "where a file of a package is edited",
      index("left"),
      write({ "app/node_modules/right/index.js": `/* By hand. */ exports.name = "b";` }),
      "b",
    ],
    [
      "where one is edited that an ECMAScript module loads",
      async () => {
        await index("left")();
        await small.write({
          "app/package.json": `{ "type": "module" }`,
          "app/node_modules/left/package.json": `{ "type": "module", "exports": "./index.js" }`,
          "app/node_modules/left/index.js": `export const name = "a";`,
        });
      },
      write({ "app/node_modules/left/index.js": `/* By hand. */ export const name = "b";` }),
      "b",
    ],
    [
      "where something is installed in a folder above, as in a workspace",
      index("left"),
      write({ "node_modules/.yarn-integrity": "{}" }),
      "a",
    ],
  ])("%s", async (_what, prepare, change, name) => {
    await prepare();
    expect(await evaluate()).toMatchObject({ name: "a", fromCache: false });
    expect(await evaluate()).toMatchObject({ name: "a", fromCache: true });
    await change();
    expect(await evaluate()).toMatchObject({ name, fromCache: false });
  });
});

describe("what is installed while the program runs is seen at the next start", () => {
  const MEANWHILE = {
    "another copy nearer to what it has loaded": `fs.mkdirSync("node_modules/left/node_modules/right", { recursive: true });
fs.writeFileSync("node_modules/left/node_modules/right/index.js", 'exports.name = "b";');`,
    "a record of the package manager": `fs.writeFileSync("node_modules/right/index.js", 'exports.name = "b";');
fs.writeFileSync("node_modules/.yarn-integrity", "{}");`,
  };
  test.each(Object.entries(MEANWHILE))("%s", async (_what, install) => {
    await small.write({
      "app/index.ts": `import * as fs from "node:fs"; import * as aws from "@pulumi/aws"; import { name } from "left";
if (name === "a") { ${install} }
new aws.cloudwatch.LogGroup(name);`,
    });
    expect(await evaluate()).toMatchObject({ name: "a", fromCache: false });
    expect(await evaluate()).toMatchObject({ name: "b", fromCache: false });
    expect(await evaluate()).toMatchObject({ name: "b", fromCache: true });
  });
});
