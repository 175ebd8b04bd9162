import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Kills the engine, at a moment when no file of its state is half written: beside each it writes another one in place, and an
 * engine that finds that one empty opens the stack no more.
 *
 * @param state its folder, as `PULUMI_BACKEND_URL` names it. */
export async function killEngine(engine: number, state: string): Promise<void> {
  for (;;) {
    process.kill(engine, "SIGSTOP");
    await setImmediate();
    if (isWhole(fileURLToPath(state))) break;
    process.kill(engine, "SIGCONT");
    await setImmediate();
  }
  process.kill(engine, "SIGKILL");
}

function isWhole(folder: string): boolean {
  const names = readdirSync(join(folder, ".pulumi", "stacks"), { recursive: true, encoding: "utf8" });
  const written = names.filter((name) => /\.(json|attrs)$/.test(name));
  return written.every((name) => isJson(join(folder, ".pulumi", "stacks", name)));
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
