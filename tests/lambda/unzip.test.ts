import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deployFunctions } from "../../harness/lambda/package.ts";
import { filesInZip } from "../../harness/lambda/unzip.ts";
import { zipOf } from "../../harness/lambda/zip.ts";
import type { Archive } from "../../harness/pulumi/resource-graph.ts";
import { readOne, soundInputs, temporaryFolder } from "./functions.ts";

const CENTRAL_ENTRY = Buffer.from("504b0102", "hex");

const archiveOf = (texts: Readonly<Record<string, string>>): Archive => ({
  kind: "archive",
  entries: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { kind: "text", text }])),
});

async function zipFile(
  texts: Readonly<Record<string, string>>,
  spoil: (bytes: Buffer) => Buffer | undefined = () => undefined,
) {
  const path = join(await temporaryFolder(), "function.zip");
  const bytes = await zipOf(archiveOf(texts));
  await writeFile(path, spoil(bytes) ?? bytes);
  return path;
}

async function deploy(code: Archive) {
  const { lambdaFunction, faults } = readOne({ ...soundInputs, code });
  if (lambdaFunction === undefined) throw new Error(JSON.stringify(faults));
  const root = await temporaryFolder();
  const deployment = await deployFunctions([lambdaFunction], root, resolve(import.meta.dirname, "../.."));
  return deployment.taskRoot("f");
}

describe("a ZIP file as a function's code", () => {
  test("is unpacked", async () => {
    const path = await zipFile({ "index.js": "one", "lib/ü/a.js": "two" });
    const task = await deploy({ kind: "path", path });
    expect(await readFile(join(task, "index.js"), "utf8")).toBe("one");
    expect(await readFile(join(task, "lib/ü/a.js"), "utf8")).toBe("two");
  });

  test("is unpacked where it stands in another archive, and packed again as what is in it", async () => {
    const path = await zipFile({ "a.js": "inside" });
    const code: Archive = {
      kind: "archive",
      entries: { lib: { kind: "path", path }, "b.js": { kind: "text", text: "b" } },
    };
    const task = await deploy(code);
    expect(await readFile(join(task, "lib/a.js"), "utf8")).toBe("inside");
    const again = join(await temporaryFolder(), "again.zip");
    await writeFile(again, await zipOf(code));
    expect((await filesInZip(again)).map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
      ["b.js", "b"],
      ["lib/a.js", "inside"],
    ]);
  });

  /** In the central directory, that many bytes behind the start of its first entry. */
  const patched = (offset: number, value: number) => (bytes: Buffer) => {
    bytes.writeUInt32LE(value, bytes.indexOf(CENTRAL_ENTRY) + offset);
    return bytes;
  };
  test.each<[string, Readonly<Record<string, string>>, (bytes: Buffer) => Buffer | undefined, RegExp]>([
    ["an entry outside", { "../a.js": "" }, () => undefined, /\.\./],
    ["an absolute entry", { "/etc/a.js": "" }, () => undefined, /absolute path: \/etc\/a\.js/],
    ["a symbolic link", { "a.js": "/etc/passwd" }, patched(38, 0o120777 * 65_536), /a\.js is a symbolic link/],
    ["a bomb", { "a.js": "x" }, patched(24, 262_144_001), /larger than 262144000 bytes, which Lambda refuses/],
    ["a wrong checksum", { "a.js": "abc" }, patched(16, 1), /a\.js has another checksum/],
    ["a wrong size", { "a.js": "abc" }, patched(24, 2), /bytes/],
    ["half a file", { "a.js": "abc" }, (bytes) => bytes.subarray(0, 40), /end of central directory/i],
    ["no ZIP file", {}, () => Buffer.from("hello, hello, hello, hello"), /end of central directory/i],
  ])("%s is refused by the function's name", async (_name, texts, spoil, reason) => {
    const path = await zipFile(texts, spoil);
    await expect(deploy({ kind: "path", path })).rejects.toMatchObject({
      code: "PROGRAM_REFUSED",
      message: expect.stringMatching(/^aws:lambda\/function:Function f: its package cannot be unpacked: /),
    });
    await expect(deploy({ kind: "path", path })).rejects.toThrow(reason);
  });

  test("one that is not there is refused by the function's name", async () => {
    const path = join(await temporaryFolder(), "none.zip");
    await expect(deploy({ kind: "path", path })).rejects.toThrow(/Function f: its package cannot be unpacked: ENOENT/);
  });

  test("holds whatever was packed into it", async () => {
    const name = fc.stringMatching(/^[a-z]{1,6}(\/[a-z]{1,6}){0,2}\.js$/);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.string({ unit: "binary" })), async (texts) => {
        const files = await filesInZip(await zipFile(texts));
        expect(Object.fromEntries(files.map((file) => [file.name, file.bytes.toString()]))).toEqual(
          Object.fromEntries(Object.entries(texts).map(([each, text]) => [each, Buffer.from(text).toString()])),
        );
      }),
      { numRuns: 30 },
    );
  });
});
