import type { Resource } from "../pulumi/resource-graph.ts";
import { USER_POOL_CLIENT_TYPE } from "./types/cognito.ts";

/** Outputs that the providers' schemas mark as secret, whatever the program does.
 * @see https://www.pulumi.com/docs/iac/concepts/secrets/ */
const SECRET_OUTPUTS: ReadonlyMap<string, readonly string[]> = new Map([
  [USER_POOL_CLIENT_TYPE, ["clientSecret"]],
  ["random:index/randomBytes:RandomBytes", ["hex", "base64"]],
  ["random:index/randomPassword:RandomPassword", ["result", "bcryptHash"]],
]);

/** Whether an output of a type is a secret; one without a value, such as a client's that has none, is not. */
export function isSecretOutput(type: string, name: string, value: unknown): boolean {
  return SECRET_OUTPUTS.get(type)?.includes(name) === true && value !== undefined && value !== "";
}

/** The values of all secret outputs: what is equal to one of them is a secret too, wherever the program took it. */
export function secretOutputValues(resources: readonly Pick<Resource, "type" | "outputs">[]): ReadonlySet<unknown> {
  const values = resources.flatMap(({ type, outputs }) =>
    Object.entries(outputs).flatMap(([name, value]) => (isSecretOutput(type, name, value) ? [value] : [])),
  );
  return new Set(values);
}
