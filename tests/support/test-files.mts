import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** Modules of Node.js that start a process or a thread. */
const STARTERS = /^node:(child_process|cluster|worker_threads)$/;

/** Imports that stay after types are stripped; the formatter keeps them in this form. */
const IMPORT =
  /^(?:import|export)\s+(?!type\b)(?:[^;"]*?\sfrom\s+)?"([^"]+)"|\b(?:import|require|createRequire\([^)]*\))\("([^"]+)"\)/gm;

export interface TestFiles {
  /** Nothing that they import can start a process or a thread. */
  readonly fast: readonly string[];
  readonly processes: readonly string[];
}

/** Every test file but those for a browser, by its path from the root, told apart by what it imports, directly or through others. */
export function testFiles(): TestFiles {
  const importsOf = importReader();
  const files = readdirSync(join(ROOT, "tests"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts") && !/^(fixtures|browser)\b/.test(name))
    .map((name) => join(ROOT, "tests", name))
    .sort();
  const { fast = [], processes = [] } = Object.groupBy(files, (file) =>
    reachesStarter(file, importsOf, new Set()) ? "processes" : "fast",
  );
  const fromRoot = (file: string) => relative(ROOT, file);
  return { fast: fast.map(fromRoot), processes: processes.map(fromRoot) };
}

function importReader(): (file: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const imports = known.get(file) ?? readImports(file);
    known.set(file, imports);
    return imports;
  };
}

/** Files as absolute paths, packages by name. */
function readImports(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const specifiers = [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, from, call]) => from ?? call ?? "");
  return specifiers.map((specifier) => (specifier.startsWith(".") ? resolve(dirname(file), specifier) : specifier));
}

function reachesStarter(file: string, importsOf: (file: string) => readonly string[], seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  return importsOf(file).some(
    (target) => STARTERS.test(target) || (target.startsWith("/") && reachesStarter(target, importsOf, seen)),
  );
}
