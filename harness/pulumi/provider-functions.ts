import type { Deployment } from "./identifiers.ts";

type Arguments = Readonly<Record<string, unknown>>;
type ProviderFunction = (deployment: Deployment, args: Arguments) => Readonly<Record<string, unknown>>;

interface PrincipalArguments {
  readonly type: string;
  readonly identifiers: readonly string[];
}

interface StatementArguments {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly principals?: readonly PrincipalArguments[];
  readonly notPrincipals?: readonly PrincipalArguments[];
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

/** The provider takes `&{key}` for the policy variable `${key}`, which its own language would fill in. */
function withVariables(texts: readonly string[]): readonly string[] {
  return texts.map((text) => text.replaceAll("&{", "${"));
}

function conditionBlock(conditions: NonNullable<StatementArguments["conditions"]>): Record<string, unknown> {
  return grouped(
    conditions,
    (condition) => condition.test,
    (sameTest) =>
      grouped(
        sameTest,
        (c) => c.variable,
        (same) => withVariables(same.flatMap((c) => c.values)),
      ),
  );
}

/** Everyone is written as the type `*` with the identifier `*`. */
function principalElement(principals: readonly PrincipalArguments[]): unknown {
  const [first] = principals;
  if (principals.length === 1 && first?.type === "*" && first.identifiers.join() === "*") return "*";
  return grouped(
    principals,
    (p) => p.type,
    (same) => withVariables(same.flatMap((p) => p.identifiers)),
  );
}

function statement(args: StatementArguments): Record<string, unknown> {
  const { principals = [], notPrincipals = [] } = args;
  return {
    ...(args.sid === undefined ? {} : { Sid: args.sid }),
    Effect: args.effect ?? "Allow",
    ...(args.actions === undefined ? {} : { Action: args.actions }),
    ...(args.notActions === undefined ? {} : { NotAction: args.notActions }),
    ...(args.resources === undefined ? {} : { Resource: withVariables(args.resources) }),
    ...(args.notResources === undefined ? {} : { NotResource: withVariables(args.notResources) }),
    ...(principals.length === 0 ? {} : { Principal: principalElement(principals) }),
    ...(notPrincipals.length === 0 ? {} : { NotPrincipal: principalElement(notPrincipals) }),
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
 * @throws Error for the arguments that merge other documents, and for `&{…}` in a version that has no variables. */
const getPolicyDocument: ProviderFunction = (_deployment, args) => {
  const refused = UNSUPPORTED_DOCUMENT_ARGUMENTS.find((name) => args[name] !== undefined);
  if (refused !== undefined) throw new Error(`aws.iam.getPolicyDocument: the argument ${refused} is not emulated`);
  const statements = Array.isArray(args.statements) ? (args.statements as StatementArguments[]) : [];
  const version = typeof args.version === "string" ? args.version : "2012-10-17";
  if (version !== "2012-10-17" && JSON.stringify(statements).includes("&{")) {
    throw new Error(`aws.iam.getPolicyDocument: version ${version} has no policy variables such as &{aws:username}`);
  }
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
