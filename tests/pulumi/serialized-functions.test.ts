import { describe, expect, test } from "vitest";
import { writtenPosition } from "../../harness/pulumi/serialized-functions.ts";

/** Every generated line of one that stands two lines lower in the source. */
const MAP = Buffer.from(
  JSON.stringify({ version: 3, sources: ["a.ts"], names: [], mappings: "AAEA;AACA;AACA;AACA" }),
).toString("base64");
const compiled = (path: string, code: string) => ({
  path,
  code: `${code}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${MAP}`,
});
const serialized = (text: string) =>
  `function __f() {\n  return (function() {\n    with({ this: undefined, arguments: undefined }) {\n\nreturn ${text};\n\n    }\n  }).apply(undefined, undefined).apply(this, arguments);\n}\n`;

const BODY = "(a) {\n    throw a;\n}";
const COPY = serialized(`function /*f*/${BODY}`);

describe("a place in a serialized function", () => {
  test.each([
    ["a function", COPY, `function f${BODY}`],
    ["an async function", serialized(`async function /*f*/${BODY}`), `async function f${BODY}`],
    ["an arrow function", serialized("async (a) => {\n    throw a;\n}"), "x(async (a) => {\n    throw a;\n});"],
  ])("of %s is found where it was written", (_name, text, code) => {
    expect(writtenPosition(text, { line: 6, column: 5 }, [compiled("/p/a.ts", code)])).toEqual({
      path: "/p/a.ts",
      line: 4,
      column: 1,
    });
  });

  test.each([
    ["in Pulumi's own code around it", COPY, { line: 9, column: 3 }, [compiled("/p/a.ts", `function f${BODY}`)]],
    ["above every copy", COPY, { line: 1, column: 1 }, [compiled("/p/a.ts", `function f${BODY}`)]],
    ["of what was changed since", COPY, { line: 6, column: 5 }, [compiled("/p/a.ts", "function f(a) {\n}")]],
    ["that may be of two modules", COPY, { line: 6, column: 5 }, ["a", "b"].map((name) => compiled(name, BODY))],
    ["that may be of two functions", COPY, { line: 6, column: 5 }, [compiled("a", `${BODY}\n${BODY}`)]],
    ["of a module without a map", COPY, { line: 6, column: 5 }, [{ path: "a", code: BODY }]],
  ])("is not guessed %s", (_name, text, position, modules) => {
    expect(writtenPosition(text, position, modules)).toBeUndefined();
  });
});
