import { fork } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./evaluation-cache.ts";
import { changedFiles, currentDigest, type TrackedFile } from "./tracked-files.ts";
import type { TypeCheckRequest } from "./type-check-process.ts";

/** Checks types beside what is served; a check that is under way ends when another one begins. */
export interface TypeChecker {
  /** Resolves to what `pulumi up` would print, a text for each file with errors; to `undefined` where it ended early.
   * @param files what the program is made of: the same ones are not checked again. */
  check(request: TypeCheckRequest, files: readonly TrackedFile[]): Promise<readonly string[] | undefined>;
  /** Ends a check that is under way. */
  interrupt(): void;
}

interface KeptCheck {
  readonly request: TypeCheckRequest;
  readonly files: readonly TrackedFile[];
  readonly installed: string;
  readonly errors: readonly string[];
}

export function typeChecker(): TypeChecker {
  let ending = new AbortController();
  return {
    async check(request, files) {
      ending.abort();
      ending = new AbortController();
      const { signal } = ending;
      const kept = await keptErrors(request, files);
      if (kept !== undefined || signal.aborted) return kept;
      const errors = await run(request, signal);
      if (errors !== undefined && (await changedFiles(files)).length === 0) await keep(request, files, errors);
      return errors;
    },
    interrupt: () => ending.abort(),
  };
}

function run(request: TypeCheckRequest, signal: AbortSignal): Promise<readonly string[] | undefined> {
  const child = fork(join(import.meta.dirname, "type-check-process.ts"), {
    execArgv: ["--disable-warning=ExperimentalWarning", "--disable-warning=DEP0180"],
    silent: true,
    signal,
  });
  return new Promise((resolve) => {
    child.once("message", (errors) => resolve(errors as string[]));
    child.once("error", () => resolve(undefined));
    child.once("exit", () => resolve(undefined));
    child.send(request);
  });
}

function keptFile({ workingDirectory }: TypeCheckRequest): string | undefined {
  const folder = cacheFolder(workingDirectory);
  return folder === undefined ? undefined : join(folder, "types.json");
}

async function installedDigest(file: string): Promise<string> {
  return currentDigest(join(file, "../../../.package-lock.json"));
}

async function keptErrors(
  request: TypeCheckRequest,
  files: readonly TrackedFile[],
): Promise<readonly string[] | undefined> {
  const file = keptFile(request);
  if (file === undefined) return undefined;
  try {
    const { errors, ...kept } = JSON.parse(await readFile(file, "utf8")) as KeptCheck;
    const now = { request, files, installed: await installedDigest(file) };
    return JSON.stringify(kept) === JSON.stringify(now) ? errors : undefined;
  } catch {
    return undefined;
  }
}

async function keep(
  request: TypeCheckRequest,
  files: readonly TrackedFile[],
  errors: readonly string[],
): Promise<void> {
  const file = keptFile(request);
  if (file === undefined) return;
  const kept: KeptCheck = { request, files, installed: await installedDigest(file), errors };
  await mkdir(join(file, ".."), { recursive: true }).catch(() => {});
  await writeFile(file, JSON.stringify(kept), { mode: 0o600 }).catch(() => {});
}
