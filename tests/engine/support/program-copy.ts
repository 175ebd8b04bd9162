import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../../..");

export interface ProgramCopy {
  readonly directory: string;
  /** Replaces text in a file of the copy. Fails when the text is not there. */
  edit(file: string, from: string | RegExp, to: string): Promise<void>;
  remove(): Promise<void>;
}

/** What a program is made of, and what Pulumi reads beside it. */
const PARTS = /^(index\.ts|package\.json|apis\.json|tsconfig.*\.json|Pulumi\..*|(stack|functions|policy)(\/.*)?)$/;

/** A copy of a program, since the engine writes into the stack's file. Installed packages are the project's own. */
export async function copyProgram(from: string): Promise<ProgramCopy> {
  const directory = await mkdtemp(join(tmpdir(), "engine-program-"));
  await cp(from, directory, {
    recursive: true,
    filter: (path) => path === from || PARTS.test(relative(from, path).split(sep).join("/")),
  });
  await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return {
    directory,
    async edit(file, search, replacement) {
      const path = join(directory, file);
      const text = await readFile(path, "utf8");
      const changed = text.replace(search, replacement);
      if (changed === text) throw new Error(`${file} has no ${String(search)}`);
      await writeFile(path, changed);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
