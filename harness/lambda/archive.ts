import { posix } from "node:path";

/** Why a `code` input cannot be unpacked: one sentence for each thing in it that is not a text, a file or a folder. */
export function archiveFaults(code: unknown): readonly string[] {
  const faults: string[] = [];
  inspect(code, "code", faults);
  return faults;
}

const COMPRESSED = /\.(jar|tar|tgz|tar\.gz)$/i;

/** Whether Pulumi takes a file for a ZIP archive: it goes by the name. */
export const isZip = (path: string): boolean => /\.zip$/i.test(path);

function inspect(node: unknown, where: string, faults: string[]): void {
  const kind = field(node, "kind");
  const path = field(node, "path");
  if (kind === "archive") inspectEntries(field(node, "entries"), where, faults);
  else if (!isReadable(node, kind, path)) faults.push(refusal(kind, where, path));
}

function isReadable(node: unknown, kind: unknown, path: unknown): boolean {
  if (kind === "text") return typeof field(node, "text") === "string";
  return typeof path === "string" && (kind === "file" || (kind === "path" && !COMPRESSED.test(path)));
}

function refusal(kind: unknown, where: string, path: unknown): string {
  if (kind === "path" && typeof path === "string")
    return `${where} is the compressed archive ${path}, which is not unpacked here: give a folder or a ZIP file as FileArchive.`;
  if (kind === "remote" || kind === "remote-archive")
    return `${where} is fetched from a URL, which cannot be done offline.`;
  return `${where} is not an asset or archive that the harness knows.`;
}

function inspectEntries(entries: unknown, where: string, faults: string[]): void {
  if (typeof entries !== "object" || entries === null) {
    faults.push(`${where} is an archive without entries.`);
    return;
  }
  for (const [name, entry] of Object.entries(entries)) {
    if (entryPath(name) === undefined)
      faults.push(`${where} has an entry ${JSON.stringify(name)} outside the package; entry names are relative paths.`);
    inspect(entry, `${where}/${name}`, faults);
  }
}

function field(node: unknown, name: string): unknown {
  return typeof node === "object" && node !== null && Object.hasOwn(node, name) ? Reflect.get(node, name) : undefined;
}

/** An entry's place below the task folder with `/` between its parts, `.` for the folder itself, or `undefined` for one
 * that would leave it. */
export function entryPath(name: string): string | undefined {
  if (name === "" || name.includes("\0") || name.includes("\\") || /^[a-zA-Z]:/.test(name)) return undefined;
  const path = posix.normalize(name);
  if (posix.isAbsolute(path) || path === ".." || path.startsWith("../")) return undefined;
  return path.endsWith("/") && path !== "./" ? path.slice(0, -1) : path;
}
