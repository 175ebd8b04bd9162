import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { followTypes } from "../../harness/cli/type-report.ts";
import type { Model } from "../../harness/model.ts";
import { typeChecker } from "../../harness/pulumi/type-check.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

let small: SmallProgram;
beforeEach(async () => {
  small = await smallProgram();
});
afterEach(() => small.remove());

async function errorsOf(files: Readonly<Record<string, string>>): Promise<readonly string[] | undefined> {
  const { typeCheck } = await small.evaluate(files);
  if (typeCheck === undefined) return undefined;
  const checker = typeChecker();
  return checker.check(typeCheck, [{ path: small.directory, aspect: "existence", digest: String(Math.random()) }]);
}

describe("types are checked as pulumi up does", () => {
  test("an error is told with file, line and code, of every file", async () => {
    const errors = await errorsOf({
      "part.ts": `export const part: number = "z";`,
      "index.ts": `import { part } from "./part";\nexport const whole: string = part;`,
    });
    expect(errors).toEqual([
      expect.stringMatching(/index\.ts\(?:?2.*TS2322/s),
      expect.stringMatching(/part\.ts\(?:?1.*TS2322/s),
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ["a sound program", { "index.ts": "export const x: number = 1;" }],
    [
      "old settings of the compiler",
      {
        "tsconfig.json": `{"compilerOptions":{"module":"commonjs","moduleResolution":"node"}}`,
        "index.ts": "export const x: number = 1;",
      },
    ],
    [
      "a program that says noCheck",
      { "tsconfig.json": `{"compilerOptions":{"noCheck":true}}`, "index.ts": `export const x: number = "1";` },
    ],
  ])("%s has none", async (_name, files) => {
    expect(await errorsOf(files)).toEqual([]);
  });

  test("a program without a compiler is not checked", async () => {
    expect(
      await errorsOf({
        "Pulumi.yaml": "name: small\nruntime: { name: nodejs, options: { typescript: false } }\n",
        "index.js": "exports.x = 1;",
      }),
    ).toBeUndefined();
  });
});

test("the same errors are told once, and once that there are none any more", async () => {
  const lines: string[] = [];
  const found = [["a.ts: wrong"], ["a.ts: wrong"], ["b.ts: wrong"], [], []];
  const program = { typeCheck: { workingDirectory: "/p", tsconfig: "/p/tsconfig.json", files: [] } };
  const harness = { model: () => ({ program }) as unknown as Model, readFiles: () => [] };
  const types = followTypes(harness, (line) => lines.push(line), {
    check: async () => found.shift(),
    interrupt() {},
  });
  for (let look = 0; look < 5; look += 1) await types.look();
  expect(lines).toEqual([
    "Served, but pulumi up would refuse this program for its types:\na.ts: wrong",
    "Served, but pulumi up would refuse this program for its types:\nb.ts: wrong",
    "The types are right again: pulumi up would take this program.",
  ]);
});
