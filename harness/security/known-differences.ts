import { readFile } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import type { KnownDifference } from "./profile.ts";

/** Reads claims on which two targets are known to differ.
 * @throws HarnessError CONFIGURATION when the file is no list of them. */
export async function readKnownDifferences(file: string): Promise<readonly KnownDifference[]> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new HarnessError("CONFIGURATION", `The file ${file} cannot be read. Name another one with --known.`);
  });
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every(isKnownDifference)) return value;
  } catch {
    // Said below.
  }
  const form = '[{"check":"token-misuse.id-token","reason":"…","link":"https://…"}]';
  throw new HarnessError("CONFIGURATION", `${file} holds no known differences. Write it like ${form}.`);
}

export function isKnownDifference(value: unknown): value is KnownDifference {
  if (!isJsonObject(value)) return false;
  const { check, reason, link, attacks } = value;
  const texts = [check, reason, link].every((text) => typeof text === "string" && text !== "");
  return (
    texts && (attacks === undefined || (Array.isArray(attacks) && attacks.every((one) => typeof one === "string")))
  );
}
