import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { linkPackages } from "../end-to-end/support/scratch-program.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

let small: SmallProgram;
beforeEach(async () => {
  small = await smallProgram();
  // A cache of its own, beside the packages of all.
  await rm(join(small.directory, "node_modules"));
  await linkPackages(small.directory);
});
afterEach(() => small.remove());

const told: string[] = [];
const evaluate = async (configuration: Record<string, string> = {}) => {
  told.length = 0;
  const program = await evaluateProgram({
    programDirectory: small.directory,
    configuration,
    onOutput: (line) => told.push(line),
  });
  return { names: program.graph.resources.map(({ name }) => name), fromCache: program.fromCache };
};

const keptTexts = async () => {
  const folder = join(small.directory, "node_modules/.cache/pulumi-harness");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("\n");
};

/** A program whose name comes from a module, and that runs `act` after that was read. */
const named = (act = "") => `import * as fs from "node:fs"; import * as cloudwatch from "@pulumi/aws/cloudwatch";
import { name } from "./name";
const file = __dirname + "/name.ts";
const save = (text: string) => fs.writeFileSync(file, \`export const name = "\${text}";\`);
${act}
new cloudwatch.LogGroup(name);`;

describe("a result belongs to the bytes that were evaluated", () => {
  test("a file that is saved while the program runs: what comes out is what is on disk, then and at the next start", async () => {
    await small.write({
      "index.ts": named(`if (name === "old") save("new");`),
      "name.ts": `export const name = "old";`,
    });
    expect(await evaluate()).toEqual({ names: ["new"], fromCache: false });
    expect(await evaluate()).toEqual({ names: ["new"], fromCache: true });
  });

  test("a file that is changed and changed back in one evaluation", async () => {
    const back = `if (!fs.existsSync("done")) { fs.writeFileSync("done", ""); save("other"); require("fs").readFileSync(file); save("old"); }`;
    await small.write({ "index.ts": named(back), "name.ts": `export const name = "old";` });
    await evaluate();
    expect(await evaluate()).toMatchObject({ names: ["old"] });
  });

  test("a program that fails on a file that is mended meanwhile is run again", async () => {
    await small.write({
      "index.ts": named(`if (name === "bad") { save("good"); throw new Error("no such luck"); }`),
      "name.ts": `export const name = "bad";`,
    });
    expect(await evaluate()).toEqual({ names: ["good"], fromCache: false });
  });

  test("a setting that is saved while the program runs", async () => {
    await small.write({
      "Pulumi.dev.yaml": "config:\n  small:group: old\n",
      "index.ts": `import * as fs from "node:fs"; import * as pulumi from "@pulumi/pulumi"; import * as cloudwatch from "@pulumi/aws/cloudwatch";
const group = new pulumi.Config().require("group");
if (group === "old") fs.writeFileSync("Pulumi.dev.yaml", "config:\\n  small:group: new\\n");
new cloudwatch.LogGroup(group);`,
    });
    expect((await evaluate()).names).toEqual(["new"]);
  });

  test("a program that changes its own files whenever it runs is served, not kept, and told", async () => {
    await small.write({ "index.ts": named(`save(name + "x");`), "name.ts": `export const name = "a";` });
    expect(await evaluate()).toMatchObject({ fromCache: false });
    expect(told.join("\n")).toMatch(/name\.ts changes whenever the program runs/);
    expect(await keptTexts()).toBe("");
  });
});

