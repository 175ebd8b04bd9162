import { Module, SourceMap } from "node:module";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourcePosition } from "./resource-graph.ts";

/** A place in a file as it was loaded, lines and columns from 1. */
export interface LoadedPosition {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Finds where the program's author wrote what runs. */
export interface SourcePositions {
  /** Keeps the map at the end of a module's compiled code. */
  note(path: string, code: string): void;
  /** The first of the frames, innermost first, that stands in the program's own files, mapped to what was written;
   * `undefined` where none does. */
  ownPosition(frames: readonly LoadedPosition[]): SourcePosition | undefined;
}

interface CompilingModule {
  _compile(this: object, content: string, filename: string, ...rest: unknown[]): unknown;
}

const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/;

/** Keeps the source maps of the CommonJS modules that are loaded from now on, and reads a map only when a position asks for it:
 * mapping every stack trace, as ts-node does, takes as long as everything else of an evaluation together. */
export function sourcePositions(directory: string): SourcePositions {
  const encoded = new Map<string, string>();
  const decoded = new Map<string, SourceMap | undefined>();
  const note = (path: string, code: string) => {
    const map = isOwn(path) ? INLINE_MAP.exec(code)?.[1] : undefined;
    if (map !== undefined) encoded.set(path, map);
  };
  const prototype = Module.prototype as unknown as CompilingModule;
  const { _compile: compile } = prototype;
  prototype._compile = function (content, filename, ...rest) {
    note(filename, content);
    return Reflect.apply(compile, this, [content, filename, ...rest]);
  };
  const mapOf = (path: string) => {
    if (!decoded.has(path)) decoded.set(path, decode(encoded.get(path)));
    return decoded.get(path);
  };
  return {
    note,
    ownPosition(frames) {
      const frame = frames.find(({ path }) => isOwn(path));
      if (frame === undefined) return undefined;
      const entry = mapOf(frame.path)?.findEntry(frame.line - 1, frame.column - 1);
      const written = entry !== undefined && "originalLine" in entry ? entry : undefined;
      const line = written === undefined ? frame.line : written.originalLine + 1;
      const column = written === undefined ? frame.column : written.originalColumn + 1;
      return { file: relative(directory, frame.path).split(sep).join("/"), line, column };
    },
  };
}

function isOwn(path: string): boolean {
  return !path.split(sep).includes("node_modules") && !path.startsWith(import.meta.dirname);
}

/** The source map in a module's last line, as TypeScript writes it there. */
export function inlineSourceMap(code: string): SourceMap | undefined {
  return decode(INLINE_MAP.exec(code)?.[1]);
}

function decode(map: string | undefined): SourceMap | undefined {
  if (map === undefined) return undefined;
  return new SourceMap(JSON.parse(Buffer.from(map, "base64").toString("utf8")));
}

/** A frame's path: Pulumi writes it as a URL. */
export function framePath(uri: string): string {
  return uri.startsWith("file:") ? fileURLToPath(uri) : uri;
}
