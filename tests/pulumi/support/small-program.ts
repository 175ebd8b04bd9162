import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type EvaluatedProgram, type EvaluateOptions, evaluateProgram } from "../../../harness/pulumi/evaluate.ts";

const NODE_MODULES = resolve(import.meta.dirname, "../../../node_modules");

/** A program of a few files in a folder of its own, with the repository's packages. */
export interface SmallProgram {
  readonly directory: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Writes the files, then evaluates; nothing is kept unless it is asked for. */
  evaluate(files?: Readonly<Record<string, string>>, options?: Partial<EvaluateOptions>): Promise<EvaluatedProgram>;
  remove(): Promise<void>;
}

const BASE = { "package.json": "{}", "Pulumi.yaml": "name: small\nruntime: nodejs\n" };

export async function smallProgram(files: Readonly<Record<string, string>> = {}): Promise<SmallProgram> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "small-program-")));
  await symlink(NODE_MODULES, join(directory, "node_modules"));
  const write = async (texts: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(texts)) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), text);
    }
  };
  await write({ ...BASE, ...files });
  return {
    directory,
    write,
    async evaluate(changed = {}, options = {}) {
      await write(changed);
      return evaluateProgram({ programDirectory: directory, useCache: false, ...options });
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
