import { appendFileSync, chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import type { MessageStore, OutboxMessage } from "./outbox.ts";

const FILE_NAME = "outbox.jsonl";
const OWNER_ALONE = 0o600;

/**
 * Keeps messages in `outbox.jsonl` of a directory, a line each: the codes and invitations that their readers may not have
 * used when the harness ends. Only its owner may read the file. A line that a crash cut off is left out.
 *
 * @throws HarnessError DATA_DIRECTORY when the file cannot be read or written.
 */
export function keptMessages(directory: string): MessageStore {
  const path = join(directory, FILE_NAME);
  return {
    load(most) {
      const lines = usable(path, "cannot be read", () => linesOf(path));
      const messages = lines.flatMap(messageOf).slice(-most);
      // Written anew: without what is too old, and without half a line that the next one would be appended to.
      if (lines.length > 0) usable(path, "cannot be written", () => replace(path, messages));
      return messages;
    },
    append: (message) =>
      usable(path, "cannot be written", () => appendFileSync(path, lineOf(message), { mode: OWNER_ALONE })),
  };
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function messageOf(line: string): readonly OutboxMessage[] {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) && typeof value.to === "string" ? [value as unknown as OutboxMessage] : [];
  } catch {
    return [];
  }
}

const lineOf = (message: OutboxMessage) => `${JSON.stringify(message)}\n`;

function replace(path: string, messages: readonly OutboxMessage[]): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, messages.map(lineOf).join(""), { mode: OWNER_ALONE });
  // A leftover of a crash may have other rights.
  chmodSync(fresh, OWNER_ALONE);
  renameSync(fresh, path);
}

function usable<T>(path: string, what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const remedy = "Move it away, or choose another --data directory.";
    throw new HarnessError("DATA_DIRECTORY", `${path} ${what} (${code}). ${remedy}`, { cause: error });
  }
}
