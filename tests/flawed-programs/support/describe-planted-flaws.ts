import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type EvaluatedProgram, evaluateProgram } from "../../../harness/pulumi/evaluate.ts";
import { ROOT, type ScratchProgram, scratchProgram } from "../../end-to-end/support/scratch-program.ts";
import { apiCases } from "../../functions/api-cases.ts";
import { functionNames, packageProperties, packageText, unpackFunctions } from "../../support/deployment-packages.ts";
import { programProperties } from "../../support/program-properties.ts";
import { runApiCase } from "../../support/run-api-case.ts";
import { functionEnvironment, startTodoDatabase, type TodoDatabase } from "../../support/todo-database.ts";
import { type Area, areaOf, evaluateWith, plantedFlaws } from "./planted-flaws.ts";

/** A flaw that is planted is found, by the checks that are for it and by no others. */
export function describePlantedFlaws(area: Area): void {
  describe(`a flaw that is planted in the ${area} is found, by the checks that are for it and by no others`, () => {
    let database: TodoDatabase;
    let sound: EvaluatedProgram;
    /** One for all flaws, each of which is taken out again: what Node.js compiled of the other files is of use then. */
    let program: ScratchProgram;
    beforeAll(async () => {
      program = await scratchProgram();
      database = await startTodoDatabase("auto");
      for (const [key, value] of Object.entries(functionEnvironment(database))) vi.stubEnv(key, value);
      vi.spyOn(console, "error").mockImplementation(() => {});
      sound = await evaluateProgram({ programDirectory: ROOT, stack: "dev" });
    });
    afterAll(async () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      await database?.close();
      await program?.remove();
    });

    test("the program as it is passes all of them", async () => {
      expect([...failedProperties(sound), ...(await failedCases(sound, database))]).toEqual([]);
    });

    const flaws = plantedFlaws().filter((flaw) => areaOf(flaw) === area);
    test.each(flaws)("$name: $flaw", async (flaw) => {
      const flawed = await evaluateWith(flaw, program);
      const cases = behavesAs(flawed, sound) ? [] : await failedCases(flawed, database);
      const failed = [...failedProperties(flawed), ...cases];
      const expected = flaw.fails.map(namePattern);
      expect(failed.filter((name) => !expected.some((pattern) => pattern.test(name)))).toEqual([]);
      expect(flaw.fails.filter((_name, index) => !failed.some((name) => expected[index]?.test(name)))).toEqual([]);
    });
  });
}

/** Handlers whose deployed text is that of the sound program do what its handlers do. */
function behavesAs(program: EvaluatedProgram, sound: EvaluatedProgram): boolean {
  return functionNames.every((name) => packageText(program, name) === packageText(sound, name));
}

function failedProperties(program: EvaluatedProgram): string[] {
  const properties = [
    ...programProperties.map(({ name, expectHeld }) => ({ name, check: () => expectHeld(program, "dev") })),
    ...packageProperties.map(({ name, expectHeld }) => ({ name, check: () => expectHeld(program) })),
  ];
  return properties.flatMap(({ name, check }) => (held(check) ? [] : [name]));
}

async function failedCases(program: EvaluatedProgram, database: TodoDatabase): Promise<string[]> {
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
