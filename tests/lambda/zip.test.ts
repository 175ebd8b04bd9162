import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zipOf } from "../../harness/lambda/zip.ts";
import type { Archive } from "../../harness/pulumi/resource-graph.ts";

/** Reads a ZIP file by its central directory, as the format's specification says, and checks every checksum. */
function unzipped(bytes: Buffer): Readonly<Record<string, string>> {
  const end = bytes.lastIndexOf(Buffer.from("504b0506", "hex"));
  const files: Record<string, string> = {};
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50);
    const [nameLength, extraLength] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30)];
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    expect(bytes.readUInt32LE(local)).toBe(0x04034b50);
    expect(bytes.subarray(local + 4, local + 28)).toEqual(bytes.subarray(at + 6, at + 30));
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = inflateRawSync(bytes.subarray(start, start + bytes.readUInt32LE(at + 20)));
    expect([crc32(content), content.length]).toEqual([bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 24)]);
    files[name] = content.toString();
    at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
  }
  return files;
}

describe("a package as Lambda takes it", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "zip-"));
    await writeFile(join(folder, "file.txt"), "from a file");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const archive = (): Archive => ({
    kind: "archive",
    entries: {
      "__index.js": { kind: "text", text: "exports.handler = async () => 'é';" },
      nested: { kind: "archive", entries: { "ü/a.js": { kind: "text", text: "" } } },
      "file.txt": { kind: "file", path: join(folder, "file.txt") },
      copied: { kind: "path", path: folder },
    },
  });

  test("holds every file, as its directory says", async () => {
    expect(unzipped(await zipOf(archive()))).toEqual({
      "__index.js": "exports.handler = async () => 'é';",
      "nested/ü/a.js": "",
      "file.txt": "from a file",
      "copied/file.txt": "from a file",
    });
  });

  test("is the same to the byte whenever it is made, and a ZIP file on disk is itself", async () => {
    const first = await zipOf(archive());
    expect(await zipOf(archive())).toEqual(first);
    const path = join(folder, "kept.zip");
    await writeFile(path, first);
    expect(await zipOf({ kind: "path", path })).toEqual(await readFile(path));
    await rm(path);
  });

  test("does not fetch what lies elsewhere", async () => {
    const remote: Archive = { kind: "archive", entries: { a: { kind: "remote", uri: "https://a.example" } } };
    await expect(zipOf(remote)).rejects.toThrow("A remote is not fetched.");
  });
});
