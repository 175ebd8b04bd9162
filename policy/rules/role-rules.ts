import { type AllowStatement, allowStatements, grantedStatements } from "./policy-documents.ts";
import type { PolicyResource, Rule, Stack, Violation } from "./rule.ts";
import { at, listOf, textsOf } from "./stack.ts";
import { types } from "./types.ts";

/** Actions that AWS lets be granted for all resources only.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
const withoutResources = new Set(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);

const rolePolicy = (action: string, resource: string): readonly PolicyResource[] => [
  {
    type: types.rolePolicy,
    name: "list",
    properties: {
      role: "list",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: [action], Resource: resource }],
      }),
    },
  },
];

const tableArn = "arn:aws:dynamodb:eu-west-1:123456789012:table/items";

const rolesNameActions: Rule = {
  id: "roles-name-actions",
  title: "A role's policies name each action in full.",
  severity: "high",
  remedy: "Name the actions that the code calls, each in full.",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
  check: (stack) =>
    grantedStatements(stack).flatMap(({ declaredBy, actions, inverted }): readonly Violation[] => {
      if (inverted) return [{ resource: declaredBy, problem: "The policy allows all but what it names." }];
      return actions
        .filter((action) => /[*?]/.test(action))
        .map((action) => ({ resource: declaredBy, problem: `The policy allows ${action}.` }));
    }),
  failingExample: { resources: rolePolicy("dynamodb:*", tableArn), problem: "The policy allows dynamodb:*." },
};

const rolesNameResources: Rule = {
  id: "roles-name-resources",
  title: "A role's policies name each resource in full.",
  severity: "high",
  remedy: "Name the ARN of the one table, log group or other resource.",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
  check: (stack) => grantedStatements(stack).flatMap(wideResources),
  failingExample: {
    resources: rolePolicy("dynamodb:GetItem", "*"),
    problem: "The policy allows dynamodb:GetItem on *.",
  },
};

function wideResources({ declaredBy, actions, resources }: AllowStatement): readonly Violation[] {
  const narrowable = actions.filter((action) => !withoutResources.has(action));
  return resources
    .filter((resource) => isWide(resource) && narrowable.length > 0)
    .map((resource) => ({
      resource: declaredBy,
      problem: `The policy allows ${narrowable.join(", ")} on ${resource}.`,
    }));
}

/** The streams of one log group and the indexes of one table are written with a star, and are not wide. */
function isWide(resource: string): boolean {
  const named = resource.replace(/(?<=:log-group:[^:*?]+):\*$/, "").replace(/(?<=:table\/[^/*?]+)\/index\/\*$/, "");
  return /[*?]/.test(named.replace(/\$\{[^}]*\}/g, ""));
}

/** By name: full access, administration, and what AWS calls power users and read-only access to all. */
const broadPolicies =
  /\/(?:[^/]*FullAccess[^/]*|AdministratorAccess[^/]*|PowerUserAccess|ReadOnlyAccess|SystemAdministrator|DatabaseAdministrator|AWSLambda_ReadOnlyAccess)$/;

const rolesWithoutBroadManagedPolicies: Rule = {
  id: "roles-without-broad-managed-policies",
  title: "No role has a managed policy of AWS for full access.",
  severity: "critical",
  remedy: "Detach it, and grant the actions that the code calls by a policy of the role's own.",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
  check: (stack) =>
    attachedPolicies(stack)
      .filter(({ policyArn }) => broadPolicies.test(policyArn))
      .map(({ resource, policyArn }) => ({ resource, problem: `The role has ${policyArn}.` })),
  failingExample: {
    resources: [
      {
        type: types.rolePolicyAttachment,
        name: "list",
        properties: { role: "list", policyArn: "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess" },
      },
    ],
    problem: "The role has arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess.",
  },
};

function attachedPolicies(stack: Stack): readonly { readonly resource: PolicyResource; readonly policyArn: string }[] {
  const attachments = [...stack.ofType(types.rolePolicyAttachment), ...stack.ofType(types.policyAttachment)];
  return [
    ...attachments.flatMap((resource) =>
      textsOf(resource.properties.policyArn).map((policyArn) => ({ resource, policyArn })),
    ),
    ...stack
      .ofType(types.role)
      .flatMap((resource) =>
        textsOf(resource.properties.managedPolicyArns).map((policyArn) => ({ resource, policyArn })),
      ),
  ];
}

const rolesTrustOneService: Rule = {
  id: "roles-trust-one-service",
  title: "A role is for one service of AWS: a function's, for Lambda alone.",
  severity: "critical",
  remedy:
    'Let the trust policy allow sts:AssumeRole to the one service, for a function { Service: "lambda.amazonaws.com" }.',
  source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
  check: (stack) =>
    stack.ofType(types.role).flatMap((role) => {
      const ofFunction = isFunctionRole(stack, role);
      return allowStatements(role, role.properties.assumeRolePolicy)
        .filter(({ principal }) => !trustsOneService(principal, ofFunction))
        .map(({ principal }) => ({
          resource: role,
          problem: `The role may be assumed by ${JSON.stringify(principal)}.`,
        }));
    }),
  failingExample: {
    resources: [
      {
        type: types.role,
        name: "list",
        properties: {
          assumeRolePolicy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
          }),
        },
      },
    ],
    problem: 'The role may be assumed by {"AWS":"*"}.',
  },
};

function isFunctionRole(stack: Stack, { properties }: PolicyResource): boolean {
  return stack.ofType(types.function).some((lambda) => lambda.properties.role === properties.arn);
}

function trustsOneService(principal: unknown, ofFunction: boolean): boolean {
  if (typeof principal !== "object" || principal === null) return false;
  const services = listOf(at(principal, "Service"));
  if (Object.keys(principal).join() !== "Service" || services.length !== 1) return false;
  const [service] = services;
  if (ofFunction) return service === "lambda.amazonaws.com";
  return typeof service === "string" && /^[a-z0-9.-]+\.amazonaws\.com$/.test(service);
}

const functionsShareNoRole: Rule = {
  id: "functions-share-no-role",
  title: "Every function has a role of its own.",
  severity: "medium",
  remedy: "Give each function a role with the actions that it alone needs.",
  source: "https://docs.aws.amazon.com/lambda/latest/dg/permissions-granting-access.html",
  check(stack) {
    // Engines hand resources over in the order in which they happened to be registered.
    const functions = stack
      .ofType(types.function)
      .filter(({ properties }) => typeof properties.role === "string")
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return functions.flatMap((lambda, index) => {
      const first = functions.findIndex(({ properties }) => properties.role === lambda.properties.role);
      if (first === index) return [];
      return [{ resource: lambda, problem: `The function has the role of ${functions[first]?.name}.` }];
    });
  },
  failingExample: {
    resources: ["list", "remove"].map((name) => ({
      type: types.function,
      name,
      properties: { role: "arn:aws:iam::123456789012:role/items", loggingConfig: { logGroup: name } },
    })),
    problem: "The function has the role of list.",
  },
};

export const roleRules: readonly Rule[] = [
  rolesNameActions,
  rolesNameResources,
  rolesWithoutBroadManagedPolicies,
  rolesTrustOneService,
  functionsShareNoRole,
];
