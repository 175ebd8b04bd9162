import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { programSettings, type SettingsSource } from "../../harness/pulumi/program-settings.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "program-settings-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const PROJECT = "name: small\nruntime: nodejs\nmain: app\nconfig:\n  greeting: { type: string, default: hello }\n";
const SOURCE: SettingsSource = {
  project: PROJECT,
  stackFile: { name: "Pulumi.dev.yaml", text: "config:\n  aws:region: eu-west-1\n" },
  overrides: {},
};
const SETTINGS = {
  project: { name: "small", main: "app", typeScript: true },
  configuration: { values: { "small:greeting": "hello", "aws:region": "eu-west-1" }, secretKeys: [] },
};
const place = () => join(folder, "settings", "last.json");
const bend = async () => writeFile(place(), (await readFile(place(), "utf8")).replace('"hello"', '"kept"'));

test("settings are read, and then kept: no one else can read them", async () => {
  expect(await programSettings(SOURCE, folder)).toEqual(SETTINGS);
  expect((await stat(place())).mode & 0o777).toBe(0o600);
  await bend();
  const { configuration } = await programSettings(SOURCE, folder);
  expect(configuration.values["small:greeting"]).toBe("kept");
});

test.each<[what: string, changed: Partial<SettingsSource>]>([
  ["project", { project: `${PROJECT}\n` }],
  ["stack's file", { stackFile: { name: "Pulumi.dev.yaml", text: "config: { aws:region: us-west-2 }" } }],
  ["stack", { stackFile: { name: "Pulumi.prod.yaml", text: "config:\n  aws:region: eu-west-1\n" } }],
  ["absence of the stack's file", { stackFile: undefined }],
  ["value for this start", { overrides: { other: "one" } }],
])("another %s is read anew", async (_what, changed) => {
  await programSettings(SOURCE, folder);
  await bend();
  const source = { ...SOURCE, ...changed };
  const settings = await programSettings(source, folder).catch((error: Error) => error.message);
  expect(settings).toEqual(await programSettings(source, undefined).catch((error: Error) => error.message));
});

test("what is kept but cannot be read is read anew", async () => {
  await programSettings(SOURCE, folder);
  await writeFile(place(), "{");
  expect(await programSettings(SOURCE, folder)).toEqual(SETTINGS);
});

test("a secret is not kept", async () => {
  const project = PROJECT.replace("type: string", "type: string, secret: true");
  await programSettings({ ...SOURCE, project }, folder);
  await expect(stat(place())).rejects.toThrow("ENOENT");
});

test("what is wrong is refused each time", async () => {
  const source = { ...SOURCE, project: "name: small\nruntime: python\n" };
  for (const _start of [1, 2]) await expect(programSettings(source, folder)).rejects.toThrow("only nodejs programs");
});
