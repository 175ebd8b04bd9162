import type { ResourceGraph } from "../../harness/pulumi/resource-graph.ts";
import type { PolicyResource } from "../../policy/rules/rule.ts";

/** A program's graph as the rules see it: the provider's outputs hold the inputs as well. */
export function policyResources(graph: ResourceGraph): readonly PolicyResource[] {
  return graph.resources.map(({ type, name, id, outputs, options }) => ({
    type,
    name,
    id,
    properties: outputs,
    ...(options === undefined ? {} : { protect: options.protect === true }),
  }));
}
