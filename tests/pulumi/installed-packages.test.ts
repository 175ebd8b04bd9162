import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderOf, packagesFrom } from "../../harness/pulumi/installed-packages.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "installed-packages-")));
  await mkdir(at(""));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, "node_modules", name);

test.each<[what: string, before: readonly string[], from: string, to: string]>([
  ["a package and one in a scope", ["@one/a", "b"], "b", "@one/b"],
  ["a scope and a package", ["@one", "b"], "b", "@one/b"],
])("what moves is seen: %s", async (_what, before, from, to) => {
  for (const name of before) await mkdir(at(name), { recursive: true });
  const first = packagesFrom(folder);
  await rename(at(from), at(to));
  expect(packagesFrom(folder)).not.toBe(first);
});

test("scopes that are links to each other come to an end", async () => {
  await symlink(at(""), at("@one"));
  await symlink(at(""), at("@two"));
  const first = packagesFrom(folder);
  await mkdir(at("new"));
  expect(packagesFrom(folder)).not.toBe(first);
});

test.each<[what: string, make: () => Promise<unknown>]>([
  ["a file in place of the packages", () => rm(at(""), { recursive: true }).then(() => writeFile(at(""), ""))],
  ["a link to itself", () => rm(at(""), { recursive: true }).then(() => symlink("node_modules", at("")))],
  ["a scope that is a file", () => writeFile(at("@one"), "")],
  ["a link to nowhere", () => symlink("gone", at("one"))],
  ["a name that is no text", () => mkdir(Buffer.concat([Buffer.from(at("a")), Buffer.from([0xff])]))],
])("is no failure, and a change: %s", async (_what, make) => {
  await mkdir(at("left"));
  const first = packagesFrom(folder);
  await make();
  const second = packagesFrom(folder);
  expect(packagesFrom(folder)).toBe(second);
  expect(second).not.toBe(first);
});

test.each([
  ["/app/node_modules/left/lib/index.js", "/app/node_modules/left"],
  ["/app/node_modules/@one/left/index.js", "/app/node_modules/@one/left"],
  ["/app/node_modules/left/node_modules/right/index.js", "/app/node_modules/left/node_modules/right"],
  ["/app/node_modules/.pnpm/left@1/node_modules/left/index.js", "/app/node_modules/.pnpm/left@1/node_modules/left"],
  ["/app/node_modules/.store/left-1/package/index.js", "/app/node_modules/.store/left-1/package"],
  ["/app/lib/index.ts", "/app/lib"],
])("a file's folder: %s", (file, expected) => expect(folderOf(file)).toBe(expected));
