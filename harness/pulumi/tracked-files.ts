import { createHash } from "node:crypto";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { packagesFrom, timesOf } from "./installed-packages.ts";

/** What of a file an evaluation depended on: its bytes (of a folder, of all files in it), the names in a folder, the names
 * of the sources in it, only that it is there, or where links lead; of a folder also which packages are found from it, and
 * how old npm sees them; how old and long an installed file is. */
export type Aspect = "content" | "names" | "sources" | "existence" | "place" | "packages" | "times";

/** One thing on disk that an evaluation depended on, as it was when it was read. */
export interface TrackedFile {
  readonly path: string;
  readonly aspect: Aspect;
  /** Equal where nothing has changed; `several` where it changed while the program ran. */
  readonly digest: string;
  /** Its content is that of all files in it. */
  readonly isFolder?: true;
}

export const ABSENT = "absent";
export const SEVERAL = "several";
export const SOURCE_FILE = /\.([cm]?[jt]sx?|json|ya?ml)$/;

export function contentDigest(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function namesDigest(names: readonly string[]): string {
  return contentDigest(JSON.stringify([...names].sort()));
}

export function isOfPackages(aspect: Aspect): boolean {
  return aspect === "packages" || aspect === "times";
}

/** Of installed packages, at once; `undefined` for what is no aspect of them. */
export function installedDigest(folder: string, aspect: Aspect): string | undefined {
  if (aspect === "packages") return contentDigest(packagesFrom(folder));
  if (aspect === "times") return contentDigest(timesOf(folder));
  return undefined;
}

/** What the disk says now. */
export async function currentDigest(path: string, aspect: Aspect = "content"): Promise<string> {
  const installed = installedDigest(path, aspect);
  if (installed !== undefined) return installed;
  try {
    if (aspect === "place") return contentDigest(await realpath(path));
    const status = await stat(path);
    if (aspect === "existence") return "present";
    if (aspect === "names") return namesDigest(await readdir(path));
    if (aspect === "sources") return namesDigest((await readdir(path)).filter((name) => SOURCE_FILE.test(name)));
    if (!status.isDirectory()) return contentDigest(await readFile(path));
    const names = (await readdir(path)).sort();
    const digests = await Promise.all(names.map((name) => currentDigest(join(path, name))));
    return contentDigest(JSON.stringify([names, digests]));
  } catch {
    return ABSENT;
  }
}

/** The files that are no longer as they were read. */
export async function changedFiles(files: readonly TrackedFile[]): Promise<readonly TrackedFile[]> {
  const now = await Promise.all(files.map(({ path, aspect }) => currentDigest(path, aspect)));
  return files.filter(({ digest }, index) => digest !== now[index]);
}
