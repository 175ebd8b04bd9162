import type { FaultCollector } from "../faults.ts";
import type { Resource, ResourceGraph } from "../pulumi/resource-graph.ts";
import { RESOURCE_TYPES, typeFault } from "./catalog.ts";
import { propertyFaults } from "./property-faults.ts";

/** Holds every resource of a program against its type's row: an unknown or refused type, an unknown or refused property,
 * and a value of a wrong type are faults. What the values mean together, the services' readers judge. */
export function refuseResources(graph: ResourceGraph, faults: FaultCollector): void {
  for (const resource of graph.resources) {
    for (const rule of refusalsOf(resource)) faults.add(resource, rule);
  }
}

/** Why this resource is refused, as sentences; none when it is not. */
export function refusalsOf({ type, inputs }: Pick<Resource, "type" | "inputs">): readonly string[] {
  const row = RESOURCE_TYPES.get(type);
  const fault = typeFault(type);
  if (fault !== undefined) return [fault];
  const properties = row === undefined || row.kind === "refused" ? undefined : row.properties;
  return properties === undefined ? [] : propertyFaults(inputs, properties);
}
