import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseSeed, type SeedUser } from "../cognito/seed.ts";
import { HarnessError } from "../errors.ts";

/** The users of a seed file. @throws HarnessError CONFIGURATION when it cannot be read, or is not one. */
export async function readSeed(file: string): Promise<readonly SeedUser[]> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined)
    throw new HarnessError("CONFIGURATION", `The seed file ${resolve(file)} cannot be read. Name one with --seed.`);
  return parseSeed(text, file);
}
