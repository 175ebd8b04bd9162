import { describe, expect, test } from "vitest";
import { changeDifferences, edgeDifferences, resourceDifferences } from "./comparison.ts";

const code = (text: string) => ({ kind: "archive", entries: { "__index.js": { kind: "text", text } } });
const resource = (inputs: object, type = "aws:lambda/function:Function") => ({
  type,
  name: "f",
  inputs: { ...inputs },
});
const FUNCTION = "aws:lambda/function:Function f";

describe("the resources of the engine and of the harness", () => {
  const equal = resource({ code: code("exports.handler = 1;"), timeout: 10, environment: { variables: { A: "1" } } });

  test("are equal when every input is", () => {
    expect(resourceDifferences([equal], [structuredClone(equal)])).toEqual([]);
  });

  test.each([
    [
      "a package changed by one byte",
      { ...equal.inputs, code: code("exports.handler = 2;") },
      "code/__index.js differs from byte 18 on (20 and 20 bytes)",
    ],
    [
      "a package with one byte more",
      { ...equal.inputs, code: code("exports.handler = 1;\n") },
      "code/__index.js differs from byte 20 on (20 and 21 bytes)",
    ],
    [
      "a file more in a package",
      { ...equal.inputs, code: { ...code("exports.handler = 1;"), entries: { "x.js": { kind: "text", text: "" } } } },
      "code/__index.js is only in the engine's package",
    ],
    ["an input changed", { ...equal.inputs, timeout: 11 }, "timeout is 10 for the engine and 11 for the harness"],
    ["an input as text", { ...equal.inputs, timeout: "10" }, 'timeout is 10 for the engine and "10" for the harness'],
    [
      "an inner input changed",
      { ...equal.inputs, environment: { variables: { A: "2" } } },
      'environment.variables.A is "1" for the engine and "2" for the harness',
    ],
    [
      "an input missing",
      { code: equal.inputs, environment: equal.inputs },
      "timeout is 10 for the engine and missing for the harness",
    ],
    [
      "an input more",
      { ...equal.inputs, memorySize: 128 },
      "memorySize is missing for the engine and 128 for the harness",
    ],
  ])("differ by %s", (_name, inputs, difference) => {
    expect(resourceDifferences([equal], [resource(inputs)])).toContain(`${FUNCTION}: ${difference}`);
  });

  test("differ by a resource that one has alone", () => {
    expect(resourceDifferences([equal], [])).toEqual([`${FUNCTION}: the harness's graph lacks it`]);
    expect(resourceDifferences([], [equal])).toEqual([`${FUNCTION}: the engine does not register it`]);
  });
});

describe("what an operation changes", () => {
  test.each([
    [{ same: 37 }, {}, []],
    [{ same: 36, update: 1 }, { update: 1 }, []],
    [{ same: 36, update: 1 }, {}, ["1 resources to update in place of 0"]],
    [{ same: 36, replace: 1, create: 2 }, { create: 2 }, ["1 resources to replace in place of 0"]],
    [{ same: 37 }, { update: 1 }, ["0 resources to update in place of 1"]],
  ])("%j where %j is right", (summary, wanted, differences) => {
    expect(changeDifferences(summary, wanted)).toEqual(differences);
  });
});

describe("how resources hang together", () => {
  const graph = [{ urn: "a", parent: "p", dependencies: ["b", "c"] }];
  test.each([
    [{ urn: "a", parent: "p", dependencies: ["c", "b"] }, []],
    [{ urn: "a", dependencies: ["b", "c"] }, ["a: its parent is undefined for the engine and p for the harness"]],
    [{ urn: "a", parent: "p", dependencies: ["b"] }, ["a: depends on b for the engine and on b, c for the harness"]],
    [{ urn: "x" }, ["a: is not in the engine's state"]],
  ])("%j", (deployed, differences) => {
    expect(edgeDifferences([deployed], graph)).toEqual(differences);
  });

  test("a child of the stack has no parent of its own", () => {
    const deployed = { urn: "a", parent: "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev" };
    expect(edgeDifferences([deployed], [{ urn: "a" }])).toEqual([]);
  });
});
