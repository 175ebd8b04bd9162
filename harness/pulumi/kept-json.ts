/** Results that can be made again, as JSON files of their owner's alone. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** What was kept there; `undefined` where nothing was, or no JSON stands there. */
export function keptJson(place: string): unknown {
  try {
    return JSON.parse(readFileSync(place, "utf8"));
  } catch {
    return undefined;
  }
}

/** Keeps it for the next time, whole or not at all. Failing to is no failure: the next time is slower. */
export function keepJson(place: string, value: unknown): void {
  try {
    mkdirSync(dirname(place), { recursive: true });
    const temporary = `${place}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
    renameSync(temporary, place);
  } catch {
    return;
  }
}
