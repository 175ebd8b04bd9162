import type { TestProject } from "vitest/node";
import { type FoundMinistack, findMinistack } from "./ministack.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where ministack is, or why there is none. */
    readonly ministack: FoundMinistack;
  }
}

/** Once before all files: two that install it at the same time would spoil each other's. */
export async function setup(project: TestProject): Promise<void> {
  project.provide("ministack", await findMinistack());
}
