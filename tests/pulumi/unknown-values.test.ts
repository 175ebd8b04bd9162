import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EvaluatedProgram } from "../../harness/pulumi/evaluate.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

let small: SmallProgram;
beforeAll(async () => {
  small = await smallProgram();
});
afterAll(() => small.remove());

const HEAD = `import * as pulumi from "@pulumi/pulumi"; import * as aws from "@pulumi/aws";
const cache = new aws.elasticache.Cluster("jobs", { clusterId: "given" });
`;
const CACHE = { subject: "aws:elasticache/cluster:Cluster jobs", rule: expect.stringContaining("resource type") };

describe("an output that nobody knows is unknown, as in a preview, and nothing is said that follows from it alone", () => {
  const KINDS: readonly (readonly [name: string, source: string])[] = [
    ["its apply is not called", `cache.clusterAddress.apply((url) => { throw new Error(new URL(url).hostname); });`],
    ["in JSON", `new aws.iam.Policy("p", { policy: pulumi.jsonStringify({ Resource: cache.arn }) });`],
    ["in a text", `new aws.cloudwatch.LogGroup("g", { name: pulumi.interpolate\`/\${cache.arn}\` });`],
    [
      "a list that is indexed",
      `const list = cache.cacheNodes; list.apply((all) => all[0]!.id.length); export const first = list[0]!.id;`,
    ],
    ["its id", `new aws.cloudwatch.LogGroup("tagged", { tags: { of: cache.id } });`],
    [
      "an output of what depends on it",
      `const role = new aws.iam.Role("r", { assumeRolePolicy: cache.arn }); role.arn.apply((arn) => arn.split(":")[9]!.length);`,
    ],
    [
      "a document made of it by a provider function",
      `aws.iam.getPolicyDocumentOutput({ statements: [{ resources: [cache.arn] }] }).json.apply((json) => JSON.parse(json).Nothing.x);`,
    ],
    [
      "a secret",
      `pulumi.secret(cache.arn).apply((arn) => arn.nothing.x); export const hidden = pulumi.secret(cache.arn);`,
    ],
  ];

  describe("in one program, a cluster each", () => {
    const clusterOf = (at: number) => `jobs-${at}`;
    let program: EvaluatedProgram;
    beforeAll(async () => {
      // A module each, whose exports and resources are its own.
      const sources = KINDS.map(([, source], at) => [
        `kind-${at}.ts`,
        `${HEAD.replace("jobs", clusterOf(at))}${source}\nexport {};`,
      ]);
      const index = KINDS.map((_kind, at) => `export * from "./kind-${at}";`).join("\n");
      program = await small.evaluate({ ...Object.fromEntries(sources), "index.ts": index });
    });

    test.each(KINDS.map(([name], at) => [name, at] as const))("%s", (_name, at) => {
      const subject = `aws:elasticache/cluster:Cluster ${clusterOf(at)}`;
      expect(program.faults.filter((fault) => fault.subject === subject)).toEqual([{ ...CACHE, subject }]);
    });

    test("nothing else is a fault", () => {
      expect(program.faults).toHaveLength(KINDS.length);
    });
  });

  test("what is given stays known", async () => {
    const program = await small.evaluate({
      "index.ts": `${HEAD}export const name = cache.clusterId.apply((name) => name.toUpperCase()); export const url = cache.clusterAddress;`,
    });
    expect(program.exports).toEqual({ name: "GIVEN", url: "[unknown]" });
  });

  test("a known resource beside it is in the graph", async () => {
    const source = `new aws.cloudwatch.LogGroup("kept", { name: cache.clusterId });`;
    const program = await small.evaluate({ "index.ts": HEAD + source });
    expect(program.graph.resources.map(({ name }) => name)).toEqual(["kept"]);
  });

  test("a provider function is named once, in both its forms", async () => {
    const source = `import * as aws from "@pulumi/aws";
export = async () => {
  const { id } = await aws.ec2.getVpc({ default: true });
  return { id, output: aws.ec2.getVpcOutput({ default: true }).cidrBlock.apply((block) => block.split("/")[1]!.length) };
};`;
    expect((await small.evaluate({ "index.ts": source })).faults).toEqual([
      { subject: "aws:ec2/getVpc:getVpc", rule: "This provider function is not emulated." },
    ]);
  });

  test("outputs of a remote component, and of what is read from AWS", async () => {
    const source = `import * as pulumi from "@pulumi/pulumi"; import * as aws from "@pulumi/aws";
class Api extends pulumi.ComponentResource {
  readonly url!: pulumi.Output<string>;
  constructor() { super("aws-apigateway:index:RestAPI", "api", { url: undefined }, {}, true); }
}
new Api().url.apply((url) => new URL(url));
aws.dynamodb.Table.get("old", "old-table").hashKey.apply((key) => key!.length.toFixed());`;
    expect((await small.evaluate({ "index.ts": source })).faults.map(({ subject }) => subject).sort()).toEqual([
      "aws-apigateway:index:RestAPI api",
      "aws:dynamodb/table:Table old",
    ]);
  });

  test("what depends on a component that is only left out is refused for that", async () => {
    const source = `import * as pulumi from "@pulumi/pulumi"; import * as aws from "@pulumi/aws";
class Trail extends pulumi.ComponentResource {
  readonly bucket!: pulumi.Output<string>;
  constructor() { super("awsx:cloudtrail:Trail", "trail", { bucket: undefined }, {}, true); }
}
new aws.cloudwatch.LogGroup("g", { tags: { bucket: new Trail().bucket } });`;
    expect((await small.evaluate({ "index.ts": source })).faults).toEqual([
      { subject: "aws:cloudwatch/logGroup:LogGroup g", rule: expect.stringContaining("are not known here") },
    ]);
  });
});

test("a program that then throws: what is unknown is named first", async () => {
  const evaluated = small.evaluate({
    "index.ts": `${HEAD}setTimeout(() => { throw new Error("no such luck"); }, 100);`,
  });
  await expect(evaluated).rejects.toMatchObject({
    code: "EVALUATION_FAILED",
    message: expect.stringMatching(/failed:\naws:elasticache\/cluster:Cluster jobs: .*resource type.*\nno such luck/),
  });
});
