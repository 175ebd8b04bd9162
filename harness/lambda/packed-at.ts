import { join } from "node:path";
import type { Archive, Asset } from "../pulumi/resource-graph.ts";
import { entryPath, isZip } from "./archive.ts";

/** What a file of a package was made of: a text of the program, or a file at an absolute path. */
export type Packed = { readonly text: string } | { readonly path: string };

/** Finds what stands at a place of a package; `undefined` where nothing does, or a ZIP file. `place` is a path with `/`, below the package. */
export function packedAt(node: Archive | Asset, place: string): Packed | undefined {
  const inside = entryPath(place);
  if (inside === undefined) return undefined;
  if (node.kind === "path") return isZip(node.path) ? undefined : { path: join(node.path, inside) };
  if (node.kind !== "archive") return undefined;
  for (const [name, entry] of Object.entries(node.entries)) {
    const at = entryPath(name);
    if (at === inside) return leaf(entry);
    const below = at === "." ? inside : inside.startsWith(`${at}/`) ? inside.slice(`${at}/`.length) : undefined;
    const found = below === undefined ? undefined : packedAt(entry, below);
    if (found !== undefined) return found;
  }
  return undefined;
}

function leaf(entry: Archive | Asset): Packed | undefined {
  if (entry.kind === "text") return { text: entry.text };
  return entry.kind === "file" ? { path: entry.path } : undefined;
}
