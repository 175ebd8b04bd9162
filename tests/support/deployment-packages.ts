import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deflateRawSync } from "node:zlib";
import { expect } from "vitest";
import type { EvaluatedProgram } from "../../harness/pulumi/evaluate.ts";
import type { Archive } from "../../harness/pulumi/resource-graph.ts";
import type { TodoHandler, TodoHandlers } from "./run-api-case.ts";

const root = resolve(import.meta.dirname, "../..");
const packageLimitBytes = 20 * 1024;

export const functionNames = ["create-todo", "delete-todo", "get-todos", "update-todo"] as const;

export function packageEntries(program: EvaluatedProgram, name: string): ReadonlyMap<string, string> {
  const lambda = program.graph.ofType("aws:lambda/function:Function").find((resource) => resource.name === name);
  const code = lambda?.inputs.code as Extract<Archive, { kind: "archive" }>;
  return new Map(Object.entries(code.entries).map(([path, entry]) => [path, entry.kind === "text" ? entry.text : ""]));
}

export function packageText(program: EvaluatedProgram, name: string): string {
  return packageEntries(program, name).get("__index.js") ?? "";
}

/** One thing that must be true of a function's package. */
export interface PackageProperty {
  readonly name: string;
  /** Fails as an assertion when it is not so. */
  readonly expectHeld: (program: EvaluatedProgram) => void;
}

export const packageProperties: readonly PackageProperty[] = functionNames.flatMap((name) => [
  {
    name: `${name} holds the handler and nothing else, in under 20 KiB`,
    expectHeld(program) {
      expect([...packageEntries(program, name).keys()]).toEqual(["__index.js"]);
      expect(deflateRawSync(packageText(program, name)).length).toBeLessThan(packageLimitBytes);
    },
  },
  {
    name: `${name} requires packages by name, and only what Lambda's runtime has`,
    expectHeld(program) {
      const required = [...packageText(program, name).matchAll(/require\(([^)]*)\)/g)].map(([, argument]) => argument);
      expect(required.length).toBeGreaterThan(0);
      for (const argument of required)
        expect(argument).toMatch(/^"(@aws-sdk\/(client|lib|util)-dynamodb|node:crypto|crypto)"$/);
    },
  },
  {
    name: `${name} holds nothing of the environment in which it was deployed`,
    expectHeld(program) {
      const { TABLE_NAME } = process.env;
      if (TABLE_NAME !== undefined) expect(packageText(program, name)).not.toContain(TABLE_NAME);
    },
  },
  {
    name: `${name} holds no class: an instance of one does not survive serialization`,
    expectHeld(program) {
      const text = packageText(program, name);
      expect(text).not.toMatch(/\/\*constructor\*\/|\bclass\b[^;\n]*\{|\.prototype\b|setPrototypeOf/);
    },
  },
]);

export interface UnpackedFunctions {
  /** Loads the handlers, as a cold start does: the functions' environment must be set. */
  load(): TodoHandlers;
  remove(): Promise<void>;
}

/** A folder as Lambda has it: the packages, and beside them the runtime's SDK and nothing else. */
export async function unpackFunctions(program: EvaluatedProgram): Promise<UnpackedFunctions> {
  const directory = await mkdtemp(join(tmpdir(), "functions-"));
  await mkdir(join(directory, "node_modules"));
  for (const scope of ["@aws-sdk", "@smithy"]) {
    await symlink(join(root, "node_modules", scope), join(directory, "node_modules", scope));
  }
  for (const name of functionNames) await writeFile(join(directory, `${name}.js`), packageText(program, name));
  const load = createRequire(join(directory, "create-todo.js"));
  const handler = (name: string) => (load(`./${name}.js`) as { readonly handler: TodoHandler }).handler;
  return {
    load: () => ({
      "POST /todos": handler("create-todo"),
      "GET /todos": handler("get-todos"),
      "GET /todos/{todoId}": handler("get-todos"),
      "PUT /todos/{todoId}": handler("update-todo"),
      "DELETE /todos/{todoId}": handler("delete-todo"),
    }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
