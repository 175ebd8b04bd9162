import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const ROOT = resolve(import.meta.dirname, "../../..");

/** The `pulumi` to test with: `PULUMI_COMMAND`, or the first on the PATH that is not npm's package of that name, which
 * downloads one. Or why there is none. */
export function findPulumi(environment: NodeJS.ProcessEnv): { readonly path: string } | { readonly missing: string } {
  const { PULUMI_COMMAND: named, PATH = "" } = environment;
  if (named !== undefined && named !== "") {
    return existsSync(named)
      ? { path: resolve(named) }
      : { missing: `PULUMI_COMMAND names ${named}, which is not there` };
  }
  const found = PATH.split(delimiter)
    .filter((folder) => folder !== "" && !folder.includes("node_modules"))
    .map((folder) => join(folder, "pulumi"))
    .find((path) => existsSync(path));
  return found === undefined ? { missing: "there is no pulumi command on the PATH" } : { path: found };
}

/** A place where the engine keeps all that it writes, and which has the stand-in provider installed. */
export interface EngineHome {
  readonly folder: string;
  /** All that processes of the engine may know of this machine. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Prepares a home of its own for the engine: file state, no account, no update check, no downloads. */
export async function engineHome(pulumi: string): Promise<EngineHome> {
  const folder = await mkdtemp(join(tmpdir(), "engine-"));
  const plugin = join(folder, "plugin");
  for (const name of ["home", "state", "plugin", "user"]) await mkdir(join(folder, name));
  const environment = {
    PATH: [resolve(pulumi, ".."), resolve(process.execPath, ".."), "/usr/bin", "/bin"].join(delimiter),
    HOME: join(folder, "user"),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "of the tests alone",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  for (const name of PACKAGES) {
    const version = installedVersion(name);
    if (version === undefined) continue;
    await writePlugin(plugin, name, version);
    await run(pulumi, ["plugin", "install", "resource", name, `v${version}`, "--file", plugin], { env: environment });
    await rm(plugin, { recursive: true });
  }
  return { folder, environment, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Packages that the stacks may use; the stand-in plays the provider of each. */
const PACKAGES = ["aws", "awsx"];

/** The version of the plugin that an installed package asks for. */
function installedVersion(name: string): string | undefined {
  const file = join(ROOT, "node_modules/@pulumi", name, "package.json");
  if (!existsSync(file)) return undefined;
  const { version } = createRequire(import.meta.url)(file) as { readonly version: string };
  return version;
}

/** The engine starts a plugin by a name; `exec` leaves no shell between the two. */
async function writePlugin(folder: string, name: string, version: string): Promise<void> {
  const main = join(import.meta.dirname, "../provider/main.mts");
  const file = join(folder, `pulumi-resource-${name}`);
  const lines = [
    "#!/bin/sh",
    `export STAND_IN_NAME='${name}' STAND_IN_VERSION='${version}'`,
    `exec '${process.execPath}' '${main}' "$@"`,
  ];
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${lines.join("\n")}\n`);
  await chmod(file, 0o755);
}
