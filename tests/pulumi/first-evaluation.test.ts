import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { evaluateProgram } from "../../harness/pulumi/evaluate.ts";

const PACKAGES = resolve(import.meta.dirname, "../../node_modules");

let directory: string;

/** The repository's packages, and nothing kept of any evaluation. */
beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "first-evaluation-")));
  const packages = join(directory, "node_modules");
  await mkdir(packages);
  const names = (await readdir(PACKAGES)).filter((name) => name !== ".cache");
  await Promise.all(names.map((name) => symlink(join(PACKAGES, name), join(packages, name))));
  await write({ "Pulumi.yaml": "name: first\nruntime: nodejs\n", "package.json": "{}" });
});
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
}

async function evaluate() {
  const output: string[] = [];
  const program = await evaluateProgram({ programDirectory: directory, onOutput: (line) => output.push(line) });
  return { resources: program.graph.resources, output };
}

const FUNCTION = `import * as lambda from "@pulumi/aws/lambda";
const make = (name: string, codePathOptions = {}) =>
  new lambda.CallbackFunction(name, { role: "r", codePathOptions, callback: async () => 1 });`;

test("ends for a program without functions", async () => {
  await write({ "index.ts": `import * as sqs from "@pulumi/aws/sqs"; new sqs.Queue("q");` });
  expect((await evaluate()).resources).toHaveLength(1);
});

test("ends with a warning where a package is missing", async () => {
  await write({ "package.json": `{ "dependencies": { "not-there": "*" } }`, "index.ts": `${FUNCTION} make("f");` });
  const { resources, output } = await evaluate();
  expect(resources).toHaveLength(1);
  expect(output.join()).toContain("Could not include required dependency 'not-there'");
});

test("gives each of many functions its own files", async () => {
  const names = Array.from("abcdefgh");
  await write({
    ...Object.fromEntries(names.map((name) => [`${name}.txt`, name])),
    "package.json": `{ "workspaces": ["packages/*"] }`,
    "packages/one/package.json": "{}",
    "index.ts": `${FUNCTION} for (const name of "abcdefgh") make(name, { extraIncludePaths: [name + ".txt"] });`,
  });
  const { resources } = await evaluate();
  const files = resources.map(({ name, inputs }) => [name, JSON.stringify(inputs.code).match(/\w\.txt/)?.[0]]);
  expect(files).toEqual(names.map((name) => [name, `${name}.txt`]));
});
