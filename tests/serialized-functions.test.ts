import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../harness/pulumi/evaluate.ts";
import type { Archive } from "../harness/pulumi/resource-graph.ts";
import { describeHandlers } from "./support/describe-handlers.ts";
import type { TodoHandler } from "./support/run-api-case.ts";

const root = resolve(import.meta.dirname, "..");
const functionNames = ["create-todo", "delete-todo", "get-todos", "update-todo"] as const;
const packageLimitBytes = 20 * 1024;

function packageEntries(program: EvaluatedProgram, name: string): ReadonlyMap<string, string> {
  const lambda = program.graph.ofType("aws:lambda/function:Function").find((resource) => resource.name === name);
  const code = lambda?.inputs.code as Extract<Archive, { kind: "archive" }>;
  return new Map(Object.entries(code.entries).map(([path, entry]) => [path, entry.kind === "text" ? entry.text : ""]));
}

/** A folder as Lambda has it: the package, and beside it the runtime's SDK and nothing else. */
async function unpack(program: EvaluatedProgram): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "functions-"));
  await mkdir(join(directory, "node_modules"));
  for (const scope of ["@aws-sdk", "@smithy"]) {
    await symlink(join(root, "node_modules", scope), join(directory, "node_modules", scope));
  }
  for (const name of functionNames) {
    await writeFile(join(directory, `${name}.js`), packageEntries(program, name).get("__index.js") ?? "");
  }
  return directory;
}

describe("the deployment packages", () => {
  let directory: string;
  let program: EvaluatedProgram;
  beforeAll(async () => {
    program = await evaluateProgram({ programDirectory: root, stack: "dev" });
    directory = await unpack(program);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test.each(functionNames)("%s holds the handler and nothing else, in under 20 KiB", (name) => {
    const entries = packageEntries(program, name);
    expect([...entries.keys()]).toEqual(["__index.js"]);
    expect(deflateRawSync(entries.get("__index.js") ?? "").length).toBeLessThan(packageLimitBytes);
  });

  test.each(functionNames)("%s requires packages by name, and only what Lambda's runtime has", (name) => {
    const text = packageEntries(program, name).get("__index.js") ?? "";
    const required = [...text.matchAll(/require\(([^)]*)\)/g)].map(([, argument]) => argument);
    expect(required.length).toBeGreaterThan(0);
    for (const argument of required) expect(argument).toMatch(/^"(@aws-sdk\/client-dynamodb|node:crypto|crypto)"$/);
  });

  test.each(functionNames)("%s holds no class: an instance of one does not survive serialization", (name) => {
    const text = packageEntries(program, name).get("__index.js") ?? "";
    expect(text).not.toMatch(/\/\*constructor\*\/|\bclass\b[^;\n]*\{|\.prototype\b|setPrototypeOf/);
  });

  test("come out the same from two evaluations, whatever secrets the machine's environment and configuration hold", async () => {
    const marker = "marker-5d0c8a";
    process.env.TABLE_NAME = marker;
    process.env.AWS_SECRET_ACCESS_KEY = marker;
    const configuration = { "pulumi-jwt-todo-api:secret": marker };
    const again = await evaluateProgram({ programDirectory: root, stack: "dev", useCache: false, configuration });
    delete process.env.TABLE_NAME;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    for (const name of functionNames) {
      expect(packageEntries(again, name)).toEqual(packageEntries(program, name));
      const text = packageEntries(again, name).get("__index.js") ?? "";
      expect(text).not.toContain(marker);
      expect(text).not.toContain(root);
    }
    expect(JSON.stringify(again.graph.resources)).not.toContain(marker);
  });

  describeHandlers("the serialized handlers", {
    engine: "dynalite",
    load: async () => {
      const load = createRequire(join(directory, "create-todo.js"));
      const handler = (name: string) => (load(`./${name}.js`) as { readonly handler: TodoHandler }).handler;
      return {
        "POST /todos": handler("create-todo"),
        "GET /todos": handler("get-todos"),
        "GET /todos/{todoId}": handler("get-todos"),
        "PUT /todos/{todoId}": handler("update-todo"),
        "DELETE /todos/{todoId}": handler("delete-todo"),
      };
    },
  });
});
