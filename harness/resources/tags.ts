import type { Inputs } from "./inputs.ts";
import { isTextMap } from "./values.ts";

/** A resource's tags with the provider's default ones, as AWS keeps them. */
export function tagsOf(inputs: Inputs): Readonly<Record<string, string>> {
  const { tagsAll } = inputs.resource.outputs;
  return (isTextMap(tagsAll) ? tagsAll : undefined) ?? inputs.textMap("tagsAll") ?? inputs.textMap("tags") ?? {};
}
