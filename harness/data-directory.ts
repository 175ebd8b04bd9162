import { link, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HarnessError } from "./errors.ts";

/** A folder that keeps a stack's data, held by one harness at a time. */
export interface DataDirectory {
  readonly path: string;
  /** Random text that the stack's secrets are made of: made by `random` once, then kept.
   * @throws HarnessError DATA_DIRECTORY when the file that keeps it holds something else. */
  secretSeed(random: (size: number) => Buffer): Promise<string>;
  release(): Promise<void>;
}

const LOCK_FILE = "harness.pid";
const SEED_FILE = "secret-seed";
const SEED_BYTES = 32;

/**
 * Makes the folder if need be and takes hold of it: two harnesses writing one folder would lose each other's users.
 *
 * @throws HarnessError DATA_DIRECTORY when another running harness holds it, or it cannot be written.
 */
export async function holdDataDirectory(path: string): Promise<DataDirectory> {
  const directory = resolve(path);
  const lock = join(directory, LOCK_FILE);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await takeLock(lock, directory);
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new HarnessError("DATA_DIRECTORY", `The data directory ${directory} cannot be used: ${reason}`);
  }
  return {
    path: directory,
    secretSeed: (random) => keptSeed(join(directory, SEED_FILE), random),
    release: () => rm(lock, { force: true }),
  };
}

async function keptSeed(path: string, random: (size: number) => Buffer): Promise<string> {
  const kept = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new HarnessError("DATA_DIRECTORY", `${path} cannot be read (${error.code}). ${SEED_REMEDY}`);
  });
  if (kept === undefined) {
    const made = random(SEED_BYTES).toString("base64");
    await createWhole(path, made);
    return made;
  }
  if (/^[A-Za-z0-9+/]{43}=$/.test(kept)) return kept;
  throw new HarnessError("DATA_DIRECTORY", `${path} was not written by this program. ${SEED_REMEDY}`);
}

const SEED_REMEDY = "Move it away, upon which app clients get new secrets, or choose another --data directory.";

async function takeLock(lock: string, directory: string): Promise<void> {
  try {
    await createWhole(lock, `${process.pid} ${await startOf(process.pid)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const [pid, started] = (await readFile(lock, "utf8")).trim().split(" ");
    if (await isHolder(Number(pid), started)) {
      const remedy = "Stop it, or choose another folder with --data.";
      throw new HarnessError(
        "DATA_DIRECTORY",
        `The data directory ${directory} is in use by process ${pid}. ${remedy}`,
      );
    }
    // Its holder was killed before it could let go.
    await rm(lock, { force: true });
    await takeLock(lock, directory);
  }
}

/** Makes a file that has its text from the first moment on; rejects with EEXIST when there is one. */
async function createWhole(path: string, text: string): Promise<void> {
  const folder = await mkdtemp(`${path}-`);
  const fresh = join(folder, "lock");
  try {
    await writeFile(fresh, text, { mode: 0o600 });
    await link(fresh, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the process that took the lock still runs: the id may be another one's by now, its start cannot. */
async function isHolder(pid: number, started: string | undefined): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const now = await startOf(pid);
  return started === undefined || started === UNKNOWN_START || now === UNKNOWN_START || started === now;
}

const UNKNOWN_START = "unknown";

/** When a process was started, in Linux's ticks since the machine was; elsewhere unknown. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  // The name stands in parentheses and may hold any character; the start is the twentieth value after it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? UNKNOWN_START;
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
