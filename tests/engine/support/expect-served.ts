import { expect } from "vitest";
import type { EvaluatedProgram } from "../../../harness/pulumi/evaluate.ts";
import { changeDifferences, edgeDifferences, resourceDifferences } from "../comparison.ts";
import { type Deployment, resourcesOf } from "./deployment.ts";

/** The engine writes its state after each resource, which for hundreds of them takes longer than all else. */
export const STATE_AT_THE_END_ALONE = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/** The resources that a provider is asked for; the others are Pulumi's own: the providers and the stack. */
export function askedOfProvider({ graph }: EvaluatedProgram) {
  return graph.resources.filter(({ type }) => !type.startsWith("pulumi:"));
}

/** Takes a stack through preview, up, a second up and destroy, and holds what the engine registers to what the harness
 * serves. */
export async function expectServed(deployment: Deployment, program: EvaluatedProgram): Promise<void> {
  const resources = askedOfProvider(program);
  const preview = await deployment.succeed("preview");
  const { create = 0 } = preview.summary;
  expect(create).toBeGreaterThanOrEqual(resources.length);
  await deployment.registered();

  const made = await deployment.succeed("up");
  expect(changeDifferences(made.summary, { create })).toEqual([]);
  expect(resourceDifferences(await deployment.registered(), resources)).toEqual([]);
  expect(edgeDifferences(resourcesOf(made.state), resources)).toEqual([]);

  const again = await deployment.succeed("up");
  expect(changeDifferences(again.summary)).toEqual([]);

  // What a stack protects, the engine deletes only after it was told so.
  if (resources.some(({ options }) => options?.protect === true)) await deployment.succeed("unprotect");
  const destroyed = await deployment.succeed("destroy");
  expect(changeDifferences(destroyed.summary, { delete: create })).toEqual([]);
  expect(resourcesOf(destroyed.state)).toEqual([]);
  expect([preview, made, again, destroyed].flatMap(({ warnings }) => warnings)).toEqual([]);
}
