import type { CompiledModule } from "./compile-process.ts";
import { inlineSourceMap, type LoadedPosition } from "./source-positions.ts";

/** A place in a text, lines and columns from 1. */
export type TextPosition = Omit<LoadedPosition, "path">;

/**
 * Finds where the author wrote what stands at a place of a package that Pulumi made of a function. Pulumi copies each
 * function's compiled text as it is, so the copy's one place among the compiled modules, and that module's source map,
 * lead back. `undefined` where there is not exactly one such place, or it is Pulumi's own code around the copies.
 */
export function writtenPosition(
  serialized: string,
  position: TextPosition,
  modules: readonly CompiledModule[],
): LoadedPosition | undefined {
  const copy = copyAround(serialized.split("\n"), position.line - 1);
  if (copy === undefined) return undefined;
  const places = modules.flatMap((module) => placesIn(module, copy.text));
  const [place] = places;
  if (place === undefined || places.length > 1) return undefined;
  const before = place.module.code.slice(0, place.at).split("\n");
  const column = position.column - 1 + (copy.linesIn === 0 ? (before.at(-1) ?? "").length - copy.prefixLength : 0);
  const entry = inlineSourceMap(place.module.code)?.findEntry(before.length - 1 + copy.linesIn, Math.max(0, column));
  if (entry === undefined || !("originalLine" in entry)) return undefined;
  return { path: place.module.path, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

interface Copy {
  /** From the parameters on: before them, Pulumi writes the name as a comment. */
  readonly text: string;
  /** How many characters of the first line are not in the text. */
  readonly prefixLength: number;
  /** How many lines below its first the place is. */
  readonly linesIn: number;
}

const START = /^return (?:(?:async )?function ?\*? ?\/\*[^*]*\*\/)?/;

function copyAround(lines: readonly string[], index: number): Copy | undefined {
  const start = lines.findLastIndex(
    (line, at) => at <= index && START.test(line) && lines[at - 1] === "" && /^ {4}with\(/.test(lines[at - 2] ?? ""),
  );
  const end = lines.findIndex(
    (line, at) => at >= start && line.endsWith(";") && lines[at + 1] === "" && lines[at + 2] === "    }",
  );
  if (start === -1 || end < index) return undefined;
  const prefixLength = START.exec(lines[start] ?? "")?.[0].length ?? 0;
  const text = lines
    .slice(start, end + 1)
    .join("\n")
    .slice(prefixLength, -1);
  return { text, prefixLength, linesIn: index - start };
}

interface Place {
  readonly module: CompiledModule;
  readonly at: number;
}

function placesIn(module: CompiledModule, text: string): Place[] {
  const at = module.code.indexOf(text);
  if (at === -1) return [];
  const again = module.code.indexOf(text, at + 1) !== -1;
  return again
    ? [
        { module, at },
        { module, at },
      ]
    : [{ module, at }];
}
