import { describe, expect, test } from "vitest";
import { faultCollector } from "../../harness/faults.ts";
import { managedPolicies, policyLength } from "../../harness/iam/attached-policies.ts";
import { type Resource, resourceGraph } from "../../harness/pulumi/resource-graph.ts";

const ARN = "arn:aws:iam::123456789012:policy/own";
const OTHER = "arn:aws:iam::123456789012:policy/other";
const AWS_OWN = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const DOCUMENT = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };

function policy(arn: string, document: unknown = DOCUMENT, outputs: Resource["outputs"] = {}): Resource {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  return { type: "aws:iam/policy:Policy", name, id: arn, arn, inputs: { policy: document }, outputs };
}

function find(...resources: Resource[]) {
  const faults = faultCollector();
  const role: Resource = { type: "aws:iam/role:Role", name: "reader", id: "reader", inputs: {}, outputs: {} };
  const managed = managedPolicies(resourceGraph(resources), faults);
  return { faults, find: (arn: unknown, kind: "identity" | "boundary" = "identity") => managed(arn, role, kind) };
}

describe("a managed policy", () => {
  test.each([
    ["of the program", ARN],
    ["of AWS's own", AWS_OWN],
  ])("%s is compiled once for each use", (_name, arn) => {
    const policies = find(policy(ARN), policy(OTHER));
    const identity = policies.find(arn);
    const boundary = policies.find(arn, "boundary");
    expect(identity?.kind).toBe("identity");
    expect(boundary?.kind).toBe("boundary");
    expect(policies.find(arn)).toBe(identity);
    expect(policies.find(arn, "boundary")).toBe(boundary);
    expect(policies.find(OTHER)?.name).toBe("other");
    expect(policies.find(`${AWS_OWN.slice(0, -"BasicExecutionRole".length)}VPCAccessExecutionRole`)).not.toBe(identity);
  });

  test("is read even when nothing attaches it, and so is the next", () => {
    const { faults } = find(policy(ARN, {}), policy(OTHER, {}));
    expect(faults.faults.map(({ rule }) => rule)).toEqual([
      'Policy "own": Statement is missing.',
      'Policy "other": Statement is missing.',
    ]);
  });

  test("has the name that AWS gave it, or else the program's", () => {
    const policies = find(policy(ARN, DOCUMENT, { name: "own-1a2b3c4" }), policy(OTHER, DOCUMENT, { name: 5 }));
    expect(policies.find(ARN)?.name).toBe("own-1a2b3c4");
    expect(policies.find(OTHER)?.name).toBe("other");
    expect(policies.find(AWS_OWN)?.name).toBe("AWSLambdaBasicExecutionRole");
  });

  test("may have 6,144 characters", () => {
    const empty = policyLength({ ...DOCUMENT, Id: "" });
    const sized = (size: number) => ({ ...DOCUMENT, Id: "x".repeat(size - empty) });
    expect(policyLength(sized(6_144))).toBe(6_144);
    const lengthFaults = (document: unknown) =>
      find(policy(ARN, document)).faults.faults.filter(({ rule }) => rule.includes("characters"));
    expect(lengthFaults(sized(6_144))).toEqual([]);
    expect(lengthFaults(sized(6_145)).map(({ rule }) => rule)).toEqual([
      "The policy has 6145 characters; IAM takes at most 6144.",
    ]);
  });
});

describe("a policy's length", () => {
  test.each<[string, unknown, number]>([
    ["of a text", '{"a":1}', 7],
    ["of a text with white space, which does not count", ' {\n\t"a" : 1 }\r\n', 7],
    ["of an object", { a: 1 }, 7],
    ["of an object with white space in it", { a: "b c" }, 10],
    ["of nothing", undefined, 0],
  ])("%s", (_name, document, length) => {
    expect(policyLength(document)).toBe(length);
  });
});
