import { describe, expect, test } from "vitest";
import { faultCollector } from "../../harness/faults.ts";
import { authorize, authorizeTrust } from "../../harness/iam/authorize.ts";
import { compilePolicy } from "../../harness/iam/policy-document.ts";
import { readRoles } from "../../harness/iam/roles.ts";
import { type Resource, resourceGraph } from "../../harness/pulumi/resource-graph.ts";
import { refuseResources } from "../../harness/resources/refusal.ts";
import { CLOCK } from "./support/evaluator-case.ts";

const ACCOUNT = "123456789012";
const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/todos`;
const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

const allow = (Action: string, Sid?: string) => ({
  Version: "2012-10-17",
  Statement: [{ ...(Sid === undefined ? {} : { Sid }), Effect: "Allow", Action, Resource: TABLE }],
});

function role(inputs: Record<string, unknown> = {}, name = "reader", path = "/service/"): Resource {
  const arn = `arn:aws:iam::${ACCOUNT}:role${path}${name}-1a2b3c4`;
  const physical = `${name}-1a2b3c4`;
  return {
    type: "aws:iam/role:Role",
    name,
    id: physical,
    arn,
    inputs: { assumeRolePolicy: TRUST, ...inputs },
    outputs: { arn, name: physical, ...inputs },
  };
}

function rolePolicy(policy: unknown, inputs: Record<string, unknown> = {}, name = "own"): Resource {
  const all = { role: "reader-1a2b3c4", policy, ...inputs };
  return { type: "aws:iam/rolePolicy:RolePolicy", name, id: `r:${name}`, inputs: all, outputs: { ...all, name } };
}

function policy(document: unknown, name = "managed"): Resource {
  const arn = `arn:aws:iam::${ACCOUNT}:policy/${name}`;
  return { type: "aws:iam/policy:Policy", name, id: arn, arn, inputs: { policy: document }, outputs: { arn, name } };
}

function attachment(inputs: Record<string, unknown>): Resource {
  const type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
  return { type, name: "attachment", id: "a", inputs: { role: "reader-1a2b3c4", ...inputs }, outputs: {} };
}

function policyAttachment(inputs: Record<string, unknown>): Resource {
  return { type: "aws:iam/policyAttachment:PolicyAttachment", name: "attachment", id: "a", inputs, outputs: {} };
}

function read(...resources: Resource[]) {
  const faults = faultCollector();
  const graph = resourceGraph(resources);
  refuseResources(graph, faults);
  return { roles: readRoles(graph, faults, CLOCK), faults: faults.faults };
}

function decide(result: ReturnType<typeof read>, action: string, name = "reader-1a2b3c4") {
  const found = result.roles.byName(name);
  if (found === undefined) throw new Error(`no role ${name}`);
  const { arn: roleArn, tags } = found;
  const sessionArn = `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/fn`;
  const principal = { kind: "role-session", roleArn, sessionArn, accountId: ACCOUNT, tags } as const;
  return authorize(found.policies, { principal, action, resourceArn: TABLE, context: {} }, CLOCK);
}

const MANAGED = `arn:aws:iam::${ACCOUNT}:policy/managed`;

describe("a role's policies", () => {
  test.each<[string, Resource[], string]>([
    ["RolePolicy as text", [role(), rolePolicy(JSON.stringify(allow("dynamodb:GetItem")))], "own#0"],
    ["RolePolicy as an object", [role(), rolePolicy(allow("dynamodb:GetItem", "Get"))], "own#Get"],
    [
      "inlinePolicies",
      [role({ inlinePolicies: [{ name: "in", policy: JSON.stringify(allow("dynamodb:GetItem")) }] })],
      "in#0",
    ],
    [
      "inlinePolicies without a name",
      [role({ inlinePolicies: [{ policy: JSON.stringify(allow("dynamodb:GetItem")) }] })],
      "inlinePolicies[0]#0",
    ],
    [
      "a customer-managed policy",
      [role(), policy(allow("dynamodb:GetItem")), attachment({ policyArn: MANAGED })],
      "managed#0",
    ],
    ["managedPolicyArns", [role({ managedPolicyArns: [MANAGED] }), policy(allow("dynamodb:GetItem"))], "managed#0"],
    [
      "PolicyAttachment",
      [role(), policy(allow("dynamodb:GetItem")), policyAttachment({ roles: ["reader-1a2b3c4"], policyArn: MANAGED })],
      "managed#0",
    ],
    [
      "a policy of AWS's own",
      [role(), attachment({ policyArn: "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess" })],
      "AmazonDynamoDBReadOnlyAccess#GeneralReadOnlyAccess",
    ],
  ])("come by %s", (_name, resources, deciding) => {
    const result = read(...resources);
    expect(result.faults).toEqual([]);
    expect(decide(result, "dynamodb:GetItem")).toMatchObject({ kind: "Allowed", deciding: [deciding] });
    expect(decide(result, "dynamodb:DeleteItem").kind).toBe("ImplicitlyDenied");
  });

  test("are those of that role only", () => {
    const result = read(role(), role({}, "writer"), rolePolicy(allow("dynamodb:PutItem"), { role: "writer-1a2b3c4" }));
    expect(result.faults).toEqual([]);
    expect(decide(result, "dynamodb:PutItem", "writer-1a2b3c4").kind).toBe("Allowed");
    expect(decide(result, "dynamodb:PutItem").kind).toBe("ImplicitlyDenied");
  });

  test("add up, and a denial in one wins over all", () => {
    const deny = { Statement: { Effect: "Deny", Action: "dynamodb:Scan", Resource: "*" } };
    const result = read(
      role({ managedPolicyArns: [BASIC], inlinePolicies: [{ name: "deny", policy: deny }] }),
      rolePolicy(allow("dynamodb:*")),
    );
    expect(decide(result, "dynamodb:Scan")).toMatchObject({ kind: "ExplicitlyDenied", deciding: ["deny#0"] });
    expect(decide(result, "dynamodb:Query").kind).toBe("Allowed");
    expect(decide(result, "logs:PutLogEvents")).toMatchObject({ deciding: ["AWSLambdaBasicExecutionRole#0"] });
  });

  test("are bounded by a permissions boundary", () => {
    const result = read(
      role({ permissionsBoundary: MANAGED }),
      policy(allow("dynamodb:GetItem")),
      rolePolicy(allow("dynamodb:*")),
    );
    expect(result.faults).toEqual([]);
    expect(decide(result, "dynamodb:GetItem").kind).toBe("Allowed");
    expect(decide(result, "dynamodb:PutItem").kind).toBe("ImplicitlyDenied");
  });

  test("are not granted by a boundary alone", () => {
    const result = read(role({ permissionsBoundary: MANAGED }), policy(allow("dynamodb:*")));
    expect(decide(result, "dynamodb:GetItem").kind).toBe("ImplicitlyDenied");
  });

  test("see the role's tags as principal tags", () => {
    const Condition = { StringEquals: { "aws:PrincipalTag/team": "blue" } };
    const document = { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*", Condition } };
    expect(decide(read(role({ tags: { team: "blue" } }), rolePolicy(document)), "dynamodb:GetItem").kind).toBe(
      "Allowed",
    );
    expect(decide(read(role({ tags: { team: "red" } }), rolePolicy(document)), "dynamodb:GetItem").kind).toBe(
      "ImplicitlyDenied",
    );
  });
});

describe("a role", () => {
  test("has the name that its resource has where AWS did not say one, and so do its policies", () => {
    const { roles } = read({ ...role(), outputs: {} }, { ...rolePolicy(allow("s3:*")), outputs: {} });
    const named = { ...rolePolicy(allow("s3:*")), outputs: { name: "own-1a2b3c4" } };
    expect(roles.all.map(({ name, policies }) => [name, policies[0]?.name])).toEqual([["reader-1a2b3c4", "own"]]);
    expect(read(role(), named).roles.all[0]?.policies[0]?.name).toBe("own-1a2b3c4");
    const renamed = { ...role(), outputs: { name: "renamed" } };
    expect(read(renamed).roles.all[0]?.name).toBe("renamed");
  });

  test("has no policy by an empty inline policy", () => {
    expect(read(role({ inlinePolicies: [{}] })).roles.all[0]?.policies).toEqual([]);
  });

  test("has the tags of the program and of the provider", () => {
    const tagsOf = (tags: unknown, tagsAll?: unknown) =>
      read({ ...role({ tags }), outputs: { name: "r", tagsAll } }).roles.all[0]?.tags;
    expect(tagsOf({ team: "blue" })).toEqual({ team: "blue" });
    expect(tagsOf({ team: "blue" }, { team: "blue", stack: "dev" })).toEqual({ team: "blue", stack: "dev" });
    expect(tagsOf(undefined)).toEqual({});
  });

  test.each([[["a"]], [{ size: 5 }], ["text"]])("with the tags %j is refused", (tags) => {
    expect(read(role({ tags })).faults.map(({ rule }) => rule)).toEqual(["`tags` must be a map of text."]);
  });

  test("with an input that nobody knows is refused", () => {
    expect(read(role({ assumeRolePolicyDocument: TRUST })).faults).toEqual([
      {
        subject: "aws:iam/role:Role reader",
        rule: "`assumeRolePolicyDocument` is unknown to the harness and therefore refused; remove it.",
      },
    ]);
  });

  test("is found by ARN, with its path, and by name", () => {
    const { roles } = read(role());
    const arn = `arn:aws:iam::${ACCOUNT}:role/service/reader-1a2b3c4`;
    expect(roles.byArn(arn)?.name).toBe("reader-1a2b3c4");
    expect(roles.byName("reader-1a2b3c4")?.arn).toBe(arn);
    expect(roles.byName("reader")).toBeUndefined();
    expect(roles.byArn("__proto__")).toBeUndefined();
    expect(roles.all).toHaveLength(1);
  });

  test("is trusted to the services that its trust policy names", () => {
    const { roles } = read(role());
    expect(roles.byName("reader-1a2b3c4")?.trusts("lambda.amazonaws.com")).toBe(true);
    expect(roles.byName("reader-1a2b3c4")?.trusts("edgelambda.amazonaws.com")).toBe(false);
  });

  test.each<[string, object, boolean]>([
    ["a condition that holds", { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } }, true],
    ["a condition that does not hold", { Condition: { StringEquals: { "aws:SourceAccount": "999999999999" } } }, false],
    ["another action", { Action: "sts:TagSession" }, false],
    ["a denial", { Effect: "Deny" }, false],
  ])("is trusted as its trust policy says with %s", (_name, change, expected) => {
    const assumeRolePolicy = { ...TRUST, Statement: [{ ...TRUST.Statement[0], ...change }] };
    const { roles, faults } = read(role({ assumeRolePolicy }));
    expect(faults).toEqual([]);
    const context = { "aws:SourceAccount": ACCOUNT };
    expect(roles.byName("reader-1a2b3c4")?.trusts("lambda.amazonaws.com", context)).toBe(expected);
  });
});

describe("a policy that is no trust policy", () => {
  test("lets nobody assume a role", () => {
    const faults = faultCollector();
    const document = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
    const identity = compilePolicy({ kind: "identity", name: "p", document, subject: "test" }, faults);
    const asked = { service: "lambda.amazonaws.com", roleArn: `arn:aws:iam::${ACCOUNT}:role/r`, context: {} };
    expect(authorizeTrust(identity, asked, CLOCK)).toBe(false);
  });
});

/** A policy of so many characters. */
function sized(characters: number): string {
  const text = JSON.stringify(allow("dynamodb:GetItem"));
  return text.replace(TABLE, `${TABLE}${"x".repeat(characters - text.length)}`);
}

function withoutArn({ arn: _arn, ...resource }: Resource): Resource {
  return resource;
}

describe("no fault is found for", () => {
  test.each<[string, Resource[]]>([
    ["an empty inline policy, which says that there is no other", [role({ inlinePolicies: [{}] })]],
    ["an empty boundary", [role({ permissionsBoundary: "" })]],
    [
      "inline policies of 10,240 characters",
      [role(), rolePolicy(sized(10_000), {}, "a"), rolePolicy(sized(240), {}, "b")],
    ],
    [
      "one managed policy by two ways",
      [role({ managedPolicyArns: [MANAGED] }), policy(allow("dynamodb:GetItem")), attachment({ policyArn: MANAGED })],
    ],
    [
      "a role and a policy whose names AWS did not say",
      [
        { ...role(), outputs: {} },
        { ...rolePolicy(allow("s3:*")), outputs: {} },
      ],
    ],
  ])("%s", (_name, resources) => {
    expect(read(...resources).faults).toEqual([]);
  });
});

describe("a fault is found for", () => {
  const long = (count: number) => ({
    Version: "2012-10-17",
    Statement: Array.from({ length: count }, () => ({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: TABLE })),
  });

  test.each<[string, Resource[], string, string]>([
    [
      "a policy for a role that is not there",
      [role(), rolePolicy(allow("dynamodb:*"), { role: "other" })],
      "RolePolicy own",
      "The role other is not in the program; attach to a role that it makes, by its name.",
    ],
    [
      "a policy for what is no name",
      [role(), rolePolicy(allow("dynamodb:*"), { role: { id: "x" } })],
      "RolePolicy own",
      "The role is not given by its name; pass `role.name`.",
    ],
    [
      "an unknown policy of AWS's own",
      [role(), attachment({ policyArn: "arn:aws:iam::aws:policy/Unheard" })],
      "RolePolicyAttachment attachment",
      "The document of arn:aws:iam::aws:policy/Unheard is not known to the harness; write the permissions that are needed as an own policy.",
    ],
    [
      "a policy of another account",
      [role({ managedPolicyArns: ["arn:aws:iam::999999999999:policy/x"] })],
      "Role reader",
      "arn:aws:iam::999999999999:policy/x is no policy of this program and none that AWS manages; attach one that the program makes.",
    ],
    [
      "a policy's ARN that is none",
      [role(), attachment({ policyArn: 5 })],
      "RolePolicyAttachment attachment",
      "The policy's ARN is not a string; pass the policy's `arn`.",
    ],
    [
      "an ARN of another resource",
      [role(), attachment({ policyArn: role().arn })],
      "RolePolicyAttachment attachment",
      "arn:aws:iam::123456789012:role/service/reader-1a2b3c4 is no policy of this program and none that AWS manages; attach one that the program makes.",
    ],
    ["a broken policy", [role(), rolePolicy("{")], "RolePolicy own", 'Policy "own": the policy is not valid JSON.'],
    [
      "a missing policy",
      [role(), rolePolicy(undefined)],
      "RolePolicy own",
      'Policy "own": the policy is not a JSON object.',
    ],
    [
      "a broken managed policy that nothing attaches",
      [role(), policy({ Statement: [] })],
      "Policy managed",
      'Policy "managed": Statement is empty.',
    ],
    [
      "a broken inline policy",
      [role({ inlinePolicies: [{ name: "in", policy: allow("dynamo:x") }] })],
      "Role reader",
      'Policy "in": Statement[0]: Action: "dynamo:x" names no AWS service that is known here: check the spelling of "dynamo".',
    ],
    [
      "an inline policy that is none",
      [role({ inlinePolicies: ["x"] })],
      "Role reader",
      "`inlinePolicies` must be a list of blocks.",
    ],
    [
      "a broken trust policy",
      [role({ assumeRolePolicy: {} })],
      "Role reader",
      'Policy "reader-1a2b3c4 trust policy": Statement is missing.',
    ],
    [
      "no trust policy",
      [role({ assumeRolePolicy: undefined })],
      "Role reader",
      'Policy "reader-1a2b3c4 trust policy": the policy is not a JSON object.',
    ],
    [
      "two inline policies of one name",
      [role(), rolePolicy(allow("dynamodb:*")), rolePolicy(allow("s3:*"))],
      "Role reader",
      'Two inline policies are called "own"; one would replace the other.',
    ],
    [
      "inline policies that are too long",
      [role(), rolePolicy(long(200))],
      "Role reader",
      "Its inline policies have 22438 characters; IAM takes at most 10240.",
    ],
    [
      "a managed policy that is too long",
      [role(), policy(long(70))],
      "Policy managed",
      "The policy has 7878 characters; IAM takes at most 6144.",
    ],
    [
      "users",
      [role(), policy(allow("dynamodb:*")), policyAttachment({ users: ["ana"], policyArn: MANAGED })],
      "PolicyAttachment attachment",
      "`users` is refused: IAM users and groups are not emulated; attach the policy to roles only.",
    ],
    [
      "groups",
      [role(), policy(allow("dynamodb:*")), policyAttachment({ groups: ["staff"], policyArn: MANAGED })],
      "PolicyAttachment attachment",
      "`groups` is refused: IAM users and groups are not emulated; attach the policy to roles only.",
    ],
    [
      "an inline policy without a name",
      [role({ inlinePolicies: [{}, { policy: "" }] })],
      "Role reader",
      'Policy "inlinePolicies[1]": the policy is not valid JSON.',
    ],
    [
      "an inline policy with a name alone",
      [role({ inlinePolicies: [{ name: "in" }] })],
      "Role reader",
      'Policy "in": the policy is not a JSON object.',
    ],
    [
      "an inline policy of one character too many",
      [role(), rolePolicy(sized(10_241))],
      "Role reader",
      "Its inline policies have 10241 characters; IAM takes at most 10240.",
    ],
    ["a role that has no ARN at all", [withoutArn(role())], "Role reader", "The role has no ARN."],
    [
      "a role whose ARN is none of IAM's",
      [{ ...role(), arn: "arn:aws:s3:::role" }],
      "Role reader",
      "The role has no ARN.",
    ],
    ["a role without an ARN", [{ ...role(), arn: "x" }], "Role reader", "The role has no ARN."],
  ])("%s", (_name, resources, subject, rule) => {
    const { faults } = read(...resources);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.subject).toMatch(new RegExp(`:${subject}$`));
    expect(faults[0]?.rule).toBe(rule);
  });

  test("a boundary that is not there, which leaves the role with nothing", () => {
    const result = read(role({ permissionsBoundary: MANAGED }), rolePolicy(allow("dynamodb:*")));
    expect(result.faults.map(({ rule }) => rule)).toEqual([
      `${MANAGED} is no policy of this program and none that AWS manages; attach one that the program makes.`,
      "The permissions boundary could not be read; the role may do nothing.",
    ]);
    expect(decide(result, "dynamodb:GetItem").kind).toBe("ImplicitlyDenied");
    expect(result.roles.byName("reader-1a2b3c4")?.policies.map(({ name }) => name)).toEqual([
      "own",
      "unreadable boundary",
    ]);
  });

  test("every broken policy at once", () => {
    const { faults } = read(role({ assumeRolePolicy: "" }), rolePolicy("", {}, "a"), rolePolicy("", {}, "b"));
    expect(faults).toHaveLength(3);
  });
});

describe("what a callback function gets without a role of its own", () => {
  test.each([
    "AWSLambda_FullAccess",
    "CloudWatchFullAccessV2",
    "CloudWatchEventsFullAccess",
    "AmazonS3FullAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonSQSFullAccess",
    "AmazonKinesisFullAccess",
    "AmazonCognitoPowerUser",
    "AWSXrayWriteOnlyAccess",
  ])("%s is known", (name) => {
    const { faults } = read(role(), attachment({ policyArn: `arn:aws:iam::aws:policy/${name}` }));
    expect(faults).toEqual([]);
  });
});
