import type { ResourceGraph, SourcePosition } from "../pulumi/resource-graph.ts";
import { declared } from "./declarations.ts";

/** Where each resource was registered, by `type name`: the innermost place in the program's own files. */
export function sourcePlaces({ resources }: ResourceGraph): ReadonlyMap<string, SourcePosition> {
  return new Map(
    resources.flatMap((resource) =>
      resource.position === undefined ? [] : [[declared(resource), resource.position] as const],
    ),
  );
}
