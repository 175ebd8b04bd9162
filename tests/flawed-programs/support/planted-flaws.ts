import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type EvaluatedProgram, evaluateProgram } from "../../../harness/pulumi/evaluate.ts";
import type { ScratchProgram } from "../../end-to-end/support/scratch-program.ts";

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

/** What would be deployed of a copy of the program with the flaw in it; the copy is then as it was before. */
export async function evaluateWith({ changes }: PlantedFlaw, program: ScratchProgram): Promise<EvaluatedProgram> {
  const files = [...new Set(changes.map(({ file }) => file))];
  const sound = await Promise.all(files.map(async (file) => [file, await program.read(file)] as const));
  try {
    for (const { file, search, replacement } of changes) await program.replace(file, search, replacement);
    return await evaluateProgram({ programDirectory: program.directory, stack: "dev" });
  } finally {
    for (const [file, text] of sound) await program.write(file, text);
  }
}
