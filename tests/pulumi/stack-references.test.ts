import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCommandLine } from "../../harness/cli/command-line.ts";
import { runSecurity } from "../../harness/security/command.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

let small: SmallProgram;
beforeAll(async () => {
  small = await smallProgram({
    "index.ts": `import * as pulumi from "@pulumi/pulumi"; import * as cloudwatch from "@pulumi/aws/cloudwatch";
const other = new pulumi.StackReference("org/network/dev");
new cloudwatch.LogGroup("g", { name: other.requireOutput("name").apply((name) => name.toUpperCase()) });
export const missing = other.getOutput("none");`,
    "outputs.json": `{"name":"from-there"}`,
    "list.json": "[]",
  });
});
afterAll(() => small.remove());

const reference = (file: string) => ({ references: { "org/network/dev": join(small.directory, file) } });

test("the outputs of another stack can be given", async () => {
  const program = await small.evaluate({}, reference("outputs.json"));
  expect(program.faults).toEqual([]);
  expect(program.graph.resources.map(({ inputs }) => inputs.name)).toEqual(["FROM-THERE"]);
});

test("without them the stack is named, with the remedy, and nothing that follows", async () => {
  expect((await small.evaluate()).faults).toEqual([
    {
      subject: "pulumi:pulumi:StackReference org/network/dev",
      rule: expect.stringContaining("--reference org/network/dev=FILE.json"),
    },
  ]);
});

test.each(["none.json", "list.json"])("%s is no file of outputs", async (file) => {
  await expect(small.evaluate({}, reference(file))).rejects.toMatchObject({
    code: "CONFIGURATION",
    message: expect.stringMatching(/holds no outputs of the stack org\/network\/dev\. .*pulumi stack output --json/),
  });
});

const GIVEN = ["--reference", "org/network/dev=outputs.json"];
test.each(["serve", "graph", "cost", "security"])("%s takes a name and a file, and its help says so", (name) => {
  const references = { "org/network/dev": "outputs.json" };
  expect(parseCommandLine([name, ...GIVEN])).toMatchObject({ name, options: { references } });
  const help = parseCommandLine([name, "--help"]);
  expect(help).toMatchObject({ name: "help", text: expect.stringContaining("--reference NAME=FILE") });
});

test("replay takes them for the program that it starts", () => {
  const references = { "org/network/dev": "outputs.json" };
  expect(parseCommandLine(["replay", "event.json", ...GIVEN])).toMatchObject({ options: { program: { references } } });
  expect(parseCommandLine(["replay", "--help"])).toMatchObject({
    text: expect.stringContaining("--reference NAME=FILE"),
  });
});

test("the security suite evaluates the program with them", async () => {
  const words = [
    "--program",
    small.directory,
    "--reference",
    `org/network/dev=${join(small.directory, "outputs.json")}`,
  ];
  const command = parseCommandLine(["security", "--draft-profile", ...words]);
  if (command.name !== "security") throw new Error("another command");
  const printed: string[] = [];
  const surroundings = { print: (text: string) => printed.push(text), progress: () => {}, warn: () => {} };
  await runSecurity(command.options, { ...surroundings, version: "0", environment: { node: "", system: "" } });
  expect(printed).toEqual([expect.stringContaining("SecurityProfile")]);
});

test("the option wants both", () => {
  expect(() => parseCommandLine(["graph", "--reference", "outputs.json"])).toThrow(/NAME=FILE/);
});
