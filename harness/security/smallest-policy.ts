import type { Model } from "../model.ts";
import type { Resource } from "../pulumi/resource-graph.ts";
import type { NeededRequest } from "./least-privilege.ts";

/** The smallest policy that lets a role do what the run needed, as the Pulumi code that would replace today's. */
export function smallestPolicy(model: Model, roleArn: string, needs: readonly NeededRequest[]): string {
  const role = model.program.graph.byArn(roleArn);
  const name = role?.name ?? "role";
  const byResource = Map.groupBy(
    needs.filter((need) => need.roleArn === roleArn),
    ({ request }) => resourceCode(model, request.resourceArn),
  );
  const statements = [...byResource].map(([resource, group]) => {
    const actions = [...new Set(group.map(({ request }) => request.action))].sort();
    return `    { Effect: "Allow", Action: ${JSON.stringify(actions)}, Resource: ${resource} },`;
  });
  return [
    `new aws.iam.RolePolicy("${name}", {`,
    `  role: ${variable(name)}Role.id,`,
    "  policy: pulumi.jsonStringify({",
    '    Version: "2012-10-17",',
    "    Statement: [",
    ...statements.map((line) => `  ${line}`),
    "    ],",
    "  }),",
    "});",
  ].join("\n");
}

/** An ARN in the program's own terms, as far as the program made it. */
function resourceCode({ program }: Model, arn: string): string {
  const { graph } = program;
  const own = graph.byArn(arn);
  if (own !== undefined) return `${variable(own.name)}${suffixOf(own)}.arn`;
  const [, index] = /\/index\/(.+)$/.exec(arn) ?? [];
  const table = index === undefined ? undefined : graph.byArn(arn.slice(0, -`/index/${index}`.length));
  if (table !== undefined) return `pulumi.interpolate\`\${${variable(table.name)}Table.arn}/index/${index}\``;
  const group = arn.replace(/:log-stream:.*$/, "");
  const logGroup = graph.byArn(group);
  if (logGroup !== undefined) return `pulumi.interpolate\`\${${variable(logGroup.name)}LogGroup.arn}:*\``;
  return JSON.stringify(group === arn ? arn : `${group}:*`);
}

/** `aws:dynamodb/table:Table` is a `Table`. */
const suffixOf = ({ type }: Resource) => type.slice(type.lastIndexOf(":") + 1);

function variable(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const camel = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  return /^\d/.test(camel) ? `_${camel}` : camel;
}
