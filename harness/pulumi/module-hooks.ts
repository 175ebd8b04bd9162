import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import type { TypeScriptService } from "./typescript-loader.ts";

const TYPESCRIPT = /\.[cm]?ts$/;
/** What a compiled file would be named, in an import of a file that is not compiled yet. */
const COMPILED = /\.([cm]?)js$/;

export interface ModuleListeners {
  /** Before it is read. */
  readonly onLoad: (path: string) => void;
  readonly onCompiled: (path: string, code: string) => void;
}

/** Has imports of an ECMAScript module find and compile TypeScript, as Pulumi's own hooks do, and reads what they load in
 * this thread, where reads are observed.
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/cmd/run/hooks.ts */
export function loadTypeScriptModules(service: TypeScriptService, { onLoad, onCompiled }: ModuleListeners): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!/^[./]|^file:/.test(specifier) || !COMPILED.test(specifier)) throw error;
        return nextResolve(specifier.replace(COMPILED, ".$1ts"), context);
      }
    },
    load(url, context, nextLoad) {
      if (!url.startsWith("file:")) return nextLoad(url, context);
      const path = fileURLToPath(url);
      onLoad(path);
      if (url.includes("/node_modules/")) return nextLoad(url, context);
      if (TYPESCRIPT.test(path) && context.format?.startsWith("module") === true) {
        const source = service.compile(readFileSync(path, "utf8"), path);
        onCompiled(path, source);
        return { format: "module", source, shortCircuit: true };
      }
      if (context.format === "module") readFileSync(path);
      return nextLoad(url, context);
    },
  });
}
