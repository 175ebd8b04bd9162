import type { Resource } from "../pulumi/resource-graph.ts";

/** What AWS calls a resource: the name that `graph` and the program's outputs show, which Pulumi makes up where the program
 * gives none. The logical name is Pulumi's alone; no service knows it.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming */
export function physicalNameOf({ outputs, inputs, name }: Resource): string {
  const known = [outputs.name, inputs.name].find((each) => typeof each === "string" && each !== "");
  return typeof known === "string" ? known : name;
}
