import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

/** The part of ts-node that loads a program. */
export interface TypeScriptService {
  compile(code: string, fileName: string): string;
}

interface TsNode {
  register(options: object): TypeScriptService;
  create(options: object): TypeScriptService;
  readonly VERSION?: string;
}

interface TypeScript {
  readonly version: string;
  parseConfigFileTextToJson(
    file: string,
    text: string,
  ): { readonly config?: { readonly compilerOptions?: Readonly<Record<string, unknown>> } };
}

/** What the loader is told. */
export interface TypeScriptOptions {
  /** Absolute; where there is none, the project has no options of its own. */
  readonly tsconfig: string;
  /** Whether types are looked at: then a type error is thrown, and imports and exports of mere types are left out by what
   * they are and not by how they are written. */
  readonly types: boolean;
  /** Where files without their types are kept for the next evaluation of the program in `directory`; default: nowhere. */
  readonly kept?: { readonly directory: string; readonly cacheDirectory: string };
}

const TRANSPILE_CACHE = join(import.meta.dirname, "transpile-cache.ts");

/** As programs are written: what compiles it has then been run once. */
const EXAMPLE = `import { parse } from "./parse"; import type { Kind } from "./kind";
export interface Item<T> { readonly name: string; readonly value?: T }
export class Store<T> { constructor(private readonly items: Map<string, Item<T>>) {}
  async find({ name, ...rest }: Item<T>, kind?: Kind): Promise<T | undefined> {
    const found = this.items.get(\`\${name}:\${kind ?? "none"}\`)?.value as T;
    for (const [key, value] of Object.entries(rest)) if (key !== name && typeof value === "string") parse(value);
    try { return await found; } catch (error) { throw error instanceof Error ? error : new Error(String(error)); } } }
export const names = [1, 2].map((one: number) => ({ one, ...{} })).filter(Boolean);`;

/** Of the compiler's options as a whole, such as that one is deprecated: Pulumi does not look at these. */
const ABOUT_OPTIONS = Array.from({ length: 200 }, (_, at) => 5000 + at);

/** TypeScript and ts-node as the program's SDK finds them, or the old ones that it brings, and the options of Pulumi's CLI.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/run/run.ts */
export function typeScriptLoader(requireFromProgram: NodeJS.Require, { tsconfig, types, kept }: TypeScriptOptions) {
  const sdk = requireFromProgram.resolve("@pulumi/pulumi");
  const fromPulumi = createRequire(sdk);
  const compiler = resolvedOr(fromPulumi, "typescript", join(dirname(sdk), "vendor/typescript@3.8.3/typescript.js"));
  const tsNode = resolvedOr(fromPulumi, "ts-node", join(dirname(sdk), "vendor/ts-node@7.0.1/index.js"));
  const typescript: TypeScript = fromPulumi(compiler);
  const skipProject = !existsSync(tsconfig);
  const own = skipProject ? {} : compilerOptions(typescript, tsconfig);
  const [major = 0, minor = 0] = typescript.version.split(".").map(Number);
  const nodeNext = major > 4 || (major === 4 && minor >= 7);
  const defaults = {
    target: "ES2020",
    module: nodeNext ? "nodenext" : "commonjs",
    moduleResolution: nodeNext ? "nodenext" : "node",
    sourceMap: "true",
  };
  const options = {
    compiler,
    project: resolve(tsconfig),
    skipProject,
    ...(types ? { transpileOnly: own.noCheck } : { transpileOnly: true, ignoreDiagnostics: ABOUT_OPTIONS }),
    compilerOptions: { ...defaults, ...own },
  };
  const { register, create, VERSION }: TsNode = fromPulumi(tsNode);
  const compilerVersion = `${typescript.version} ${VERSION}`;
  let service: TypeScriptService | undefined;
  const compiling = () => {
    service ??= create(options);
    return service;
  };
  const transpiler = [TRANSPILE_CACHE, { ...kept, compilerVersion, compiler: compiling }];
  const loading = kept === undefined || types ? options : { ...options, transpiler };
  return {
    register: () => register(loading),
    create: () => create(loading),
    /** Has the compiler itself ready for a file that is not kept. */
    prepare: () => void compiling().compile(EXAMPLE, join(dirname(tsconfig), "example.ts")),
    checked: own.noCheck !== true,
  };
}

function resolvedOr(from: NodeJS.Require, name: string, instead: string): string {
  try {
    return from.resolve(name);
  } catch {
    return instead;
  }
}

function compilerOptions(typescript: TypeScript, tsconfig: string): Readonly<Record<string, unknown>> {
  const { config } = typescript.parseConfigFileTextToJson(tsconfig, readFileSync(tsconfig, "utf8"));
  return config?.compilerOptions ?? {};
}
