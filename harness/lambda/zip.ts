import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import type { Archive, Asset } from "../pulumi/resource-graph.ts";
import { isZip } from "./archive.ts";
import { filesInZip, type ZippedFile } from "./unzip.ts";

/** A package as Lambda takes it. Files carry no time, so that equal packages are equal to the byte.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export async function zipOf(archive: Archive): Promise<Buffer> {
  if (archive.kind === "path" && isZip(archive.path)) return readFile(archive.path);
  const files = (await filesOf(archive, "")).sort((a, b) => (a.name < b.name ? -1 : 1));
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const content = deflateRawSync(file.bytes);
    const shared = sharedHeader(file, content.length);
    const name = Buffer.from(file.name);
    const local = Buffer.concat([Buffer.from("504b0304", "hex"), shared, Buffer.alloc(2), name, content]);
    central.push(centralEntry(shared, name, offset));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...locals, directory, endRecord(files.length, directory.length, offset)]);
}

async function filesOf(node: Asset | Archive, name: string): Promise<ZippedFile[]> {
  switch (node.kind) {
    case "text":
      return [{ name, bytes: Buffer.from(node.text) }];
    case "file":
      return [{ name, bytes: await readFile(node.path) }];
    case "archive": {
      const inner = Object.entries(node.entries).map(([entry, content]) => filesOf(content, joined(name, entry)));
      return (await Promise.all(inner)).flat();
    }
    case "path": {
      if (isZip(node.path))
        return (await filesInZip(node.path)).map((file) => ({ ...file, name: joined(name, file.name) }));
      const entries = await readdir(node.path, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return Promise.all(
        files.map(async (path) => ({
          name: joined(name, path.slice(node.path.length + 1)),
          bytes: await readFile(path),
        })),
      );
    }
    default:
      throw new Error(`A ${node.kind} is not fetched.`);
  }
}

const joined = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

const UTF_8_NAMES = 0x0800;
const DEFLATED = 8;
const FIRST_DAY_OF_1980 = 0x0021;

/** Version, flags, method, time, date, checksum, sizes and length of the name: the same in both headers. */
function sharedHeader({ name, bytes }: ZippedFile, compressed: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(UTF_8_NAMES, 2);
  header.writeUInt16LE(DEFLATED, 4);
  header.writeUInt16LE(FIRST_DAY_OF_1980, 8);
  header.writeUInt32LE(crc32(bytes), 10);
  header.writeUInt32LE(compressed, 14);
  header.writeUInt32LE(bytes.length, 18);
  header.writeUInt16LE(Buffer.byteLength(name), 22);
  return header;
}

const UNIX = 3 << 8;
/** A regular file that everybody can read, as Lambda's user must be able to. */
const READABLE = (0o100644 << 16) >>> 0;

function centralEntry(shared: Buffer, name: Buffer, offset: number): Buffer {
  const start = Buffer.alloc(6);
  start.writeUInt32LE(0x02014b50, 0);
  start.writeUInt16LE(UNIX | 20, 4);
  const rest = Buffer.alloc(16);
  rest.writeUInt32LE(READABLE, 8);
  rest.writeUInt32LE(offset, 12);
  return Buffer.concat([start, shared, rest, name]);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
