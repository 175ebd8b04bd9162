import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runtimeError } from "./runtime-errors.ts";

export type Handler = (...parameters: readonly unknown[]) => unknown;

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

const CALLBACKS_ARE_GONE =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";

/** Loads `path/module.export` from a task folder, as CommonJS or ES module by Node's own rules.
 * Rejects with one of the runtime's errors, or with what the module itself threw.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export async function loadHandler(taskRoot: string, handlerName: string): Promise<Handler> {
  const { folder, moduleName, exportPath } = parseHandlerName(handlerName);
  const loaded = await loadModule(taskRoot, folder, moduleName);
  const handler = findExport(loaded, exportPath) ?? findExport(property(loaded, "default"), exportPath);
  if (!handler) throw runtimeError("HandlerNotFound", `${handlerName} is undefined or not exported`);
  if (!isFunction(handler)) throw runtimeError("HandlerNotFound", `${handlerName} is not a function`);
  if (Reflect.get(handler, STREAMING) !== undefined)
    throw runtimeError("MalformedStreamingHandler", "Response streaming is not emulated: HTTP APIs buffer responses.");
  return handler;
}

/** From Node.js 24 a handler that declares a third parameter is refused at init. */
export function refuseCallbackHandler(handler: Handler): void {
  if (handler.length >= 3) throw runtimeError("CallbackHandlerDeprecated", CALLBACKS_ARE_GONE);
}

export interface HandlerName {
  readonly folder: string;
  readonly moduleName: string;
  readonly exportPath: readonly string[];
}

/** Splits a handler setting; throws `Runtime.MalformedHandlerName`. */
export function parseHandlerName(handlerName: string): HandlerName {
  if (handlerName.includes(".."))
    throw runtimeError(
      "MalformedHandlerName",
      `'${handlerName}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  const file = basename(handlerName);
  const dot = file.indexOf(".");
  if (dot === -1) throw runtimeError("MalformedHandlerName", "Bad handler");
  const folder = handlerName.slice(0, handlerName.lastIndexOf(file));
  return { folder, moduleName: file.slice(0, dot), exportPath: file.slice(dot + 1).split(".") };
}

async function loadModule(taskRoot: string, folder: string, moduleName: string): Promise<unknown> {
  try {
    return await importModule(taskRoot, folder, moduleName);
  } catch (error) {
    if (error instanceof SyntaxError) throw syntaxError(error);
    if (property(error, "code") === "MODULE_NOT_FOUND") throw runtimeError("ImportModuleError", String(error));
    throw error;
  }
}

function syntaxError(error: SyntaxError): Error {
  return Object.assign(runtimeError("UserCodeSyntaxError", String(error)), { stack: error.stack });
}

async function importModule(taskRoot: string, folder: string, moduleName: string): Promise<unknown> {
  const require = createRequire(import.meta.url);
  const file = resolve(taskRoot, folder, moduleName);
  if (existsSync(`${file}.js`))
    return isEsModule(taskRoot, file) ? import(pathToFileURL(`${file}.js`).href) : require(`${file}.js`);
  if (existsSync(`${file}.mjs`)) return import(pathToFileURL(`${file}.mjs`).href);
  if (existsSync(`${file}.cjs`)) return require(`${file}.cjs`);
  return require(require.resolve(moduleName, { paths: [taskRoot, join(taskRoot, folder)] }));
}

/** Does the nearest `package.json` above a `.js` file, up to the task folder, say `"type": "module"`? */
function isEsModule(taskRoot: string, file: string): boolean {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return property(parsed(manifest), "type") === "module";
    if (folder === taskRoot || folder === dirname(folder) || basename(folder) === "node_modules") return false;
  }
}

function parsed(manifest: string): unknown {
  try {
    return JSON.parse(readFileSync(manifest, "utf8"));
  } catch {
    return undefined;
  }
}

function findExport(module: unknown, path: readonly string[]): unknown {
  return path.reduce(property, module);
}

function property(value: unknown, key: string): unknown {
  const holder = (typeof value === "object" && value !== null) || typeof value === "function";
  return holder ? Reflect.get(value, key) : undefined;
}

function isFunction(value: unknown): value is Handler {
  return typeof value === "function";
}
