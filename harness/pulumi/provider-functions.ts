import type { Deployment } from "./identifiers.ts";

type Arguments = Readonly<Record<string, unknown>>;
type ProviderFunction = (deployment: Deployment, args: Arguments) => Readonly<Record<string, unknown>>;

interface StatementArguments {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
  readonly conditions?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

function grouped<T>(
  items: readonly T[],
  key: (item: T) => string,
  value: (items: T[]) => unknown,
): Record<string, unknown> {
  return Object.fromEntries([...Map.groupBy(items, key)].map(([name, group]) => [name, value(group)]));
}

function conditionBlock(conditions: NonNullable<StatementArguments["conditions"]>): Record<string, unknown> {
  return grouped(
    conditions,
    (condition) => condition.test,
    (sameTest) =>
      grouped(
        sameTest,
        (c) => c.variable,
        (same) => same.flatMap((c) => c.values),
      ),
  );
}

function statement(args: StatementArguments): Record<string, unknown> {
  const principals = args.principals ?? [];
  return {
    ...(args.sid === undefined ? {} : { Sid: args.sid }),
    Effect: args.effect ?? "Allow",
    ...(args.actions === undefined ? {} : { Action: args.actions }),
    ...(args.notActions === undefined ? {} : { NotAction: args.notActions }),
    ...(args.resources === undefined ? {} : { Resource: args.resources }),
    ...(args.notResources === undefined ? {} : { NotResource: args.notResources }),
    ...(principals.length === 0
      ? {}
      : {
          Principal: grouped(
            principals,
            (p) => p.type,
            (same) => same.flatMap((p) => p.identifiers),
          ),
        }),
    ...(args.conditions === undefined ? {} : { Condition: conditionBlock(args.conditions) }),
  };
}

const UNSUPPORTED_DOCUMENT_ARGUMENTS = [
  "overrideJson",
  "overridePolicyDocuments",
  "policyId",
  "sourceJson",
  "sourcePolicyDocuments",
];

/** @see https://www.pulumi.com/registry/packages/aws/api-docs/iam/getpolicydocument/
 * @throws Error for the arguments that merge other documents. */
const getPolicyDocument: ProviderFunction = (_deployment, args) => {
  const refused = UNSUPPORTED_DOCUMENT_ARGUMENTS.find((name) => args[name] !== undefined);
  if (refused !== undefined) throw new Error(`aws.iam.getPolicyDocument: the argument ${refused} is not emulated`);
  const statements = Array.isArray(args.statements) ? (args.statements as StatementArguments[]) : [];
  const version = typeof args.version === "string" ? args.version : "2012-10-17";
  const json = JSON.stringify({ Version: version, Statement: statements.map(statement) });
  return { json, minifiedJson: json, id: "policy" };
};

const PROVIDER_FUNCTIONS = new Map<string, ProviderFunction>([
  [
    "aws:index/getCallerIdentity:getCallerIdentity",
    ({ accountId, partition }) => ({
      accountId,
      arn: `arn:${partition}:iam::${accountId}:root`,
      id: accountId,
      userId: accountId,
    }),
  ],
  [
    "aws:index/getRegion:getRegion",
    ({ region }) => ({ id: region, name: region, region, endpoint: `ec2.${region}.amazonaws.com` }),
  ],
  [
    "aws:index/getPartition:getPartition",
    ({ partition }) => ({ id: partition, partition, dnsSuffix: "amazonaws.com" }),
  ],
  ["aws:iam/getPolicyDocument:getPolicyDocument", getPolicyDocument],
]);

/** A provider function by Pulumi's token, or `undefined` for one that the harness cannot answer. */
export function providerFunction(token: string): ProviderFunction | undefined {
  return PROVIDER_FUNCTIONS.get(token);
}
