import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

let small: SmallProgram;
beforeEach(async () => {
  small = await smallProgram();
});
afterEach(() => small.remove());

const GROUP = `import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";\n`;

async function names(folder = "."): Promise<{ names: string[]; told: string[] }> {
  const told: string[] = [];
  const program = await evaluateProgram({
    programDirectory: join(small.directory, folder),
    useCache: false,
    onOutput: (line) => told.push(line),
  });
  expect(program.faults).toEqual([]);
  return { names: program.graph.resources.map(({ name }) => name), told };
}

const PROJECT = "name: small\nruntime: nodejs\n";

describe("a program begins where Pulumi says", () => {
  test("package.json is looked for upwards", async () => {
    await small.write({
      "infra/Pulumi.yaml": PROJECT,
      "infra/index.ts": `${GROUP}new cloudwatch.LogGroup("in-a-monorepo");`,
    });
    expect(await names("infra")).toEqual({ names: ["in-a-monorepo"], told: [] });
  });

  test("a program without one only has a warning", async () => {
    await rm(join(small.directory, "package.json"));
    await small.write({ "index.ts": `${GROUP}new cloudwatch.LogGroup("g");` });
    const { names: found, told } = await names();
    expect(found).toEqual(["g"]);
    // Said again where the program is run again: it depends on what stands in the folders above, which others write to.
    expect([...new Set(told)]).toEqual([expect.stringContaining("Could not find a package.json")]);
  });

  test.each<[string, Record<string, string>, string[]]>([
    [
      "main of Pulumi.yaml, relative paths from there",
      {
        "Pulumi.yaml": `${PROJECT}main: src/main.ts\n`,
        "src/main.ts": `import * as fs from "node:fs"; ${GROUP}new cloudwatch.LogGroup(fs.readFileSync("name", "utf8"));`,
        "src/name": "from-src",
      },
      ["from-src"],
    ],
    [
      "a folder as main",
      { "Pulumi.yaml": `${PROJECT}main: src/\n`, "src/index.ts": `${GROUP}new cloudwatch.LogGroup("folder");` },
      ["folder"],
    ],
    [
      "main of package.json",
      { "package.json": `{"main":"a.ts"}`, "a.ts": `${GROUP}new cloudwatch.LogGroup("a");` },
      ["a"],
    ],
    [
      "exports of package.json before main",
      {
        "package.json": `{"main":"a.ts","exports":{".":{"default":"./b.ts"}}}`,
        "b.ts": `${GROUP}new cloudwatch.LogGroup("b");`,
      },
      ["b"],
    ],
    [
      "JavaScript without a compiler",
      {
        "Pulumi.yaml": "name: small\nruntime: { name: nodejs, options: { typescript: false } }\n",
        "index.js": `const cloudwatch = require("@pulumi/aws/cloudwatch"); new cloudwatch.LogGroup("js");`,
      },
      ["js"],
    ],
  ])("%s", async (_name, files, expected) => {
    await small.write(files);
    expect((await names()).names).toEqual(expected);
  });

  test("index.js goes before index.ts, which is said", async () => {
    await small.write({
      "index.ts": "throw new Error();",
      "index.js": `new (require("@pulumi/aws/cloudwatch").LogGroup)("js");`,
    });
    expect(await names()).toEqual({ names: ["js"], told: [expect.stringContaining("Pulumi will use index.js")] });
  });

  test("a main that is not there is named", async () => {
    await small.write({ "Pulumi.yaml": `${PROJECT}main: gone.ts\n` });
    await expect(names()).rejects.toMatchObject({
      code: "PROGRAM_NOT_FOUND",
      message: expect.stringContaining("gone.ts"),
    });
  });
});

describe("a program of ECMAScript modules", () => {
  beforeEach(() => small.write({ "package.json": `{"type":"module"}` }));
  const FUNCTION = `import * as lambda from "@pulumi/aws/lambda/index.js"; import * as pulumi from "@pulumi/pulumi";\n`;

  test("runs, with TypeScript that only a compiler understands, and top-level await", async () => {
    await small.write({
      "index.ts": `${GROUP}import { Kind } from "./kind.js"; import { name } from "./plain.mjs";
await Promise.resolve();
export const group = new cloudwatch.LogGroup(name + Kind.Log).name;`,
      "kind.ts": `export enum Kind { Log = "log" }`,
      "plain.mjs": `export const name = "esm-";`,
    });
    const program = await small.evaluate();
    expect(program.graph.resources).toMatchObject([
      { name: "esm-log", position: { file: "index.ts", line: 4, column: 22 } },
    ]);
    expect(Object.keys(program.exports)).toEqual(["group"]);
    for (const file of ["index.ts", "kind.ts", "plain.mjs"])
      expect(program.files).toContain(join(small.directory, file));
  });

  test.each(["index.mts", "index.mjs"])("%s is found", async (file) => {
    await small.write({ [file]: `${GROUP}new cloudwatch.LogGroup("found");` });
    expect((await names()).names).toEqual(["found"]);
  });

  test("a function from a folder is served like any other", async () => {
    await small.write({
      "app/index.js": "export const handler = async () => 1;",
      "index.ts": `${FUNCTION}new lambda.Function("plain", { role: "r", runtime: "nodejs24.x", handler: "index.handler", code: new pulumi.asset.FileArchive("./app") });`,
    });
    expect((await names()).names).toEqual(["plain"]);
  });

  test("an inline function too, as far as Pulumi can serialize it; else it is refused by its name", async () => {
    const inline = (body: string) => `${FUNCTION}import { helper } from "./helper.js";
const native = Math.max.bind(null);
new lambda.CallbackFunction("inline", { role: "r", callback: async function answer() { return ${body}; } });`;
    await small.write({ "helper.ts": "export const helper = () => 1;", "index.ts": inline("helper()") });
    expect((await names()).names).toEqual(["inline"]);
    await expect(small.evaluate({ "index.ts": inline("native(1, 2)") })).rejects.toMatchObject({
      code: "EVALUATION_FAILED",
      message: expect.stringMatching(/serializing function 'answer'[\s\S]*native/),
    });
  });

  test("Pulumi tells where it stands, in a module that is loaded after another function is packed", async () => {
    await small.write({
      "index.ts": `${FUNCTION}const first = new lambda.CallbackFunction("first", { role: "r", callback: async () => 1 });
await new Promise((done) => first.arn.apply(done));
await import("./later.ts");`,
      "later.ts": `${FUNCTION}const native = Math.max.bind(null);
new lambda.CallbackFunction("second", { role: "r", callback: async () => native(1, 2) });`,
    });
    await expect(small.evaluate()).rejects.toMatchObject({ message: expect.stringContaining("later.ts(3,") });
  });
});

describe("types are used where they decide what is loaded", () => {
  test("a type that is exported again without a mark, of a package with types alone", async () => {
    await small.write({
      "barrel.ts": `export { APIGatewayProxyEventV2 as E } from "aws-lambda"; export const name = "loads";`,
      "index.ts": `${GROUP}import { E, name } from "./barrel"; const event: E | undefined = undefined; new cloudwatch.LogGroup(event ?? name);`,
    });
    expect((await names()).names).toEqual(["loads"]);
  });

  test("what Pulumi accepts with this compiler is accepted", async () => {
    await small.write({
      "tsconfig.json": `{"compilerOptions":{"module":"commonjs","moduleResolution":"node","strict":true}}`,
      "index.ts": `import * as cloudwatch from "@pulumi/aws/cloudwatch"; new cloudwatch.LogGroup("old-settings");`,
    });
    expect((await names()).names).toEqual(["old-settings"]);
  });
});
