import type { ResourceGraph } from "../pulumi/resource-graph.ts";
import { RESOURCE_TYPES } from "../resources/catalog.ts";

/** Whose lines and settings do show locally, or that every program has: to name them would hide the others. */
const ORDINARY = /^(aws:cloudwatch\/logGroup:LogGroup|pulumi:providers:)/;

/** What the program has and nothing here serves: each type with its number, in the order of the graph. */
export function inertResources({ resources, components }: ResourceGraph): readonly string[] {
  const inert = [...resources, ...components].filter(
    ({ type }) => RESOURCE_TYPES.get(type)?.kind === "inert" && !ORDINARY.test(type),
  );
  return [...Map.groupBy(inert, ({ type }) => type)].map(([type, { length }]) => {
    const name = type.startsWith("aws:") ? (type.split(":").at(-1) ?? type) : type;
    return length === 1 ? name : `${name} (${length})`;
  });
}
