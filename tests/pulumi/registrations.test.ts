import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EvaluatedProgram } from "../../harness/pulumi/evaluate.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

const URN = "urn:pulumi:dev::small::";

let small: SmallProgram;
beforeAll(async () => {
  small = await smallProgram();
});
afterAll(() => small.remove());

describe("what a registration carries", () => {
  let program: EvaluatedProgram;
  beforeAll(async () => {
    program = await small.evaluate({
      "parts/group.ts": `import * as pulumi from "@pulumi/pulumi";
import * as cloudwatch from "@pulumi/aws/cloudwatch";

interface Unused {
  readonly name: string;
}

export class Group extends pulumi.ComponentResource {
  readonly logs: cloudwatch.LogGroup;
  constructor(name: string) {
    super("my:index:Group", name);
    this.logs = new cloudwatch.LogGroup(name, {}, { parent: this, protect: true });
  }
}
`,
      "index.ts": `import * as iam from "@pulumi/aws/iam";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import { Group } from "./parts/group";
type Erased = { readonly a: string };

const group = new Group("g");
const other = new cloudwatch.LogGroup("other", { tags: { of: group.logs.name } }, {
  dependsOn: group, deleteBeforeReplace: true, retainOnDelete: true, ignoreChanges: ["tags"], customTimeouts: { create: "5m" },
});
new iam.Role("r", { assumeRolePolicy: "{}" }, { parent: group.logs });
export const urn = group.logs.urn;
export const stackUrn = other.urn;
`,
    });
  });
  const named = (name: string) => program.graph.resources.find((resource) => resource.name === name);

  test("the place in the TypeScript that was written, types and blank lines included", () => {
    expect(named("g")?.position).toEqual({ file: "parts/group.ts", line: 12, column: 17 });
    expect(named("other")?.position).toEqual({ file: "index.ts", line: 7, column: 15 });
    expect(program.graph.components[0]?.position).toEqual({ file: "index.ts", line: 6, column: 15 });
  });

  test("URNs as the engine writes them, with the types of all parents but the stack", () => {
    expect(named("other")?.urn).toBe(`${URN}aws:cloudwatch/logGroup:LogGroup::other`);
    expect(named("g")?.urn).toBe(`${URN}my:index:Group$aws:cloudwatch/logGroup:LogGroup::g`);
    expect(named("r")?.urn).toBe(`${URN}my:index:Group$aws:cloudwatch/logGroup:LogGroup$aws:iam/role:Role::r`);
    expect(program.exports).toEqual({ urn: named("g")?.urn, stackUrn: named("other")?.urn });
  });

  test("parents and dependencies, explicit ones and those that inputs make", () => {
    expect(program.graph.components).toMatchObject([{ type: "my:index:Group", name: "g", remote: false }]);
    expect(named("g")?.parent).toBe(`${URN}my:index:Group::g`);
    expect(named("other")).not.toHaveProperty("parent");
    expect(named("other")?.dependencies).toContain(named("g")?.urn);
  });

  test("the options that are set, and only those", () => {
    expect(named("g")?.options).toEqual({ protect: true });
    // Children take it from their parents.
    expect(named("r")?.options).toEqual({ protect: true });
    expect(named("other")?.options).toEqual({
      deleteBeforeReplace: true,
      retainOnDelete: true,
      ignoreChanges: ["tags"],
      customTimeouts: { create: "5m" },
    });
  });
});

describe("nothing that the program registers vanishes", () => {
  const remote = (type: string) =>
    `import * as pulumi from "@pulumi/pulumi";
new (class extends pulumi.ComponentResource { constructor() { super("${type}", "api", { routes: [] }, {}, true); } })();`;

  test("a component that is made by its provider is refused by name", async () => {
    const program = await small.evaluate({ "index.ts": remote("aws-apigateway:index:RestAPI") });
    expect(program.faults).toEqual([
      { subject: "aws-apigateway:index:RestAPI api", rule: expect.stringContaining("its package's own provider") },
    ]);
    expect(program.graph.components).toMatchObject([{ name: "api", remote: true, position: { file: "index.ts" } }]);
  });

  test("but one that is known to have no effect is not", async () => {
    const program = await small.evaluate({ "index.ts": remote("awsx:cloudtrail:Trail") });
    expect(program.faults).toEqual([]);
    expect(program.graph.components).toMatchObject([{ type: "awsx:cloudtrail:Trail", remote: true }]);
  });

  test("two resources with one URN are refused in the engine's words", async () => {
    const program = await small.evaluate({
      "index.ts": `import * as cloudwatch from "@pulumi/aws/cloudwatch";
new cloudwatch.LogGroup("twice"); new cloudwatch.LogGroup("twice");`,
    });
    const urn = `${URN}aws:cloudwatch/logGroup:LogGroup::twice`;
    expect(program.faults).toEqual([
      {
        subject: "aws:cloudwatch/logGroup:LogGroup twice",
        rule: `Duplicate resource URN '${urn}'; try giving it a unique name.`,
      },
    ]);
  });
});
