/** Runs before each fast test file: a test that starts a process or a thread after all fails, with what to do. */
import { createRequire, syncBuiltinESMExports } from "node:module";

const require = createRequire(import.meta.url);

function refuse(name: string): () => never {
  return function refused() {
    throw new Error(
      `A fast test called ${name}. Import what starts processes statically, so that the test counts among those that do.`,
    );
  };
}

const childProcess = require("node:child_process") as Record<string, unknown>;
for (const name of ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"]) {
  childProcess[name] = refuse(name);
}
const workerThreads = require("node:worker_threads") as Record<string, unknown>;
workerThreads.Worker = refuse("Worker");
syncBuiltinESMExports();
