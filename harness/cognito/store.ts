import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { HarnessError } from "../errors.ts";
import type { StoredPool } from "./service.ts";
import type { StoredPoolKeys } from "./signing-keys.ts";

/** All that outlives a restart, by pool id. */
export interface CognitoState {
  readonly pools: Readonly<Record<string, StoredPool & { readonly keys: StoredPoolKeys }>>;
}

/** Keeps the state somewhere. `save` resolves once a crash can no longer lose it. */
export interface CognitoPersistence {
  load(): Promise<CognitoState | undefined>;
  save(state: CognitoState): Promise<void>;
}

const FILE_NAME = "cognito.json";
const FORMAT = "cognito-state 1";

/** Keeps the state in `cognito.json` of a directory: written to a new file, synced, renamed over the old one, and the
 * directory synced, so that at any moment the name stands for one whole state. The first line holds a checksum of the
 * rest. The file holds private keys: only its owner may read it.
 *
 * @throws HarnessError DATA_DIRECTORY, with the file left as it is, when it is not one of ours or cannot be used. */
export function filePersistence(directory: string): CognitoPersistence {
  const path = join(directory, FILE_NAME);
  return {
    load: () => loadFrom(path),
    save: (state) => saveTo(directory, path, state),
  };
}

async function loadFrom(path: string): Promise<CognitoState | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : parseState(text, path);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw unusable(path, "cannot be read", error);
  }
}

function parseState(text: string, path: string): CognitoState {
  const end = text.indexOf("\n");
  const [header, body] = [text.slice(0, Math.max(end, 0)), text.slice(end + 1)];
  if (!header.startsWith("cognito-state ")) throw unusable(path, "was not written by this program");
  if (!header.startsWith(`${FORMAT} `)) throw unusable(path, "was written by another version of this program");
  if (header !== headerFor(body)) throw unusable(path, "is torn: its checksum does not fit");
  // The checksum fits, so this is what `saveTo` wrote.
  return JSON.parse(body) as CognitoState;
}

function headerFor(body: string): string {
  return `${FORMAT} ${createHash("sha256").update(body, "utf8").digest("hex")}`;
}

async function saveTo(directory: string, path: string, state: CognitoState): Promise<void> {
  const body = JSON.stringify(state);
  const fresh = `${path}.new`;
  try {
    await mkdir(directory, { recursive: true });
    // A leftover of a crash may have other rights; a new file gets ours.
    await rm(fresh, { force: true });
    await writeSynced(fresh, `${headerFor(body)}\n${body}`);
    await rename(fresh, path);
    await syncDirectory(directory);
  } catch (error) {
    throw unusable(path, "cannot be written", error);
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text, "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unusable(path: string, what: string, cause?: unknown): HarnessError {
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  const remedy = "It was left as it is: move it away, or choose another --data directory.";
  return new HarnessError("DATA_DIRECTORY", `${path} ${what}${code}. ${remedy}`, { cause });
}

/** Gathers changes into saves: all changes that are there when a save begins go with it. */
export interface Committer {
  changed(): void;
  /** Resolves once every change so far is kept; rejects when the last attempt to keep them failed. */
  settled(): Promise<void>;
}

export function committer(persistence: CognitoPersistence, snapshot: () => CognitoState): Committer {
  let changes = 0;
  let saved = 0;
  let saving: Promise<void> | undefined;
  const saveOnce = async () => {
    const upTo = changes;
    await persistence.save(snapshot());
    saved = upTo;
  };
  return {
    changed() {
      changes += 1;
    },
    async settled() {
      const wanted = changes;
      while (saved < wanted) {
        saving ??= saveOnce().finally(() => {
          saving = undefined;
        });
        await saving;
      }
    },
  };
}
