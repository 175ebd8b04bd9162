import { lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { deployFunctions } from "../../harness/lambda/package.ts";
import type { Archive } from "../../harness/pulumi/resource-graph.ts";
import { readOne, soundInputs, temporaryFolder } from "./functions.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

async function deploy(code: Archive, root?: string) {
  const { lambdaFunction } = readOne(soundInputs);
  if (lambdaFunction === undefined) throw new Error("no function");
  const folder = root ?? (await temporaryFolder());
  const deployment = await deployFunctions([{ ...lambdaFunction, code }], folder, PROJECT);
  return { deployment, root: folder, task: deployment.taskRoot("f") };
}

/** A folder as a project has it: files, a folder, and a link to each. */
async function sourceFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "lib"));
  await writeFile(join(folder, "index.js"), "one");
  await writeFile(join(folder, "lib", "a.js"), "two");
  await symlink(join(folder, "index.js"), join(folder, "link.js"));
  return folder;
}

describe("a package", () => {
  test("is unpacked from texts, files, folders and archives in it", async () => {
    const folder = await sourceFolder();
    const { task } = await deploy({
      kind: "archive",
      entries: {
        "__index.js": { kind: "text", text: "text" },
        "deep/file.js": { kind: "file", path: join(folder, "index.js") },
        node_modules: { kind: "archive", entries: { "x/index.js": { kind: "text", text: "x" } } },
        "node_modules/y": { kind: "path", path: join(folder, "lib") },
        ".": { kind: "path", path: folder },
      },
    });
    const texts = [
      "__index.js",
      "deep/file.js",
      "node_modules/x/index.js",
      "node_modules/y/a.js",
      "lib/a.js",
      "link.js",
    ];
    const read = await Promise.all(texts.map((name) => readFile(join(task, name), "utf8")));
    expect(read).toEqual(["text", "one", "x", "two", "two", "one"]);
  });

  test("is a copy: links do not lead out, and later changes stay out", async () => {
    const folder = await sourceFolder();
    const { task } = await deploy({ kind: "path", path: folder });
    expect((await lstat(join(task, "link.js"))).isSymbolicLink()).toBe(false);
    await writeFile(join(folder, "index.js"), "changed");
    expect(await readFile(join(task, "index.js"), "utf8")).toBe("one");
  });

  test("has the SDK next to it, and no other package", async () => {
    const { deployment } = await deploy({ kind: "archive", entries: {} });
    expect((await readdir(deployment.runtimeModules)).toSorted()).toEqual(["@aws-sdk", "@smithy"]);
  });

  test("is gone when removed", async () => {
    const { deployment, root } = await deploy({ kind: "archive", entries: {} });
    await deployment.remove();
    expect(await readdir(root)).toEqual([]);
  });

  test.each<[string, Archive, RegExp]>([
    [
      "a file that is missing",
      { kind: "archive", entries: { "a.js": { kind: "file", path: "/nowhere/a.js" } } },
      /Function f: .*\/nowhere\/a\.js/,
    ],
    ["a folder that is missing", { kind: "path", path: "/nowhere" }, /Function f: .*\/nowhere/],
    [
      "an entry outside",
      { kind: "archive", entries: { "../a.js": { kind: "text", text: "" } } },
      /outside the package/,
    ],
    ["something remote", { kind: "remote-archive", uri: "https://x" }, /not fetched/],
  ])("that has %s is refused and leaves nothing", async (_name, code, message) => {
    const root = await temporaryFolder();
    await expect(deploy(code, root)).rejects.toMatchObject({
      code: "PROGRAM_REFUSED",
      message: expect.stringMatching(message),
    });
    expect(await readdir(root)).toEqual([]);
  });

  test("is not put where other packages would fill its gaps", async () => {
    const above = await temporaryFolder();
    await mkdir(join(above, "node_modules"));
    const refused = deploy({ kind: "archive", entries: {} }, join(above, "root"));
    await expect(refused).rejects.toMatchObject({
      code: "CONFIGURATION",
      message: expect.stringMatching(/node_modules/),
    });
  });
});
