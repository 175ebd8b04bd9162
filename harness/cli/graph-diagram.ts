import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";

const TYPES = {
  api: "aws:apigatewayv2/api:Api",
  authorizer: "aws:apigatewayv2/authorizer:Authorizer",
  integration: "aws:apigatewayv2/integration:Integration",
  route: "aws:apigatewayv2/route:Route",
  userPool: "aws:cognito/userPool:UserPool",
  table: "aws:dynamodb/table:Table",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  role: "aws:iam/role:Role",
  function: "aws:lambda/function:Function",
  permission: "aws:lambda/permission:Permission",
} as const;

/**
 * The graph as a Mermaid flowchart: who may call which route, which function it leads to, and what that function's role
 * lets it do to which table. A route without a token, and a function that its route may not invoke, stand out.
 */
export function graphMermaid(graph: ResourceGraph): string {
  const nodes = nodeNames(graph);
  const lines = [
    "  client([Client])",
    ...graph.ofType(TYPES.userPool).map((pool) => `  ${nodes(pool)}[${quoted(`Cognito user pool ${pool.name}`)}]`),
    ...graph.ofType(TYPES.authorizer).map((one) => `  ${nodes(one)}{${quoted(`JWT authorizer ${one.name}`)}}`),
    ...graph.ofType(TYPES.api).flatMap((api) => apiLines(graph, api, nodes)),
    ...graph.ofType(TYPES.function).map((lambda) => `  ${nodes(lambda)}[${quoted(lambda.name)}]`),
    ...graph.ofType(TYPES.table).map((table) => `  ${nodes(table)}[(${quoted(`DynamoDB table ${table.name}`)})]`),
    ...authorizerEdges(graph, nodes),
    ...graph.ofType(TYPES.route).flatMap((route) => routeEdges(graph, route, nodes)),
    ...graph.ofType(TYPES.function).flatMap((lambda) => tableEdges(graph, lambda, nodes)),
  ];
  return ["flowchart LR", ...lines].join("\n");
}

type NodeName = (resource: Resource) => string;

/** Names that Mermaid takes: letters and digits, one for each resource. */
function nodeNames(graph: ResourceGraph): NodeName {
  const kinds = Object.entries(TYPES);
  return (resource) => {
    const kind = kinds.find(([, type]) => type === resource.type)?.[0] ?? "resource";
    return `${kind}${graph.ofType(resource.type).indexOf(resource)}`;
  };
}

function quoted(text: string): string {
  return `"${text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`;
}

function apiLines(graph: ResourceGraph, api: Resource, nodes: NodeName): string[] {
  const routes = graph.ofType(TYPES.route).filter(({ inputs }) => inputs.apiId === api.id);
  return [
    `  subgraph ${nodes(api)} [${quoted(`HTTP API ${api.name}`)}]`,
    ...routes.map((route) => `    ${nodes(route)}[${quoted(String(route.inputs.routeKey))}]`),
    "  end",
  ];
}

function authorizerEdges(graph: ResourceGraph, nodes: NodeName): string[] {
  return graph.ofType(TYPES.authorizer).flatMap((authorizer) => {
    const { issuer } = (authorizer.inputs.jwtConfiguration ?? {}) as { issuer?: unknown };
    const pools = graph.ofType(TYPES.userPool).filter(({ id }) => String(issuer).endsWith(`/${id}`));
    return [
      `  client -- "Bearer token" --> ${nodes(authorizer)}`,
      ...pools.flatMap((pool) => [
        `  client -- "sign up, sign in" --> ${nodes(pool)}`,
        `  ${nodes(authorizer)} -. "keys" .-> ${nodes(pool)}`,
      ]),
    ];
  });
}

function routeEdges(graph: ResourceGraph, route: Resource, nodes: NodeName): string[] {
  const { authorizationType, authorizerId, target } = route.inputs;
  const authorizer = graph.byId(TYPES.authorizer, String(authorizerId));
  const integration = graph.byId(TYPES.integration, String(target).replace("integrations/", ""));
  const lambda = graph
    .ofType(TYPES.function)
    .find(({ outputs }) => outputs.invokeArn === integration?.inputs.integrationUri);
  const guarded = authorizationType === "JWT" && authorizer !== undefined;
  return [
    guarded ? `  ${nodes(authorizer)} --> ${nodes(route)}` : `  client -- "no token" --> ${nodes(route)}`,
    ...(lambda === undefined ? [] : [`  ${nodes(route)} ${invocation(graph, route, lambda)} ${nodes(lambda)}`]),
  ];
}

function invocation(graph: ResourceGraph, route: Resource, lambda: Resource): string {
  const api = graph.byId(TYPES.api, String(route.inputs.apiId));
  const path = String(route.inputs.routeKey).replace(" /", "/");
  const allowed = graph
    .ofType(TYPES.permission)
    .filter(({ inputs }) => inputs.function === lambda.outputs.name || inputs.function === lambda.arn)
    .some(({ inputs }) => {
      const source = String(inputs.sourceArn);
      return (
        source.startsWith(`${api?.outputs.executionArn}/`) && (source.endsWith(`/${path}`) || source.includes("*"))
      );
    });
  return allowed ? '-- "may invoke" -->' : '-. "may not invoke" .-x';
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

function tableEdges(graph: ResourceGraph, lambda: Resource, nodes: NodeName): string[] {
  const role = graph.ofType(TYPES.role).find(({ arn }) => arn === lambda.inputs.role);
  const statements = graph
    .ofType(TYPES.rolePolicy)
    .filter(({ inputs }) => inputs.role === role?.id)
    .flatMap(({ inputs }) => statementsOf(inputs.policy));
  return graph.ofType(TYPES.table).flatMap((table) => {
    const actions = statements
      .filter(({ Effect, Resource }) => Effect === "Allow" && [Resource].flat().some((arn) => covers(arn, table)))
      .flatMap(({ Action = [] }) => [Action].flat())
      .filter((action) => /^(dynamodb:|\*)/.test(action))
      .map((action) => action.replace("dynamodb:", ""));
    return actions.length === 0 ? [] : [`  ${nodes(lambda)} -- ${quoted(actions.join(", "))} --> ${nodes(table)}`];
  });
}

function statementsOf(policy: unknown): readonly Statement[] {
  try {
    const { Statement: statements = [] } = JSON.parse(String(policy)) as { Statement?: Statement | Statement[] };
    return [statements].flat();
  } catch {
    return [];
  }
}

function covers(resource: string | readonly string[] | undefined, table: Resource): boolean {
  const [prefix = "", ...wild] = String(resource).split("*");
  return resource === table.arn || (wild.length > 0 && (table.arn ?? "").startsWith(prefix));
}
