import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCommandLine } from "../../harness/cli/command-line.ts";
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

test("the option takes a name and a file", () => {
  const command = parseCommandLine(["graph", "--reference", "org/network/dev=outputs.json"]);
  expect(command).toMatchObject({ options: { references: { "org/network/dev": "outputs.json" } } });
  expect(() => parseCommandLine(["graph", "--reference", "outputs.json"])).toThrow(/NAME=FILE/);
});
