import { readlink, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EvaluationRequest, EvaluationStart } from "../../harness/pulumi/evaluation.ts";
import { type Evaluator, startEvaluator } from "../../harness/pulumi/evaluator.ts";
import { spareEvaluators } from "../../harness/pulumi/spare-evaluators.ts";
import { allGone, descendants } from "../end-to-end/support/command.ts";
import { type SmallProgram, smallProgram } from "./support/small-program.ts";

const FUNCTION = `import * as lambda from "@pulumi/aws/lambda"; import * as pulumi from "@pulumi/pulumi"; import { text } from "./text";
console.log("asked for " + new pulumi.Config().get("name"));
new lambda.CallbackFunction("f", { role: "r", callback: async () => text });
export const secret = pulumi.secret(text);`;

let small: SmallProgram;
beforeEach(async () => {
  small = await smallProgram({ "index.ts": FUNCTION, "text.ts": `export const text: string = "one";` });
});
afterEach(() => small.remove());

describe("a process that waits for the next change of a program", () => {
  /** Real processes; whether each waited. */
  function evaluators() {
    const waited: boolean[] = [];
    let started = 0;
    const spares = spareEvaluators((start) => {
      started += 1;
      const evaluator = startEvaluator(start);
      const evaluate: Evaluator["evaluate"] = (surroundings) => {
        waited.push(true);
        return evaluator.evaluate(surroundings);
      };
      return { ...evaluator, evaluate };
    });
    const evaluate = async (options = {}) => {
      const before = waited.length;
      const output: string[] = [];
      const program = await small.evaluate(
        {},
        { evaluators: spares, secretSeed: "seed", onOutput: (line) => output.push(line), ...options },
      );
      return { program: JSON.stringify(program), output, waited: waited.length > before };
    };
    const prepare = async () => {
      const before = started;
      spares.prepare();
      await vi.waitFor(() => expect(started).toBe(before + 1));
    };
    return { spares, evaluate, prepare };
  }

  test("evaluates what is on disk then, to the same as any other", async () => {
    const { spares, evaluate, prepare } = evaluators();
    const first = await evaluate();
    expect(first.waited).toBe(false);
    await prepare();
    const second = await evaluate();
    expect(second).toEqual({ ...first, waited: true });
    await prepare();
    await small.write({ "text.ts": `export const text: string = "two";` });
    const third = await evaluate();
    expect(third.waited).toBe(true);
    const withOther = (text: string) => text.replaceAll(/"assetsDigest":"\w+"/g, "").replaceAll("one", "two");
    expect(withOther(third.program)).toBe(withOther(first.program));
    // It is one evaluation's: the next one gets another.
    expect((await evaluate()).waited).toBe(false);
    spares.close();
  });

  test("tells of a mistake as any other does, and of what it read until then", async () => {
    const { spares, evaluate, prepare } = evaluators();
    await evaluate();
    await prepare();
    await small.write({ "text.ts": `throw new Error("no such luck");` });
    const files: string[] = [];
    const onFiles = (read: readonly { path: string }[]) => void files.push(...read.map(({ path }) => path));
    await expect(evaluate({ onFiles })).rejects.toThrow("no such luck");
    expect(files).toContain(join(small.directory, "text.ts"));
    spares.close();
  });

  test.each<[what: string, change: () => Promise<unknown> | undefined, options: object]>([
    ["other settings", () => undefined, { configuration: { name: "other" } }],
    ["another manifest", () => writeFile(join(small.directory, "package.json"), `{ "imports": {} }`), {}],
    ["other options of the compiler", () => small.write({ "tsconfig.json": `{ "compilerOptions": {} }` }), {}],
  ])("%s: evaluates as a new one would", async (_what, change, options) => {
    const { spares, evaluate, prepare } = evaluators();
    await evaluate();
    await prepare();
    await change();
    const { program, output } = await evaluate(options);
    spares.close();
    const anew = await evaluate(options);
    expect(program).toBe(anew.program);
    expect(output).toEqual(anew.output);
    spares.close();
  });
});

