import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHandlerName } from "../../../harness/lambda/runtime/handler.ts";
import { errorPayload } from "../../../harness/lambda/runtime/runtime-errors.ts";

describe("a handler's name", () => {
  test.each([
    ["index.handler", { folder: "", moduleName: "index", exportPath: ["handler"] }],
    ["src/api/todo.list", { folder: "src/api/", moduleName: "todo", exportPath: ["list"] }],
    ["index.v1.list", { folder: "", moduleName: "index", exportPath: ["v1", "list"] }],
    ["a/a.b", { folder: "a/", moduleName: "a", exportPath: ["b"] }],
    ["a.b/", { folder: "", moduleName: "a", exportPath: ["b"] }],
  ])("%s", (name, expected) => {
    expect(parseHandlerName(name)).toEqual(expected);
  });

  test.each(["index", "", "../a.handler", "a/../b.handler", "a..b"])("%j is malformed", (name) => {
    expect(() => parseHandlerName(name)).toThrow(expect.objectContaining({ name: "Runtime.MalformedHandlerName" }));
  });

  test("is split without loss, or refused by the runtime's own error", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        try {
          const { folder, moduleName, exportPath } = parseHandlerName(name);
          // A trailing slash says nothing.
          expect(name.startsWith(`${folder}${moduleName}.${exportPath.join(".")}`)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: "Runtime.MalformedHandlerName" });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("an error's payload", () => {
  test("is made of anything without throwing", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (thrown) => {
        const { errorType, errorMessage } = errorPayload(thrown);
        expect([typeof errorType, typeof errorMessage]).toEqual(["string", "string"]);
      }),
      { numRuns: 300 },
    );
  });

  test("has no DEL character", () => {
    expect(errorPayload(new Error("a\x7Fb")).errorMessage).toBe("a%7Fb");
  });
});
