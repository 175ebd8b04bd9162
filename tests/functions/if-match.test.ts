import fc from "fast-check";
import { expect, test } from "vitest";
import { existsCondition, readIfMatch } from "../../functions/if-match.ts";

const event = (value: string) => ({ headers: { "if-match": value } });
const space = fc.stringMatching(/^[ \t]{0,3}$/);
const ownTag = fc.integer({ min: 1, max: 10 ** 12 }).map((version) => ({ tag: `"${version}"`, versions: [version] }));
const otherTag = fc
  .stringMatching(/^[!#-~]{0,8}$/)
  .filter((inside) => !/^[1-9]\d*$/.test(inside))
  .map((inside) => ({ tag: `"${inside}"`, versions: [] as number[] }));
const weakTag = ownTag.map(({ tag }) => ({ tag: `W/${tag}`, versions: [] as number[] }));

test("a list gives the versions of its strong tags, however it is spaced", () => {
  const list = fc.array(fc.tuple(fc.oneof(ownTag, otherTag, weakTag), space, space), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(list, (elements) => {
      const header = elements.map(([{ tag }, before, after]) => `${before}${tag}${after}`).join(",");
      const versions = new Set(elements.flatMap(([{ versions: own }]) => own));
      expect(readIfMatch(event(header))).toEqual({ value: [...versions] });
    }),
    { numRuns: 200 },
  );
});

test("any text is read, or refused with 400", () => {
  const hostile = fc.tuple(fc.constantFrom(",", " ", '"', "\t,", '"1",', "W/"), fc.nat(9_000)).map(([part, count]) => {
    return `${part.repeat(count / part.length)}x`;
  });
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: "binary" })), (header) => {
      const read = readIfMatch(event(header));
      if ("refusal" in read) expect(read.refusal.statusCode).toBe(400);
    }),
    { numRuns: 200 },
  );
});

test("without a header there is no condition but existence", () => {
  expect(readIfMatch({})).toEqual({ value: "any" });
  expect(readIfMatch(event(" * "))).toEqual({ value: "any" });
  expect(existsCondition("any")).toEqual({
    expression: "attribute_exists(#todoId)",
    names: { "#todoId": "todoId" },
    values: {},
  });
});
