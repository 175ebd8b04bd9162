import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { HarnessError } from "../errors.ts";

const run = promisify(execFile);

/** A program as it was at a git reference, in a folder of its own. */
export interface CheckedOut {
  readonly directory: string;
  /** Where the program's files are not as they were: `file:line`, relative to the program's folder. */
  readonly changedPlaces: readonly string[];
  remove(): Promise<void>;
}

/** Takes a program out of git's history, next to the packages that are installed now.
 * @throws HarnessError CONFIGURATION when the reference, or the program in it, is not there. */
export async function checkOut(reference: string, programDirectory: string): Promise<CheckedOut> {
  const from = await realpath(resolve(programDirectory));
  const root = await git(from, ["rev-parse", "--show-toplevel"], "The program is not in a git repository");
  const commit = await git(from, ["rev-parse", "--verify", `${reference}^{commit}`], `Git knows no ${reference}`);
  const top = await realpath(await mkdtemp(join(tmpdir(), "program-before-")));
  const remove = () => rm(top, { recursive: true, force: true });
  try {
    await run("bash", ["-o", "pipefail", "-c", 'git -C "$1" archive "$2" | tar -x -C "$3"', "bash", root, commit, top]);
    const directory = join(top, relative(root, from));
    if (!existsSync(join(directory, "Pulumi.yaml")))
      throw new HarnessError(
        "CONFIGURATION",
        `There is no Pulumi.yaml in ${relative(root, from) || "."} at ${reference}.`,
      );
    await linkPackages(root, top);
    return { directory, remove, changedPlaces: await changesSince(from, commit) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The first line of each change, and each new file. */
async function changesSince(directory: string, commit: string): Promise<readonly string[]> {
  const options = { cwd: directory, maxBuffer: DIFF_BYTES };
  const { stdout: text } = await run(
    "git",
    ["diff", "--unified=0", "--relative", "--no-color", "--no-ext-diff", commit, "--", "."],
    options,
  );
  const { stdout: untracked } = await run("git", ["ls-files", "--others", "--exclude-standard"], options);
  const places: string[] = [];
  let file = "";
  for (const line of text.split("\n")) {
    file = /^\+\+\+ b\/(.*)$/.exec(line)?.[1] ?? file;
    const at = /^@@ -\S+ \+(\d+)/.exec(line)?.[1];
    if (at !== undefined && isSource(file)) places.push(`${file}:${at}`);
  }
  return [
    ...places,
    ...untracked
      .split("\n")
      .filter(isSource)
      .map((name) => `${name}:1`),
  ];
}

const DIFF_BYTES = 64 * 1024 * 1024;

/** What a program is made of; not what it says of itself. */
const isSource = (file: string): boolean => /\.([cm]?[jt]sx?|json|ya?ml)$/.test(file) && !/\.(test|spec)\./.test(file);

async function git(directory: string, words: readonly string[], complaint: string): Promise<string> {
  try {
    return (await run("git", ["-C", directory, ...words])).stdout.trim();
  } catch {
    throw new HarnessError("CONFIGURATION", `${complaint}. Name a branch, tag or commit with --diff.`);
  }
}

/** Packages are those of today: what a program registers depends on its own files first. */
async function linkPackages(root: string, top: string): Promise<void> {
  const installed = join(root, "node_modules");
  if (!existsSync(installed)) return;
  await mkdir(top, { recursive: true });
  await symlink(installed, join(top, "node_modules"));
}
