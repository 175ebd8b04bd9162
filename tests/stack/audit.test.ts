import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inertResources } from "../../harness/cli/inert-resources.ts";
import { type EvaluatedProgram, evaluateProgram } from "../../harness/pulumi/evaluate.ts";
import { ROOT, type ScratchProgram, scratchProgram } from "../end-to-end/support/scratch-program.ts";

describe("the audit trail", () => {
  let scratch: ScratchProgram;
  let prod: EvaluatedProgram;
  beforeAll(async () => {
    scratch = await scratchProgram();
    prod = await evaluateProgram({ programDirectory: ROOT, stack: "prod" });
  });
  afterAll(() => scratch?.remove());

  test("is a remote component, which production alone has", async () => {
    expect(prod.graph.components).toMatchObject([{ type: "awsx:cloudtrail:Trail", name: "audit", remote: true }]);
    const dev = await evaluateProgram({ programDirectory: ROOT, stack: "dev" });
    expect(dev.graph.components).toEqual([]);
  });

  test("is named among what has no effect offline, as are the alarms", () => {
    expect(inertResources(prod.graph)).toEqual(
      expect.arrayContaining(["MetricAlarm (17)", "Dashboard", "Bucket", "awsx:cloudtrail:Trail"]),
    );
  });

  test("is not even loaded where it is not wanted", async () => {
    await scratch.write("stack/audit.ts", 'throw new Error("The audit was loaded.");\nexport {};\n');
    const evaluate = (stack: string) => evaluateProgram({ programDirectory: scratch.directory, stack });
    expect((await evaluate("dev")).faults).toEqual([]);
    await expect(evaluate("prod")).rejects.toThrow("The audit was loaded.");
  });

  test("writes into a bucket that is private, encrypted, versioned and does not grow for ever", () => {
    const inputs = (setting: string) => prod.graph.ofType(`aws:s3/bucket${setting}:Bucket${setting}`)[0]?.inputs;
    expect(inputs("PublicAccessBlock")).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(JSON.stringify(inputs("ServerSideEncryptionConfiguration"))).toContain("AES256");
    expect(inputs("Versioning")).toMatchObject({ versioningConfiguration: { status: "Enabled" } });
    expect(inputs("LifecycleConfiguration")).toMatchObject({
      rules: [{ status: "Enabled", expiration: { days: 400 } }],
    });
  });

  test("lets CloudTrail in for this one trail, and nobody without encryption", () => {
    const policy = prod.graph.ofType("aws:s3/bucketPolicy:BucketPolicy")[0]?.inputs.policy;
    const { Statement: statements } = JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] };
    const trailArn = expect.stringMatching(/^arn:aws:cloudtrail:eu-west-1:\d{12}:trail\/todo-api-prod-[0-9a-f]{8}$/);
    expect(statements).toEqual([
      expect.objectContaining({ Effect: "Allow", Condition: { StringEquals: { "aws:SourceArn": trailArn } } }),
      expect.objectContaining({
        Effect: "Allow",
        Condition: { StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" } },
      }),
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    ]);
  });
});
