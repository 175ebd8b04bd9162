import { buffer } from "node:stream/consumers";
import { crc32 } from "node:zlib";
import type { Entry } from "yauzl";
import { entryPath } from "./archive.ts";

export interface ZippedFile {
  /** Its place in the package, with `/`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The most that a package may hold, its layers included.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MOST_BYTES = 262_144_000;
const FILE_KIND = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/** The files of a ZIP file on disk, in its order.
 * @throws Error saying why Lambda would not take it, or what in it is not unpacked here. */
export async function filesInZip(path: string): Promise<readonly ZippedFile[]> {
  // Loaded where a program has one: it would slow every other start.
  const { default: yauzl } = await import("yauzl");
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true });
  try {
    const files: ZippedFile[] = [];
    let total = 0;
    for await (const entry of zip.eachEntry()) {
      total += entry.uncompressedSize;
      if (total > MOST_BYTES) throw new Error(`unzipped it is larger than ${MOST_BYTES} bytes, which Lambda refuses`);
      const name = placeOf(entry);
      if (name === undefined) continue;
      const bytes = await buffer(await zip.openReadStreamPromise(entry));
      if (crc32(bytes) !== entry.crc32) throw new Error(`${name} has another checksum than the archive says`);
      files.push({ name, bytes });
    }
    return files;
  } finally {
    zip.close();
  }
}

/** `undefined` for a folder: files bring their folders with them. */
function placeOf({ fileName, externalFileAttributes }: Entry): string | undefined {
  if (fileName.endsWith("/")) return undefined;
  if (((externalFileAttributes >>> 16) & FILE_KIND) === SYMBOLIC_LINK)
    throw new Error(`${fileName} is a symbolic link, which is not unpacked here`);
  const place = entryPath(fileName);
  if (place === undefined) throw new Error(`the entry ${JSON.stringify(fileName)} is outside the package`);
  return place;
}
