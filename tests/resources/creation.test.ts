import { describe, expect, test } from "vitest";
import { identifiers } from "../../harness/pulumi/identifiers.ts";
import { RESOURCE_TYPES } from "../../harness/resources/catalog.ts";

const DEPLOYMENT = { project: "shop", stack: "dev", partition: "aws", region: "eu-west-1", accountId: "123456789012" };

function create(type: string, inputs: Readonly<Record<string, unknown>> = {}, name = "it") {
  const row = RESOURCE_TYPES.get(type);
  if (row === undefined || row.kind === "refused") throw new Error(`${type} is refused`);
  return row.create({ type, name, inputs }, identifiers(DEPLOYMENT, "a seed"));
}

test("every type makes something of nothing, the same at every start", () => {
  for (const [type, row] of RESOURCE_TYPES) {
    if (row.kind === "refused") continue;
    const created = create(type);
    expect(created.id).toEqual(expect.any(String));
    expect(created).toEqual(create(type));
    if (created.arn !== undefined) expect(created.arn).toMatch(/^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d*:.+$/);
  }
});

test("two resources of a type are told apart", () => {
  for (const [type, row] of RESOURCE_TYPES) {
    const byInputs = /Record|ResourceServer|RandomBytes|RandomPassword|RandomInteger/.test(type);
    if (row.kind === "refused" || byInputs) continue;
    expect(create(type, {}, "other").id, type).not.toBe(create(type).id);
  }
});

describe("values are of the form that AWS and the providers give them", () => {
  test.each<[string, object, object]>([
    ["aws:s3/bucket:Bucket", { bucket: "logs" }, { id: "logs", arn: "arn:aws:s3:::logs" }],
    ["aws:s3/bucketPolicy:BucketPolicy", { bucket: "logs", policy: "{}" }, { id: "logs" }],
    ["aws:sns/topic:Topic", { name: "alarms" }, { id: "arn:aws:sns:eu-west-1:123456789012:alarms" }],
    ["aws:ssm/parameter:Parameter", { name: "/a/b" }, { arn: "arn:aws:ssm:eu-west-1:123456789012:parameter/a/b" }],
    [
      "aws:sqs/queue:Queue",
      { name: "jobs" },
      { outputs: expect.objectContaining({ url: "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs" }) },
    ],
    ["random:index/randomId:RandomId", { byteLength: 4 }, { id: expect.stringMatching(/^[\w-]{6}$/) }],
    [
      "random:index/randomString:RandomString",
      { length: 9, upper: false },
      { id: expect.stringMatching(/^[a-z0-9]{9}$/) },
    ],
    ["random:index/randomPet:RandomPet", { prefix: "my" }, { id: expect.stringMatching(/^my-[a-z]{6}-[a-z]{6}$/) }],
    ["random:index/randomInteger:RandomInteger", { min: 3, max: 3 }, { outputs: { result: 3 } }],
    [
      "random:index/randomUuid:RandomUuid",
      {},
      { id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) },
    ],
    [
      "aws:lambda/permission:Permission",
      { statementIdPrefix: "api-" },
      { id: expect.stringMatching(/^api-[0-9a-f]{7}$/) },
    ],
  ])("%s with %j", (type, inputs, expected) => {
    expect(create(type, { ...inputs })).toMatchObject(expected);
  });
});
