import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import lock from "../../../package-lock.json" with { type: "json" };

export const ROOT = resolve(import.meta.dirname, "../../..");

/** A program in a folder of its own, to be broken and mended. */
export interface ScratchProgram {
  readonly directory: string;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Puts `replacement` in the one place where `search` stands; none or several is a mistake of the test. */
  replace(file: string, search: string, replacement: string): Promise<void>;
  remove(): Promise<void>;
}

const PROGRAM_FILES = /^(package\.json|tsconfig.*\.json|Pulumi\..*yaml|index\.ts|stack|functions)$/;

/**
 * Copies a program (default: the repository's) without what is not the program's. Installed packages are linked, and the
 * folder in which evaluations are kept is the copy's own, so that it goes when the copy does.
 */
export async function scratchProgram(from = ROOT): Promise<ScratchProgram> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "scratch-program-")));
  const names = (await readdir(from)).filter((name) => PROGRAM_FILES.test(name));
  await Promise.all(names.map((name) => cp(join(from, name), join(directory, name), { recursive: true })));
  await linkPackages(directory);
  const read = (file: string) => readFile(join(directory, file), "utf8");
  const write = (file: string, text: string) => writeFile(join(directory, file), text);
  return {
    directory,
    read,
    write,
    async replace(file, search, replacement) {
      const parts = (await read(file)).split(search);
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places with ${search}`);
      await write(file, parts.join(replacement));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The compiler, which Pulumi loads from the program, and types. Other packages for development no program imports, and Pulumi
 * looks at each package that is there when it packs a function: half of that work would be for nothing. */
const FOR_PROGRAMS = /^(typescript|ts-node|@types)$/;

/** Whether all that is installed under a name, or in a scope, is there for `devDependencies` alone. */
function isForDevelopment(name: string): boolean {
  if (FOR_PROGRAMS.test(name)) return false;
  const entries = Object.entries(lock.packages).filter(
    ([path]) => path === `node_modules/${name}` || path.startsWith(`node_modules/${name}/`),
  );
  return entries.length > 0 && entries.every(([, entry]) => "dev" in entry && entry.dev);
}

/** Links the repository's packages into a program's folder, beside a folder of its own for what is kept between starts. */
export async function linkPackages(directory: string): Promise<void> {
  const installed = join(ROOT, "node_modules");
  const target = join(directory, "node_modules");
  await mkdir(join(target, ".cache", "pulumi-harness"), { recursive: true });
  const names = (await readdir(installed)).filter((name) => !name.startsWith(".") && !isForDevelopment(name));
  // As npm's own record tells what is installed, what is known of it need not be found out for each program.
  const linked = [...names, ".package-lock.json"];
  await Promise.all(linked.map((name) => symlink(join(installed, name), join(target, name))));
  // Compiled code is the same wherever it is run, and compiling all of Pulumi anew takes seconds.
  const compiled = ".cache/pulumi-harness/compiled";
  await mkdir(join(installed, compiled), { recursive: true });
  await symlink(join(installed, compiled), join(target, compiled));
}
