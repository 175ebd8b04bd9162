import type { Fault } from "../faults.ts";
import type { Resource } from "./resource-graph.ts";

/**
 * Finds resources, and explicit providers, that name another region than the stack's. There is one region here: what is
 * found on AWS by its region's endpoint alone would be found from everywhere, under an ARN that it does not have.
 */
export function regionFaults(resources: readonly Resource[], stackRegion: string): Fault[] {
  return resources.flatMap(({ type, name, inputs: { region } }) => {
    if (region === undefined || region === null || region === stackRegion) return [];
    const rule = `The region ${JSON.stringify(region)} is not the stack's, ${stackRegion}: several regions are not emulated. Set aws:region for all resources.`;
    return [{ subject: `${type} ${name}`, rule }];
  });
}
