import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

export interface Watcher {
  /** Replaces the set of files to watch. */
  follow(files: readonly string[]): void;
  close(): void;
}

/** How long it must be quiet after a change: editors write a file in several steps. */
const QUIET_MILLISECONDS = 80;
const SOURCE_FILE = /\.(ts|js|json|ya?ml)$/;

/** Calls `onChange` once after changes to the files, or to new source files beside them. Folders are watched and not
 * files, since editors replace a file by renaming another one over it. */
export function watchFiles(onChange: () => void): Watcher {
  const watchers = new Map<string, FSWatcher>();
  let followed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const changed = (folder: string, name: string | null) => {
    if (name !== null && !followed.has(`${folder}/${name}`) && !SOURCE_FILE.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MILLISECONDS);
  };
  return {
    follow(files) {
      followed = new Set(files.map((file) => `${dirname(file)}/${basename(file)}`));
      const folders = new Set(files.map((file) => dirname(file)));
      for (const [folder, watcher] of watchers) {
        if (folders.has(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      for (const folder of folders) {
        if (watchers.has(folder)) continue;
        const watcher = watch(folder, { persistent: false }, (_event, name) => changed(folder, name));
        watcher.on("error", () => watcher.close());
        watchers.set(folder, watcher);
      }
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
