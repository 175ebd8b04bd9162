import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  compareSurvivors,
  type ExplainedSurvivors,
  type MutationReport,
  scoreOf,
  standsIn,
  survivorsOf,
} from "./survivors.ts";

const source = 'const a = "x";\nif (a === "x" &&\n  b) run();\n';
const at = (start: [number, number], end: [number, number], status: string, replacement = "") => ({
  mutatorName: "StringLiteral",
  replacement,
  status,
  location: { start: { line: start[0], column: start[1] }, end: { line: end[0], column: end[1] } },
});
const report: MutationReport = {
  files: {
    "a.ts": {
      source,
      mutants: [
        at([1, 11], [1, 14], "Survived", '""'),
        at([2, 5], [3, 4], "NoCoverage", "true"),
        at([2, 5], [3, 4], "Killed", "false"),
        at([2, 5], [3, 4], "Timeout", "false"),
        at([1, 11], [1, 14], "Ignored"),
        at([1, 11], [1, 14], "CompileError"),
      ],
    },
  },
};
const survivors = [
  { file: "a.ts", line: 'const a = "x";', code: '"x"', becomes: '""' },
  { file: "a.ts", line: 'if (a === "x" &&', code: 'a === "x" &&\n  b', becomes: "true" },
];

test("a report's score counts what was tried", () => {
  expect(scoreOf(report)).toEqual({ killed: 2, survived: 2, ignored: 1 });
});

test("a survivor is told by its line and the text that was replaced", () => {
  expect(survivorsOf(report)).toEqual(survivors);
});

test("survivors and explanations are held against each other", () => {
  const [first, second] = survivors;
  if (first === undefined || second === undefined) throw new Error("two survivors");
  const gone = { ...second, becomes: "false" };
  expect(compareSurvivors(survivors, [{ reason: "r", survivors: [first] }])).toEqual({
    unexplained: [second],
    outdated: [],
  });
  expect(
    compareSurvivors(survivors, [
      { reason: "r", survivors },
      { reason: "s", survivors: [gone] },
    ]),
  ).toEqual({
    unexplained: [],
    outdated: [gone],
  });
});

test("the same text on another line is another survivor", () => {
  const [first] = survivors;
  if (first === undefined) throw new Error("a survivor");
  const elsewhere = { ...first, line: 'const b = "x";' };
  expect(compareSurvivors([first], [{ reason: "r", survivors: [elsewhere] }])).toEqual({
    unexplained: [first],
    outdated: [elsewhere],
  });
  expect(standsIn(source, first)).toBe(true);
  expect(standsIn(source, elsewhere)).toBe(false);
  expect(standsIn(source, { line: "b) run();", code: '"x"' })).toBe(false);
});

describe("every explained survivor is of code that is there", () => {
  const explained: readonly ExplainedSurvivors[] = JSON.parse(
    readFileSync(resolve(import.meta.dirname, "survivors.json"), "utf8"),
  );
  test.each(explained)("$reason", ({ survivors: listed }) => {
    const missing = listed.filter(
      (survivor) => !standsIn(readFileSync(resolve(import.meta.dirname, "../..", survivor.file), "utf8"), survivor),
    );
    expect(missing).toEqual([]);
  });
});
