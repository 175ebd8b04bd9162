import type { Model } from "../model.ts";
import type { Resource } from "../pulumi/resource-graph.ts";

/** `type name`, as faults and reports name a resource. */
export const declared = ({ type, name }: Pick<Resource, "type" | "name">): string => `${type} ${name}`;

/** The same, found by type and physical id. */
export function declarationOf({ program }: Model, type: string, id: string): string {
  const resource = program.graph.byId(type, id);
  return resource === undefined ? `${type} ${id}` : declared(resource);
}
