import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

const ROOT = resolve(import.meta.dirname, "../../..");
/** Pinned: another version may answer otherwise, and the known differences are of this one. */
export const MINISTACK_VERSION = "1.5.33";
/** The endpoint signs its tokens with it. */
const CRYPTOGRAPHY_VERSION = "50.0.2";
const INSTALL_TIMEOUT_MILLISECONDS = 240_000;

export interface Ministack {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Ends it and all that it started, and removes its files. */
  stop(): Promise<void>;
}

export type FoundMinistack = { readonly python: string } | { readonly missing: string };

/** The environment with ministack in it, installed from PyPI where it is not there yet; or why there is none. */
export async function findMinistack(): Promise<FoundMinistack> {
  const folder = join(ROOT, "node_modules/.cache", `ministack-${MINISTACK_VERSION}`);
  const python = join(folder, "bin/python");
  if (existsSync(join(folder, "complete"))) return { python };
  try {
    const { stdout } = await run("python3", ["-c", "import sys; print(sys.version_info >= (3, 10))"]);
    if (stdout.trim() !== "True") return { missing: "python3 is older than 3.10" };
  } catch {
    return { missing: "there is no python3" };
  }
  try {
    await install(folder);
    return { python };
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).trim().split("\n").slice(-1);
    return { missing: `ministack ${MINISTACK_VERSION} cannot be installed from PyPI (${line.slice(0, 200)})` };
  }
}

async function install(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const timeout = INSTALL_TIMEOUT_MILLISECONDS;
  await run("python3", ["-m", "venv", folder], { timeout });
  const packages = [`ministack==${MINISTACK_VERSION}`, `cryptography==${CRYPTOGRAPHY_VERSION}`];
  const flags = ["--quiet", "--disable-pip-version-check", "--no-input"];
  await run(join(folder, "bin/python"), ["-m", "pip", "install", ...flags, ...packages], { timeout });
  // Only a whole installation counts: one that was cut off is made anew.
  await mkdir(join(folder, "completing"));
  await rename(join(folder, "completing"), join(folder, "complete"));
}

/** Starts ministack on a free port of 127.0.0.1, with IAM enforced unless told, and nothing of this machine's
 * environment. */
export async function startMinistack(python: string, { enforcesIam = true } = {}): Promise<Ministack> {
  const home = await mkdtemp(join(tmpdir(), "ministack-"));
  const port = await freePort();
  const child = spawn(python, ["-m", "ministack"], {
    cwd: home,
    // A group of its own, so that its workers end with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: [dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
      HOME: home,
      TMPDIR: home,
      NODE_PATH: await runtimeModules(home),
      AUTH: String(enforcesIam),
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      STATE_DIR: join(home, "state"),
      MINISTACK_REGION: "eu-west-1",
      MINISTACK_ACCOUNT_ID: "123456789012",
      LOG_LEVEL: "WARNING",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  const stop = async () => {
    await endGroup(child);
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await healthy(url, child);
    return { url, stop };
  } catch (error) {
    await stop();
    throw new Error(`ministack did not start: ${String(error)}\n${output.join("").slice(-2_000)}`);
  }
}

/** Lambda's Node.js runtime has the SDK, and nothing else of this project. */
async function runtimeModules(home: string): Promise<string> {
  const folder = join(home, "runtime");
  await mkdir(folder);
  for (const scope of ["@aws-sdk", "@smithy"]) await symlink(join(ROOT, "node_modules", scope), join(folder, scope));
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

const START_TIMEOUT_MILLISECONDS = 120_000;

async function healthy(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MILLISECONDS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`exit code ${child.exitCode}`);
    const answer = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error("it was not healthy in time");
}

async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const gone = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, "exit");
  signal(pid, "SIGTERM");
  const patience = setTimeout(() => signal(pid, "SIGKILL"), 3_000);
  await gone;
  clearTimeout(patience);
  // Workers that outlived it.
  signal(pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody of the group is left.
  }
}
