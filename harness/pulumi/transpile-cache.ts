/** A transpiler for ts-node that remembers: a file that was seen before loses its types without the compiler. */
import { createHash } from "node:crypto";
import { basename, join, relative } from "node:path";
import { keepJson, keptJson } from "./kept-json.ts";
import type { TypeScriptService } from "./typescript-loader.ts";

/** What the loader tells it. */
export interface TranspileCacheOptions {
  /** The program's: files are told apart by their paths from here. */
  readonly directory: string;
  readonly cacheDirectory: string;
  /** Compiles what is not kept; asked for once that is needed. */
  readonly compiler: () => TypeScriptService;
  readonly compilerVersion: string;
}

/** What ts-node adds to it, for each kind of module that it compiles to. */
interface TsNodeOptions {
  readonly service: { readonly config: { readonly options: Readonly<Record<string, unknown>> } };
  readonly nodeModuleEmitKind?: string;
}

interface Transpiled {
  readonly outputText: string;
  readonly sourceMapText: string;
}

interface KeptFile extends Transpiled {
  /** Stands for all that the output was made of. */
  readonly source: string;
}

const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/;

/** Called by ts-node. One result is kept for each file, so that the folder does not grow with every change.
 * @see https://typestrong.org/ts-node/docs/transpilers */
export function create({ directory, cacheDirectory, ...made }: TranspileCacheOptions & TsNodeOptions) {
  const settings = JSON.stringify([made.compilerVersion, made.nodeModuleEmitKind, made.service.config.options]);
  const compiler = settings.replaceAll(JSON.stringify(directory).slice(1, -1), ".");
  return {
    transpile(code: string, { fileName }: { readonly fileName: string }): Transpiled {
      const place = join(cacheDirectory, `${digest([relative(directory, fileName)])}.json`);
      const source = digest([compiler, basename(fileName), code]);
      const kept = keptJson(place) as KeptFile | undefined;
      if (kept?.source === source) return kept;
      const compiled = apart(made.compiler().compile(code, fileName));
      const file: KeptFile = { source, ...compiled };
      keepJson(place, file);
      return compiled;
    },
  };
}

function apart(compiled: string): Transpiled {
  const map = INLINE_MAP.exec(compiled)?.[1] ?? "";
  return { outputText: compiled.replace(INLINE_MAP, ""), sourceMapText: Buffer.from(map, "base64").toString() };
}

function digest(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);
}
