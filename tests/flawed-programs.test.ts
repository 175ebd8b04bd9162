import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../harness/pulumi/evaluate.ts";
import { ROOT, scratchProgram } from "./end-to-end/support/scratch-program.ts";
import { apiCases } from "./functions/api-cases.ts";
import { functionNames, packageProperties, packageText, unpackFunctions } from "./support/deployment-packages.ts";
import { programProperties } from "./support/program-properties.ts";
import { runApiCase } from "./support/run-api-case.ts";
import { functionEnvironment, startTodoDatabase, type TodoDatabase } from "./support/todo-database.ts";

/** A program with one flaw planted, and the checks that have to find it: those and no others. */
interface Flaw {
  readonly flaw: string;
  readonly changes: readonly { readonly file: string; readonly search: string; readonly replacement: string }[];
  /** Names of checks; a star stands for any text. */
  readonly fails: readonly string[];
}

const folder = resolve(import.meta.dirname, "fixtures/flawed");
const flaws = readdirSync(folder).map((name) => ({
  name: name.replace(".json", ""),
  ...(JSON.parse(readFileSync(resolve(folder, name), "utf8")) as Flaw),
}));

describe("a flaw that is planted is found, by the checks that are for it and by no others", () => {
  let database: TodoDatabase;
  let sound: EvaluatedProgram;
  beforeAll(async () => {
    database = await startTodoDatabase("auto");
    for (const [key, value] of Object.entries(functionEnvironment(database))) vi.stubEnv(key, value);
    vi.spyOn(console, "error").mockImplementation(() => {});
    sound = await evaluateProgram({ programDirectory: ROOT, stack: "dev" });
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await database?.close();
  });

  test("the program as it is passes all of them", async () => {
    expect([...failedProperties(sound), ...(await failedCases(sound))]).toEqual([]);
  });

  test.each(flaws)("$name: $flaw", async ({ changes, fails }) => {
    const program = await scratchProgram();
    try {
      for (const { file, search, replacement } of changes) await program.replace(file, search, replacement);
      const flawed = await evaluateProgram({ programDirectory: program.directory, stack: "dev" });
      const failed = [...failedProperties(flawed), ...(await failedCasesOfChanged(flawed))];
      const expected = fails.map(namePattern);
      expect(failed.filter((name) => !expected.some((pattern) => pattern.test(name)))).toEqual([]);
      expect(fails.filter((_name, index) => !failed.some((name) => expected[index]?.test(name)))).toEqual([]);
    } finally {
      await program.remove();
    }
  });

  /** Handlers whose deployed text is that of the sound program do what its handlers do. */
  async function failedCasesOfChanged(program: EvaluatedProgram): Promise<string[]> {
    const changed = functionNames.some((name) => packageText(program, name) !== packageText(sound, name));
    return changed ? failedCases(program) : [];
  }

  function failedProperties(program: EvaluatedProgram): string[] {
    const properties = [
      ...programProperties.map(({ name, expectHeld }) => ({ name, check: () => expectHeld(program, "dev") })),
      ...packageProperties.map(({ name, expectHeld }) => ({ name, check: () => expectHeld(program) })),
    ];
    return properties.flatMap(({ name, check }) => (held(check) ? [] : [name]));
  }

  async function failedCases(program: EvaluatedProgram): Promise<string[]> {
    const functions = await unpackFunctions(program);
    const handlers = functions.load();
    const failed: string[] = [];
    for (const apiCase of apiCases) {
      const passed = await runApiCase(apiCase, handlers, database).then(
        () => true,
        () => false,
      );
      if (!passed) failed.push(apiCase.name);
    }
    await functions.remove();
    return failed;
  }
});

function namePattern(name: string): RegExp {
  const literal = name.split("*").map((text) => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "s");
}

function held(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
