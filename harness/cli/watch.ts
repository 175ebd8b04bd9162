import { existsSync, type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

export interface Watcher {
  /** Replaces the set of files to watch, and of folders of which everything below is watched. A file `*` stands for all
   * names in its folder. */
  follow(files: readonly string[], folders?: readonly string[]): void;
  close(): void;
}

/** How long it must be quiet after a change: editors write a file in several steps. */
const QUIET_MILLISECONDS = 80;
const SOURCE_FILE = /\.([cm]?[jt]sx?|json|ya?ml)$/;

/** Calls `onChange` once after changes to the files, or to new source files beside them, and `onFirst` at the first of
 * them, while it is not quiet yet. Folders are watched and not files, since editors replace a file by renaming another one
 * over it. */
export function watchFiles(onChange: () => void, onFirst: () => void = () => {}): Watcher {
  const watchers = new Map<string, FSWatcher>();
  let followed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const changed = (folder: string, name: string | null) => {
    const known = name === null || followed.has(`${folder}/${name}`) || followed.has(`${folder}/*`);
    if (!known && !SOURCE_FILE.test(name)) return;
    if (timer === undefined) onFirst();
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      onChange();
    }, QUIET_MILLISECONDS);
  };
  const start = (folder: string, recursive: boolean) => {
    const watcher = watch(folder, { persistent: false, recursive }, (_event, name) =>
      changed(folder, recursive ? null : name),
    );
    watcher.on("error", () => watcher.close());
    return watcher;
  };
  return {
    follow(files, folders = []) {
      followed = new Set(files.map((file) => `${dirname(file)}/${basename(file)}`));
      const wanted = new Map(files.map((file) => [dirname(file), false]));
      for (const folder of folders) wanted.set(folder, true);
      const keys = new Map(
        [...wanted].map(([folder, recursive]) => [`${folder}\n${recursive}`, { folder, recursive }]),
      );
      for (const [key, watcher] of watchers) {
        if (keys.has(key)) continue;
        watcher.close();
        watchers.delete(key);
      }
      for (const [key, { folder, recursive }] of keys) {
        if (!watchers.has(key) && existsSync(folder)) watchers.set(key, start(folder, recursive));
      }
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