describe("a kept result is used only while all that it depended on is as it was", () => {
  const DEPENDENCIES: readonly [string, string, Record<string, string>, Record<string, string>][] = [
    ["a module", named(), { "name.ts": `export const name = "a";` }, { "name.ts": `export const name = "b";` }],
    [
      "a file that is found before a module",
      named(),
      { "name.ts": `export const name = "a";` },
      { "name.js": `exports.name = "b";` },
    ],
    [
      "a module outside the program's folder",
      `import { name } from "../shared-by-test-${process.pid}"; import * as cloudwatch from "@pulumi/aws/cloudwatch"; new cloudwatch.LogGroup(name);`,
      { [`../shared-by-test-${process.pid}.ts`]: `export const name = "a";` },
      { [`../shared-by-test-${process.pid}.ts`]: `export const name = "b";` },
    ],
    [
      "the names in a folder",
      `import * as fs from "node:fs"; import * as cloudwatch from "@pulumi/aws/cloudwatch"; for (const name of fs.readdirSync("logs")) new cloudwatch.LogGroup(name);`,
      { "logs/a": "" },
      { "logs/b": "" },
    ],
    [
      "whether a file is there",
      `import * as fs from "node:fs"; import * as cloudwatch from "@pulumi/aws/cloudwatch"; new cloudwatch.LogGroup(fs.existsSync("flag") ? "b" : "a");`,
      {},
      { flag: "" },
    ],
    [
      "a file that is opened",
      `import * as fs from "node:fs"; import * as cloudwatch from "@pulumi/aws/cloudwatch"; const file = fs.openSync("text", "r"); new cloudwatch.LogGroup(fs.readFileSync(file, "utf8"));`,
      { text: "a" },
      { text: "b" },
    ],
    [
      "what is read after a link to itself, which cannot be",
      `import * as fs from "node:fs"; import * as cloudwatch from "@pulumi/aws/cloudwatch"; if (!fs.readdirSync(".").includes("loop")) fs.symlinkSync("loop", "loop");
try { fs.readFileSync("loop"); } catch {} new cloudwatch.LogGroup(fs.readFileSync("text", "utf8"));`,
      { text: "a" },
      { text: "b" },
    ],
    [
      "settings of the compiler that another file extends",
      `import * as cloudwatch from "@pulumi/aws/cloudwatch"; class A { static readonly x = 1; } new cloudwatch.LogGroup(A.toString().includes("static") ? "b" : "a");`,
      {
        "tsconfig.json": `{"extends":"./base.json"}`,
        "base.json": `{"compilerOptions":{"useDefineForClassFields":false,"target":"es2020"}}`,
      },
      { "base.json": `{"compilerOptions":{"useDefineForClassFields":true,"target":"es2022"}}` },
    ],
  ];
  test.each(DEPENDENCIES)("%s", async (_name, index, before, after) => {
    await small.write({ "index.ts": index, ...before });
    await evaluate();
    expect((await evaluate()).fromCache).toBe(true);
    await small.write(after);
    expect((await evaluate()).fromCache).toBe(false);
    for (const path of Object.keys(before).filter((name) => name.startsWith("..")))
      await rm(join(small.directory, path), { force: true });
  });

  const GROUP = `import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js"; import { name } from "./name.mjs";`;
  test.each<[what: string, files: Record<string, string>]>([
    [
      "an ECMAScript module of a program without TypeScript",
      {
        "Pulumi.yaml": "name: small\nruntime: { name: nodejs, options: { typescript: false } }\n",
        "package.json": `{"type":"module"}`,
        "index.js": `${GROUP} new cloudwatch.LogGroup(name);`,
      },
    ],
    ["one that TypeScript requires", { "index.ts": `${GROUP} new cloudwatch.LogGroup(name);` }],
    [
      "one that is imported while the program runs",
      {
        "index.ts": `import * as cloudwatch from "@pulumi/aws/cloudwatch";
export = async () => { new cloudwatch.LogGroup((await import("./name.mjs")).name); };`,
      },
    ],
  ])("%s", async (_what, files) => {
    await small.write({ ...files, "name.mjs": `export const name = "a";` });
    expect((await evaluate()).names).toEqual(["a"]);
    await small.write({ "name.mjs": `export const name = "b";` });
    expect((await evaluate()).names).toEqual(["b"]);
  });

  test("what another process or the network said is asked again", async () => {
    await small.write({
      "index.ts": `import { execSync } from "node:child_process"; import * as cloudwatch from "@pulumi/aws/cloudwatch"; new cloudwatch.LogGroup(execSync("echo a").toString().trim());`,
    });
    expect(await evaluate()).toEqual({ names: ["a"], fromCache: false });
    expect(await evaluate()).toEqual({ names: ["a"], fromCache: false });
  });

  test("a program may set environment variables", async () => {
    await small.write({
      "index.ts": `import * as cloudwatch from "@pulumi/aws/cloudwatch"; process.env.SMALL_PROGRAM_OWN = "a"; process.env.SMALL_PROGRAM_OWN = "b"; new cloudwatch.LogGroup(process.env.SMALL_PROGRAM_OWN);`,
    });
    expect((await evaluate()).names).toEqual(["b"]);
  });

  test("an environment variable that is only looked for", async () => {
    await small.write({
      "index.ts": `import * as cloudwatch from "@pulumi/aws/cloudwatch"; new cloudwatch.LogGroup("SMALL_PROGRAM_FLAG" in process.env ? "b" : "a");`,
    });
    await evaluate();
    expect((await evaluate()).fromCache).toBe(true);
    process.env.SMALL_PROGRAM_FLAG = "";
    const again = await evaluate().finally(() => Reflect.deleteProperty(process.env, "SMALL_PROGRAM_FLAG"));
    expect(again).toEqual({ names: ["b"], fromCache: false });
  });
});