test.runIf(process.platform === "linux")("a folder that is made anew while a process waits in it", async () => {
  const spares = spareEvaluators();
  const evaluate = () => small.evaluate({}, { evaluators: spares, secretSeed: "seed" });
  const first = await evaluate();
  await allGone(descendants(process.pid));
  spares.prepare();
  const { directory } = small;
  const places = () => Promise.all(descendants(process.pid).map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  await vi.waitFor(async () => expect(await places()).toContain(directory), { timeout: 20_000 });
  const other = await smallProgram({ "index.ts": FUNCTION, "text.ts": `export const text: string = "one";` });
  await rm(directory, { recursive: true });
  await rename(other.directory, directory);
  expect(JSON.stringify(await evaluate())).toBe(JSON.stringify(first));
  spares.close();
});

test("a process that fails before it comes to the program says nothing of it", async () => {
  const spares = spareEvaluators(({ request, waiting }) =>
    startEvaluator({
      request: { ...request, workingDirectory: join(small.directory, "gone") },
      ...(waiting && { waiting }),
    }),
  );
  const evaluate = () => small.evaluate({}, { evaluators: spares, secretSeed: "seed" });
  const first = await evaluate();
  spares.prepare();
  expect(JSON.stringify(await evaluate())).toBe(JSON.stringify(first));
  spares.close();
});

describe("which process is taken", () => {
  const request = (more: Partial<EvaluationRequest> = {}) =>
    ({ workingDirectory: small.directory, secretSeed: "seed", ...more }) as EvaluationRequest;

  /** Processes that do nothing, in the order in which they were started. */
  function started() {
    const starts: (EvaluationStart & { ended: boolean; spent: boolean })[] = [];
    const spares = spareEvaluators((start) => {
      const one = { ...start, ended: false, spent: false };
      starts.push(one);
      return {
        evaluate: () => Promise.reject(new Error("nobody is asked")),
        end() {
          one.ended = true;
        },
        isSpent: () => one.spent,
      };
    });
    /** Once as many were started. */
    const prepare = async (count: number) => {
      spares.prepare();
      await vi.waitFor(() => expect(starts).toHaveLength(count));
    };
    return { spares, starts, prepare };
  }

  test("none before anything was evaluated", async () => {
    const { spares, starts } = started();
    spares.prepare();
    expect(starts).toEqual([]);
    expect(await spares.take(request())).toBeUndefined();
  });

  test("the one that waits, once; it was told what the program loads", async () => {
    const { spares, starts, prepare } = started();
    spares.expect(request(), ["a.js"]);
    spares.prepare();
    await prepare(1);
    expect(starts).toMatchObject([{ waiting: { sdkFiles: ["a.js"] }, ended: false }]);
    expect(await spares.take(request())).toBeDefined();
    expect(await spares.take(request())).toBeUndefined();
    expect(starts[0]?.ended).toBe(false);
  });

  test.each<[what: string, change: (starts: { spent: boolean }[]) => unknown, asked: Partial<EvaluationRequest>]>([
    ["another request", () => {}, { secretSeed: "other" }],
    ["another manifest", () => small.write({ "package.json": `{ "type": "module" }` }), {}],
    [
      "one that has ended",
      (starts) => {
        for (const start of starts) start.spent = true;
      },
      {},
    ],
    [
      "no record of what is installed",
      async () => {
        await rm(join(small.directory, "node_modules"));
        await small.write({ "node_modules/.keep": "" });
      },
      {},
    ],
    [
      "something else that is installed",
      async () => {
        await rm(join(small.directory, "node_modules"));
        await small.write({ "node_modules/.package-lock.json": "{}" });
      },
      {},
    ],
  ])("not for %s: it is ended", async (_what, change, asked) => {
    const { spares, starts, prepare } = started();
    spares.expect(request(), []);
    await prepare(1);
    await change(starts);
    expect(await spares.take(request(asked))).toBeUndefined();
    expect(starts).toMatchObject([{ ended: true }]);
  });

  test.each([
    ["a copy of a package was put nearer to what it has loaded", "node_modules/left/node_modules/right/index.js"],
    ["what it has loaded was edited", "node_modules/left/index.js"],
  ])("not where %s", async (_what, changed) => {
    const { spares, starts, prepare } = started();
    await rm(join(small.directory, "node_modules"));
    await small.write({ "node_modules/.package-lock.json": "{}", "node_modules/left/index.js": "" });
    spares.expect(request(), [join(small.directory, "node_modules/left/index.js")]);
    await prepare(1);
    await small.write({ [changed]: "/* By hand. */" });
    expect(await spares.take(request())).toBeUndefined();
    expect(starts).toMatchObject([{ ended: true }]);
  });

  test("another one is started where the one that waits has ended, or is for something else", async () => {
    const { spares, starts, prepare } = started();
    spares.expect(request(), []);
    await prepare(1);
    if (starts[0] !== undefined) starts[0].spent = true;
    await prepare(2);
    spares.expect(request({ secretSeed: "other" }), []);
    await prepare(3);
    expect(starts.map(({ ended }) => ended)).toEqual([true, true, false]);
    spares.close();
    expect(starts.map(({ ended }) => ended)).toEqual([true, true, true]);
    spares.prepare();
    expect(starts).toHaveLength(3);
  });

  test("none is started where no record tells what is installed, or after the end", async () => {
    const { spares, starts } = started();
    await rm(join(small.directory, "node_modules"));
    await small.write({ "node_modules/.keep": "" });
    spares.expect(request(), []);
    spares.prepare();
    expect(await spares.take(request())).toBeUndefined();
    await small.write({ "node_modules/.package-lock.json": "{}" });
    spares.prepare();
    spares.close();
    expect(await spares.take(request())).toBeUndefined();
    expect(starts).toEqual([]);
  });

  test("it goes when nothing is saved for two minutes", async () => {
    vi.useFakeTimers();
    try {
      const { spares, starts, prepare } = started();
      spares.expect(request(), []);
      await prepare(1);
      vi.advanceTimersByTime(100_000);
      spares.prepare();
      vi.advanceTimersByTime(119_000);
      expect(starts).toMatchObject([{ ended: false }]);
      vi.advanceTimersByTime(1_000);
      expect(starts).toMatchObject([{ ended: true }]);
    } finally {
      vi.useRealTimers();
    }
  });
});
