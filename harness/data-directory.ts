import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HarnessError } from "./errors.ts";

/** A folder that keeps a stack's data, held by one harness at a time. */
export interface DataDirectory {
  readonly path: string;
  release(): Promise<void>;
}

const LOCK_FILE = "harness.pid";

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
  return { path: directory, release: () => rm(lock, { force: true }) };
}

async function takeLock(lock: string, directory: string): Promise<void> {
  try {
    const file = await open(lock, "wx", 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const holder = Number(await readFile(lock, "utf8"));
    if (isRunning(holder)) {
      const remedy = "Stop it, or choose another folder with --data.";
      throw new HarnessError(
        "DATA_DIRECTORY",
        `The data directory ${directory} is in use by process ${holder}. ${remedy}`,
      );
    }
    // Its holder was killed before it could let go.
    await rm(lock, { force: true });
    await takeLock(lock, directory);
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return pid === process.pid;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
