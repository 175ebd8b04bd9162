import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { LogLine } from "./lambda/logs.ts";
import { packedAt } from "./lambda/packed-at.ts";
import type { Model } from "./model.ts";
import type { CompiledModule } from "./pulumi/compile-process.ts";
import { compileProgram } from "./pulumi/compiled-program.ts";
import { writtenPosition } from "./pulumi/serialized-functions.ts";
import { inlineSourceMap, type LoadedPosition } from "./pulumi/source-positions.ts";

export interface ProgramFramesOptions {
  /** Where functions are unpacked, links resolved. */
  readonly root: string;
  readonly programDirectory: string;
  readonly model: () => Model;
  readonly signal: AbortSignal;
}

/** Tells where the stack of a logged error stands in the program's own files. */
export interface ProgramFrames {
  /** `functions/handler.ts:22:11, called from …`, innermost first, without the frames that cannot be followed to a file
   * of the program; `undefined` where there are none. */
  describe(line: Pick<LogLine, "functionName" | "line">): Promise<string | undefined>;
}

interface TaskFrame {
  /** Below the task folder. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const MOST_FRAMES = 10;
const MOST_CHARACTERS = 100_000;

export function programFrames({ root, programDirectory, model, signal }: ProgramFramesOptions): ProgramFrames {
  const compiled = new WeakMap<Model, Promise<readonly CompiledModule[]>>();
  const modulesOf = (served: Model) => {
    const { typeCheck } = served.program;
    const modules = compiled.get(served) ?? (typeCheck === undefined ? [] : compileProgram(typeCheck, signal));
    compiled.set(served, Promise.resolve(modules));
    return modules;
  };
  const locate = async (functionName: string, frame: TaskFrame): Promise<LoadedPosition | undefined> => {
    const served = model();
    const code = served.functions.find((one) => one.functionName === functionName)?.code;
    const packed = code === undefined ? undefined : packedAt(code, frame.file);
    if (packed === undefined) return undefined;
    if ("text" in packed) return writtenPosition(packed.text, frame, await modulesOf(served));
    return mappedByFile({ ...frame, path: packed.path });
  };
  return {
    async describe({ functionName, line }) {
      if (!line.includes(root)) return undefined;
      const frames = taskFrames(line, root, functionName);
      const positions = await Promise.all(frames.map((frame) => locate(functionName, frame).catch(() => undefined)));
      const places = positions.flatMap((position) =>
        position === undefined ? [] : [place(position, programDirectory)],
      );
      return places.length === 0 ? undefined : [...new Set(places)].join(", called from ");
    },
  };
}

const PLACE = /^\/([^\s:"()]{1,1024}):(\d{1,7}):(\d{1,7})/;

/** The frames of a stack that are in the function's own package. What is logged is a function's own choice, so that no
 * more than so much of it is looked at. */
function taskFrames(line: string, root: string, functionName: string): readonly TaskFrame[] {
  const [, ...afterRoot] = line.slice(0, MOST_CHARACTERS).split(root);
  const frames = afterRoot.flatMap((rest): TaskFrame[] => {
    const [, path = "", row, column] = PLACE.exec(rest) ?? [];
    const [, name, task, ...file] = path.split("/");
    if (name !== functionName || task !== "task" || file.includes("node_modules")) return [];
    return [{ file: file.join("/"), line: Number(row), column: Number(column) }];
  });
  return frames.slice(0, MOST_FRAMES);
}

function place({ path, line, column }: LoadedPosition, directory: string): string {
  return `${relative(resolve(directory), path).split(sep).join("/")}:${line}:${column}`;
}

const MAP_FILE = /\n\/\/# sourceMappingURL=([^\s:]+)\s*$/;

/** Follows a file's source map, where it has one that names files.
 * @see https://nodejs.org/docs/latest-v24.x/api/cli.html#--enable-source-maps */
async function mappedByFile(position: LoadedPosition): Promise<LoadedPosition> {
  const text = await readFile(position.path, "utf8");
  const map = inlineSourceMap(text) ?? (await besideIt(position.path, MAP_FILE.exec(text)?.[1]));
  const entry = map?.findEntry(position.line - 1, position.column - 1);
  if (map === undefined || entry === undefined || !("originalLine" in entry)) return position;
  const source = `${map.payload.sourceRoot ?? ""}${entry.originalSource}`;
  if (/^[a-z-]+:/i.test(source)) return position;
  const path = resolve(dirname(position.path), source);
  return { path, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

async function besideIt(path: string, name: string | undefined): Promise<SourceMap | undefined> {
  if (name === undefined) return undefined;
  return new SourceMap(JSON.parse(await readFile(join(dirname(path), name), "utf8")));
}
