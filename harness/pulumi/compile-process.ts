/**
 * Compiles a program's TypeScript once more as it was compiled to be run, in a process of its own, so that what Pulumi
 * wrote into a function's package can be found in it again.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { TypeCheckRequest } from "./type-check-process.ts";
import { type TypeScriptService, typeScriptLoader } from "./typescript-loader.ts";

/** A module as it ran, with its source map in its last line. */
export interface CompiledModule {
  /** Absolute, of the TypeScript. */
  readonly path: string;
  readonly code: string;
}

process.once("disconnect", () => process.exit());
process.once("message", ({ workingDirectory, tsconfig, files }: TypeCheckRequest) => {
  process.chdir(workingDirectory);
  const requireFromProgram = createRequire(join(workingDirectory, "package.json"));
  const service = typeScriptLoader(requireFromProgram, { tsconfig, types: false }).create();
  const modules = files.flatMap((path) => compiled(service, path));
  process.send?.(modules, () => process.disconnect());
});

function compiled(service: TypeScriptService, path: string): CompiledModule[] {
  try {
    return [{ path, code: service.compile(readFileSync(path, "utf8"), path) }];
  } catch {
    // Gone or broken since: its functions are not found, then.
    return [];
  }
}
