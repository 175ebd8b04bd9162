import { fork } from "node:child_process";
import { join } from "node:path";
import type { CompiledModule } from "./compile-process.ts";
import type { TypeCheckRequest } from "./type-check-process.ts";

/** Compiles a program's files as they were compiled to be run; to nothing where that fails. */
export function compileProgram(request: TypeCheckRequest, signal: AbortSignal): Promise<readonly CompiledModule[]> {
  const child = fork(join(import.meta.dirname, "compile-process.ts"), {
    execArgv: ["--disable-warning=ExperimentalWarning", "--disable-warning=DEP0180"],
    silent: true,
    signal,
  });
  return new Promise((resolve) => {
    child.once("message", (modules) => resolve(modules as CompiledModule[]));
    child.once("error", () => resolve([]));
    child.once("exit", () => resolve([]));
    child.send(request);
  });
}
