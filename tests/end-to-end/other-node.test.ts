import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { ROOT } from "./support/scratch-program.ts";

const run = promisify(execFile);

async function start(words: readonly string[], { root = ROOT, asked = "--help" } = {}) {
  const main = join(root, "harness/main.ts");
  const ended = await run(process.execPath, [...words, main, asked]).catch((error: unknown) => error);
  const { code = 0, stdout, stderr } = ended as { code?: number; stdout: string; stderr: string };
  return { code, stdout, stderr };
}

const preloaded = (code: string) => ["--import", `data:text/javascript,${encodeURIComponent(code)}`];

/** This Node.js, under another one's number. */
const numbered = (version: string) =>
  preloaded(`Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`);

/** What older ones have of `node:module`, as far as the first file sees it. */
const OLD_MODULE = preloaded(`import { registerHooks } from "node:module";
registerHooks({ resolve(name, context, next) {
  if (name !== "node:module" || !context.parentURL?.endsWith("/main.ts/index.js")) return next(name, context);
  return { url: "data:text/javascript,export const createRequire = undefined", format: "module", shortCircuit: true };
} });`);

describe("what the harness says to a Node.js that cannot run it", () => {
  test.each(["18.20.8", "20.20.2", "22.5.1", "22.17.1", "23.5.0"])(
    "%s: one line with the number needed and the remedy",
    async (version) => {
      expect(await start([...OLD_MODULE, ...numbered(version)])).toEqual({
        code: 2,
        stdout: "",
        stderr: `Node.js ${version} is too old for the harness, which needs Node.js 24, or 22.18 at least. Run npm ci, which brings Node.js 24, and then npm start, which uses it.\n`,
      });
    },
  );

  test.each(["22.18.0", "22.23.3", "23.6.0", "24.0.0", "26.1.0"])("%s runs it", async (version) => {
    expect(await start(numbered(version))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Usage: npm start"),
    });
  });

  test("told not to read TypeScript: one line", async () => {
    expect(await start(["--no-experimental-strip-types"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "The harness is TypeScript: start Node.js without --no-experimental-strip-types, or run npm start.\n",
    });
  });

  test("nothing installed: help, and one line that names npm ci", async () => {
    const root = await mkdtemp(join(tmpdir(), "bare-"));
    try {
      await cp(join(ROOT, "harness"), join(root, "harness"), { recursive: true });
      expect(await start([], { root })).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage: npm start") });
      for (const asked of ["serve", "security"]) {
        const { code, stderr } = await start([], { root, asked });
        expect(code).toBe(2);
        expect(stderr).toMatch(/^Cannot find package '\S+'\. Run npm ci, which installs .*\n$/);
      }
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
