/**
 * Checks a program's types as `pulumi up` does while it loads it, in a process of its own: with the program's own
 * TypeScript, file by file, and without a word about what Pulumi does not look at.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setPriority } from "node:os";
import { join } from "node:path";
import { type TypeScriptService, typeScriptLoader } from "./typescript-loader.ts";

/** What the checking process is told. */
export interface TypeCheckRequest {
  readonly workingDirectory: string;
  readonly tsconfig: string;
  /** Absolute paths of the program's TypeScript files. */
  readonly files: readonly string[];
}

/** Beside what is served, and after it. */
const LOWEST_PRIORITY = 19;

process.once("disconnect", () => process.exit());
process.once("message", async (request: TypeCheckRequest) => {
  setPriority(LOWEST_PRIORITY);
  process.chdir(request.workingDirectory);
  const requireFromProgram = createRequire(join(request.workingDirectory, "package.json"));
  const loader = typeScriptLoader(requireFromProgram, { tsconfig: request.tsconfig, types: true });
  const service = loader.checked ? loader.create() : undefined;
  const errors: string[] = [];
  for (const file of service === undefined ? [] : request.files) {
    errors.push(...errorsOf(service, file));
    // Lets the end of the harness be seen.
    await new Promise(setImmediate);
  }
  process.send?.(errors, () => process.disconnect());
});

function errorsOf(service: TypeScriptService | undefined, file: string): string[] {
  try {
    service?.compile(readFileSync(file, "utf8"), file);
    return [];
  } catch (error) {
    const { diagnosticText, message } = error as { diagnosticText?: unknown; message?: unknown };
    return [String(diagnosticText ?? message)];
  }
}
