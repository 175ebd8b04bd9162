import type { ResourceGraph } from "../pulumi/resource-graph.ts";
import { USER_POOL_CLIENT_TYPE } from "./types/cognito.ts";

/** Outputs that the providers' schemas mark as secret, whatever the program does.
 * @see https://www.pulumi.com/docs/iac/concepts/secrets/ */
const SECRET_OUTPUTS: ReadonlyMap<string, readonly string[]> = new Map([
  [USER_POOL_CLIENT_TYPE, ["clientSecret"]],
  ["random:index/randomPassword:RandomPassword", ["result", "bcryptHash"]],
]);

/** The values of all secret outputs: what is equal to one of them is a secret too, wherever the program took it. */
export function secretOutputValues(graph: ResourceGraph): ReadonlySet<unknown> {
  const values = graph.resources.flatMap(({ type, outputs }) =>
    (SECRET_OUTPUTS.get(type) ?? []).map((name) => outputs[name]),
  );
  return new Set(values.filter((value) => typeof value === "string" && value !== ""));
}
