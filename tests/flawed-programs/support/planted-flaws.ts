import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type EvaluatedProgram, evaluateProgram } from "../../../harness/pulumi/evaluate.ts";
import { type ScratchProgram, scratchProgram } from "../../end-to-end/support/scratch-program.ts";

/** A program with one flaw planted, and the checks that have to find it: those and no others. */
export interface PlantedFlaw {
  /** The name of its file in `tests/fixtures/flawed`. */
  readonly name: string;
  readonly flaw: string;
  readonly changes: readonly { readonly file: string; readonly search: string; readonly replacement: string }[];
  /** Names of checks; a star stands for any text. */
  readonly fails: readonly string[];
}

/** The part of the program in which a flaw is planted. Each has a test file of its own, so that they run side by side. */
export const areas = ["handlers", "gateway", "resources"] as const;

export type Area = (typeof areas)[number];

const folder = resolve(import.meta.dirname, "../../fixtures/flawed");

export function plantedFlaws(): readonly PlantedFlaw[] {
  return readdirSync(folder).map((file) => ({
    name: file.replace(".json", ""),
    ...(JSON.parse(readFileSync(resolve(folder, file), "utf8")) as Omit<PlantedFlaw, "name">),
  }));
}

/** A flaw belongs where its first change is made. */
export function areaOf({ changes: [first] }: PlantedFlaw): Area {
  if (first?.file.startsWith("functions/")) return "handlers";
  return first?.file === "stack/http-api.ts" ? "gateway" : "resources";
}

/** A copy of the program with the flaw in it. Whoever asks for it removes it. */
export async function programWith({ changes }: PlantedFlaw): Promise<ScratchProgram> {
  const program = await scratchProgram();
  for (const { file, search, replacement } of changes) await program.replace(file, search, replacement);
  return program;
}

/** What would be deployed of the program with the flaw in it. */
export async function evaluateWith(flaw: PlantedFlaw, stack = "dev"): Promise<EvaluatedProgram> {
  const program = await programWith(flaw);
  try {
    return await evaluateProgram({ programDirectory: program.directory, stack });
  } finally {
    await program.remove();
  }
}