describe("no secret is written", () => {
  const SECRET = 'hunter"2 of the tests';
  const program = (use: string) => ({
    "Pulumi.yaml": "name: small\nruntime: nodejs\nconfig:\n  apiKey:\n    type: string\n    secret: true\n",
    "index.ts": `import * as pulumi from "@pulumi/pulumi"; import * as cloudwatch from "@pulumi/aws/cloudwatch"; const config = new pulumi.Config();
${use}`,
  });
  test.each([
    ["in an input", `new cloudwatch.LogGroup("g", { tags: { key: config.requireSecret("apiKey") } });`],
    ["in an export", `export const key = config.requireSecret("apiKey");`],
    [
      "in the text of an input, without a mark",
      `new cloudwatch.LogGroup("g", { tags: { key: config.get("apiKey")! } });`,
    ],
  ])("%s", async (_name, use) => {
    await small.write(program(use));
    await evaluate({ apiKey: SECRET });
    expect((await evaluate({ apiKey: SECRET })).fromCache).toBe(false);
    expect(await keptTexts()).not.toContain("hunter");
  });

  test.each([
    [
      "an app client's",
      `import * as aws from "@pulumi/aws"; const pool = new aws.cognito.UserPool("pool");
export const secret = new aws.cognito.UserPoolClient("app", { userPoolId: pool.id, generateSecret: true }).clientSecret;`,
    ],
    [
      "an app client's that nobody asks for",
      `import * as aws from "@pulumi/aws"; const pool = new aws.cognito.UserPool("pool");
new aws.cognito.UserPoolClient("app", { userPoolId: pool.id, generateSecret: true });`,
    ],
  ])("a secret that the provider makes: %s", async (_name, index) => {
    await small.write({ "index.ts": index });
    await evaluate();
    expect((await evaluate()).fromCache).toBe(false);
    expect(await keptTexts()).toBe("");
  });

  test("but a program that only has one is kept, without it", async () => {
    await small.write(program(`new cloudwatch.LogGroup(config.requireSecret("apiKey") === undefined ? "a" : "b");`));
    await evaluate({ apiKey: SECRET });
    expect((await evaluate({ apiKey: SECRET })).fromCache).toBe(true);
    expect(await keptTexts()).not.toContain("hunter");
    expect((await evaluate({ apiKey: "another" })).fromCache).toBe(false);
  });
});
