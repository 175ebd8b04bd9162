import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { allGone, descendants } from "../end-to-end/support/command.ts";
import { linkPackages } from "../end-to-end/support/scratch-program.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

let small: SmallProgram;
let ending: AbortController;

/** With nothing kept of any evaluation, not even compiled code. */
beforeEach(async () => {
  ending = new AbortController();
  small = await smallProgram();
  const packages = join(small.directory, "node_modules");
  await rm(packages);
  await linkPackages(small.directory);
  await rm(join(packages, ".cache/pulumi-harness/compiled"));
});
afterEach(async () => {
  ending.abort();
  // A process that has answered still writes what it compiled.
  await allGone(descendants(process.pid));
  await small.remove();
});

async function evaluate(files: Readonly<Record<string, string>>) {
  const output: string[] = [];
  const program = await small.evaluate(files, { signal: ending.signal, onOutput: (line) => output.push(line) });
  return { resources: program.graph.resources, output };
}

const FUNCTION = `import * as lambda from "@pulumi/aws/lambda";
const make = (name: string, codePathOptions = {}) =>
  new lambda.CallbackFunction(name, { role: "r", codePathOptions, callback: async () => 1 });`;

test("ends for a program without functions", async () => {
  const { resources } = await evaluate({ "index.ts": `import * as sqs from "@pulumi/aws/sqs"; new sqs.Queue("q");` });
  expect(resources).toHaveLength(1);
});

test("ends with a warning where a package is missing", async () => {
  const { resources, output } = await evaluate({
    "package.json": `{ "dependencies": { "not-there": "*" } }`,
    "index.ts": `${FUNCTION} make("f");`,
  });
  expect(resources).toHaveLength(1);
  expect(output.join()).toContain("Could not include required dependency 'not-there'");
});

test("gives each of many functions its own files", async () => {
  const names = Array.from("abcdefgh");
  const { resources } = await evaluate({
    ...Object.fromEntries(names.map((name) => [`${name}.txt`, name])),
    "package.json": `{ "workspaces": ["packages/*"] }`,
    "packages/one/package.json": "{}",
    "index.ts": `${FUNCTION} for (const name of "abcdefgh") make(name, { extraIncludePaths: [name + ".txt"] });`,
  });
  const files = resources.map(({ name, inputs }) => [name, JSON.stringify(inputs.code).match(/\w\.txt/)?.[0]]);
  expect(files).toEqual(names.map((name) => [name, `${name}.txt`]));
});
