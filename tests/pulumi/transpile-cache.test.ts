import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { typeScriptLoader } from "../../harness/pulumi/typescript-loader.ts";
import { ROOT } from "../end-to-end/support/scratch-program.ts";

let directory: string;
beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "transpile-cache-")));
  await writeFile(join(directory, "package.json"), "{}");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const kept = () => ({ directory, cacheDirectory: join(directory, "kept") });
const requireFromProgram = createRequire(join(ROOT, "package.json"));

/** As an evaluation compiles: each has a compiler of its own. */
function compile(fileName: string, code: string, where?: ReturnType<typeof kept>): string {
  const tsconfig = join(directory, "tsconfig.json");
  const loader = typeScriptLoader(requireFromProgram, { tsconfig, types: false, ...(where && { kept: where }) });
  return loader.create().compile(code, fileName);
}

test.each(["index.ts", "stack/http-api.ts", "functions/get-todos.ts"])(
  "%s comes out the same without a cache, by the compiler and out of the cache",
  async (name) => {
    const fileName = join(directory, name);
    await mkdir(join(fileName, ".."), { recursive: true });
    const code = readFileSync(join(ROOT, name), "utf8");
    const plain = compile(fileName, code);
    expect(compile(fileName, code, kept())).toBe(plain);
    const [file = ""] = await readdir(kept().cacheDirectory);
    expect(compile(fileName, code, kept())).toBe(plain);
    const place = join(kept().cacheDirectory, file);
    await writeFile(place, (await readFile(place, "utf8")).replace("use strict", "use kept"));
    expect(compile(fileName, code, kept())).toBe(plain.replace("use strict", "use kept"));
  },
);

test("a file that changed is compiled anew, and one result is kept for each file", async () => {
  const fileName = join(directory, "index.ts");
  expect(compile(fileName, "const a: number = 1;", kept())).toContain("const a = 1;");
  expect(compile(fileName, "const a: number = 2;", kept())).toContain("const a = 2;");
  expect(await readdir(kept().cacheDirectory)).toHaveLength(1);
});

test("other settings of the compiler are another result", async () => {
  const fileName = join(directory, "index.ts");
  const code = "const a: number | undefined = 1; export const b = a ?? 2;";
  expect(compile(fileName, code, kept())).toContain("??");
  await writeFile(join(directory, "tsconfig.json"), '{ "compilerOptions": { "target": "es2019" } }');
  expect(compile(fileName, code, kept())).not.toContain("??");
});

test("a module of the other kind is another result", async () => {
  const code = "export const a: number = 1;";
  expect(compile(join(directory, "index.ts"), code, kept())).toContain("exports.a");
  const other = join(directory, "other");
  await mkdir(other);
  await writeFile(join(other, "package.json"), '{ "type": "module" }');
  const compiled = compile(join(other, "index.ts"), code, { ...kept(), directory: other });
  expect(compiled).toContain("export const a");
});

test("what is kept but cannot be read is compiled anew; what does not parse is an error each time", async () => {
  const fileName = join(directory, "index.ts");
  const plain = compile(fileName, "let a: string;", kept());
  const [file = ""] = await readdir(kept().cacheDirectory);
  await writeFile(join(kept().cacheDirectory, file), "{");
  expect(compile(fileName, "let a: string;", kept())).toBe(plain);
  for (const _time of [1, 2]) expect(() => compile(fileName, "const = 1;", kept())).toThrow(/index\.ts/);
});
