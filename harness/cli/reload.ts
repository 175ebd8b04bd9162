import { basename, join } from "node:path";
import { HarnessError } from "../errors.ts";
import type { Harness } from "../harness.ts";
import { ABSENT, type TrackedFile } from "../pulumi/tracked-files.ts";
import { type Watcher, watchFiles } from "./watch.ts";

/** The part of a harness that changes are followed with. */
export type Reloadable = Pick<Harness, "reload" | "readFiles" | "isStale" | "prepareReload">;

export interface Following {
  /** Looks whether anything has changed, and serves what is on disk now. Resolves when that is so, or has been reported. */
  look(): Promise<void>;
  close(): void;
}

/** What else goes with changes. */
export interface FollowingEvents {
  /** A version is served: a new one, or the last one still. */
  readonly onServed?: () => void;
  /** Something changes, and will be looked at once that is over. */
  readonly onStirring?: () => void;
  /** It was looked at, and what is on disk is what is served. */
  readonly onSettled?: () => void;
}

/**
 * Serves the program anew whenever a file that it was made of changes: one change at a time, and again while what is on
 * disk is not what was evaluated. Says each state once: serving a new version, not served since, served again.
 */
export function followChanges(
  harness: Reloadable,
  log: (line: string) => void,
  { onServed = () => {}, onStirring = () => {}, onSettled = () => {} }: FollowingEvents = {},
): Following {
  const { reload, isBroken } = reporter(harness, log, onServed);
  let looking: Promise<void> | undefined;
  let again = false;
  const lookOnce = async () => {
    do {
      again = false;
      if (await harness.isStale()) await reload();
      follow(watcher, harness.readFiles());
    } while (again);
    looking = undefined;
    // Whoever saves a file saves the next one soon.
    harness.prepareReload();
    if (!isBroken()) onSettled();
  };
  const look = () => {
    again = true;
    looking ??= lookOnce();
    return looking;
  };
  const stir = () => {
    onStirring();
    harness.prepareReload();
  };
  const watcher = watchFiles(() => void look(), stir);
  follow(watcher, harness.readFiles());
  // What was saved between the evaluation and the watch.
  void look();
  return { look, close: () => watcher.close() };
}

interface Reporter {
  reload(): Promise<void>;
  /** Whether what is on disk could not be served. */
  isBroken(): boolean;
}

function reporter(harness: Reloadable, log: (line: string) => void, onServed: () => void): Reporter {
  let broken: string | undefined;
  const reload = async () => {
    const started = performance.now();
    const took = () => `${Math.round(performance.now() - started)} ms`;
    try {
      const changed = await harness.reload();
      if (changed) log(`Changed; serving the new version after ${took()}.`);
      else if (broken !== undefined) log(`Mended; what is on disk is what is served, seen after ${took()}.`);
      broken = undefined;
      onServed();
    } catch (error) {
      const message = describe(error);
      if (message !== broken) log(`Changed, but not served; the last good version goes on.\n${message}`);
      broken = message;
    }
  };
  return { reload, isBroken: () => broken !== undefined };
}

function describe(error: unknown): string {
  if (error instanceof HarnessError) return error.message;
  return String(error instanceof Error ? error.stack : error);
}

/** What was looked for and not found is seen where it comes beside a watched file: the folders above a program, such as the
 * machine's temporary one, never rest. */
function follow(watcher: Watcher, files: readonly TrackedFile[]): void {
  const names = files.filter(({ aspect }) => aspect === "names").map(({ path }) => join(path, "*"));
  const contents = files.filter(({ aspect, digest }) => aspect === "content" && digest !== ABSENT);
  const folders = contents.filter(({ isFolder }) => isFolder === true).map(({ path }) => path);
  const single = contents.filter(({ isFolder, path }) => isFolder !== true && !basename(path).startsWith("."));
  watcher.follow([...single.map(({ path }) => path), ...names], folders);
}
